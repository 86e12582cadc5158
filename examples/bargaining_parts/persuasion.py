"""Persuasion: round by round a seller, who alone knows the quality, praises a product or doesn't, and a buyer buys or doesn't.

The one idea: praise costs nothing and binds nobody; what it is worth shows in what the buyer makes of it. The claim is
typed, so that it can be compared with the quality; free words may go before it.
"""

from __future__ import annotations

from math import fsum
from typing import Literal

from gamemaster import Person, World, action, invariant
from gamemaster.words import Event, JsonValue
from gamemaster.world.parts.ledger import Ledger, in_units

__all__ = ["Persuasion", "Quality"]

Quality = Literal["high", "low"]


class Persuasion(World):
    """The round, the quality that the seller sees, its claim, and what both have earned. The price is 1."""

    names: list[str]
    money: Ledger
    rounds: int
    prior: float
    value: float
    informed: bool
    myopic: bool
    words: bool
    round: int = 1
    phase: Literal["words", "claim", "purchase"] = "words"
    quality: Quality = "high"
    claim: Quality | None = None
    bought: bool = False
    sales: int = 0
    low_sales: int = 0

    def start(self) -> None:
        """The first product is there."""
        self._begin_round()

    @action(when="may_claim")
    def claim_quality(self, actor: Person, quality: Quality) -> str:
        """Tell the buyer that the product is of high or of low quality, whatever it is."""
        self.claim = quality
        return f"{actor} says that the product of round {self.round} is of {quality} quality."

    @action(when="may_buy")
    def buy_product(self, actor: Person) -> str:
        """Buy the product of this round for 1."""
        self.bought = True
        self.money.book(self.buyer, -1, "price")
        self.money.book(self.seller, 1, "price")
        self.money.book(self.buyer, self.value if self.quality == "high" else 0, "product")
        return f"{actor} buys the product of round {self.round} for 1."

    @action(when="may_buy")
    def decline_product(self, actor: Person) -> str:
        """Do without the product of this round."""
        return f"{actor} doesn't buy the product of round {self.round}."

    def may_claim(self, actor: str) -> bool:
        return actor == self.seller and self.phase == "claim"

    def may_buy(self, actor: str) -> bool:
        return actor == self.buyer and self.phase == "purchase" and not self.bought and self.over() is None

    @property
    def seller(self) -> str:
        """Who knows the quality."""
        return self.names[0]

    @property
    def buyer(self) -> str:
        """Who doesn't."""
        return self.names[1]

    def _begin_round(self) -> None:
        self.quality = "high" if self.random(f"quality of round {self.round}").random() < self.prior else "low"
        self.claim, self.bought = None, False
        self.phase = "words" if self.words else "claim"
        self.tell(self.seller, f"The product of round {self.round} is of {self.quality} quality.")

    def end_of_step(self) -> str | None:
        """The next phase of the round, or its end, at which both learn the quality."""
        if self.over() is not None:
            return None
        if self.phase != "purchase":
            self.phase = "claim" if self.phase == "words" else "purchase"
            return None
        self.measure("high quality", self.quality == "high")
        self.measure("claimed high", None if self.claim is None else self.claim == "high")
        self.measure("bought", self.bought)
        for name in self.names:
            self.measure(f"gain of {name}", self.money.balance(name))
        self.sales += self.bought
        self.low_sales += self.bought and self.quality == "low"
        said = f"The product of round {self.round} was of {self.quality} quality."
        self.round += 1
        if self.round <= self.rounds:
            self._begin_round()
        return said

    def over(self) -> str | None:
        return f"round {self.rounds} is over" if self.round > self.rounds else None

    def witnesses(self, event: Event) -> set[str]:
        return set(self.names)

    def perceive(self, name: str) -> str:
        lines = [f"It is round {self.round} of {self.rounds}."]
        if name == self.seller:
            lines.append(f"The product of this round is of {self.quality} quality.")
        elif self.claim is not None:
            lines.append(f"{self.seller} says that the product of this round is of {self.claim} quality.")
        if self.myopic and self.round > 1:
            bought = f"{self.sales} products were bought, {self.low_sales} of them of low quality"
            lines.append(f"In the {self.round - 1} rounds before, {bought}.")
        if not (self.myopic and name == self.buyer):
            lines.append(f"{name} has gained {in_units(self.money.balance(name))} so far.")
        return "\n".join(lines)

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        seen: dict[str, JsonValue] = {"round": self.round, "prior": self.prior, "claim": self.claim}
        if name == self.seller:
            seen["quality"] = self.quality
        if name == self.buyer or self.informed:
            seen["value"] = self.value
        return seen

    @invariant
    def money_adds_up(self) -> bool | str:
        """The price only changes hands: the seller has earned what was paid, and the rest is what the products were worth."""
        paid = self.money.booked("price")
        if paid != 0:
            return f"{in_units(paid)} would come from nowhere"
        total, worth = fsum(self.money.balances.values()), self.money.booked("product")
        if abs(total - worth) > 1e-9 * max(1.0, worth):
            return f"both would have {in_units(total)}, and the products were worth {in_units(worth)}"
        return True
