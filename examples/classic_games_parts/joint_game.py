"""JointGame: what the games with one joint move a round have in common, and what the scenario asks of any of the games.

The one idea: a game says which joint action there is and what it pays; rounds, payment and what is told are the parts'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from gamemaster import ActionSpec, World
from gamemaster.words import JsonValue
from gamemaster.world.parts.joint_move import JointMove, Move
from gamemaster.world.parts.ledger import in_units
from gamemaster.world.parts.repeated import Repeated

__all__ = ["ClassicGame", "JointGame"]


class ClassicGame(World):
    """The players, what each has got, and the rounds that are over; a subclass is a game.

    Whoever asks: `asked` says who is asked what now, `rules` are told to all, `answer_of` is a person's answer in equilibrium and
    `reply_of` the best reply to the last round, each None where there is none.
    """

    title: ClassVar[str] = ""
    names: list[str]
    joint: JointMove
    repeated: Repeated
    payoffs_told: bool = True

    def rules(self) -> str:
        """The rules, as everybody is told them."""
        raise NotImplementedError

    def asked(self) -> dict[str, ActionSpec]:
        """Who is asked what in the next step, in order."""
        raise NotImplementedError

    def leanings(self) -> list[str]:
        """What people of different characters want to do, in turn."""
        raise NotImplementedError

    def answer_of(self, name: str) -> JsonValue:
        """What somebody answers in equilibrium; None where there is nothing to answer, or no pure equilibrium."""
        return None

    def reply_of(self, name: str) -> JsonValue:
        """The best reply if all others do again what they did in the last round; None without such a round."""
        return None

    def known(self, name: str) -> dict[str, Any]:
        """What a policy may know besides."""
        return {}

    def over(self) -> str | None:
        return self.repeated.over()

    def perceive(self, name: str) -> str:
        lines = [f"It is round {self.repeated.round} of {self.repeated.rounds}."]
        if self.payoffs_told:
            lines.append(f"{name} has {in_units(self.joint.earned(name))} {self.joint.money.unit} so far.")
        return "\n".join(lines)

    def perceive_data(self, name: str) -> dict[str, Any]:
        return {
            "round": self.repeated.round,
            "players": len(self.names),
            "at": self.names.index(name),
            "answer": self.answer_of(name),
            "reply": self.reply_of(name),
            **self.known(name),
        }

    def as_in_equilibrium(self, name: str, answer: Move | bool) -> None:
        """Measure whether this answer is the one of the equilibrium, where there is one."""
        right = self.answer_of(name)
        if right is not None:
            same = answer == right if not isinstance(answer, float) else abs(answer - float(str(right))) < 1e-9
            self.measure("as in equilibrium", int(same))


class JointGame(ClassicGame):
    """A game of rounds with one joint move each."""

    def settled(self, moves: Mapping[str, Move], payoffs: Mapping[str, float]) -> None:
        """Pay a joint move of those who moved; who isn't in `payoffs` gets 0."""
        for name, move in moves.items():
            self.as_in_equilibrium(name, move)
        self.joint.settle(moves, {name: payoffs.get(name, 0.0) for name in self.names})

    def told(self) -> str:
        """The round in words."""
        return f"Round {self.repeated.round}: {self.joint.told(self.names, payoffs=self.payoffs_told)}."

    def end_of_round(self) -> None:
        """The round goes into the past."""
        self.repeated.note(self.joint.moves, self.joint.payoffs)
        self.joint.moves, self.joint.payoffs = {}, {}

    def others_last(self, name: str) -> dict[str, Move] | None:
        """What the others did in the last round; None before the first is over."""
        last = self.repeated.last
        return None if last is None else {each: move for each, move in last.moves.items() if each != name}
