"""RecallingTogether: the likenesses that many recalls of one step need, computed together where they look at the same rows.

The one idea: what everybody witnessed is read once from memory for all who ask, some rows at a time, and each pair's cosine is
computed by itself all the same: the bits are those of a recall alone. Whose rows are others' gets None, and computes its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.recalling import Recalling
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.memory.vector_rows import Rows

__all__ = ["cosines_together"]

_FEW_ROWS = 256
_MOST_NUMBERS = 16_000_000  # 64 MB of cosines at a time


def cosines_together(begun: Sequence[Recalling | None], index: VectorIndex, by_text: Mapping[str, Vector]) -> list[Vector | None]:
    """For each recall the cosines of its candidates; None for one that shares its rows with no other, and for None."""
    found: list[Vector | None] = [None] * len(begun)
    groups: list[tuple[Rows, list[int]]] = []
    for at, each in enumerate(begun):
        if each is None or each.extra or not each.asked.weights.relevance or len(each.own) < _FEW_ROWS:
            continue
        if len(each.query(index, by_text)) != index.width:
            continue  # its own recall says so
        rows = each.own.rows
        for known, members in groups:
            if len(known) == len(rows) and np.array_equal(known, rows):
                members.append(at)
                break
        else:
            if (rows >= 0).all():
                groups.append((rows, [at]))
    for rows, members in groups:
        step = max(2, _MOST_NUMBERS // len(rows))
        for start in range(0, len(members), step) if len(members) > 1 else ():
            some = members[start : start + step]
            queries = np.stack([each.query(index, by_text) for at in some if (each := begun[at]) is not None])
            for at, cosines in zip(some, index.cosines_of_all(queries, rows), strict=True):
                found[at] = cosines
    return found
