"""Recalls of many at once are those of one at a time, bit for bit, also where a matrix product alone would err."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gamemaster.memory import PAPER, PLAIN, MemoryBank, RecallRequest, recalling_together, sieve
from gamemaster.memory.vector_rows import VectorRows
from gamemaster.words import Hit, Weights

Vectors = NDArray[np.float32]


class Given:
    """Looks up the vectors of the texts "0", "1", …"""

    name = "given"

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
        self.width = vectors.shape[1]
        self.fingerprint = f"given/{self.width}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        return self.vectors[[int(text) for text in texts]]


def unit(rows: NDArray[np.floating]) -> Vectors:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def near_ones(count: int, width: int, seed: int, apart: float) -> tuple[Vectors, Vectors]:
    """Vectors that are `apart` from a few, some of them twice, and queries among them."""
    random = np.random.default_rng(seed)
    few = unit(random.standard_normal((4, width)))
    rows = unit(few[random.integers(0, 4, count)] + apart * random.standard_normal((count, width)))
    twice = random.integers(0, count, count // 4)
    rows[random.integers(0, count, count // 4)] = rows[twice]
    queries = unit(few[random.integers(0, 4, 40)] + apart * random.standard_normal((40, width)))
    queries[:5] = rows[:5]
    return rows, queries


def bank_of(rows: Vectors, times: Sequence[float]) -> MemoryBank:
    bank = MemoryBank(Given(rows))
    for at, time in enumerate(times):
        bank.add("Ann", str(at), time=time, importance=at % 11)
    return bank


def alone_and_together(bank: MemoryBank, queries: Vectors, ks: Sequence[int], weights: Weights) -> list[list[list[Hit]]]:
    requests = [
        RecallRequest(holder="Ann", query=query, k=k, weights=weights, touch=False) for query, k in zip(queries, ks, strict=True)
    ]
    return [[bank.recall_many([each])[0] for each in requests], bank.recall_many(requests)]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(256, 400),
    block=st.sampled_from([2, 8, 64]),
    width=st.sampled_from([3, 37, 384]),
    # From one cloud to differences in the last bit, where the product's order of sums tells.
    apart=st.sampled_from([0.3, 1e-3, 1e-6, 1e-7, 0.0]),
    weights=st.sampled_from([PLAIN, Weights(relevance=0.3, recency=0, importance=0, scale="none"), PAPER]),
)
def test_one_by_one_and_at_once_are_the_same_bit_for_bit(
    seed: int, count: int, block: int, width: int, apart: float, weights: Weights
) -> None:
    rows, queries = near_ones(count, width, seed, apart)
    random = np.random.default_rng(seed)
    bank = bank_of(rows, [float(time) for time in random.integers(0, 5, count)])
    ks = [int(k) for k in random.choice([1, 2, 10, 64, 500], 8)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recalling_together, "_FEW_QUERIES", 2)
        patch.setattr(recalling_together, "_FEW_SIEVED", 1)
        patch.setattr(recalling_together, "_FEW_ROWS", 1)
        patch.setattr(sieve, "_BLOCK", block)
        alone, together = alone_and_together(bank, queries[:8], ks, weights)
        assert together == alone
        gone = [str(at) for at in random.choice(count, 3, replace=False)]
        bank.view("Ann").forget([record.id for record in bank.view("Ann") if record.text in gone])
        alone, together = alone_and_together(bank, queries[:8], ks, weights)
        assert together == alone


def test_the_sieve_is_what_finds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, queries = near_ones(3_000, 37, 0, 0.3)
    bank = bank_of(rows, range(3_000))
    seen: list[int] = []

    def watched(*given: object) -> list[NDArray[np.intp]]:
        found = sieve.likeliest(*given)  # pyright: ignore[reportArgumentType]
        seen.extend(map(len, found))
        return found

    monkeypatch.setattr("gamemaster.memory.vector_index.likeliest", watched)
    alone, together = alone_and_together(bank, queries, [3] * 40, PLAIN)
    assert together == alone
    assert len(seen) == 40
    assert max(seen) < 300


@pytest.mark.parametrize("off", [1.0, -1.0])
def test_a_product_that_is_off_by_all_it_may_be_changes_nothing(off: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, queries = near_ones(2_500, 37, 1, 1e-6)
    bank = bank_of(rows, range(2_500))
    true = VectorRows.products

    def wrong(held: VectorRows, asked: Vectors, places: NDArray[np.int64]) -> Vectors:
        product = true(held, asked, places)
        signs = np.where(np.arange(len(product)) % 2, off, -off)[:, None]
        return (product + 0.45 * held.product_error * signs).astype(np.float32)

    monkeypatch.setattr(VectorRows, "products", wrong)
    alone, together = alone_and_together(bank, queries, [10] * 40, PLAIN)
    assert together == alone


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), width=st.sampled_from([1, 8, 100, 384, 1_024]), apart=st.sampled_from([1.0, 1e-6]))
def test_a_product_is_no_further_off_than_said(seed: int, width: int, apart: float) -> None:
    rows, queries = near_ones(300, width, seed, apart)
    held = VectorRows(width)
    at = held.add(rows)
    order = np.random.default_rng(seed).permutation(at)
    exact = held.cosines_of_all(queries, order)
    assert np.abs(held.products(queries, order).T - exact).max() <= held.product_error / 2 + np.finfo(np.float32).eps


def test_few_rows_or_queries_need_no_sieve(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("gamemaster.memory.vector_index.likeliest", never)
    rows, queries = near_ones(2_500, 37, 1, 0.1)
    bank = bank_of(rows, range(2_500))
    alone, together = alone_and_together(bank, queries[: recalling_together._FEW_QUERIES - 1], [10] * 11, PLAIN)
    assert together == alone
