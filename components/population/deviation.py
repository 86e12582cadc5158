"""Deviation: how far a sample is from what it was to be, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gamemaster.components.population.raking import Joint
from gamemaster.components.population.tables import label_of

__all__ = ["Cell", "Deviation", "deviation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a table: how many people were expected in it, and how many there are."""

    cell: str
    expected: float
    got: int

    @property
    def deviation(self) -> float:
        """How many too many; below 0, too few."""
        return self.got - self.expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """Expected and got for each cell of the marginals, then of the conditionals, then of all variables together.

    What is expected of a conditional is its share of those who are in the sample. Printed, it is a table of the first
    two; `joint` holds the combinations that are possible.
    """

    marginals: tuple[Cell, ...]
    conditionals: tuple[Cell, ...]
    joint: tuple[Cell, ...]

    @property
    def worst(self) -> Cell:
        """The cell of the marginals and conditionals that is farthest off; the first of equals."""
        return max((*self.marginals, *self.conditionals), key=lambda each: abs(each.deviation))

    def __str__(self) -> str:
        rows = [*self.marginals, *self.conditionals]
        width = max(len("cell"), *(len(each.cell) for each in rows))
        lines = [f"{'cell':<{width}}  {'expected':>10}  {'got':>6}  {'deviation':>9}"]
        lines += [f"{each.cell:<{width}}  {each.expected:>10.2f}  {each.got:>6}  {each.deviation:>+9.2f}" for each in rows]
        return "\n".join(lines)


def deviation(joint: Joint, counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Deviation:
    """The report on `counts`, which have the shape of the joint distribution."""
    n = int(counts.sum())
    whole = counts.astype(np.float64)
    single: list[Cell] = []
    given: list[Cell] = []
    for each in joint.constraints:
        got = joint.over(each.names, whole)
        expected = each.shares * (got.sum(axis=-1, keepdims=True) if len(each.names) > 1 else n)
        cells = [
            Cell(cell=each.cell(joint.axes, place), expected=float(expected[place]), got=int(got[place]))
            for place in np.ndindex(got.shape)
            if not np.isnan(expected[place])
        ]
        (given if len(each.names) > 1 else single).extend(cells)
    names = [*joint.axes]
    together = [
        Cell(
            cell=", ".join(f"{name}={label}" for name, label in zip(names, _labels(joint, place), strict=True)),
            expected=float(joint.shares[place] * n),
            got=int(counts[place]),
        )
        for place in map(tuple, np.argwhere((joint.shares > 0) | (counts > 0)).tolist())
    ]
    return Deviation(marginals=tuple(single), conditionals=tuple(given), joint=tuple(together))


def _labels(joint: Joint, place: tuple[int, ...]) -> list[str]:
    return [label_of(categories[at]) for categories, at in zip(joint.axes.values(), place, strict=True)]
