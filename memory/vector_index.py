"""VectorIndex: the vectors of the texts in a bank, and their likeness to a query.

The one idea: each distinct text has one row, whoever holds it and how often, and a holder's search looks at the rows of its
own texts only. What everybody witnessed is stored once, and what others hold costs a search nothing. A text that no record
says any more gives its row back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.sieve import likeliest
from gamemaster.memory.vector_rows import Rows, VectorRows
from gamemaster.words import MemoryInputError

__all__ = ["VectorIndex"]

_MOST_SPARE = 4096


class VectorIndex:
    """Vectors of length 1 by text; `width` is None while there were none.

    A row is a text's from `add` until as many records have let go of it (`release`) as had taken it (`hold`).
    """

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._vectors: VectorRows | None = None
        self._uses = np.zeros(64, np.int32)  # by row: how many records say the text
        self._lendable = np.zeros(64, np.bool_)  # by row: whether this process's embedder made the vector
        self._new: dict[str, None] = {}  # not yet reported
        self._readers = 0
        self._left: list[int] = []  # rows to be freed when nobody reads any more
        self._changing = Lock()  # what is lent is read by the thread that embeds

    @property
    def width(self) -> int | None:
        """The length of its vectors."""
        return None if self._vectors is None else self._vectors.width

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, text: str) -> bool:
        return text in self._rows

    def row(self, text: str) -> int:
        """The row of a text; -1 when there is none."""
        return self._rows.get(text, -1)

    def rows(self, texts: Iterable[str]) -> Rows:
        """The row of each text; -1 where there is none."""
        known = self._rows
        return np.array([known.get(text, -1) for text in texts], np.int64)

    def vector(self, row: int) -> Vector:
        """A copy of the vector in a row, bit for bit as added."""
        return self._held.vector(row)

    def take(self, rows: Rows) -> Vector:
        """Copies of the vectors in `rows`, a row for each."""
        return self._held.take(rows)

    def lend(self, text: str) -> Vector | None:
        """A copy of the text's vector if this process's embedder made it."""
        with self._changing:
            row = self.row(text)
            return self.vector(row) if row >= 0 and self._lendable[row] else None

    def add(self, texts: Sequence[str], vectors: Vector, *, stored: bool = False) -> None:
        """Add what is not in it yet: `vectors` has a row for each of `texts`. `stored` ones are not counted as new.

        Raises: MemoryInputError for vectors of another width.
        """
        fresh: dict[str, int] = {}
        for at, text in enumerate(texts):
            if text not in self._rows:
                fresh.setdefault(text, at)
        if not fresh:
            return
        if self._vectors is None:
            self._vectors = VectorRows(vectors.shape[1])
        elif vectors.shape[1] != self.width:
            raise MemoryInputError(
                f"A vector of width {vectors.shape[1]} came to memories of width {self.width}: it is another embedder's. "
                "Load the memories with the embedder that they were stored with."
            )
        with self._changing:
            rows = self._vectors.add(vectors if len(fresh) == len(texts) else vectors[list(fresh.values())])
            self._make_room(int(rows.max()) + 1)
            self._uses[rows] = 0
            self._lendable[rows] = not stored
            self._rows.update(zip(fresh, rows.tolist(), strict=True))
        if not stored:
            self._new.update(dict.fromkeys(fresh))

    def hold(self, rows: Rows) -> None:
        """A record for each of `rows` says the text that stands there."""
        if len(rows) == 1:
            self._uses[rows[0]] += 1
        else:
            np.add.at(self._uses, rows, 1)

    def release(self, said: Iterable[tuple[str, int]]) -> list[tuple[str, Vector]]:
        """For each of these texts and its row a record says it no longer.

        Those that nobody says now are gone from here, and returned with vectors that were made in this process.
        """
        gone: list[tuple[str, Vector]] = []
        for text, row in said:
            self._uses[row] -= 1
            if self._uses[row] > 0:
                continue
            if self._lendable[row]:
                gone.append((text, self.vector(row)))
            self._new.pop(text, None)
            del self._rows[text]
            self._left.append(row)
        self._free_left()
        return gone

    def compact(self) -> Rows | None:
        """Give memory back when more rows are spare than used: each former row's new one; None when nothing moved."""
        held = self._vectors
        if held is None or self._readers or held.spare <= max(_MOST_SPARE, len(held)):
            return None
        rows = np.array(sorted(self._rows.values()), np.int64)
        moved = np.full(len(self._uses), -1, np.int64)
        moved[rows] = np.arange(len(rows))
        packed = VectorRows(held.width)
        for start in range(0, len(rows), _MOST_SPARE):
            packed.add(held.take(rows[start : start + _MOST_SPARE]))
        with self._changing:
            self._vectors = packed
            self._uses, self._lendable = self._uses[rows], self._lendable[rows]
            self._rows = {text: int(moved[row]) for text, row in self._rows.items()}
        return moved

    @contextmanager
    def reading(self) -> Generator[None]:
        """Rows keep their vectors until the end of the block, also those of texts that are forgotten meanwhile."""
        self._readers += 1
        try:
            yield
        finally:
            self._readers -= 1
            self._free_left()

    def vectors(self, texts: Iterable[str]) -> list[tuple[str, Vector]]:
        """Each of `texts` with its vector, bit for bit as added; all must be in it."""
        return [(text, self.vector(self._rows[text])) for text in texts]

    def take_new(self) -> list[tuple[str, Vector]]:
        """What was added since the last call, is still there and wasn't stored already, by text in alphabetical order."""
        taken, self._new = sorted(self._new), {}
        return self.vectors(taken)

    def give_back(self, keep: Callable[[str, Vector], None], most: int) -> None:
        """Hand the last `most` vectors that were made in this process to whoever keeps them, for a bank that is no more."""
        last = list(self._rows.items())[-most:]
        for text, row in last:
            if self._lendable[row]:
                keep(text, self.vector(row))

    def cosines(self, query: Vector, rows: Rows) -> Vector:
        """The likeness of `query`, a vector of length 1, to each of `rows`: see `VectorRows.cosines`."""
        return self._held.cosines(query, rows) if len(rows) else np.empty(0, np.float32)

    def cosines_of_all(self, queries: Vector, rows: Rows) -> Vector:
        """The likeness of each of `queries` to each of `rows`: see `VectorRows.cosines_of_all`."""
        return self._held.cosines_of_all(queries, rows)

    def likeliest(self, queries: Vector, rows: Rows, counts: Sequence[int]) -> list[NDArray[np.intp]]:
        """For each of `queries` the places in `rows` of the `counts` likeliest, and of some more: see `sieve.likeliest`."""
        return likeliest(self._held, queries, rows, counts)

    @property
    def _held(self) -> VectorRows:
        assert self._vectors is not None, "rows are of vectors"
        return self._vectors

    def _make_room(self, count: int) -> None:
        if count > len(self._uses):
            more = max(count, len(self._uses) + len(self._uses) // 4) - len(self._uses)
            self._uses = np.concatenate([self._uses, np.zeros(more, np.int32)])
            self._lendable = np.concatenate([self._lendable, np.zeros(more, np.bool_)])

    def _free_left(self) -> None:
        if self._left and not self._readers:
            self._held.free(self._left)
            self._left = []
