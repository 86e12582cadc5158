"""Agreeing on a price: the game of `negotiation`.

The one idea: a deal moves the price from hand to hand, and the product by what it is worth to each; so a balance is a gain.
"""

from __future__ import annotations

from typing import Annotated

from gamemaster import Between, Person, action, invariant
from gamemaster.examples.bargaining_parts.haggling import Haggling
from gamemaster.words import JsonValue
from gamemaster.world.parts.ledger import in_units
from gamemaster.world.parts.standing_offers import Offer

__all__ = ["Negotiation"]


class Negotiation(Haggling):
    """Agreeing on the price of a product that the first of the two has, and each values differently."""

    values: dict[str, float]
    outside: dict[str, float]
    scale: float
    informed: bool
    owner: str
    price: float | None = None

    @action(when="may_offer")
    def offer_price(self, actor: Person, price: Annotated[float, Between(0, "ceiling")]) -> str:
        """Offer to sell the product, or to buy it, at a price."""
        self._make(actor, price)
        return f"{actor} offers to {'sell' if actor == self.seller else 'buy'} at a price of {in_units(price)}."

    @action(when="may_leave")
    def take_outside_option(self, actor: Person) -> str:
        """Leave, and deal with somebody else."""
        self.offers.lapse()
        said = self._end(f"{actor} leaves in stage {self.turns.turn}")
        return f"{actor} leaves to deal with somebody else. {said}"

    def may_leave(self, actor: str) -> bool:
        return self.ended is None and actor in self.names and actor != self.proposer and self.phase == "answer"

    @property
    def seller(self) -> str:
        """Who has the product at first."""
        return self.names[0]

    @property
    def buyer(self) -> str:
        """Who might want it."""
        return self.names[1]

    def ceiling(self) -> float:
        """The highest price that can be named."""
        return 2 * self.scale

    def _settle(self, offer: Offer) -> str:
        self.price, self.owner = offer.amount, self.buyer
        self.money.book(self.buyer, -offer.amount, "price")
        self.money.book(self.seller, offer.amount, "price")
        self.money.book(self.seller, -self.values[self.seller], "product")
        self.money.book(self.buyer, self.values[self.buyer], "product")
        self.measure("price", offer.amount)
        return f"{offer.to} accepts: {self.seller} sells the product to {self.buyer} for {in_units(offer.amount)}."

    def _part(self) -> None:
        for name in self.names:
            self.money.book(name, self.outside[name], "outside option")

    def _told(self, offer: Offer, name: str) -> str:
        return f"{offer.by} offers to {'sell' if offer.by == self.seller else 'buy'} at a price of {in_units(offer.amount)}."

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        def known(each: dict[str, float]) -> dict[str, JsonValue]:
            return {key: value for key, value in each.items() if self.informed or key == name}

        return {
            **super().perceive_data(name),
            "values": known(self.values),
            "outside": known(self.outside),
            "scale": self.scale,
        }

    @invariant
    def money_and_product_add_up(self) -> bool | str:
        """The price only changes hands, and the product is where the books say."""
        if abs(self.money.booked("price")) > 1e-9:
            return f"{in_units(self.money.booked('price'))} would come from nowhere"
        sold = self.owner == self.buyer
        worth = self.values[self.buyer] - self.values[self.seller] if sold else 0.0
        if (
            sold != self.agreed
            or sold != (self.price is not None)
            or abs(self.money.booked("product") - worth) > 1e-9 * self.scale
        ):
            return f"the product would be {self.owner}'s, and the books say otherwise"
        return True
