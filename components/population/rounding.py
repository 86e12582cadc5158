"""rounding: whole people from a distribution, so that every margin is as near to its share as whole numbers can be.

The one idea, in two steps. First a systematic sample over all cells (Madow & Madow 1944): a comb with one random offset
gives each cell its expected number, rounded down or up, each as often as it should be. Then people are moved, one at
a time and by one variable, until each margin is its expected number, rounded by largest remainder; the move taken is the
one that keeps the two cells nearest to what is expected of them. A move along one variable leaves the other margins as
they are, so this ends, and only where a cell of probability 0 stands in the way is a margin missed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gamemaster.components.population.tables import Floats

__all__ = ["largest_remainder", "whole_people"]

Counts = NDArray[np.int64]


def largest_remainder(shares: Floats, n: int) -> Counts:
    """`n` in whole parts nearest to the shares; ties go to the first."""
    exact = shares * n
    counts = np.floor(exact + 1e-9).astype(np.int64)
    left = n - int(counts.sum())
    # Remainders that differ by an error of rounding alone are ties; the odd offset keeps fractions off the grid's edges.
    order = np.argsort(-np.floor((exact - counts) * 1e9 + 0.3819), kind="stable")
    counts[order[:left]] += 1
    return counts


def whole_people(shares: Floats, margins: Sequence[Floats], n: int, offset: float) -> Counts:
    """How many of `n` people are in each cell; `offset`, 0..1, is the one random number in it.

    `margins` are the shares of the categories of each axis, to which the margins are brought.
    """
    expected = shares / shares.sum() * n
    edges = np.cumsum(expected.ravel())
    edges[edges == edges[-1]] = n  # not the last alone: cells of probability 0 may stand behind the last that is more
    # The least bit below the offset keeps a cell of probability 0 at the very edge from being hit.
    counts = np.diff(np.floor(edges + min(offset, 1 - 1e-9)).astype(np.int64), prepend=0).reshape(shares.shape)
    for axis in range(shares.ndim):
        _settle(counts, expected, axis, largest_remainder(margins[axis], n))
    return counts


def _settle(counts: Counts, expected: Floats, axis: int, wanted: Counts) -> None:
    """Move people along one variable until its margin is the wanted one, or no move is possible."""
    others = tuple(each for each in range(counts.ndim) if each != axis)
    while True:
        off = counts.sum(axis=others) - wanted
        moves = [(source, target) for source in np.flatnonzero(off > 0) for target in np.flatnonzero(off < 0)]
        best: tuple[float, int, int, int] | None = None
        for source, target in moves:
            here, there = np.take(counts, source, axis).ravel(), np.take(counts, target, axis).ravel()
            hoped, due = np.take(expected, source, axis).ravel(), np.take(expected, target, axis).ravel()
            cost = np.where((here > 0) & (due > 0), 2 * (hoped - here) + 2 * (there - due), np.inf)
            at = int(np.argmin(cost))
            if np.isfinite(cost[at]) and (best is None or cost[at] < best[0]):
                best = (float(cost[at]), int(source), int(target), at)
        if best is None:
            return
        _, source, target, at = best
        moved = np.moveaxis(counts, axis, 0)
        place = np.unravel_index(at, moved.shape[1:])
        moved[(source, *place)] -= 1
        moved[(target, *place)] += 1
