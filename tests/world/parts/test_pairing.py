"""Pairings: everybody is in one pair, and over the rounds everybody meets everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import Draws, draws
from gamemaster.world.parts.pairing import drawn_pairs, sides, turning_pairs


def chance(seed: int) -> Draws:
    return draws(seed, "test")


@given(st.integers(1, 12))
def test_after_as_many_rounds_as_a_side_has_members_all_have_met(size: int) -> None:
    first, second = [f"A{at}" for at in range(size)], [f"B{at}" for at in range(size)]
    met = [pair for round in range(size) for pair in turning_pairs(first, second, round)]
    assert sorted(met) == sorted((one, other) for one in first for other in second)
    assert turning_pairs(first, second, size) == turning_pairs(first, second, 0)


def test_the_pairs_of_a_round() -> None:
    assert turning_pairs(["a", "b", "c"], ["x", "y", "z"], 1) == [("a", "y"), ("b", "z"), ("c", "x")]
    with pytest.raises(ValueError, match="2 and 1 members"):
        turning_pairs(["a", "b"], ["x"], 0)


@given(st.integers(0, 13), st.integers(0, 99))
def test_drawn_pairs_leave_out_nobody_or_one(count: int, seed: int) -> None:
    names = [f"N{at}" for at in range(count)]
    pairs, left = drawn_pairs(names, chance(seed))
    met = [name for pair in pairs for name in pair] + ([left] if left else [])
    assert sorted(met) == sorted(names)
    assert (left is not None) == bool(count % 2)
    assert (pairs, left) == drawn_pairs(names, chance(seed))


@given(st.integers(0, 13), st.integers(0, 99))
def test_sides_are_halves(count: int, seed: int) -> None:
    names = [f"N{at}" for at in range(count)]
    first, second = sides(names, chance(seed))
    assert sorted(first + second) == sorted(names)
    assert len(second) - len(first) == count % 2


def test_who_is_left_out_changes_with_the_seed() -> None:
    assert len({drawn_pairs(["a", "b", "c"], chance(seed))[1] for seed in range(20)}) == 3
