"""El Farol bar: an evening there is good unless too many had the same idea (Arthur 1994)."""

from __future__ import annotations

from math import comb, floor, fsum
from typing import Annotated, Any, ClassVar

from gamemaster import ActionSpec, OneOf, action
from gamemaster.examples.classic_games_parts.joint_game import JointGame

__all__ = ["ElFarol", "going_rate"]

GO, STAY = "go to the bar", "stay at home"
GOOD, CROWDED, HOME = 10, 0, 5
"""What an evening at the bar, a crowded one, and one at home are worth (as in GAMA-Bench's code)."""


class ElFarol(JointGame):
    """Up to 60 % of the people have a good evening at the bar (10); more of them a bad one (0); at home it is 5.

    Equilibria: any in which just as many go as there is room for; and the symmetric mixed one, in which everybody goes with
    the same probability. `answer_of` has none, as a mixed strategy has no one answer; `known` has the probability.
    """

    title: ClassVar[str] = "bar"
    room: int

    @action(together=True)
    def spend_evening(self, where: dict[str, Annotated[str, OneOf((GO, STAY))]]) -> str:
        """Go to the bar this evening, or stay at home."""
        goers = [name for name, each in where.items() if each == GO]
        good = len(goers) <= self.room
        self.settled(where, {name: HOME if each == STAY else GOOD if good else CROWDED for name, each in where.items()})
        self.measure("attendance", len(goers))
        self.measure("good evening", int(good))
        how = "a good evening" if good else "too crowded"
        return f"{self.told()} {len(goers)} were at the bar: {how}."

    def rules(self) -> str:
        return (
            f"Each evening {len(self.names)} people decide on their own whether to go to a bar. If at most {self.room} go, "
            f"everybody there gets {GOOD} points; if more go, everybody there gets {CROWDED}. At home one gets {HOME}."
        )

    def asked(self) -> dict[str, ActionSpec]:
        spec = ActionSpec.of(
            ElFarol.spend_evening, "Does {name} go to the bar or stay at home?", tag=f"evening {self.repeated.round}"
        )
        return dict.fromkeys(self.names, spec)

    def leanings(self) -> list[str]:
        return [GO, GO, STAY]

    def reply_of(self, name: str) -> str | None:
        others = self.others_last(name)
        return None if others is None else GO if list(others.values()).count(GO) < self.room else STAY

    def known(self, name: str) -> dict[str, Any]:
        return {"room": self.room, "rate": going_rate(len(self.names), self.room), "options": [GO, STAY]}


def room_for(players: int) -> int:
    """Up to how many have a good evening: 60 %, rounded down."""
    return floor(players * 3 / 5 + 1e-9)


def going_rate(players: int, room: int) -> float:
    """The probability p at which going is worth as much as staying when all others go with p: the mixed equilibrium.

    P(at most room - 1 of players - 1 others go) = (HOME - CROWDED) / (GOOD - CROWDED), solved by halving to 1e-15; 1 where there
    is room for everybody.
    """
    if room >= players:
        return 1.0
    wanted, low, high = (HOME - CROWDED) / (GOOD - CROWDED), 0.0, 1.0
    for _ in range(60):
        p = (low + high) / 2
        free = fsum(comb(players - 1, k) * p**k * (1 - p) ** (players - 1 - k) for k in range(room))
        low, high = (p, high) if free > wanted else (low, p)
    return (low + high) / 2
