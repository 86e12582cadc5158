"""The games: who gets what when row and column have moved.

The one idea: a game is two tables, both read by (row's move, column's move); column's is row's transpose where it isn't
given. The tables are those of Melting Pot's games "in the matrix" (Leibo et al. 2021; Agapiou et al. 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel

__all__ = ["GAMES", "Game", "payoffs_of", "read_table"]


class Game(BaseModel):
    """The moves, and what they pay. `kind` says what the first move, or the same move, stands for."""

    name: str
    options: list[str]
    row: list[list[float]]
    column: list[list[float]]
    kind: Literal["cooperation", "coordination", "conflict"]

    def table(self, role: Literal["row", "column"]) -> list[list[float]]:
        """What one gets by (own move, the other's move)."""
        if role == "row":
            return [list(line) for line in self.row]
        return [list(line) for line in zip(*self.column, strict=True)]

    @property
    def best_sum(self) -> float:
        """The most that both together can get."""
        return max(
            mine + other
            for line, other_line in zip(self.row, self.column, strict=True)
            for mine, other in zip(line, other_line, strict=True)
        )


def _game(
    name: str,
    options: str,
    row: Sequence[Sequence[float]],
    kind: Literal["cooperation", "coordination", "conflict"],
    column: Sequence[Sequence[float]] | None = None,
) -> Game:
    table = [list(line) for line in row]
    other = [list(line) for line in (zip(*row, strict=True) if column is None else column)]
    return Game(name=name, options=options.split(", "), row=table, column=other, kind=kind)


GAMES = {
    game.name: game
    for game in (
        _game("prisoners_dilemma", "cooperate, defect", [[3, 0], [5, 1]], "cooperation"),
        _game("chicken", "swerve, drive straight on", [[3, 2], [5, 0]], "cooperation"),
        _game("stag_hunt", "hunt the stag, hunt the hare", [[4, 0], [2, 2]], "cooperation"),
        _game("bach_or_stravinsky", "Bach, Stravinsky", [[3, 0], [0, 2]], "coordination", [[2, 0], [0, 3]]),
        _game("pure_coordination", "red, green, blue", [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "coordination"),
        _game("rationalizable_coordination", "yellow, violet, orange", [[1, 0, 0], [0, 2, 0], [0, 0, 3]], "coordination"),
        _game("running_with_scissors", "rock, paper, scissors", [[0, -10, 10], [10, 0, -10], [-10, 10, 0]], "conflict"),
    )
}


def payoffs_of(game: Game, mine: Sequence[int], theirs: Sequence[int]) -> tuple[float, float]:
    """What row and column get when each brings an inventory: (a/|a|)^T A (b/|b|), A being the table of each.

    An inventory says how many one has of each move, in the order of `game.options`; a pure move is an inventory of one.
    Raises: ValueError for an empty one, or one of another length.
    """
    if len(mine) != len(game.options) or len(theirs) != len(game.options):
        raise ValueError(f"{game.name} has {len(game.options)} moves; the inventories have {len(mine)} and {len(theirs)}")
    size = sum(mine) * sum(theirs)
    if not size:
        raise ValueError("an inventory is empty, and pays nothing that is defined")

    def paid(table: Sequence[Sequence[float]]) -> float:
        return sum(a * b * table[i][j] for i, a in enumerate(mine) for j, b in enumerate(theirs) if a and b) / size

    return paid(game.row), paid(game.column)


def read_table(text: str, size: int) -> list[list[float]]:
    """A table written "3,0;5,1", line by line. Raises: ValueError when it isn't `size` by `size` numbers."""
    table = [[float(each) for each in line.split(",")] for line in text.split(";")]
    if len(table) != size or any(len(line) != size for line in table):
        raise ValueError(f"it needs {size} lines of {size} numbers, as in {';'.join([','.join('0' * size)] * size)}")
    return table
