"""Guess 2/3 of the average: whoever is nearest to two thirds of the mean of all numbers wins (Nagel 1995)."""

from __future__ import annotations

from fractions import Fraction
from math import fsum
from typing import Annotated, Any, ClassVar

from gamemaster import ActionSpec, Between, action
from gamemaster.examples.classic_games_parts.joint_game import JointGame

__all__ = ["GuessAverage", "level"]

HIGHEST = 100
RATIO = Fraction(2, 3)


class GuessAverage(JointGame):
    """A prize of 1 goes to the nearest, in equal parts where several are as near (ours).

    Equilibrium: all say 0, the only number that is left when everybody goes on reasoning. With whole numbers all saying
    1 is an equilibrium too.
    """

    title: ClassVar[str] = "guess"

    @action(together=True)
    def state_number(self, number: dict[str, Annotated[int, Between(0, HIGHEST)]]) -> str:
        """State a whole number from 0 to 100; the nearest to two thirds of the mean of all wins."""
        if not number:
            self.settled({}, {})
            return f"Round {self.repeated.round}: nobody states a number."
        total, count = sum(number.values()), len(number)
        target = RATIO * total / count
        nearest = min(abs(each - target) for each in number.values())
        winners = [name for name, each in number.items() if abs(each - target) == nearest]
        self.settled(number, {name: 1 / len(winners) for name in winners})
        self.measure("mean", total / count)
        self.measure("target", float(target))
        won = f" Nearest: {', '.join(winners)}." if self.payoffs_told else ""
        stated = self.joint.told(self.names, payoffs=False)
        return f"Round {self.repeated.round}: {stated}. Two thirds of the mean are {float(target):.2f}.{won}"

    def rules(self) -> str:
        return (
            f"{len(self.names)} people state a whole number from 0 to {HIGHEST} at the same time. Whoever is nearest to two "
            "thirds of the mean of all numbers gets 1 point; where several are as near, they share it."
        )

    def asked(self) -> dict[str, ActionSpec]:
        spec = ActionSpec.of(GuessAverage.state_number, "Which number does {name} state?", tag=f"number {self.repeated.round}")
        return dict.fromkeys(self.names, spec)

    def leanings(self) -> list[str]:
        return [f"state the number {level(each)}" for each in range(5)]

    def answer_of(self, name: str) -> int:
        return 0

    def reply_of(self, name: str) -> int | None:
        others = self.others_last(name)
        if not others:
            return None
        total = fsum(float(each) for each in others.values())
        return round(float(RATIO) * total / (len(others) + 1 - float(RATIO)))

    def known(self, name: str) -> dict[str, Any]:
        return {"from_to": [0, HIGHEST]}


def level(k: int) -> int:
    """What a reasoner of level k says: 50 at level 0, and above it the best reply to the level below, in a large crowd."""
    return round(50 * RATIO**k)
