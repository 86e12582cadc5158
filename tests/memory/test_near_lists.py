"""The approximate index is a function of what is held; what it finds is good, exact where it looked, and says what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gamemaster.memory import GENERATIVE_AGENTS_CODE, GOVSIM, PAPER, PLAIN, RECENT, MemoryBank, RecallRequest
from gamemaster.memory.near_lists import NearLists, Sizes
from gamemaster.memory.vector_rows import VectorRows
from gamemaster.words import Hit, MemoryInputError, MemoryRecord, Weights

WIDTH = 24
ABOVE = 200
OLDEST = Weights(relevance=0.0, importance=0.0, decay_by="access_order")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes at which a search looks into few of many cells."""
    of = Sizes.of
    sizes = {
        ABOVE: Sizes(trained_on=150, cells=30, probed_cells=2, probed_rows=60, compared=45),
        1_500: Sizes(trained_on=1_000, cells=40, probed_cells=8, probed_rows=1_000, compared=200),
    }
    monkeypatch.setattr(Sizes, "of", lambda above: sizes[above] if above in sizes else of(above))


class Clustered:
    """Forty directions, and texts near one of them; text "7/12" is near direction 7."""

    name = "clustered"
    width = WIDTH
    fingerprint = "clustered/24"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        out = np.empty((len(texts), WIDTH), np.float32)
        for row, text in zip(out, texts, strict=True):
            group, number = map(int, text.split("/"))
            near = np.random.default_rng(group).standard_normal(WIDTH)
            made = near + 0.4 * np.random.default_rng(1_000 + 40 * number + group).standard_normal(WIDTH)
            row[:] = made / np.linalg.norm(made)
        return out


def text(n: int) -> str:
    return f"{(n * 7) % 40}/{n}"


def filled(count: int, *, above: int | None = ABOVE, each: int = 0, embedder: Any = None) -> MemoryBank:
    bank = MemoryBank(embedder or Clustered(), approximate_above=above)
    for n in range(count):
        bank.view("Ann").add(text(n), time=float(n), importance=float((n * 13) % 11), kind="thought" if n % 3 else "plan")
        if each and n % each == 0:
            bank.view("Ann").recall(text(n + 1), 3, touch=False)
    return bank


def recalls(bank: MemoryBank, **options: Any) -> list[list[Hit]]:
    asked: dict[str, Any] = {"now": 1e4, "touch": False, **options}
    # As many hits as are looked at: whether a record is in one cell or in another shows.
    return [
        bank.view("Ann").recall(f"{group}/9999", 60, weights=weights, **asked)
        for group in range(0, 40, 2)
        for weights in (PLAIN, PAPER, RECENT, GOVSIM)[: 4 if group < 6 else 1]
    ]


def reloaded(bank: MemoryBank, **options: Any) -> MemoryBank:
    other = MemoryBank(Clustered(), approximate_above=ABOVE, **options)
    columns = bank.rows("Ann")
    other.load([columns.record(place) for place in range(len(columns))], bank.vectors(), fingerprint="clustered/24")
    return other


def test_built_at_once_or_one_by_one_it_is_the_same() -> None:
    whole, grown = filled(900), filled(900, each=7)
    assert recalls(grown) == recalls(whole) == recalls(reloaded(grown))


def test_removal_and_edits_leave_what_a_new_index_would_be() -> None:
    bank = filled(900, each=50)
    ann = bank.view("Ann")
    for gone in (range(850, 870), range(300, 340), range(5, 25), [0]):
        ann.forget([f"0/memory/{n}" for n in gone])
        found = recalls(bank)
        assert found == recalls(reloaded(bank))
        assert not {f"0/memory/{n}" for n in gone} & {hit.memory.id for hits in found for hit in hits}
    ann.edit("0/memory/701", text="6/4444")
    assert recalls(bank) == recalls(reloaded(bank))
    ann.edit("0/memory/700", text="4/4444")
    ann.edit("0/memory/30", text="5/4444")
    ann.edit("0/memory/31", importance=10.0)
    assert recalls(bank) == recalls(reloaded(bank))
    assert ann.recall("5/4444", 1, weights=PLAIN)[0].memory.id == "0/memory/30"
    for n in range(900, 930):
        ann.add(text(n), time=float(n))
    assert recalls(bank) == recalls(reloaded(bank))


def test_below_the_number_all_are_looked_at() -> None:
    bank, exact = filled(ABOVE), filled(ABOVE, above=None)
    assert recalls(bank) == recalls(exact)
    assert not any(hit.approximate for hits in recalls(bank) for hit in hits)
    bank.view("Ann").add(text(ABOVE), time=float(ABOVE))
    assert all(hit.approximate for hits in recalls(bank) for hit in hits)
    assert not any(hit.approximate for hits in recalls(bank, kinds=["plan"]) for hit in hits)  # fewer candidates
    bank.view("Ann").forget(["0/memory/3"])
    assert not any(hit.approximate for hits in recalls(bank) for hit in hits)


@pytest.mark.parametrize("kinds", [None, ["thought"]])
def test_it_finds_nearly_what_an_exact_search_finds(kinds: list[str] | None) -> None:
    bank, exact = filled(6_000, above=1_500), filled(6_000, above=None)
    found = same = 0
    for group in range(40):
        asked: dict[str, Any] = {"weights": PLAIN, "touch": False, "kinds": kinds}
        close = bank.view("Ann").recall(f"{group}/77777", 10, **asked)
        wanted = {hit.memory.id: hit for hit in exact.view("Ann").recall(f"{group}/77777", 10, **asked)}
        assert len(close) == 10
        assert close == sorted(close, key=lambda hit: (-hit.score, hit.memory.time))
        for hit in close:
            found += 1
            if hit.memory.id in wanted:
                same += 1
                assert (hit.score, hit.cosine) == (wanted[hit.memory.id].score, wanted[hit.memory.id].cosine)
    assert same / found > 0.9


def test_few_cells_are_looked_into_and_more_where_they_are_empty() -> None:
    bank = filled(900)
    rows, lists, query = bank.rows("Ann"), NearLists(Sizes.of(ABOVE)), Clustered().embed(["7/9999"])[0]
    recalls(bank)  # all is embedded
    found = lists.near(query, rows.candidates(), bank.index.take)
    assert 45 <= len(found) < 60
    assert found.tolist() == sorted(set(found.tolist()))
    early = lists.near(query, rows.candidates(until=650.0), bank.index.take)
    assert 45 <= len(early) < 60
    assert early.max() <= 650
    assert len(lists.near(query, rows.candidates(), bank.index.take, least=880)) >= 880
    assert len(bank.view("Ann").recall("7/9999", 700, weights=PLAIN, touch=False)) == 700


def test_what_scores_high_for_another_reason_is_found_too() -> None:
    bank = filled(3_000)
    ann = bank.view("Ann")
    ann.add("1/50000", time=10_000.0, importance=0.0)
    ann.add("1/50001", time=-50.0, importance=10.0)
    recent = ann.recall("33/1", 1, now=10_000.0, weights=Weights(relevance=0.001, importance=0.0), touch=False)
    assert recent[0].memory.id == "0/memory/3000"  # far from the query
    important = ann.recall("33/1", 2, now=10_000.0, weights=Weights(relevance=0.0, recency=0.0), touch=False)
    assert important[0].memory.id == "0/memory/3001"  # of the most important the oldest
    oldest = ann.recall("33/1", 1, now=1e4, weights=OLDEST, touch=False)
    assert oldest[0].memory.id == "0/memory/3001"
    assert ann.recall("33/1", 3, weights=GENERATIVE_AGENTS_CODE, touch=False)[0].approximate
    assert not ann.recall("33/1", 3, weights=Weights(relevance=-1.0), touch=False)[0].approximate


def test_more_hits_than_usual_budgets_and_extra_records() -> None:
    bank = filled(3_000)
    ann = bank.view("Ann")
    assert len(ann.recall("3/1", 1_500, weights=RECENT, touch=False)) == 1_500
    assert len(ann.recall("3/1", 300, weights=PLAIN, diversity=0.5, touch=False)) == 300
    assert 0 < len(ann.recall("3/1", tokens=40, touch=False)) < 30
    mine = MemoryRecord(id="pending/0", holder="Ann", text="3/1", time=1e4, last_access=1e4)
    assert ann.recall("3/1", 1, weights=PLAIN, extra=[mine], touch=False)[0].memory == mine
    together = bank.recall_many([RecallRequest(holder="Ann", query=f"{n}/1", k=4, touch=False, now=1e4) for n in range(5)])
    assert together == [ann.recall(f"{n}/1", 4, touch=False, now=1e4) for n in range(5)]


def test_the_number_of_threads_changes_nothing() -> None:
    import faiss

    library: Any = faiss
    before = library.omp_get_max_threads()
    try:
        seen: list[Any] = []
        for threads in (1, 2, 3):
            library.omp_set_num_threads(threads)
            seen.append(recalls(filled(900)))
            assert library.omp_get_max_threads() == threads
    finally:
        library.omp_set_num_threads(before)
    assert seen[0] == seen[1] == seen[2]


def test_a_cell_is_that_of_the_most_alike_centroid_in_whatever_batch() -> None:
    rows = np.random.default_rng(0).standard_normal((3_000, WIDTH)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    cells_of: Callable[[NDArray[np.float32]], NDArray[np.intp]]
    lists = NearLists(Sizes.of(1_000))
    lists._train(rows[:1_000])  # pyright: ignore[reportPrivateUsage]
    cells_of = lists._cells  # pyright: ignore[reportPrivateUsage]
    whole = cells_of(rows)
    assert [int(cells_of(rows[n : n + 1])[0]) for n in range(len(rows))] == whole.tolist()
    assert np.concatenate([cells_of(rows[n : n + 333]) for n in range(0, len(rows), 333)]).tolist() == whole.tolist()


def test_where_two_centroids_are_as_alike_the_batch_does_not_decide() -> None:
    random = np.random.default_rng(0)
    centroids = random.standard_normal((40, 384)).astype(np.float32)
    centroids /= np.linalg.norm(centroids, axis=1, keepdims=True)
    lists = NearLists(Sizes(trained_on=40, cells=40))
    lists._centroids = VectorRows(384)  # pyright: ignore[reportPrivateUsage]
    lists._centroids.add(centroids)  # pyright: ignore[reportPrivateUsage]
    rows = centroids[random.integers(0, 40, 3_000)] + centroids[random.integers(0, 40, 3_000)]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    alone = [int(np.argmax(lists._likeness(row))) for row in rows]  # pyright: ignore[reportPrivateUsage]
    assert lists._cells(rows).tolist() == alone  # pyright: ignore[reportPrivateUsage]
    assert np.argmax(rows @ centroids.T, axis=1).tolist() != alone  # where a product would have decided


@pytest.mark.parametrize("above", [0, -1, 1.5, True, "many"])
def test_a_number_of_records_is_at_least_one(above: Any) -> None:
    with pytest.raises(MemoryInputError, match="approximate_above="):
        MemoryBank(Clustered(), approximate_above=above)
