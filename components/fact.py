"""Fact: something an agent takes for true, with how it knows it; and the rule by which what is told yields to what was seen.

The one idea: a fact knows whether it was seen or told. What was told never overwrites what was seen: it is kept apart, as
disputed, with the reason. What was seen later overwrites both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from gamemaster.components.happening import Happening
from gamemaster.words import DefinitionError, JsonValue, one_line

__all__ = ["Fact", "KnownHow", "dropped_facts", "learnt", "with_fact"]

KnownHow: TypeAlias = Literal["seen", "told"]

_LONGEST = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A sentence, how it is known and from whom (`source`, "" for one's own eyes), since when, and by which event.

    `topic` names what it is about: two facts of one topic that differ contradict each other. `disputes` is what was seen
    that speaks against a fact that was told; "" for none.
    """

    text: str
    how: KnownHow = "seen"
    source: str = ""
    topic: str = ""
    time: float = 0.0
    event_id: str = ""
    disputes: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise DefinitionError("A fact is empty; give a sentence.")
        object.__setattr__(self, "text", one_line(self.text)[:_LONGEST])

    def as_json(self) -> list[JsonValue]:
        """It as JSON values."""
        return [self.text, self.how, self.source, self.topic, float(self.time), self.event_id, self.disputes]

    @classmethod
    def from_json(cls, held: JsonValue) -> Fact:
        """What `as_json` gave."""
        text, how, source, topic, time, event_id, disputes = cast("list[Any]", held)
        return cls(text=text, how=how, source=source, topic=topic, time=float(time), event_id=event_id, disputes=disputes)


def learnt(text: str, happening: Happening, topic: str = "") -> Fact:
    """A fact as it is learnt from something: told where it was said, heard or announced, by whoever said it; seen otherwise."""
    told = happening.is_speech or happening.how in ("heard", "was_told", "announced")
    return Fact(
        text=text,
        how="told" if told else "seen",
        source=happening.actor if told else "",
        topic=topic,
        time=happening.time,
        event_id=happening.id,
    )


def with_fact(facts: Iterable[Fact], new: Fact, contradicts: Fact | None = None) -> tuple[Fact, ...]:
    """The facts after one more is known, in the order in which they were learnt.

    It contradicts `contradicts`, and any other of its topic that says something else. Then: what is seen puts an end to all
    that it contradicts; what is told puts an end to what was told, and where it contradicts something seen it is itself
    kept apart, with what speaks against it. What is known already isn't known twice: seen, it is known as seen from now on.
    """
    held = list(facts)
    for at, each in enumerate(held):
        if each.text == new.text:
            if each.how == "told" and new.how == "seen":
                others = [*held[:at], *held[at + 1 :]]
                proved_wrong = next((other for other in others if other.text == each.disputes), contradicts)
                now_seen = replace(each, how="seen", source="", time=new.time, event_id=new.event_id, disputes="")
                return with_fact(others, now_seen, proved_wrong)
            return tuple(held)
    against = [each for each in held if each == contradicts or (new.topic and each.topic == new.topic) if not each.disputes]
    seen = next((each for each in against if each.how == "seen"), None)
    if new.how == "told" and seen is not None:
        return (*held, replace(new, disputes=seen.text))
    kept = [each for each in held if each not in against]
    if new.how == "seen":
        # What was told against something that has been seen otherwise since is settled with it.
        gone = {each.text for each in against}
        kept = [each for each in kept if each.disputes not in gone or not each.disputes]
    return (*kept, new)


def dropped_facts(facts: Sequence[Fact], most: int) -> tuple[Fact, ...]:
    """At most so many of the facts: disputed ones go first, then those told, then those seen; of each the oldest."""
    held = list(facts)
    while len(held) > most:
        held.remove(min(held, key=lambda each: (not each.disputes, each.how == "seen")))
    return tuple(held)
