"""Cosines are those of FAISS's exact search, whichever rows are asked for, and whatever the number of threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gamemaster.memory.vector_index import VectorIndex
from gamemaster.words import MemoryInputError


def vectors(n: int, width: int, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).standard_normal((n, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def filled(rows: NDArray[np.float32], order: list[int]) -> VectorIndex:
    index = VectorIndex()
    for start in range(0, len(order), 700):
        part = order[start : start + 700]
        index.add([str(place) for place in part], rows[part])
    return index


@pytest.mark.parametrize("width", [8, 100, 384])
def test_cosines_depend_on_the_pair_alone(width: int) -> None:
    import faiss

    library: Any = faiss
    rows = vectors(2000, width)
    query = vectors(1, width, seed=1)[0]
    threads = library.omp_get_max_threads()
    seen: list[bytes] = []
    try:
        for count in (1, 2, 3):
            library.omp_set_num_threads(count)
            for order in (list(range(2000)), list(range(1999, -1, -1))):
                index = filled(rows, order)
                places = np.array([index.row(str(place)) for place in range(2000)], np.int64)
                whole = index.cosines(query, places)
                some = np.array([7, 1999, 7, 0, 1234])
                assert index.cosines(query, places[some]).tobytes() == whole[some].tobytes()
                seen.append(whole.tobytes())
    finally:
        library.omp_set_num_threads(1)
    assert len(set(seen)) == 1
    exact: Any = library.IndexFlatIP(width)
    exact.add(rows)
    found, places = exact.search(query[None], 2000)
    library.omp_set_num_threads(threads)
    assert np.frombuffer(seen[0], np.float32)[places[0]].tobytes() == found[0].tobytes()
    assert found[0] == pytest.approx((rows.astype(np.float64) @ query)[places[0]], abs=1e-6)


def test_a_text_has_one_row() -> None:
    rows = vectors(3, 16)
    index = VectorIndex()
    index.add(["a", "b", "a"], rows)
    index.add(["b", "c"], rows[:2])
    assert (len(index), index.row("a"), index.row("c"), index.row("d"), index.width) == (3, 0, 2, -1, 16)
    assert [(text, vector.tobytes()) for text, vector in index.take_new()] == [
        ("a", rows[0].tobytes()),
        ("b", rows[1].tobytes()),
        ("c", rows[1].tobytes()),
    ]
    assert index.take_new() == []


def test_a_vector_is_no_more_than_alike_to_itself() -> None:
    rows = vectors(500, 384)
    index = filled(rows, list(range(500)))
    for place in range(500):
        assert index.cosines(rows[place], np.array([place]))[0] <= 1.0


def test_another_width_is_refused() -> None:
    index = VectorIndex()
    index.add(["a"], vectors(1, 16))
    with pytest.raises(MemoryInputError, match="width 8 came to memories of width 16"):
        index.add(["b"], vectors(1, 8))
    assert len(index) == 1
