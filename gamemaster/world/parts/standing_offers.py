"""StandingOffers: offers that one makes to another, and whether they still stand.

The one idea: an offer is a thing with a number and a fate. It stands until it is accepted, rejected, withdrawn, replaced or out
of time, and whoever answers too late is told which of these happened. What is offered is an amount; what it means, and what
an acceptance brings about, is the world's.
"""

from __future__ import annotations

from typing import Literal, NoReturn, TypeAlias

from pydantic import BaseModel, Field

from gamemaster.world.invariant import invariant
from gamemaster.world.parts.ledger import in_units
from gamemaster.world.world import World

__all__ = ["Fate", "Offer", "StandingOffers"]

Fate: TypeAlias = Literal["stands", "accepted", "rejected", "withdrawn", "replaced", "out of time"]

_ENDS: dict[Fate, str] = {
    "accepted": "it has been accepted already",
    "rejected": "it has been rejected",
    "withdrawn": "{by} has withdrawn it",
    "replaced": "{by} has replaced it",
    "out of time": "its time is over",
}


class Offer(BaseModel):
    """An amount that `by` offered `to` in a turn; `number` counts all offers from 1.

    It is `fresh` until the step in which it was made is over: nobody can have heard of it.
    """

    number: int
    by: str
    to: str
    amount: float
    turn: int
    fate: Fate = "stands"
    fresh: bool = True


class StandingOffers(World):
    """All offers made, oldest first; from one to another no more than one stands."""

    made: list[Offer] = Field(default_factory=list[Offer])

    def standing(self, by: str, to: str) -> Offer | None:
        """The offer that stands from one to another."""
        return next((each for each in reversed(self.made) if (each.by, each.to, each.fate) == (by, to, "stands")), None)

    def last(self, by: str, to: str) -> Offer | None:
        """What one offered another last, whether it stands or not."""
        return next((each for each in reversed(self.made) if (each.by, each.to) == (by, to)), None)

    def make(self, by: str, to: str, amount: float, *, turn: int = 1) -> Offer:
        """Offer an amount; it replaces what stands from the one to the other. For use in actions, as are all below."""
        if (before := self.standing(by, to)) is not None:
            before.fate = "replaced"
        self.made.append(Offer(number=len(self.made) + 1, by=by, to=to, amount=amount, turn=turn))
        return self.made[-1]

    def accept(self, by: str, to: str) -> Offer:
        """Have `to` accept what `by` offers; refuses, saying why, when nothing stands that `to` can have heard of."""
        return self._end(by, to, "accepted")

    def reject(self, by: str, to: str) -> Offer:
        """Have `to` reject what `by` offers; refuses like `accept`."""
        return self._end(by, to, "rejected")

    def withdraw(self, by: str, to: str) -> Offer:
        """Have `by` take the offer back; refuses when it no longer stands."""
        offer = self.standing(by, to)
        if offer is None:
            self._refuse(by, to)
        offer.fate = "withdrawn"
        return offer

    def lapse(self) -> list[Offer]:
        """The time of all that stand is over; they come back."""
        ended = [each for each in self.made if each.fate == "stands"]
        for each in ended:
            each.fate = "out of time"
        return ended

    def end_of_step(self) -> None:
        """What was offered in this step has been heard."""
        for each in self.made:
            if each.fresh:
                each.fresh = False

    def _end(self, by: str, to: str, fate: Fate) -> Offer:
        offer = self.standing(by, to)
        if offer is None or offer.fresh:
            self._refuse(by, to)
        offer.fate = fate
        return offer

    def _refuse(self, by: str, to: str) -> NoReturn:
        heard = [each for each in self.made if (each.by, each.to, each.fresh) == (by, to, False)]
        if not heard:
            self.refuse(f"{by} has made {to} no offer")
        ended = heard[-1]
        why = _ENDS[ended.fate].format(by=by)
        self.refuse(f"{by}'s offer of {in_units(ended.amount)} to {to} no longer stands: {why}")

    @invariant
    def one_stands(self) -> bool | str:
        """Two offers would stand from one person to the same other."""
        pairs = [(each.by, each.to) for each in self.made if each.fate == "stands"]
        twice = next((pair for pair in pairs if pairs.count(pair) > 1), None)
        return True if twice is None else f"two offers of {twice[0]} to {twice[1]} would stand"
