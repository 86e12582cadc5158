"""Tokens drawn from logits: by the seed, from the right ones, as often as they should be."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.language import Sampling
from gamemaster.language.token_draw import draw_token, gumbel_noise

LOGITS = numpy.array([2.0, 1.0, 0.0, 1.0, -1.0])


def drawn(sampling: Sampling, logits: numpy.ndarray = LOGITS, n: int = 4000) -> numpy.ndarray:
    tokens = [draw_token(logits, sampling, seed=seed, position=0) for seed in range(n)]
    return numpy.bincount(tokens, minlength=len(logits)) / n


def softmax(values: numpy.ndarray) -> numpy.ndarray:
    weights = numpy.exp(values - values.max())
    return weights / weights.sum()


def test_greedy_takes_the_highest_and_of_equals_the_first() -> None:
    greedy = Sampling(temperature=0.0, top_k=1, top_p=0.1)
    assert {draw_token(LOGITS, greedy, seed=seed, position=0) for seed in range(9)} == {0}
    assert draw_token(numpy.array([1.0, 3.0, 3.0]), greedy, seed=1, position=0) == 1


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_tokens_come_as_often_as_their_probability_says(temperature: float) -> None:
    assert drawn(Sampling(temperature=temperature)) == pytest.approx(softmax(LOGITS / temperature), abs=0.025)


@pytest.mark.parametrize(
    ("sampling", "left"),
    [
        (Sampling(temperature=1.0, top_k=1), {0}),
        (Sampling(temperature=1.0, top_k=2), {0, 1, 3}),
        (Sampling(temperature=1.0, top_k=9), {0, 1, 2, 3, 4}),
        (Sampling(temperature=1.0, top_p=0.1), {0}),
        (Sampling(temperature=1.0, top_p=0.6), {0, 1}),
        (Sampling(temperature=1.0, top_p=0.95), {0, 1, 3, 2}),
        (Sampling(temperature=1.0, min_p=0.3), {0, 1, 3}),
        (Sampling(temperature=3.0, top_k=3, min_p=0.99), {0}),
        (Sampling(temperature=1.0, top_k=3, top_p=0.5), {0}),
    ],
)
def test_only_what_is_left_is_drawn(sampling: Sampling, left: set[int]) -> None:
    shares = drawn(sampling, n=800)
    assert {int(token) for token in numpy.flatnonzero(shares)} == left


def test_the_noise_is_a_function_of_seed_position_and_token() -> None:
    ids = numpy.arange(1000, dtype=numpy.uint64)
    noise = gumbel_noise(5, 2, ids)
    assert numpy.array_equal(noise, gumbel_noise(5, 2, ids))
    assert numpy.array_equal(noise[100:200], gumbel_noise(5, 2, ids[100:200]))
    for other in (gumbel_noise(6, 2, ids), gumbel_noise(5, 3, ids)):
        assert abs(numpy.corrcoef(noise, other)[0, 1]) < 0.12
    assert noise.mean() == pytest.approx(0.5772, abs=0.15)
    assert noise.std() == pytest.approx(numpy.pi / numpy.sqrt(6), abs=0.15)
    # A change here would change every run with a local model.
    assert gumbel_noise(7, 1, numpy.array([0, 31999], dtype=numpy.uint64)) == pytest.approx(
        [-0.24458544847213198, -0.3938727423278169]
    )


@given(st.integers(0, 2**63 - 1), st.integers(0, 10_000))
def test_the_noise_is_finite_for_all_seeds(seed: int, position: int) -> None:
    assert numpy.isfinite(gumbel_noise(seed, position, numpy.array([0, 1, 2**17], dtype=numpy.uint64))).all()


@given(st.lists(st.floats(-30, 30), min_size=2, max_size=50), st.integers(0, 2**63 - 1), st.integers(1, 5), st.floats(0.05, 1.0))
def test_a_small_change_of_the_logits_rarely_matters(logits: list[float], seed: int, top_k: int, top_p: float) -> None:
    sampling = Sampling(temperature=0.7, top_k=top_k, top_p=top_p)
    values = numpy.array(logits)
    token = draw_token(values, sampling, seed=seed, position=3)
    assert 0 <= token < len(logits)
    assert numpy.sum(values > values[token]) < top_k
