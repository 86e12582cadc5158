"""The best k are the first k of everything sorted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.memory.scoring import best, score
from gamemaster.words import Weights

numbers = st.floats(-3, 3)


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 0.75]), st.sampled_from([1.0, 2.0, 3.0])), max_size=40),
    st.integers(1, 50),
)
def test_best_is_the_head_of_the_sorted_list(rows: list[tuple[float, float]], k: int) -> None:
    order = sorted(range(len(rows)), key=lambda place: (-rows[place][0], rows[place][1], place))
    assert best(np.array([total for total, _ in rows]), np.array([time for _, time in rows]), k) == order[:k]


@pytest.mark.parametrize("seed", range(30))
def test_best_of_many_is_the_head_of_the_sorted_list(seed: int) -> None:
    random = np.random.default_rng(seed)
    count, k = int(random.integers(200, 3_000)), int(random.integers(1, 40))
    total = random.integers(0, [2, 50, 10**6][seed % 3], count).astype(float)
    times = random.integers(0, [1, 4, 10**6][seed // 3 % 3], count).astype(float)
    order = sorted(range(count), key=lambda place: (-total[place], times[place], place))
    assert best(total, times, k) == order[:k]


@given(st.lists(st.tuples(numbers, st.floats(0, 1e7), st.floats(0, 10)), min_size=1, max_size=20), numbers, numbers, numbers)
def test_scaled_parts_span_from_0_to_their_weight(
    rows: list[tuple[float, float, float]], relevance: float, recency: float, importance: float
) -> None:
    weights = Weights(relevance=relevance, recency=recency, importance=importance)
    cosine, age, rated = (np.array(column) for column in zip(*rows, strict=True))
    scores = score(weights, cosine=cosine.astype(np.float32), age=age, importance=rated)
    for part, weight in ((scores.relevance, relevance), (scores.recency, recency), (scores.importance, importance)):
        span = sorted((0.0, weight))
        assert (part.min(), part.max()) in [tuple(span), (0.5 * weight, 0.5 * weight)]
    assert (scores.total == scores.relevance + scores.recency + scores.importance).all()


def test_what_was_accessed_later_than_now_counts_as_just_now() -> None:
    ages = np.array([-7200.0, 0.0, 3600.0])
    scores = score(Weights(scale="none"), cosine=np.zeros(3, np.float32), age=ages, importance=np.zeros(3))
    assert scores.recency == pytest.approx([1.0, 1.0, 0.995])
