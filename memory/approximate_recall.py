"""ApproximateRecall: from very many candidates the few among which the best hits are, as a rule.

The one idea: what scores high is relevant, recent or important. So the candidates become the 1,000 that are most relevant,
as far as the approximate index finds them, the 1,000 most recent and the 1,000 most important; the score is then that of a
small memory. It is used for holders of more records than a bank's `approximate_above`, and each hit says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.columns import IMPORTANCE, LAST_ACCESS, TIME, Candidates, Places
from gamemaster.memory.near_lists import NearLists
from gamemaster.memory.recall_request import CheckedRecall
from gamemaster.memory.recalling import Compared
from gamemaster.memory.scoring import best
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.words import Weights

__all__ = ["can_be_approximate", "narrowed"]

_MOST = 1_000


def can_be_approximate(weights: Weights) -> bool:
    """Whether what scores high by these weights is relevant, recent or important; not so where a weight is below 0."""
    parts = (weights.relevance, weights.recency, weights.importance)
    return min(parts) >= 0.0 < max(parts)


def narrowed(held: Candidates, query: Vector, asked: CheckedRecall, index: VectorIndex, lists: NearLists) -> Compared:
    """The candidates that are most relevant, most recent or most important, 1,000 of each, or k if that is more.

    A part that doesn't count brings none. Most recent is what has the highest recency by the weights; of equals the older
    come first. Costs a look into the nearest cells, and a pass over the holder's last accesses and importance.
    """
    weights, columns = asked.weights, held.columns
    alone = asked.k is not None and not (weights.recency or weights.importance or asked.diversity or asked.tokens)
    most = (asked.k or 0) if alone else max(_MOST, asked.k or 0)
    chosen: list[Places] = []
    if weights.relevance:
        near = lists.near(query, held, index.take, least=most)
        cosines = index.cosines(query, columns.rows[near])
        likest = np.sort(np.array(best(cosines.astype(np.float64), columns.floats[TIME, near], most), np.intp))
        if not (weights.recency or weights.importance):
            own = Candidates(columns=columns, count=held.count, places=near[likest])
            return Compared(own=own, cosines=cosines[likest])
        chosen.append(near[likest])
    if weights.recency:
        chosen.append(_places(held, best(_recency(weights, held), held.floats(TIME), most)))
    if weights.importance:
        chosen.append(_places(held, best(held.floats(IMPORTANCE), held.floats(TIME), most)))
    return Compared(own=Candidates(columns=columns, count=held.count, places=np.unique(np.concatenate(chosen))))


def _recency(weights: Weights, held: Candidates) -> NDArray[np.float64]:
    """What grows with the recency of a candidate."""
    if weights.decay_by == "hours":
        return held.floats(LAST_ACCESS)
    if weights.decay_by == "access_order":
        return -held.floats(LAST_ACCESS)
    return -np.arange(len(held), dtype=np.float64)


def _places(held: Candidates, at: list[int]) -> Places:
    found = np.array(at, np.intp)
    return found if held.places is None else held.places[found]
