"""The world of the matrix games: who meets whom, what both do, and what that pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from gamemaster import Between, OneOf, World, action
from gamemaster.examples.matrix_game_parts.games import Game, payoffs_of
from gamemaster.world.parts.joint_move import JointMove, move_in_words
from gamemaster.world.parts.ledger import in_units
from gamemaster.world.parts.pairing import drawn_pairs
from gamemaster.world.parts.repeated import Meeting, Repeated

__all__ = ["MatrixGame", "Pair", "plurality"]

_SHOWN = 5
"""How many earlier meetings one is reminded of."""


class Pair(BaseModel):
    """Who plays with whom in a round."""

    row: str
    column: str


class MatrixGame(World):
    """Pairs of a round, what they have brought, and the rounds that are over.

    A move that is noted is the name of an option; of an inventory it is the option that it has most of, "" for a tie.
    `inventories` are those of the round at hand, `kept` those of all rounds, by name.
    """

    game: Game
    names: list[str]
    joint: JointMove
    repeated: Repeated
    payoffs_told: bool = True
    public: bool = True
    inventory: int = 0
    pairs: list[Pair] = Field(default_factory=list[Pair])
    idle: str | None = None
    inventories: dict[str, list[int]] = Field(default_factory=dict[str, list[int]])
    kept: list[dict[str, list[int]]] = Field(default_factory=list[dict[str, list[int]]])

    def start(self) -> None:
        """The first pairs."""
        self._pair()

    def _pair(self) -> None:
        """Two always play as they are named; more are drawn anew in each round, and the odd one out sits."""
        if len(self.names) == 2:
            self.pairs = [Pair(row=self.names[0], column=self.names[1])]
            return
        pairs, self.idle = drawn_pairs(self.names, self.random(f"pairs of round {self.repeated.round}"))
        self.pairs = [Pair(row=row, column=column) for row, column in pairs]

    # --- what can be done ---

    @action(together=True, when="plays_a_move")
    def choose_move(self, move: dict[str, Annotated[str, OneOf("options")]]) -> str:
        """Choose one of the moves of the game."""
        return self._settle({name: [int(each == move[name]) for each in self.game.options] for name in move})

    @action(together=True, when="fills_two_kinds")
    def bring_two_kinds(
        self,
        first: dict[str, Annotated[int, Between(0, "inventory")]],
        second: dict[str, Annotated[int, Between(0, "inventory")]],
    ) -> str:
        """Say how many one brings of each of the two kinds."""
        return self._settle({name: [first[name], second[name]] for name in first})

    @action(together=True, when="fills_three_kinds")
    def bring_three_kinds(
        self,
        first: dict[str, Annotated[int, Between(0, "inventory")]],
        second: dict[str, Annotated[int, Between(0, "inventory")]],
        third: dict[str, Annotated[int, Between(0, "inventory")]],
    ) -> str:
        """Say how many one brings of each of the three kinds."""
        return self._settle({name: [first[name], second[name], third[name]] for name in first})

    def options(self) -> list[str]:
        return list(self.game.options)

    def plays_a_move(self, actor: str) -> bool:
        return not self.inventory and actor in self.partners()

    def fills_two_kinds(self, actor: str) -> bool:
        return bool(self.inventory) and len(self.game.options) == 2 and actor in self.partners()

    def fills_three_kinds(self, actor: str) -> bool:
        return bool(self.inventory) and len(self.game.options) == 3 and actor in self.partners()

    # --- what comes of it ---

    def _settle(self, brought: Mapping[str, Sequence[int]]) -> str:
        """Pay all pairs at once. Who brings nothing, or gave no answer, plays with nobody: both get 0."""
        self.inventories = {name: list(each) for name, each in brought.items() if sum(each)}
        moves = {name: plurality(self.game.options, each) for name, each in self.inventories.items()}
        payoffs: dict[str, float] = {}
        for pair in self.pairs:
            both = pair.row in self.inventories and pair.column in self.inventories
            mine, theirs = self.inventories.get(pair.row, []), self.inventories.get(pair.column, [])
            payoffs[pair.row], payoffs[pair.column] = payoffs_of(self.game, mine, theirs) if both else (0.0, 0.0)
        self.joint.settle(moves, payoffs)
        told = [f"{self._told(pair.row)} meets {self._told(pair.column)}." for pair in self.pairs]
        if self.idle is not None:
            told.append(f"{self.idle} sits out.")
        if self.public or len(self.names) == 2:
            return f"Round {self.repeated.round}: {' '.join(told)}"
        for pair, text in zip(self.pairs, told, strict=False):
            for name in (pair.row, pair.column):
                self.tell(name, f"Round {self.repeated.round}: {text}")
        return f"Round {self.repeated.round} is played."

    def _told(self, name: str) -> str:
        got = f", gets {in_units(self.joint.payoffs[name])}" if self.payoffs_told else ""
        return f"{name} ({self._brought(name)}{got})"

    def _brought(self, name: str) -> str:
        if name not in self.inventories:
            return "no answer" if not self.inventory else "nothing"
        counts = zip(self.inventories[name], self.game.options, strict=True)
        if self.inventory:
            return ", ".join(f"{count} {option}" for count, option in counts if count)
        return move_in_words(self.joint.moves[name])

    def end_of_round(self) -> None:
        """The round goes into the past, and the next pairs are drawn."""
        self.repeated.note(self.joint.moves, self.joint.payoffs, self.partners())
        if self.inventory:
            self.kept.append(dict(self.inventories))
        self.inventories = {}
        self.joint.moves, self.joint.payoffs = {}, {}
        if self.repeated.over() is None:
            self._pair()

    # --- what is seen ---

    def partners(self) -> dict[str, str]:
        """Who meets whom in this round, both ways, pair by pair."""
        found: dict[str, str] = {}
        for pair in self.pairs:
            found[pair.row], found[pair.column] = pair.column, pair.row
        return found

    def role(self, name: str) -> Literal["row", "column"]:
        return "column" if any(pair.column == name for pair in self.pairs) else "row"

    def perceive(self, name: str) -> str:
        lines = [f"It is round {self.repeated.round} of {self.repeated.rounds}."]
        if self.payoffs_told:
            lines.append(f"{name} has {in_units(self.joint.earned(name))} points so far.")
        other = self.partners().get(name)
        if other is None:
            return "\n".join([*lines, f"{name} sits out this round."])
        lines.append(f"{name} meets {other}.")
        lines += [self._reminded(name, each) for each in self.repeated.meetings(name, other)[-_SHOWN:]]
        return "\n".join(lines)

    def _reminded(self, name: str, meeting: Meeting) -> str:
        mine, theirs = (
            "gave no answer" if move is None else "chose equally much of several" if move == "" else f"chose {move}"
            for move in (meeting.mine, meeting.theirs)
        )
        got = f", and {name} got {in_units(meeting.payoff)}" if self.payoffs_told else ""
        return f"In round {meeting.round} {name} {mine}, {meeting.other} {theirs}{got}."

    def perceive_data(self, name: str) -> dict[str, Any]:
        other = self.partners().get(name)
        met = self.repeated.meetings(name, other) if other is not None else []
        last = self.repeated.meetings(name)[-1:] if self.repeated.last and name in self.repeated.last.partners else []
        return {
            "round": self.repeated.round,
            "options": list(self.game.options),
            "inventory": self.inventory,
            "other": other,
            "role": self.role(name),
            "table": self.game.table(self.role(name)),
            "met": [each._asdict() for each in met],
            "last": last[0]._asdict() if last else None,
        }


def plurality(options: Sequence[str], counts: Sequence[int]) -> str:
    """The option that an inventory has most of; "" where two have as many."""
    most = max(counts)
    return options[list(counts).index(most)] if list(counts).count(most) == 1 else ""
