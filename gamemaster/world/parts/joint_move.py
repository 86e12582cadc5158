"""JointMove: all move at the same moment, and all moves together decide what each gets.

The one idea: a one-shot game is moves in, payoffs out. The world around it says which moves there are and what they pay;
this part pays, keeps the ledger and puts moves and payoffs on record. Who gave no valid answer has no move: it is never
taken for any of the moves. Several rounds of it are kept by `Repeated`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from pydantic import Field

from gamemaster.world.parts.ledger import Ledger, in_units
from gamemaster.world.world import World

__all__ = ["JointMove", "Move", "move_in_words"]

Move: TypeAlias = str | int | float
"""A move by its name, or a number."""


class JointMove(World):
    """Put it into a world as a field, `joint: JointMove`, and call `settle` in a joint action.

    `moves` and `payoffs` are those of the last time; `money` is what everybody has got in all.
    """

    money: Ledger = Field(default_factory=lambda: Ledger(lowest=None, unit="points"))
    moves: dict[str, Move] = Field(default_factory=dict[str, Move])
    payoffs: dict[str, float] = Field(default_factory=dict[str, float])

    def settle(self, moves: Mapping[str, Move], payoffs: Mapping[str, float], *, kind: str = "payoff") -> None:
        """Put down what was moved, and pay; for use in actions and hooks.

        Measures `move of NAME` for each who moved, and `payoff of NAME` for each in `payoffs`, who need not be the same.
        """
        self.moves, self.payoffs = dict(moves), {name: float(payoff) for name, payoff in payoffs.items()}
        for name, move in moves.items():
            self.measure(f"move of {name}", move)
        for name, payoff in self.payoffs.items():
            self.money.book(name, payoff, kind)
            self.measure(f"payoff of {name}", payoff)

    def missing(self, moves: Mapping[str, Move]) -> list[str]:
        """Who is present and has no move, in the order of the people; nobody waits for who is gone."""
        return [name for name in self.present_people() if name not in moves]

    def earned(self, name: str) -> float:
        """What somebody has got in all."""
        return self.money.balance(name)

    def told(self, names: Sequence[str], *, payoffs: bool = True) -> str:
        """The last moves in words, "Ann 3 (gets 1), Bob no answer (gets 0)", in the order of `names`."""
        said: list[str] = []
        for name in names:
            moved = move_in_words(self.moves[name]) if name in self.moves else "no answer"
            got = f" (gets {in_units(self.payoffs[name])})" if payoffs and name in self.payoffs else ""
            said.append(f"{name} {moved}{got}")
        return ", ".join(said)


def move_in_words(move: Move) -> str:
    """A move as one reads it; a number has two decimals at most."""
    return move if isinstance(move, str) else in_units(move)
