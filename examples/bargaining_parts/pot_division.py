"""Dividing a pot: the game of `bargaining`.

The one idea: the coins are booked where they go, the lost ones too, so that an invariant can count them after every action.
"""

from __future__ import annotations

from math import fsum
from typing import Annotated

from gamemaster import Between, Person, action, invariant
from gamemaster.examples.bargaining_parts.haggling import Haggling
from gamemaster.words import JsonValue
from gamemaster.world.parts.ledger import in_units
from gamemaster.world.parts.standing_offers import Offer

__all__ = ["POT", "PotDivision"]

POT = "the pot"
"""Who holds what isn't divided yet."""


class PotDivision(Haggling):
    """Dividing a pot that is worth less to each with every stage that passes."""

    pot: float
    discounts: dict[str, float]
    informed: bool

    @action(when="may_offer")
    def propose_division(self, actor: Person, to_other: Annotated[float, Between(0, "pot")]) -> str:
        """Offer the other an amount of the pot, and keep the rest."""
        self._make(actor, to_other)
        rest = in_units(self.pot - to_other)
        return f"{actor} offers {self.other(actor)} {in_units(to_other)} of the {in_units(self.pot)} and would keep {rest}."

    def _settle(self, offer: Offer) -> str:
        shares = {offer.to: offer.amount, offer.by: self.pot - offer.amount}
        self.money.book(POT, -self.pot, "divided")
        worth: list[str] = []
        for name, share in shares.items():
            self.money.book(name, share, "share of the pot")
            left = share * self.discounts[name] ** (self.turns.turn - 1)
            self.money.book(name, left - share, "lost by waiting")
            self.measure(f"share of {name}", share)
            worth.append(f"{in_units(share)} for {name} (worth {in_units(left)} now)")
        return f"{offer.to} accepts: {', '.join(worth)}."

    def _told(self, offer: Offer, name: str) -> str:
        for_other, for_self = in_units(offer.amount), in_units(self.pot - offer.amount)
        return f"{offer.by} offers {offer.to} {for_other} of the {in_units(self.pot)} and would keep {for_self}."

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        known: dict[str, JsonValue] = {each: value for each, value in self.discounts.items() if self.informed or each == name}
        return {**super().perceive_data(name), "pot": self.pot, "discounts": known}

    @invariant
    def pot_adds_up(self) -> bool | str:
        """What is in the pot, in the players' hands and lost by waiting is what the pot held at first."""
        lost = -self.money.booked("lost by waiting")
        total = fsum([*self.money.balances.values(), lost])
        if abs(total - self.pot) > 1e-9 * max(1.0, self.pot):
            return f"the pot of {in_units(self.pot)} would have become {in_units(total)}"
        return True
