"""Sieve: of many rows those that can be among the likeliest to each of many queries.

The one idea: a matrix product finds all likenesses fast, but for their last bits; by how much these can be off is known. Who
is further below the k-th than that isn't among the k likeliest, whatever the bits; the few others are left to be compared
exactly. So what is found doesn't hang on the product, nor on which queries were asked together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.vector_rows import Rows, VectorRows

__all__ = ["likeliest"]

_BLOCK = 64


def likeliest(vectors: VectorRows, queries: Vector, rows: Rows, counts: Sequence[int]) -> list[NDArray[np.intp]]:
    """For each of `queries`, of length 1, the places in `rows` of the `counts` likeliest, and of some more, ascending.

    All that are as like as the last of them, by their exact cosines, are there.
    """
    product = vectors.products(queries, rows)
    blocks = len(rows) // _BLOCK
    highest = product[: blocks * _BLOCK].reshape(blocks, _BLOCK, len(queries)).max(axis=1)
    found: list[NDArray[np.intp]] = []
    for at, count in enumerate(counts):
        if count >= len(rows):
            found.append(np.arange(len(rows)))
            continue
        # The k-th highest of the blocks' highest can't be above the k-th highest of all.
        few = highest[:, at] if blocks >= count else product[:, at]
        lowest = np.partition(few, len(few) - count)[len(few) - count]
        # The k-th and what is compared with it may both be off.
        least = float(lowest) - 2.0 * vectors.product_error
        inside = np.flatnonzero(highest[:, at] >= least)
        places = np.concatenate([(inside[:, None] * _BLOCK + np.arange(_BLOCK)).ravel(), np.arange(blocks * _BLOCK, len(rows))])
        found.append(places[product[places, at] >= least])
    return found
