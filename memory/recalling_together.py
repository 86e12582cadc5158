"""RecallingTogether: the likenesses that many recalls of one step need, computed together where they look at the same rows.

The one idea: what everybody witnessed is read once from memory for all who ask. Where likeness alone counts, a matrix product
says which few can be among the hits (`sieve`); otherwise some rows at a time meet all queries. Each cosine that a hit may show
is computed for that pair by itself all the same: the bits are those of a recall alone. Whose rows are others' gets None, and
computes its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.recall_request import CheckedRecall
from gamemaster.memory.recalling import Compared, Recalling
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.memory.vector_rows import Rows

__all__ = ["compared_together"]

_FEW_ROWS = 256
_TINY = 1e-200  # a weight below it could make products of different cosines equal
_FEW_QUERIES = 12  # measured: for fewer, or over few rows, the exact kernel is quicker
_FEW_SIEVED = 2_048
_MOST_NUMBERS = 16_000_000  # 64 MB of cosines at a time


def compared_together(
    begun: Sequence[Recalling | None], index: VectorIndex, by_text: Mapping[str, Vector]
) -> list[Compared | None]:
    """For each recall what its candidates are like; None for one that shares its rows with no other, and for None."""
    found: list[Compared | None] = [None] * len(begun)
    for rows, members in _groups(begun, index, by_text):
        sieved = {at: each for at, each in members.items() if _by_likeness_alone(each.asked)}
        if len(sieved) < _FEW_QUERIES or len(rows) < _FEW_SIEVED:
            sieved = {}
        whole = {at: each for at, each in members.items() if at not in sieved}
        for some in _in_parts(sieved, _MOST_NUMBERS // len(rows)):
            queries = np.stack([each.query(index, by_text) for each in some.values()])
            places = index.likeliest(queries, rows, [each.asked.k or 1 for each in some.values()])
            for (at, each), query, few in zip(some.items(), queries, places, strict=True):
                found[at] = Compared(own=each.own.some(few), cosines=index.cosines(query, rows[few]))
        for some in _in_parts(whole, _MOST_NUMBERS // len(rows)) if len(whole) > 1 else ():
            queries = np.stack([each.query(index, by_text) for each in some.values()])
            for (at, each), cosines in zip(some.items(), index.cosines_of_all(queries, rows), strict=True):
                found[at] = Compared(own=each.own, cosines=cosines)
    return found


def _groups(
    begun: Sequence[Recalling | None], index: VectorIndex, by_text: Mapping[str, Vector]
) -> list[tuple[Rows, dict[int, Recalling]]]:
    """Recalls over the same rows, by their places in `begun`."""
    groups: list[tuple[Rows, dict[int, Recalling]]] = []
    for at, each in enumerate(begun):
        if each is None or each.extra or not each.asked.weights.relevance or len(each.own) < _FEW_ROWS:
            continue
        if len(each.query(index, by_text)) != index.width:
            continue  # its own recall says so
        rows = each.own.rows
        for known, members in groups:
            if known is rows or (len(known) == len(rows) and np.array_equal(known, rows)):
                members[at] = each
                break
        else:
            if (rows >= 0).all():
                groups.append((rows, {at: each}))
    return groups


def _by_likeness_alone(asked: CheckedRecall) -> bool:
    """Whether the hits are the `k` candidates that are most like the query."""
    weights = asked.weights
    alone = not (weights.recency or weights.importance) and weights.relevance > _TINY and weights.scale == "none"
    return alone and asked.k is not None and not asked.diversity


def _in_parts(members: Mapping[int, Recalling], most: int) -> list[dict[int, Recalling]]:
    size = max(2, most)
    places = list(members)
    return [{at: members[at] for at in places[start : start + size]} for start in range(0, len(places), size)]
