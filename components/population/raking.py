"""raking: the joint distribution that has given marginals and conditionals, by iterative proportional fitting.

The one idea: begin with everything equally likely, and scale the table to each of what is known in turn, again and again,
until all of it holds at the same time. What is not known stays as independent as the rest allows.

Sources: Deming & Stephan 1940 for marginals; for conditionals, Cramer 2000, "Probability measures with given marginals and
conditionals: I-projections and conditional iterative proportional fitting".
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gamemaster.components.population.tables import (
    Axes,
    Conditional,
    Floats,
    Marginal,
    label_of,
    read_axes,
    read_conditional,
    read_marginals,
)
from gamemaster.words import DefinitionError

__all__ = ["Conditional", "Constraint", "Joint", "rake"]

MOST_CELLS = 1_000_000
_FITS = 1e-9
_PATIENCE = 200
"""Sweeps in which the largest deviation must fall by a tenth; or it is taken to fall no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """Something that must hold: the shares of the last of `names`, among each cell of those before it.

    `shares` has an axis for each of `names`; rows of it that are not-a-number are left open.
    """

    names: tuple[str, ...]
    shares: Floats

    def cell(self, axes: Axes, place: Sequence[int]) -> str:
        """A cell in words: "work=baker given age=18-34"."""
        said = [f"{name}={label_of(axes[name][at])}" for name, at in zip(self.names, place, strict=True)]
        return said[-1] + (f" given {', '.join(said[:-1])}" if len(said) > 1 else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """How likely each combination of categories is; `shares` has an axis for each of `axes`, and sums to 1."""

    axes: Axes
    shares: Floats
    constraints: tuple[Constraint, ...]

    def over(self, names: Sequence[str], table: Floats | None = None) -> Floats:
        """The table (`shares`, or counts of the same shape) summed up over all variables but these, in this order."""
        return over(self.shares if table is None else table, self.axes, names)


def over(table: Floats, axes: Axes, names: Sequence[str]) -> Floats:
    """`table` summed up over all variables but `names`, with its axes in their order."""
    order = [*axes]
    kept = table.sum(axis=tuple(at for at, name in enumerate(order) if name not in names))
    left = [name for name in order if name in names]
    return np.transpose(kept, [left.index(name) for name in names])


def rake(marginals: Mapping[str, Marginal], conditionals: Sequence[Conditional] = (), *, tolerance: float = 5e-4) -> Joint:
    """The joint distribution that fits all tables.

    Where they disagree a little, as rounded percentages do, no cell is off by more than `tolerance`, as a share of all.
    Costs a few passes over all combinations of categories for each sweep, and two hundred sweeps or more where they
    contradict each other. Raises: DefinitionError for a table that is no distribution, for more than a million
    combinations, and for tables that contradict each other: it names the cell that is farthest from what it should be.
    """
    axes = read_axes(marginals, conditionals)
    size = math.prod(len(categories) for categories in axes.values())
    if size > MOST_CELLS:
        raise DefinitionError(
            f"These variables have {size:,} combinations; at most {MOST_CELLS:,} can be raked. Use wider categories."
        )
    # The marginals come last in a sweep, so that they hold to the last digit.
    constraints = [Constraint(names=(*each.given_names, each.of), shares=read_conditional(each, axes)) for each in conditionals]
    constraints += [Constraint(names=(name,), shares=shares) for name, shares in read_marginals(marginals).items()]
    table = np.full([len(categories) for categories in axes.values()], 1 / size)
    off, before = math.inf, math.inf
    while True:
        before = off
        for _ in range(_PATIENCE):
            for each in constraints:
                table = _scaled(table, axes, each)
            off = max(_farthest(table, axes, each)[0] for each in constraints)
            if off <= _FITS:
                break
        if off <= _FITS or off > 0.9 * before:
            break
    if off <= tolerance:
        return Joint(axes=axes, shares=table / table.sum(), constraints=tuple(constraints))
    raise DefinitionError(_contradiction(table, axes, constraints))


def _target(current: Floats, each: Constraint) -> Floats:
    """What the cells of a constraint should come to, given how many there are in each row."""
    wanted = each.shares * current.sum(axis=-1, keepdims=True) if len(each.names) > 1 else each.shares
    return np.where(np.isnan(each.shares), current, wanted)


def _scaled(table: Floats, axes: Axes, each: Constraint) -> Floats:
    current = over(table, axes, each.names)
    wanted = _target(current, each)
    factor = np.divide(wanted, current, out=np.ones_like(current), where=current > 0)
    order = [name for name in axes if name in each.names]
    shaped = np.transpose(factor, [each.names.index(name) for name in order])
    return table * shaped.reshape([len(axes[name]) if name in each.names else 1 for name in axes])


def _farthest(table: Floats, axes: Axes, each: Constraint) -> tuple[float, tuple[int, ...]]:
    """How far the worst cell of a constraint is from what it should be, as a share of all, and which it is."""
    current = over(table, axes, each.names)
    off = np.abs(current - _target(current, each))
    place = np.unravel_index(int(np.argmax(off)), off.shape)
    return float(off[place]), tuple(int(at) for at in place)


def _contradiction(table: Floats, axes: Axes, constraints: Sequence[Constraint]) -> str:
    found = [(*_farthest(table, axes, each), each) for each in constraints]
    _, place, each = max(found, key=lambda one: one[0])
    current = over(table, axes, each.names)
    among = float(current[place[:-1]].sum()) if len(place) > 1 else 1.0
    got = float(current[place]) / among if among else 0.0
    return (
        f"The marginals and conditionals contradict each other: raking doesn't converge. Farthest off is "
        f"{each.cell(axes, place)}: it should be {float(each.shares[place]):.4g}, and the rest leaves {got:.4g}. "
        "Mend that table, or leave out one of those that speak of it."
    )
