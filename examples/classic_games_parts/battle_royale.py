"""Battle royale: shots are fired in turn, the worst shooter first, until one is left."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from gamemaster import ActionSpec, OneOf, Person, action
from gamemaster.examples.classic_games_parts.joint_game import ClassicGame
from gamemaster.examples.classic_games_parts.truel import solve

__all__ = ["NOBODY", "BattleRoyale", "hit_rates"]

NOBODY = "nobody"


class BattleRoyale(ClassicGame):
    """Hit rates rise from player to player, all know them; one may miss on purpose. The last one left gets 1.

    A round is one shot. After the last of them nobody gets anything if more than one is left (ours). In equilibrium, which
    `truel` finds from the end, one may shoot at another than the best shooter, or at nobody.
    """

    title: ClassVar[str] = "royale"
    rates: dict[str, float]
    alive: list[str]
    turn: int = 0
    shot: dict[str, str] = Field(default_factory=dict[str, str])

    @action(when="has_the_turn")
    def fire_shot(self, actor: Person, target: Annotated[str, OneOf("targets")]) -> str:
        """Shoot at one of those who are left, or at nobody."""
        self.as_in_equilibrium(actor, target)
        strongest = max((each for each in self.alive if each != actor), key=lambda each: self.rates[each])
        self.measure("at the strongest", int(target == strongest))
        self.shot = {actor: target}
        if target == NOBODY:
            return f"{actor} shoots at nobody."
        if self.random(f"shot {self.repeated.round}").random() >= self.rates[actor]:
            return f"{actor} shoots at {target} and misses."
        self.turn -= self.alive.index(target) < self.alive.index(actor)
        self.alive.remove(target)
        return f"{actor} shoots at {target} and hits. {target} is out; {len(self.alive)} left."

    def targets(self, actor: str) -> list[str]:
        return [*(each for each in self.alive if each != actor), NOBODY]

    def shooter(self) -> str:
        """Whose turn it is."""
        return self.alive[self.turn]

    def has_the_turn(self, actor: str) -> bool:
        return len(self.alive) > 1 and actor == self.shooter()

    def end_of_round(self) -> str | None:
        """The next one's turn, whether or not a shot was fired; the last one left is paid."""
        self.repeated.note(self.shot, {})
        self.shot = {}
        self.turn = (self.turn + 1) % len(self.alive)
        self.measure("left", len(self.alive))
        if self.over() is None:
            return None
        last = self.alive[0] if len(self.alive) == 1 else None
        self.joint.settle({}, {name: float(name == last) for name in self.names})
        return f"{last} is the last one left." if last else f"{len(self.alive)} are left at the end, and nobody wins."

    def over(self) -> str | None:
        return f"{self.alive[0]} is the last one left" if len(self.alive) == 1 else super().over()

    def rules(self) -> str:
        rates = ", ".join(f"{name} {100 * rate:g} %" for name, rate in self.rates.items())
        return (
            f"{len(self.names)} people shoot in turn, until one is left, who wins 1 point; there are {self.repeated.rounds} "
            f"shots at most. They hit what they aim at in so many of a hundred shots, and shoot in this order: {rates}. One may "
            "shoot at nobody. Who is hit is out."
        )

    def asked(self) -> dict[str, ActionSpec]:
        call = "At whom does {name} shoot?"
        return {self.shooter(): ActionSpec.of(BattleRoyale.fire_shot, call, tag=f"shot {self.repeated.round}")}

    def leanings(self) -> list[str]:
        strongest = max(self.names, key=lambda each: self.rates[each])
        return [f"shoot at {strongest}", f"shoot at {self.names[0]}", "shoot at nobody"]

    def answer_of(self, name: str) -> str | None:
        if not self.has_the_turn(name):
            return None
        solution = solve(tuple(self.rates[each] for each in self.names), self.repeated.rounds)
        left = [self.names.index(each) for each in self.alive]
        at = solution.target(left, self.names.index(name), self.repeated.rounds - len(self.repeated.past))
        return NOBODY if at is None else self.names[at]

    def perceive(self, name: str) -> str:
        if name not in self.alive:
            return f"{name} is out."
        shot = f"It is shot {self.repeated.round} of {self.repeated.rounds} at most."
        return f"{shot} Still there, the best shooter last: {', '.join(self.alive)}."

    def known(self, name: str) -> dict[str, Any]:
        return {"alive": list(self.alive), "options": self.targets(name)}


def hit_rates(players: int) -> list[float]:
    """From 35 % upwards in steps of 5 (ours; at most 13 players)."""
    return [(35 + 5 * at) / 100 for at in range(players)]
