"""Divide the dollar: each gets what it claims, unless the claims are more than there is; then nobody gets anything."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from gamemaster import ActionSpec, Between, action
from gamemaster.examples.classic_games_parts.joint_game import JointGame

__all__ = ["DivideDollar"]

POT = 100


class DivideDollar(JointGame):
    """Claims on a pot of 100 (Shapley & Shubik 1969; its form with many players as in GAMA-Bench).

    Equilibria: any claims that add up to the pot; `answer_of` is the symmetric one, an equal share, rounded down.
    """

    title: ClassVar[str] = "dollar"

    @action(together=True)
    def claim_share(self, amount: dict[str, Annotated[int, Between(0, POT)]]) -> str:
        """Claim a part of the 100 points for oneself."""
        total = sum(amount.values())
        fits = total <= POT
        self.settled(amount, {name: claim if fits else 0 for name, claim in amount.items()})
        self.measure("claimed", total)
        self.measure("paid share", total / POT if fits else 0.0)
        return f"{self.told()} {total} were claimed of {POT}{'' if fits else ', so nobody gets anything'}."

    def rules(self) -> str:
        return (
            f"There are {POT} points in each round. {len(self.names)} people claim a part of them at the same time. If the "
            f"claims are {POT} or less in all, everybody gets what it claimed; if they are more, nobody gets anything."
        )

    def asked(self) -> dict[str, ActionSpec]:
        spec = ActionSpec.of(DivideDollar.claim_share, "How many points does {name} claim?", tag=f"claim {self.repeated.round}")
        return dict.fromkeys(self.names, spec)

    def leanings(self) -> list[str]:
        fair = POT // len(self.names)
        return [f"claim {each} points" for each in (fair, max(0, fair - 3), min(POT, fair + 2))]

    def answer_of(self, name: str) -> int:
        return POT // len(self.names)

    def reply_of(self, name: str) -> int | None:
        others = self.others_last(name)
        return None if others is None else max(0, POT - sum(int(each) for each in others.values()))

    def known(self, name: str) -> dict[str, Any]:
        return {"from_to": [0, POT]}
