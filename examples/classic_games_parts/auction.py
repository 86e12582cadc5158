"""Sealed-bid auction: the highest bid wins, and pays the highest bid or the second highest (Vickrey 1961)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from gamemaster import ActionSpec, Between, action
from gamemaster.examples.classic_games_parts.joint_game import JointGame
from gamemaster.world.parts.ledger import in_units

__all__ = ["Auction"]

MOST = 100


class Auction(JointGame):
    """Everybody has a value of its own in each round, a whole number from 0 to 100 that nobody else knows.

    The winner gets its value less the price, the others 0; ties are drawn by seed. A bid alone pays 0 in the second-price
    auction. Bids stay sealed: winner and price are announced. Equilibrium with values uniform on 0 to 100: one's
    own value in the second-price auction (dominant), (n - 1) / n of it in the first-price auction.
    """

    title: ClassVar[str] = "auction"
    price: Literal["first", "second"]
    values: dict[str, int] = Field(default_factory=dict[str, int])

    def start(self) -> None:
        """The values of the first round."""
        self._draw()

    def _draw(self) -> None:
        self.values = {
            name: self.random(f"value of {name} in round {self.repeated.round}").randint(0, MOST) for name in self.names
        }

    @action(together=True)
    def hand_in_bid(self, bid: dict[str, Annotated[float, Between(0, MOST)]]) -> str:
        """Hand in a sealed bid."""
        number = self.repeated.round
        if not bid:
            self.settled({}, {})
            return f"Round {number}: nobody bids."
        ranked = sorted(bid.values(), reverse=True)
        best = [name for name, each in bid.items() if each == ranked[0]]
        winner = best[0] if len(best) == 1 else self.random(f"tie of round {number}").choice(best)
        price = ranked[0] if self.price == "first" else (ranked[1] if len(ranked) > 1 else 0.0)
        self.settled(bid, {winner: self.values[winner] - price})
        shares = [each / self.values[name] for name, each in bid.items() if self.values[name]]
        self.measure("bid by value", sum(shares) / len(shares) if shares else None)
        self.measure("price", price)
        highest = max(self.values.values())
        self.measure("value won", self.values[winner] / highest if highest else None)
        return f"Round {number}: {winner} wins the auction and pays {in_units(price)}."

    def end_of_round(self) -> None:
        """The next round has new values."""
        super().end_of_round()
        self._draw()

    def rules(self) -> str:
        pays = "its own bid" if self.price == "first" else "the second highest bid"
        return (
            f"{len(self.names)} people bid for a thing at the same time, and nobody sees another's bid. To each it is worth "
            f"something else, from 0 to {MOST}. The highest bid wins and pays {pays}. The winner gets the worth less "
            "the price, the others nothing."
        )

    def asked(self) -> dict[str, ActionSpec]:
        spec = ActionSpec.of(Auction.hand_in_bid, "How much does {name} bid?", tag=f"bid {self.repeated.round}")
        return dict.fromkeys(self.names, spec)

    def leanings(self) -> list[str]:
        return ["have things for less than they are worth"]

    def answer_of(self, name: str) -> float | None:
        n, value = len(self.names), self.values.get(name)
        if value is None:
            return None
        return float(value) if self.price == "second" else value * (n - 1) / n

    def perceive(self, name: str) -> str:
        return f"{super().perceive(name)}\n{name} bids for a thing that is worth {self.values[name]} to {name}."

    def known(self, name: str) -> dict[str, Any]:
        value = self.values.get(name, 0)
        share, why = ((1.0, "what"), (0.8, "a little less than"))[self.names.index(name) % 2]
        leaning = f"bid {in_units(round(share * value))}, {why} it is worth"
        return {"value": value, "from_to": [0, MOST], "leaning": leaning}
