"""Diverse recall: hits that are good and unlike each other.

The one idea is maximal marginal relevance: take the best, then again and again the one whose score, less its likeness to
what has been taken, is highest. Source: Carbonell and Goldstein 1998, with the whole score in the place of relevance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.scoring import Floats, best
from gamemaster.words import Weights

__all__ = ["diverse"]


def diverse(total: Floats, times: Floats, weights: Weights, diversity: float, likeness: Callable[[int], Vector]) -> Iterator[int]:
    """Places of all candidates, in the order in which they are taken; of equals the older first.

    The first is the one that scores highest. Each next has the highest (1 - diversity) * score / w - diversity * likeness,
    where w is the sum of the weights' sizes, so that a score is at most about 1, and likeness is the highest cosine to one
    that was taken. `likeness(place)` gives the cosines of all candidates to one. Costs a pass over all for each taken.
    """
    span = abs(weights.relevance) + abs(weights.recency) + abs(weights.importance)
    quality = (1.0 - diversity) * (total / span if span else total)
    left = np.ones(len(total), np.bool_)
    nearest = np.full(len(total), -np.inf)
    value = total
    while left.any():
        places: NDArray[np.intp] = np.flatnonzero(left)
        taken = int(places[best(value[places], times[places], 1)[0]])
        yield taken
        left[taken] = False
        nearest = np.maximum(nearest, likeness(taken))
        value = quality - diversity * nearest
