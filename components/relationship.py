"""Relationship: what one person is to another: closeness, trust, a tie, when they last met, and what is known.

The one idea: a frozen value and pure steps between values, so that the rule is tested without a model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, cast

from gamemaster.components.fact import Fact, dropped_facts, with_fact
from gamemaster.words import DefinitionError, JsonValue, one_line

__all__ = ["Relationship", "RelationshipChange", "after_change", "fewer", "knowing", "met"]

_MOST_FACTS = 6
_LONGEST_TIE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """What another is to the agent. `last_met` is in simulated seconds, None for somebody it only heard of."""

    closeness: float = 0.0
    trust: float = 0.5
    tie: str = ""
    last_met: float | None = None
    facts: tuple[Fact, ...] = ()

    def __post_init__(self) -> None:
        if not -1 <= self.closeness <= 1:
            raise DefinitionError(f"A relationship has closeness={self.closeness}; it is -1 (enemies) to 1 (as close as can be).")
        if not 0 <= self.trust <= 1:
            raise DefinitionError(f"A relationship has trust={self.trust}; it is 0 (none) to 1 (full).")

    def as_json(self) -> list[JsonValue]:
        """It as JSON values."""
        last_met = None if self.last_met is None else float(self.last_met)
        return [float(self.closeness), float(self.trust), self.tie, last_met, [each.as_json() for each in self.facts]]

    @classmethod
    def from_json(cls, held: JsonValue) -> Relationship:
        """What `as_json` gave."""
        closeness, trust, tie, last_met, facts = cast("list[Any]", held)
        return cls(
            closeness=float(closeness),
            trust=float(trust),
            tie=tie,
            last_met=None if last_met is None else float(last_met),
            facts=tuple(Fact.from_json(each) for each in facts),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipChange:
    """What something changes between the agent and another: closeness and trust go up or down, a tie begins, a fact is known.

    `about` is whom it concerns, by default whoever did it. A `fact` is a text, or a `Fact` with a topic; how it is known, and
    from whom, follows from what happened.
    """

    closeness: float = 0.0
    trust: float = 0.0
    tie: str = ""
    fact: str | Fact = ""
    about: str = ""

    def __post_init__(self) -> None:
        if not (-2 <= self.closeness <= 2 and -1 <= self.trust <= 1):
            raise DefinitionError(
                f"RelationshipChange(closeness={self.closeness}, trust={self.trust}): closeness changes by -2 to 2, trust by "
                "-1 to 1."
            )


def after_change(old: Relationship, change: RelationshipChange) -> Relationship:
    """The relationship after a change, without its fact: closeness stays within -1 and 1, trust within 0 and 1."""
    return replace(
        old,
        closeness=min(1.0, max(-1.0, old.closeness + change.closeness)),
        trust=min(1.0, max(0.0, old.trust + change.trust)),
        tie=one_line(change.tie)[:_LONGEST_TIE] or old.tie,
    )


def knowing(old: Relationship, fact: Fact, contradicts: Fact | None = None) -> Relationship:
    """The relationship with one more fact about the other; at most six stay (`gamemaster.components.fact` says which)."""
    return replace(old, facts=dropped_facts(with_fact(old.facts, fact, contradicts), _MOST_FACTS))


def met(old: Relationship, time: float) -> Relationship:
    """The relationship after the two met at `time`."""
    return replace(old, last_met=time if old.last_met is None else max(old.last_met, time))


def fewer(held: dict[str, Relationship], most: int) -> dict[str, Relationship]:
    """At most so many of the relationships, in their order: those without a tie go first, and of these the last met longest ago.

    Somebody only heard of counts as met before all others.
    """
    kept = dict(held)
    while len(kept) > most:
        del kept[min(kept, key=lambda each: (bool(kept[each].tie), _when(kept[each])))]
    return kept


def _when(relationship: Relationship) -> float:
    return float("-inf") if relationship.last_met is None else relationship.last_met
