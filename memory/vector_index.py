"""VectorIndex: the vectors of the texts in a bank, and their likeness to a query.

The one idea: each distinct text has one row in an exact FAISS index, whoever holds it, and a holder's search looks at the
rows of its own texts only. What everybody witnessed is stored once, and what others hold costs a search nothing.

A cosine is computed for a pair of vectors by itself, on one thread: the same bits as `IndexFlatIP.search` gives for one
query on one thread, whichever rows are asked for, in whatever order they were added. (FAISS's search of many queries at
a time goes through BLAS and has other last bits; it is not used.) Rows are never removed: forgetting is the holder's.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.embedder_cache import Vector
from gamemaster.words import MemoryInputError

__all__ = ["VectorIndex"]


class VectorIndex:
    """Rows of length 1 by text, in the order of addition; `width` is None while it is empty."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._index: Any = None
        self._new: list[str] = []

    @property
    def width(self) -> int | None:
        """The length of its vectors."""
        return None if self._index is None else self._index.d

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, text: str) -> bool:
        return text in self._rows

    def row(self, text: str) -> int:
        """The row of a text; -1 when there is none yet."""
        return self._rows.get(text, -1)

    def vector(self, row: int) -> Vector:
        """The vector in a row, bit for bit as added."""
        return self._index.reconstruct(row)

    def add(self, texts: Sequence[str], vectors: Vector, *, stored: bool = False) -> None:
        """Add what is not in it yet: `vectors` has a row for each of `texts`. `stored` rows are not counted as new."""
        fresh: dict[str, int] = {}
        for at, text in enumerate(texts):
            if text not in self._rows:
                fresh.setdefault(text, at)
        if not fresh:
            return
        rows = np.ascontiguousarray(vectors[list(fresh.values())], np.float32)
        if self.width is None:
            self._index = _faiss().IndexFlatIP(rows.shape[1])
        elif rows.shape[1] != self.width:
            raise MemoryInputError(
                f"A vector of width {rows.shape[1]} came to memories of width {self.width}: it is another embedder's. "
                "Load the memories with the embedder that they were stored with."
            )
        self._index.add(rows)
        for text in fresh:
            self._rows[text] = len(self._rows)
        if not stored:
            self._new.extend(fresh)

    def vectors(self, texts: Iterable[str]) -> list[tuple[str, Vector]]:
        """Each of `texts` with its vector, bit for bit as added; all must be in it."""
        return [(text, self._index.reconstruct(self._rows[text])) for text in texts]

    def take_new(self) -> list[tuple[str, Vector]]:
        """What was added since the last call and wasn't stored already, by text in alphabetical order."""
        taken, self._new = sorted(self._new), []
        return self.vectors(taken)

    def cosines(self, query: Vector, rows: NDArray[np.int64]) -> Vector:
        """The likeness of `query`, a vector of length 1, to each of `rows`: float32 in -1 .. 1. Costs one pass over them."""
        out = np.empty(len(rows), np.float32)
        if not len(rows):
            return out
        faiss = _faiss()
        asked = np.ascontiguousarray(query, np.float32)
        labels = np.ascontiguousarray(rows, np.int64)
        self._index.compute_distance_subset(1, faiss.swig_ptr(asked), len(labels), faiss.swig_ptr(out), faiss.swig_ptr(labels))
        # Rounding can carry a vector's likeness to itself past 1.
        return np.clip(out, np.float32(-1.0), np.float32(1.0))


def _faiss() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of its SWIG types, on newer Pythons
        import faiss

    return faiss
