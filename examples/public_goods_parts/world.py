"""The world of the public goods game: the pot, what everybody has earned, and the points by which people punish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from gamemaster import Between, World, action
from gamemaster.words import JsonValue
from gamemaster.world.parts.ledger import Ledger, in_units

__all__ = ["COSTS", "PublicGoods", "payoffs"]

COSTS = (0, 1, 2, 4, 6, 9, 12, 16, 20, 25, 30)
"""What 0 to 10 points given to one person cost who gives them."""


class PublicGoods(World):
    """What everybody has earned, put in and given in points."""

    money: Ledger
    names: list[str]
    endowment: int
    rate: float
    rounds: int
    punishment: bool
    payoffs_told: bool
    round: int = 1
    stage: int = 0
    """0 before the gifts; k when everybody decides on the one who stands k places further on."""
    gifts: dict[str, int] = Field(default_factory=dict)
    points: dict[str, dict[str, int]] = Field(default_factory=dict)
    last_gifts: dict[str, int] = Field(default_factory=dict)

    @action(together=True, when="is_time_to_give")
    def put_into_pot(self, amount: dict[str, Annotated[int, Between(0, "endowment")]]) -> str:
        """Put an amount of one's own money into the common pot, and keep the rest."""
        self.gifts = dict(amount)
        self.stage = 1
        for name, gift in amount.items():
            self.measure(f"gift of {name}", gift)
        told = ", ".join(f"{name} {amount[name]}" if name in amount else f"{name} no answer" for name in self.names)
        share = in_units(self.rate * sum(amount.values()))
        return f"Round {self.round}: {told}. {sum(amount.values())} are in the pot, of which each gets {share}."

    @action(together=True, when="is_time_for_points")
    def give_points(self, points: dict[str, Annotated[int, Between(0, 10)]]) -> str:
        """Give from 0 to 10 points to one other person, at a cost; each takes a tenth of what that person earned."""
        for name, count in points.items():
            self.points.setdefault(name, {})[self.other(name)] = count
        self.stage += 1
        return f"Everybody has decided on {self.stage - 1} of {len(self.names) - 1} others."

    def is_time_to_give(self, actor: str) -> bool:
        return self.stage == 0

    def is_time_for_points(self, actor: str) -> bool:
        return 0 < self.stage < len(self.names)

    def other(self, name: str) -> str:
        """On whom somebody decides at this stage."""
        return self.names[(self.names.index(name) + self.stage) % len(self.names)]

    def end_of_round(self) -> str:
        """Everybody is paid, points take their share, and the next round begins."""
        earned = payoffs(self.names, self.gifts, self.points, endowment=self.endowment, rate=self.rate)
        pot = self.rate * sum(self.gifts.values())
        lines: list[str] = []
        for name in self.names:
            before = self.money.balance(name)
            got = sum(given.get(name, 0) for given in self.points.values())
            cost = sum(COSTS[count] for count in self.points.get(name, {}).values())
            income = self.endowment - self.gifts.get(name, 0) + pot
            self.money.book(name, self.endowment, "endowment")
            self.money.book(name, -self.gifts.get(name, 0), "put into the pot")
            self.money.book(name, pot, "from the pot")
            self.money.book(name, -cost, "cost of points given")
            self.money.book(name, earned[name] + cost - income, "taken by points")
            self.measure(f"payoff of {name}", earned[name])
            points = f" ({got} points)" if self.punishment else ""
            lines.append(f"{name} {in_units(self.money.balance(name) - before)}{points}")
        for name, given in self.points.items():
            for other, count in given.items():
                at_least = self.gifts.get(other, 0) >= self.gifts.get(name, 0)
                self.measure("points for at least as much" if at_least else "points for less", count)
        ended = self.round
        self.last_gifts, self.gifts, self.points = dict(self.gifts), {}, {}
        self.round, self.stage = self.round + 1, 0
        return f"Earned in round {ended}: {', '.join(lines)}." if self.payoffs_told else f"Round {ended} is over."

    def over(self) -> str | None:
        return f"round {self.rounds} is over" if self.round > self.rounds else None

    def perceive(self, name: str) -> str:
        lines = [f"It is round {self.round} of {self.rounds}."]
        if self.payoffs_told:
            lines.append(f"{name} has earned {in_units(self.money.balance(name))} so far.")
        if self.stage > 0:
            other = self.other(name)
            gave = f"put {self.gifts[other]} into the pot" if other in self.gifts else "gave no answer"
            lines.append(f"{other} {gave}, and {name} {self.gifts.get(name, 'nothing')}.")
        return "\n".join(lines)

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        gifts: dict[str, JsonValue] = {**self.gifts}
        last: dict[str, JsonValue] = {**self.last_gifts}
        return {
            "round": self.round,
            "endowment": self.endowment,
            "gifts": gifts,
            "last_gifts": last,
            "other": self.other(name) if self.stage else None,
        }


def payoffs(
    names: Sequence[str],
    gifts: Mapping[str, int],
    points: Mapping[str, Mapping[str, int]],
    *,
    endowment: float = 20,
    rate: float = 0.4,
) -> dict[str, float]:
    """What everybody earns in a round, by the formula above; who is not among the gifts put in nothing."""
    pot = rate * sum(gifts.values())
    earned: dict[str, float] = {}
    for name in names:
        got = sum(given.get(name, 0) for given in points.values())
        cost = sum(COSTS[count] for count in points.get(name, {}).values())
        earned[name] = round((endowment - gifts.get(name, 0) + pot) * (10 - min(10, got)) / 10 - cost, 9)
    return earned
