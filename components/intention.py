"""Intention: what an agent has set its mind on, and when it lets go of it.

The one idea: an intention is kept. It ends for one of four reasons (done, impossible, given up, displaced), and which of
them count depends on how committed the agent is.

Source: Bratman 1987 (an intention is more than a desire: it resists being thought over); Rao and Georgeff 1991 and 1995, for
the three kinds of commitment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

from gamemaster.components.goal import Goal, GoalEnding
from gamemaster.words import JsonValue

__all__ = ["Commitment", "Intention", "IntentionEnd", "desire_after", "displacing", "ends_by_desire", "may_end"]

Commitment: TypeAlias = Literal["blind", "single_minded", "open_minded"]
"""Kept until done; or until impossible too; or until given up or displaced too."""

IntentionEnd: TypeAlias = Literal["done", "impossible", "given_up", "displaced"]

_MAY_END: dict[Commitment, tuple[IntentionEnd, ...]] = {
    "blind": ("done",),
    "single_minded": ("done", "impossible"),
    "open_minded": ("done", "impossible", "given_up", "displaced"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Intention:
    """What is intended, in words, for which desire (its text), since when."""

    desire: str
    text: str
    since: float = 0.0

    def as_json(self) -> list[JsonValue]:
        """It as JSON values."""
        return [self.desire, self.text, self.since]

    @classmethod
    def from_json(cls, held: JsonValue) -> Intention:
        """What `as_json` gave."""
        desire, text, since = cast("list[Any]", held)
        return cls(desire=desire, text=text, since=float(since))


def may_end(commitment: Commitment) -> tuple[IntentionEnd, ...]:
    """The reasons for which an intention may end."""
    return _MAY_END[commitment]


def ends_by_desire(desire: Goal) -> IntentionEnd | None:
    """Why an intention ends when its desire has; None while that is open. It holds under any commitment: there is no end left."""
    ends: dict[str, IntentionEnd] = {"achieved": "done", "impossible": "impossible", "abandoned": "given_up"}
    return ends.get(desire.status)


def desire_after(end: Literal["done", "impossible", "given_up"]) -> GoalEnding:
    """What becomes of the desire when the agent holds that the intention has ended so; a displaced one leaves it open."""
    ends: dict[str, GoalEnding] = {"done": "achieved", "impossible": "impossible", "given_up": "abandoned"}
    return ends[end]


def displacing(desires: tuple[Goal, ...], held: Goal) -> list[Goal]:
    """The open desires that may displace the one held: those of a higher priority, the highest first; of ties the first."""
    higher = [each for each in desires if each.is_open and each.priority > held.priority]
    return sorted(higher, key=lambda each: -each.priority)
