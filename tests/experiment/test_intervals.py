"""Intervals agree with the tables, and with scipy where it is installed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.experiment import mean_interval, t_quantile, wilson
from gamemaster.words import BadInput


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (4, 2.7764), (9, 2.2622), (10, 2.2281), (30, 2.0423), (999, 1.9623)],
)
def test_quantiles_are_those_of_the_tables(degrees: int, expected: float) -> None:
    assert t_quantile(0.975, degrees) == pytest.approx(expected, abs=5e-5)
    assert t_quantile(0.025, degrees) == -t_quantile(0.975, degrees)
    assert t_quantile(0.5, degrees) == pytest.approx(0, abs=1e-9)


@given(p=st.floats(0.001, 0.999), degrees=st.integers(1, 200))
def test_quantiles_are_those_of_scipy(p: float, degrees: int) -> None:
    stats: Any = pytest.importorskip("scipy.stats")
    assert t_quantile(p, degrees) == pytest.approx(float(stats.t.ppf(p, degrees)), rel=1e-7, abs=1e-7)


def test_the_interval_of_a_mean() -> None:
    found = mean_interval([1.0, 2.0, 3.0, 4.0])
    assert found is not None and found.low is not None and found.high is not None
    assert (found.mean, found.n) == (2.5, 4)
    assert found.low == pytest.approx(2.5 - 3.182446 * 1.290994 / 2, abs=1e-5)
    assert found.high - found.mean == pytest.approx(found.mean - found.low)
    assert mean_interval([]) is None
    one = mean_interval([3.0])
    assert one is not None and (one.mean, one.low, one.high) == (3.0, None, None)
    same = mean_interval([2.0, 2.0])
    assert same is not None and (same.low, same.high) == (2.0, 2.0)


def test_the_interval_of_a_share() -> None:
    found = wilson(7, 10)
    assert found is not None
    assert (found.mean, round(found.low or 0, 4), round(found.high or 0, 4)) == (0.7, 0.3968, 0.8922)
    none, every = wilson(0, 150), wilson(150, 150)
    assert none is not None and every is not None
    assert none.low == 0 and 0.02 < (none.high or 0) < 0.03
    assert every.high == 1 and 0.97 < (every.low or 0) < 0.98
    assert wilson(0, 0) is None


@given(n=st.integers(1, 400), share=st.floats(0, 1))
def test_a_share_lies_within_its_interval_and_that_within_0_and_1(n: int, share: float) -> None:
    found = wilson(round(share * n), n)
    assert found is not None and found.low is not None and found.high is not None
    assert 0 <= found.low <= found.mean <= found.high <= 1


def test_what_makes_no_sense_is_refused() -> None:
    for refused in (
        lambda: wilson(3, 2),
        lambda: t_quantile(1.0, 3),
        lambda: t_quantile(0.5, 0),
        lambda: mean_interval([1.0], level=95),
    ):
        with pytest.raises(BadInput):
            refused()
