"""Testimony: one thing known of somebody's conduct, through how many hands it went; and what it all adds up to.

The one idea: an opinion counts less with each hand that it went through. A score is the mean of all values, each weighted
with discount ^ hands and the trust in whoever told it, drawn toward 0 by a fixed weight of not knowing:

    score = sum(w_i * value_i) / (doubt + sum(w_i)),   w_i = discount^hands_i * trust_i

The formula is ours, and plain on purpose. Its parts are known ones: own experience beside what witnesses say (Sabater and
Sierra 2001, REGRET), and belief that shrinks along a chain of witnesses (Yu and Singh 2002).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gamemaster.words import DefinitionError, JsonValue, one_line

__all__ = ["Opinion", "Testimony", "score", "weight", "with_testimony"]

_LONGEST = 100
_MOST_HANDS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What something says of somebody: a `value` of -1 (bad) to 1 (good). `about` is by default whoever did it.

    `hands` is how many hands it went through before it reached the agent: 0 for its own experience, 1 told by one who was
    there, 2 told by one who had it from another. None leaves it to how it was noticed: a deed is 0, what is said is 1.
    """

    value: float
    about: str = ""
    hands: int | None = None

    def __post_init__(self) -> None:
        if not -1 <= self.value <= 1:
            raise DefinitionError(f"Opinion(value={self.value}): a value is -1 (bad) to 1 (good).")
        if self.hands is not None and not 0 <= self.hands <= _MOST_HANDS:
            raise DefinitionError(f"Opinion(hands={self.hands}): hands are 0 (own experience) to {_MOST_HANDS}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """One value for one person: through how many hands, from whom (`source`, "" for own experience), of what, and when.

    `trust` is how far the source was trusted when it told it, 0 to 1.
    """

    value: float
    hands: int = 0
    source: str = ""
    what: str = ""
    time: float = 0.0
    event_id: str = ""
    trust: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "what", one_line(self.what)[:_LONGEST])

    def as_json(self) -> list[JsonValue]:
        """It as JSON values."""
        return [
            float(self.value),
            self.hands,
            self.source,
            self.what,
            float(self.time),
            self.event_id,
            float(self.trust),
        ]

    @classmethod
    def from_json(cls, held: JsonValue) -> Testimony:
        """What `as_json` gave."""
        value, hands, source, what, time, event_id, trust = cast("list[Any]", held)
        return cls(
            value=float(value), hands=hands, source=source, what=what, time=float(time), event_id=event_id, trust=float(trust)
        )


def weight(testimony: Testimony, discount: float) -> float:
    """What a testimony counts: discount ^ hands, times the trust in whoever told it; own experience 1."""
    return discount**testimony.hands * testimony.trust if testimony.hands else 1.0


def score(testimonies: Iterable[Testimony], *, discount: float = 0.5, doubt: float = 1.0) -> float:
    """What somebody is thought of, -1 to 1; 0 where nothing is known. The sum is taken in the order of the testimonies."""
    total, weights = 0.0, doubt
    for each in testimonies:
        counted = weight(each, discount)
        total += counted * each.value
        weights += counted
    return total / weights


def with_testimony(held: Sequence[Testimony], new: Testimony, most: int) -> tuple[Testimony, ...]:
    """The testimonies with one more; the oldest come first.

    Whoever tells something again isn't heard twice: a new word takes the place of the same source's last one, unless it went
    through more hands. One's own experiences all count, but each event once. Beyond `most` the one that went through the most
    hands goes first, of those the oldest.
    """
    if new.hands:
        old = next((each for each in held if each.source == new.source and each.hands), None)
        if old is not None and old.hands < new.hands:
            return tuple(held)
        kept = [each for each in held if each is not old]
    else:
        if new.event_id and any(not each.hands and each.event_id == new.event_id for each in held):
            return tuple(held)
        kept = list(held)
    kept.append(new)
    while len(kept) > most:
        kept.remove(max(kept, key=lambda each: each.hands))
    return tuple(kept)
