"""NearLists: an approximate index over what one holder remembers, for very long lives.

The one idea: an inverted file. Vectors fall into cells, each around a centroid, and a search looks into those cells alone
whose centroids are most like the query. The cells hold places, not vectors, and of each vector the signs of its numbers: of
what is found in the cells, the eighth whose signs are most like the query's is compared exactly. A record takes six bytes here
and a bit for each number of its vector. Sources: Sivic and Zisserman 2003 for inverted files, Charikar 2002 for signs; the
centroids are FAISS's spherical k-means.

It is a function of what is held, and of nothing else: the centroids are trained on the first so many records in the order of
addition, on one thread, from a fixed seed, and the cell of a record is the centroid most like it, one by one. So it is
the same whether it was built at once or grew, and a resumed run has that of the run that was stopped. A record that is
removed from the first ones has it trained anew; any other just leaves its cell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.columns import Candidates, Columns, Places
from gamemaster.memory.vector_rows import Rows, VectorRows, faiss_library

__all__ = ["NearLists", "Sizes"]

_ROWS_A_CELL = 32
_MOST_TRAINED = 32_768
_LEAST_CELLS = 8
_ROUNDS = 8
_SEED = 1
_BATCH = 16_384
_TAIL = 8_192
_SIEVE = 8
_MOST_SIGNS = 512
_FEW = 8
_FIRST_CELLS = 5  # times the cells that are probed at least: in these there are rows enough, as a rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How big the index of a holder is; all follow from the number of records `above` which it is used.

    It is trained on the first `trained_on` records, has `cells` cells, and a search looks into the nearest ones: into at
    least `probed_cells` of them, and on until they hold at least `probed_rows` records. Of more than `compared` that are found
    an eighth is compared, but not fewer than `compared`.
    """

    trained_on: int
    cells: int
    probed_cells: int = 24
    probed_rows: int = 3_072
    compared: int = 512

    @classmethod
    def of(cls, above: int) -> Sizes:
        """The sizes for an index that is used above so many records."""
        trained_on = max(1, min(_MOST_TRAINED, above))
        return cls(trained_on=trained_on, cells=max(1, min(trained_on, max(_LEAST_CELLS, trained_on // _ROWS_A_CELL))))


class NearLists:
    """The cells of one holder's records. It follows the columns that it is shown."""

    def __init__(self, sizes: Sizes) -> None:
        self.sizes = sizes
        self._centroids: VectorRows | None = None
        self._beginning = -1  # of the columns that it was trained on
        self._training = 0
        self._order: NDArray[np.int32] = np.empty(0, np.int32)  # places by cell, ascending in each
        self._starts: NDArray[np.int64] = np.zeros(1, np.int64)  # of each cell in `_order`
        self._order_of: tuple[Columns | None, int, int] = (None, 0, 0)

    def near(self, query: Vector, held: Candidates, vectors: Callable[[Rows], Vector], *, least: int = 0) -> Places:
        """Places of the candidates near to `query`, ascending; `least` of them, where there are as many.

        `vectors` gives the vectors in rows of the index; every record of the columns has a row.
        """
        columns, count = held.columns, held.count
        self._follow(columns, count, vectors)
        likeness = self._likeness(query)
        cells = columns.cells[:count]
        if held.places is not None:
            inside = self._nearest(likeness, np.bincount(cells[held.places], minlength=self.sizes.cells), least)
            return self._sieved(query, columns, held.places[inside[cells[held.places]]], least)
        done = self._sort(columns, count)
        # The latest are not sorted yet; an earlier reader's columns may be shorter than what is sorted.
        late = cells[done:]
        sizes = np.bincount(cells, minlength=self.sizes.cells) if done > count else np.diff(self._starts)
        inside = self._nearest(likeness, sizes + np.bincount(late, minlength=self.sizes.cells), least)
        parts = [self._order[self._starts[cell] : self._starts[cell + 1]] for cell in np.flatnonzero(inside).tolist()]
        places = np.concatenate([*parts, (np.flatnonzero(inside[late]) + done).astype(np.int32)])
        places.sort()
        return self._sieved(query, columns, places[: int(np.searchsorted(places, count))].astype(np.intp), least)

    def _sieved(self, query: Vector, columns: Columns, places: Places, least: int) -> Places:
        """Of very many places those whose vectors' signs are most like the query's, and all that are as like."""
        kept = max(self.sizes.compared, len(places) // _SIEVE, least)
        if len(places) <= kept:
            return places
        counts = np.bitwise_count(np.take(columns.sketches, places, axis=0) ^ _sketches(query[None]))
        unlike = counts[:, 0].astype(np.uint16)
        for word in range(1, counts.shape[1]):  # quicker than numpy's sum of very short rows
            unlike += counts[:, word]
        return places[unlike <= np.partition(unlike, kept - 1)[kept - 1]]

    def _nearest(self, likeness: Vector, sizes: NDArray[np.int64], least: int) -> NDArray[np.bool_]:
        """Whether each cell is among those to look into."""
        wanted, first = max(least, self.sizes.probed_rows), _FIRST_CELLS * self.sizes.probed_cells
        order = _in_order(likeness, first)
        held = np.cumsum(sizes[order])
        if held[-1] < wanted and len(order) < len(likeness):
            order = _in_order(likeness, len(likeness))
            held = np.cumsum(sizes[order])
        enough = int(np.searchsorted(held, wanted)) + 1
        inside = np.zeros(self.sizes.cells, np.bool_)
        inside[order[: max(self.sizes.probed_cells, enough)]] = True
        return inside

    def _follow(self, columns: Columns, count: int, vectors: Callable[[Rows], Vector]) -> None:
        """Have each of the first `count` records in its cell."""
        if self._centroids is None or self._beginning != columns.beginning:
            self._train(vectors(columns.rows[: self.sizes.trained_on]))
            self._beginning = columns.beginning
        if columns.cells_of != self._training:
            columns.cells[:] = -1
            columns.cells_of = self._training
        new = np.flatnonzero(columns.cells[:count] < 0)
        for start in range(0, len(new), _BATCH):
            some = new[start : start + _BATCH]
            rows = vectors(columns.rows[some])
            sketches = _sketches(rows)
            if len(columns.sketches) < count:
                grown = np.empty((max(count, len(columns.cells)), sketches.shape[1]), np.uint64)
                grown[: len(columns.sketches)] = columns.sketches.reshape(-1, sketches.shape[1])
                columns.sketches = grown
            columns.cells[some], columns.sketches[some] = self._cells(rows), sketches

    def _train(self, vectors: Vector) -> None:
        faiss = faiss_library()
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)
        try:
            found = faiss.Clustering(vectors.shape[1], self.sizes.cells)
            found.niter, found.seed, found.spherical = _ROUNDS, _SEED, True
            found.min_points_per_centroid, found.max_points_per_centroid = 1, len(vectors)
            found.train(vectors, faiss.IndexFlatIP(vectors.shape[1]))
        finally:
            faiss.omp_set_num_threads(threads)
        self._centroids = VectorRows(vectors.shape[1])
        self._centroids.add(faiss.vector_to_array(found.centroids).reshape(self.sizes.cells, -1))
        self._training += 1

    def _cells(self, vectors: Vector) -> NDArray[np.intp]:
        """For each vector the cell whose centroid is most like it, of equals the first."""
        if len(vectors) < _FEW:
            return np.array([int(np.argmax(self._likeness(each))) for each in vectors], np.intp)
        # A matrix product is quicker, and its last bits hang on what else is in it: it decides where they can't matter.
        product = vectors @ self._matrix.T
        cells = np.argmax(product, axis=1)
        best = np.take_along_axis(product, cells[:, None], axis=1)
        unsure = np.flatnonzero(np.count_nonzero(product > best - self._unsure, axis=1) > 1)
        cells[unsure] = [int(np.argmax(self._likeness(vectors[place]))) for place in unsure.tolist()]
        return cells

    def _likeness(self, vector: Vector) -> Vector:
        assert self._centroids is not None, "it is trained before it is asked"
        return self._centroids.cosines(vector, np.arange(self.sizes.cells))

    @property
    def _matrix(self) -> Vector:
        assert self._centroids is not None, "it is trained before it is asked"
        return self._centroids.take(np.arange(self.sizes.cells))

    @property
    def _unsure(self) -> np.float32:
        """Two sums of the same products in other orders, twice over: by how much they may differ at most."""
        assert self._centroids is not None, "it is trained before it is asked"
        return np.float32(4 * self._centroids.width * float(np.finfo(np.float32).eps))

    def _sort(self, columns: Columns, count: int) -> int:
        """How many of the first places stand in `_order`, by cell; few are left out."""
        known, edits, training = self._order_of
        if known is not columns or edits != columns.edits or training != self._training or count > len(self._order) + _TAIL:
            cells = columns.cells[:count]
            self._order = np.argsort(cells, kind="stable").astype(np.int32)
            self._starts = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=self.sizes.cells))])
            self._order_of = (columns, columns.edits, self._training)
        return len(self._order)


def _in_order(likeness: Vector, first: int) -> NDArray[np.intp]:
    """The `first` places by likeness, the likest first, of equals the first; and some more, where equals go on."""
    if first >= len(likeness):
        return np.argsort(-likeness, kind="stable")
    places = np.flatnonzero(likeness >= np.partition(likeness, len(likeness) - first)[len(likeness) - first])
    return places[np.argsort(-likeness[places], kind="stable")]


def _sketches(vectors: Vector) -> NDArray[np.uint64]:
    """The signs of the vectors' numbers, of the first 512, as bits."""
    signs = vectors[:, :_MOST_SIGNS] >= 0.0
    width = -(-signs.shape[1] // 64) * 64
    padded = np.zeros((len(signs), width), np.bool_)
    padded[:, : signs.shape[1]] = signs
    return np.packbits(padded, axis=1).view(np.uint64)
