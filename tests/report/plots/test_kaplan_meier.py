"""The survival curve, held against published figures and another implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.report.plots import kaplan_meier
from gamemaster.words import BadInput

# Weeks in remission under 6-mercaptopurine, Freireich et al. 1963, as in Kalbfleisch and Prentice 1980.
ENDED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
GOING_ON = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PAIRS = [*((time, True) for time in ENDED), *((time, False) for time in GOING_ON)]


def test_published_figures() -> None:
    shares = {each.time: round(each.share, 3) for each in kaplan_meier(PAIRS) if each.ended}
    assert shares == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    at_ten = next(each for each in kaplan_meier(PAIRS) if each.time == 10)
    assert (at_ten.at_risk, at_ten.ended, at_ten.censored) == (15, 1, 1)
    assert (round(at_ten.low or 0, 3), round(at_ten.high or 0, 3)) == (0.503, 0.889)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=30))
def test_it_is_what_scipy_says(pairs: list[tuple[int, bool]]) -> None:
    stats = pytest.importorskip("scipy.stats")
    data = stats.CensoredData.right_censored([time for time, _ in pairs], [not ended for _, ended in pairs])
    theirs = stats.ecdf(data).sf
    for each in kaplan_meier(pairs):
        assert each.share == pytest.approx(float(theirs.evaluate(each.time)), abs=1e-12)
        assert each.low is None or each.high is None or 0 <= each.low <= each.share <= each.high <= 1


@pytest.mark.parametrize(
    ("pairs", "level", "said"), [([], 0.95, "at least one"), ([(-1, True)], 0.95, "below 0"), ([(1, True)], 1, "level=1")]
)
def test_what_is_no_survival_time(pairs: list[tuple[float, bool]], level: float, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        kaplan_meier(pairs, level=level)
