"""TakingTurns: whose turn it is, when people act one after the other, over and over.

The one idea: the turn is a number, from 1, and everything else follows from it; so a rule may ask whose turn a later one is
(backward induction does). What is done in a turn, and when it ends, is the world's.
"""

from __future__ import annotations

from pydantic import Field

from gamemaster.world.invariant import invariant
from gamemaster.world.world import World

__all__ = ["TakingTurns"]


class TakingTurns(World):
    """The people in `order`, the number of the turn, and of the last one (None: there is none)."""

    order: list[str] = Field(min_length=1)
    turn: int = Field(1, ge=1)
    last: int | None = Field(None, ge=1)

    @invariant
    def order_is_distinct(self) -> bool:
        """Somebody would be in the order twice."""
        return len(set(self.order)) == len(self.order)

    def whose(self, turn: int | None = None) -> str:
        """Whose turn it is, or will be or was in another one."""
        return self.order[((self.turn if turn is None else turn) - 1) % len(self.order)]

    def following(self, turn: int | None = None) -> str:
        """Whose turn comes next."""
        return self.whose((self.turn if turn is None else turn) + 1)

    @property
    def is_last(self) -> bool:
        """Whether no turn comes after this one."""
        return self.last is not None and self.turn >= self.last

    @property
    def is_over(self) -> bool:
        """Whether the last turn is past."""
        return self.last is not None and self.turn > self.last

    def advance(self) -> None:
        """Go on to the next turn, or past the last one; for use in actions and hooks."""
        if self.is_over:
            self.refuse("the last turn is over")
        self.turn += 1
