"""StandingOffers: offers that one makes to another, and whether they still stand.

The one idea: an offer is a thing with a number and a fate. It stands until it is accepted, rejected, withdrawn, replaced or out
of time, and whoever answers too late is told which of these happened. What is offered is an amount; what it means, and what
an acceptance brings about, is the world's.
"""

from __future__ import annotations

from typing import Literal, NoReturn, TypeAlias

from pydantic import BaseModel, Field

from gamemaster.world.parts.coming_and_going import Departure
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
    """The last offer from each to each other, standing or not, and how many were made in all.

    Older offers aren't kept, so that it stays small; a run's record has them.
    """

    latest: dict[str, dict[str, Offer]] = Field(default_factory=dict[str, dict[str, Offer]])
    """By who made them, then by whom they were made to."""
    replaced: dict[str, dict[str, Offer]] = Field(default_factory=dict[str, dict[str, Offer]])
    """What the other has heard of last, where that was replaced in the step at hand."""
    count: int = 0

    def standing(self, by: str, to: str) -> Offer | None:
        """The offer that stands from one to another."""
        offer = self.last(by, to)
        return offer if offer is not None and offer.fate == "stands" else None

    def last(self, by: str, to: str) -> Offer | None:
        """What one offered another last, whether it stands or not."""
        return self.latest.get(by, {}).get(to)

    def make(self, by: str, to: str, amount: float, *, turn: int = 1) -> Offer:
        """Offer an amount; it replaces what stands from the one to the other. For use in actions, as are all below."""
        before = self.standing(by, to)
        if before is not None and not before.fresh:
            heard = Offer(
                number=before.number, by=by, to=to, amount=before.amount, turn=before.turn, fate="replaced", fresh=False
            )
            self.replaced.setdefault(by, {})[to] = heard
        self.count += 1
        self.latest.setdefault(by, {})[to] = Offer(number=self.count, by=by, to=to, amount=amount, turn=turn)
        return self.latest[by][to]

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
            self._refuse(by, to, self.last(by, to))
        offer.fate = "withdrawn"
        return offer

    def lapse(self) -> list[Offer]:
        """The time of all that stand is over; they come back."""
        ended = [each for offers in self.latest.values() for each in offers.values() if each.fate == "stands"]
        for each in ended:
            each.fate = "out of time"
        return ended

    def departs(self, departure: Departure) -> None:
        """What who is gone has offered is withdrawn, and the time of what was offered to them is over."""
        for by, offers in self.latest.items():
            for to, each in offers.items():
                if each.fate == "stands" and departure.name in (by, to):
                    each.fate = "withdrawn" if by == departure.name else "out of time"

    def end_of_step(self) -> None:
        """What was offered in this step has been heard."""
        for offers in self.latest.values():
            for each in offers.values():
                if each.fresh:
                    each.fresh = False
        if self.replaced:
            self.replaced.clear()

    def _end(self, by: str, to: str, fate: Fate) -> Offer:
        offer = self.last(by, to)
        if offer is None or offer.fresh or offer.fate != "stands":
            heard = self.replaced.get(by, {}).get(to)
            self._refuse(by, to, heard if offer is None or offer.fresh else offer)
        offer.fate = fate
        return offer

    def _refuse(self, by: str, to: str, heard: Offer | None) -> NoReturn:
        if heard is None:
            self.refuse(f"{by} has made {to} no offer that {to} could know of")
        why = _ENDS[heard.fate].format(by=by)
        self.refuse(f"{by}'s offer of {in_units(heard.amount)} to {to} no longer stands: {why}")
