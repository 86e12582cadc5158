"""majority and typical: what several answers agree on, whatever their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gamemaster.components.majority import majority, typical

NUMBERS = some.lists(some.integers(0, 6), min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("answers", "found"),
    [(["a"], ("a", 1)), (["a", "b", "b"], ("b", 2)), (["b", "a", "a", "b"], ("b", 2)), (["c", "a", "b"], ("c", 1))],
)
def test_the_most_frequent_the_first_of_several(answers: list[str], found: tuple[str, int]) -> None:
    assert majority(answers) == found


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ([4], (4, 1)),
        ([1, 9, 9], (9, 2)),
        ([1, 2, 9], (2, 1)),
        ([1, 2, 3, 9], (2, 1)),
        ([1, 1, 5, 9, 9], (1, 2)),
        ([0, 0, 3, 4, 4, 4, 0], (4, 3)),
    ],
)
def test_numbers_that_tie_go_by_the_median(numbers: list[float], found: tuple[float, int]) -> None:
    assert typical(numbers) == found


@given(NUMBERS)
def test_nothing_is_given_more_often(numbers: list[int]) -> None:
    for found, votes in (majority(numbers), typical(numbers)):
        assert numbers.count(int(found)) == votes == max(map(numbers.count, numbers))


@given(NUMBERS)
def test_the_order_of_numbers_does_not_matter(numbers: list[int]) -> None:
    assert typical(numbers) == typical(sorted(numbers)) == typical(numbers[::-1])


@given(some.lists(some.floats(-1e6, 1e6), min_size=1, max_size=9, unique=True))
def test_where_no_two_agree_it_is_the_median(numbers: list[float]) -> None:
    assert typical(numbers) == (sorted(numbers)[(len(numbers) - 1) // 2], 1)


def test_no_answers_are_a_mistake() -> None:
    for count in (majority, typical):
        with pytest.raises(ValueError, match="give at least one"):
            count([])
