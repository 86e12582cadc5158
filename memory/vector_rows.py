"""VectorRows: many vectors of one width, each once, in memory that doesn't grow by copying.

The one idea: rows stand in blocks, and the cosine of a row to a query is computed for that pair by itself, by one FAISS
kernel on one thread: the same bits whichever other rows are asked for, however many there are, and wherever they stand.
A matrix product is quicker for many queries at a time, and has other last bits: it is for those who know by how much, and look
again where that can matter. It knows no texts.
"""

from __future__ import annotations

import warnings
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.embedder_cache import Vector
from gamemaster.words import MemoryInputError

__all__ = ["Rows", "VectorRows", "faiss_library"]

Rows = NDArray[np.int64]
_BITS = 16
_BLOCK = 1 << _BITS
_FIRST_ROOM = 64
# So many rows of 384 numbers, 400 kB, stay in a core's cache while the queries take their turns.
_AT_A_TIME = 256
_AT_A_PRODUCT = 2048


class VectorRows:
    """Float32 vectors by row, 0 .. ; a freed row is used again. Only `free` and `add` change anything."""

    def __init__(self, width: int) -> None:
        self.width = width
        self._blocks: list[Vector] = []
        self._end = 0  # rows from here on were never used
        self._free: list[int] = []  # descending, so that the lowest is used first

    def __len__(self) -> int:
        return self._end - len(self._free)

    @property
    def spare(self) -> int:
        """How many rows are free among those that were used."""
        return len(self._free)

    def add(self, vectors: Vector) -> Rows:
        """The rows in which copies of `vectors`, of shape (n, width), stand from now on."""
        count = len(vectors)
        reused = self._free[len(self._free) - min(count, len(self._free)) :][::-1]
        del self._free[len(self._free) - len(reused) :]
        fresh = count - len(reused)
        rows = np.concatenate([np.array(reused, np.int64), np.arange(self._end, self._end + fresh, dtype=np.int64)])
        self._make_room(self._end + fresh)
        self._end += fresh
        for block, at, offsets in self._in_blocks(rows):
            self._blocks[block][offsets] = vectors[at]
        return rows

    def free(self, rows: list[int]) -> None:
        """Give up rows; what stood there stays readable until the next `add`."""
        self._free.extend(rows)
        self._free.sort(reverse=True)

    def vector(self, row: int) -> Vector:
        """A copy of the vector in a row, bit for bit as added."""
        return self._blocks[row >> _BITS][row & (_BLOCK - 1)].copy()

    def take(self, rows: Rows) -> Vector:
        """Copies of the vectors in `rows`, a row for each."""
        out = np.empty((len(rows), self.width), np.float32)
        for block, at, offsets in self._in_blocks(rows):
            out[at] = self._blocks[block][offsets]
        return out

    def cosines(self, query: Vector, rows: Rows) -> Vector:
        """The likeness of `query`, a vector of length 1, to each of `rows`: float32 in -1 .. 1. Costs one pass over them."""
        return self.cosines_of_all(query[None], rows)[0]

    def cosines_of_all(self, queries: Vector, rows: Rows) -> Vector:
        """The likeness of each of `queries` to each of `rows`, of shape (queries, rows); as `cosines` gives it, bit for bit.

        Raises: MemoryInputError for queries of another width.
        """
        if queries.shape[1] != self.width:
            raise MemoryInputError(f"The query is a vector of width {queries.shape[1]}; the memories have width {self.width}.")
        asked = np.ascontiguousarray(queries, np.float32)
        if len(self._blocks) == 1 and len(asked) == 1:
            return _bounded(_inner_products(asked, self._blocks[0], rows))
        out = np.empty((len(queries), len(rows)), np.float32)
        for block, at, offsets in self._in_blocks(rows):
            step = max(1, len(offsets)) if len(asked) == 1 else _AT_A_TIME
            for start in range(0, len(offsets), step):
                part = _inner_products(asked, self._blocks[block], offsets[start : start + step])
                out[:, at[start : start + step]] = part
        return _bounded(out)

    def products(self, queries: Vector, rows: Rows) -> Vector:
        """About what `cosines_of_all` gives, of shape (rows, queries), by a matrix product: much faster for many queries.

        Its last bits hang on what else is in it; by how much they can be off, says `product_error`.
        """
        asked = np.ascontiguousarray(queries.T, np.float32)
        out = np.empty((len(rows), len(queries)), np.float32)
        for block, at, offsets in self._in_blocks(rows):
            for start in range(0, len(offsets), _AT_A_PRODUCT):
                part = self._blocks[block][_as_slice(offsets[start : start + _AT_A_PRODUCT])]
                out[_as_slice(at[start : start + _AT_A_PRODUCT])] = part @ asked
        return out

    @property
    def product_error(self) -> float:
        """How far `products` is from `cosines_of_all` at most, for vectors of about length 1.

        A sum of n products of floats, in whatever order, is off by at most n times the unit roundoff times the sum of the
        products' sizes (Higham 2002, section 3.1), which for two such vectors is about 1 at most. Both are off: that is n times
        the machine epsilon, and here it is doubled.
        """
        return 2.0 * self.width * float(np.finfo(np.float32).eps)

    def _make_room(self, count: int) -> None:
        """Have blocks for `count` rows: the first grows by doubling, and each further one is there whole."""
        if self._blocks and len(self._blocks) == 1 and len(self._blocks[0]) < min(count, _BLOCK):
            grown = np.empty((min(_BLOCK, max(count, 2 * len(self._blocks[0]))), self.width), np.float32)
            grown[: self._end] = self._blocks[0][: self._end]
            self._blocks[0] = grown
        if not self._blocks and count:
            self._blocks.append(np.empty((min(_BLOCK, max(count, _FIRST_ROOM)), self.width), np.float32))
        while count > len(self._blocks) * _BLOCK:
            # Untouched pages of a block cost nothing but addresses.
            self._blocks.append(np.empty((_BLOCK, self.width), np.float32))

    def _in_blocks(self, rows: Rows) -> list[tuple[int, NDArray[np.intp], Rows]]:
        """For each block that `rows` touch: its number, the places in `rows` that stand in it, and where in it they do."""
        places = np.arange(len(rows))
        if len(self._blocks) == 1:
            return [(0, places, rows)]
        blocks, offsets = rows >> _BITS, rows & (_BLOCK - 1)
        if len(rows) and (blocks[1:] < blocks[:-1]).any():
            places = np.argsort(blocks, kind="stable")
            blocks, offsets = blocks[places], offsets[places]
        edges = np.searchsorted(blocks, np.arange(len(self._blocks) + 1)).tolist()
        between = enumerate(pairwise(edges))
        return [(block, places[low:high], offsets[low:high]) for block, (low, high) in between if high > low]


def _as_slice(places: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """The same places as a slice where they follow each other: what it picks need not be copied."""
    first, last = int(places[0]), int(places[-1])
    in_turn = last - first == len(places) - 1 and bool((places[1:] > places[:-1]).all())
    return slice(first, last + 1) if in_turn else places


def _bounded(cosines: Vector) -> Vector:
    """In -1 .. 1: rounding can carry a vector's likeness to itself past 1."""
    np.maximum(cosines, np.float32(-1.0), out=cosines)
    return np.minimum(cosines, np.float32(1.0), out=cosines)


def _inner_products(queries: Vector, block: Vector, offsets: Rows) -> Vector:
    faiss = faiss_library()
    pointer = faiss.swig_ptr
    out = np.empty((len(queries), len(offsets)), np.float32)
    at = np.ascontiguousarray(offsets if len(queries) == 1 else np.broadcast_to(offsets, out.shape))
    faiss.fvec_inner_products_by_idx(
        pointer(out), pointer(queries), pointer(block), pointer(at), block.shape[1], len(queries), len(offsets)
    )
    return out


def faiss_library() -> Any:
    """FAISS, imported when it is first needed."""
    global _faiss
    if _faiss is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of its SWIG types, on newer Pythons
            import faiss

        _faiss = faiss
    return _faiss


_faiss: Any = None
