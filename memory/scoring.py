"""Scoring: from likeness, age and importance to one number for each candidate, and the best of them.

The one idea: everything is a float64 array over the candidates, computed the same way for all, so that a score depends
on the candidates and not on who holds them or on how they are stored.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gamemaster.words import MemoryInputError, Weights

__all__ = ["UNRATED", "Scores", "best", "check_weights", "score"]

Floats: TypeAlias = NDArray[np.float64]

UNRATED = 5.0
"""The importance that a record counts with while nobody has rated it: the middle of 0 .. 10."""
_SECONDS_PER_HOUR = 3600.0
_FLAT = 0.5
_BLOCK = 64
_MANY = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """One number a candidate: the score, and its weighted parts, which add up to it in this order."""

    total: Floats
    relevance: Floats
    recency: Floats
    importance: Floats


def score(weights: Weights, *, cosine: NDArray[np.float32], age: Floats, importance: Floats) -> Scores:
    """The candidates' scores, from float32 cosines, seconds since the last access, and importance 0 .. 10.

    The candidates stand in the order of addition. An age below 0 (a last access later than now) counts as 0. With
    `scale="min_max"` a part in which all candidates are equal becomes 0.5 for each.
    """
    nothing = np.zeros(len(cosine))  # what doesn't count is not computed
    relevance = cosine.astype(np.float64) if weights.relevance else nothing
    recency = np.power(weights.decay, _steps(weights, age)) if weights.recency else nothing
    rated = importance if weights.importance else nothing
    if weights.scale == "min_max":
        relevance, recency, rated = (each if each is nothing else _min_max(each) for each in (relevance, recency, rated))
    elif weights.importance:
        low, high = weights.importance_range
        rated = (rated - low) / (high - low)
    relevance, recency, rated = weights.relevance * relevance, weights.recency * recency, weights.importance * rated
    return Scores(total=relevance + recency + rated, relevance=relevance, recency=recency, importance=rated)


def best(total: Floats, times: Floats, k: int) -> list[int]:
    """Places of the `k` highest, best first; of equals the older first (earlier time, then earlier place)."""
    places = np.arange(len(total))
    if k < len(total):
        lowest = _kth_highest(total, k)
        places = np.flatnonzero(total >= lowest)
        if len(places) > _MANY * k:
            # So many are equal that sorting them all would be slow: of those only the oldest are needed.
            above = np.flatnonzero(total > lowest)
            equal = np.flatnonzero(total == lowest)
            latest = -_kth_highest(-times[equal], k - len(above))
            equal = equal[times[equal] <= latest]
            places = np.concatenate([above, equal])
    order = np.lexsort((places, times[places], -total[places]))
    return places[order[:k]].tolist()


def _kth_highest(values: Floats, k: int) -> float:
    """The k-th highest of the values, of which there are at least `k`."""
    count = len(values)
    blocks = count // _BLOCK
    if blocks > 2 * k:
        # The k-th highest of the blocks' maxima can't be above it, and few values reach that.
        maxima = values[: blocks * _BLOCK].reshape(blocks, _BLOCK).max(axis=1)
        values = values[values >= np.partition(maxima, blocks - k)[blocks - k]]
        count = len(values)
    return float(np.partition(values, count - k)[count - k])


def check_weights(weights: Weights) -> None:
    """Raises MemoryInputError for weights that no score can be made with."""
    for part in ("relevance", "recency", "importance"):
        value = getattr(weights, part)
        if not math.isfinite(value):
            raise MemoryInputError(f"The weight of {part} is {value!r}; give a finite number.")
    if not 0.0 < weights.decay <= 1.0:
        raise MemoryInputError(f"The decay per hour is {weights.decay!r}; it must be above 0 and at most 1.")
    if weights.scale not in ("min_max", "none"):
        raise MemoryInputError(f"Parts are to be scaled by {weights.scale!r}; known are 'min_max' and 'none'.")
    if weights.decay_by not in ("hours", "access_order", "addition_order"):
        raise MemoryInputError(
            f"Recency is to decay by {weights.decay_by!r}; known are 'hours', 'access_order' and 'addition_order'."
        )
    low, high = weights.importance_range
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise MemoryInputError(f"The range of importance is {(low, high)!r}; give two finite numbers, the lower first.")


def _steps(weights: Weights, age: Floats) -> Floats:
    """How many times each candidate's recency has decayed."""
    count = len(age)
    if weights.decay_by == "hours":
        return np.maximum(age, 0.0) / _SECONDS_PER_HOUR
    if weights.decay_by == "addition_order":
        return np.arange(count, dtype=np.float64)
    places = np.empty(count, np.float64)
    places[np.lexsort((-np.arange(count), -age))] = np.arange(1, count + 1)
    return places


def _min_max(values: Floats) -> Floats:
    low, high = values.min(), values.max()
    return np.full_like(values, _FLAT) if low == high else (values - low) / (high - low)
