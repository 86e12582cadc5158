"""Repeated: the rounds of a game that is played again and again, with what was moved and paid in each.

The one idea: a strategy of a repeated game is a function of its history, and the history is kept once, by round; what
one player may know of it (its own meetings, those with one other, everything) is a way of reading it. It decides no
payoffs: that is `JointMove`'s, or the world's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from annotated_types import Ge
from pydantic import BaseModel, Field

from gamemaster.world.parts.joint_move import Move
from gamemaster.world.world import World

__all__ = ["Meeting", "PastRound", "Repeated"]


class PastRound(BaseModel):
    """A round that is over. `partners` says who met whom, both ways; it is empty where all play with all."""

    moves: dict[str, Move]
    payoffs: dict[str, float]
    partners: dict[str, str] = {}


class Meeting(NamedTuple):
    """A round as one player met another in it; None where there was no valid answer."""

    round: int
    other: str
    mine: Move | None
    theirs: Move | None
    payoff: float


class Repeated(World):
    """Put it into a world as a field, `repeated: Repeated`, and call `note` when a round is over; rounds count from 1."""

    rounds: Annotated[int, Ge(1)] = 1
    past: list[PastRound] = Field(default_factory=list[PastRound])

    @property
    def round(self) -> int:
        """The round that is being played, one more than those that are over."""
        return len(self.past) + 1

    @property
    def last(self) -> PastRound | None:
        """The round that was over last."""
        return self.past[-1] if self.past else None

    def note(self, moves: Mapping[str, Move], payoffs: Mapping[str, float], partners: Mapping[str, str] | None = None) -> None:
        """Put down a round that is over; for use in actions and hooks."""
        self.past.append(PastRound(moves=dict(moves), payoffs=dict(payoffs), partners=dict(partners or {})))

    def meetings(self, name: str, other: str | None = None) -> list[Meeting]:
        """The rounds in which somebody met a partner (or `other`, where one is named), oldest first."""
        found: list[Meeting] = []
        for at, each in enumerate(self.past, 1):
            met = each.partners.get(name)
            if met is not None and other in (None, met):
                found.append(Meeting(at, met, each.moves.get(name), each.moves.get(met), each.payoffs.get(name, 0.0)))
        return found

    def moves_of(self, name: str) -> list[Move | None]:
        """What somebody moved, round by round; None where it didn't."""
        return [each.moves.get(name) for each in self.past]

    def over(self) -> str | None:
        """The last round is over."""
        return f"round {self.rounds} is over" if len(self.past) >= self.rounds else None
