"""TakingTurns: whose turn it is, when people act one after the other, over and over.

The one idea: the turn is a number, from 1, and everything else follows from it; so a rule may ask whose turn a later one is
(backward induction does). Who is not present keeps the place in the order and is passed over. What is done in a turn, and when it
ends, is the world's.
"""

from __future__ import annotations

from pydantic import Field

from gamemaster.world.invariant import invariant
from gamemaster.world.parts.coming_and_going import Arrival, Departure
from gamemaster.world.parts.part import Part

__all__ = ["TakingTurns"]


class TakingTurns(Part):
    """The people in `order`, the number of the turn, and of the last one (None: there is none)."""

    order: list[str] = Field(min_length=1)
    turn: int = Field(default=1, ge=1)
    last: int | None = Field(default=None, ge=1)

    @invariant
    def order_is_distinct(self) -> bool:
        """Somebody would be in the order twice."""
        return len(set(self.order)) == len(self.order)

    def whose(self, turn: int | None = None) -> str:
        """Whose turn it is, or will be or was in another one."""
        return self.order[((self.turn if turn is None else turn) - 1) % len(self.order)]

    def following(self, turn: int | None = None) -> str:
        """Whose turn comes next; who is not present now is passed over."""
        return self.whose(self._next(self.turn if turn is None else turn))

    @property
    def is_last(self) -> bool:
        """Whether no turn comes after this one."""
        return self.last is not None and self.turn >= self.last

    @property
    def is_over(self) -> bool:
        """Whether the last turn is past."""
        return self.last is not None and self.turn > self.last

    def advance(self) -> None:
        """Go on to the next turn of somebody who is present, or past the last one; for use in actions and hooks.

        Turns that are passed over count.
        """
        if self.is_over:
            self.refuse("the last turn is over")
        following = self._next(self.turn)
        self.turn = following if self.last is None else min(following, self.last + 1)

    def arrives(self, arrival: Arrival) -> None:
        """Where nobody was there whose turn it could be, it is the next one's who is."""
        if not self.is_over and not self._takes_part(self.whose()):
            self.advance()

    def departs(self, departure: Departure) -> None:
        """The turn of who is gone is over."""
        if not self.is_over and self.whose() == departure.name:
            self.advance()

    def _next(self, turn: int) -> int:
        """The next turn of somebody who is present; simply the next one when nobody is."""
        here = self._taking_part(self.order)
        return next((at for at in range(turn + 1, turn + 1 + len(self.order)) if self.whose(at) in here), turn + 1)
