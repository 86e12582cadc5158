"""Sanctions are settled at once, take from nobody what it doesn't have, and cost their giver."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import DefinitionError
from gamemaster.world.parts.sanctioning import Sanctioning

NAMES = ("Ann", "Bob", "Cid")


def settle(points: dict[str, dict[str, int]], gains: dict[str, int]) -> tuple[dict[str, int], Sanctioning]:
    part = Sanctioning()
    part.prepare(seed=0, people=NAMES)
    losses: dict[str, int] = {}
    part.intervene(lambda world: losses.update(world.settle(points, gains)))
    return losses, part


def test_a_point_costs_one_and_takes_three() -> None:
    losses, part = settle({"Ann": {"Bob": 4}}, {"Ann": 10, "Bob": 20, "Cid": 5})
    assert losses == {"Ann": 4, "Bob": 12, "Cid": 0}
    assert part.spent == {"Ann": 4}


def test_nobody_falls_below_nothing_and_the_order_decides_nothing() -> None:
    points = {"Ann": {"Bob": 10}, "Bob": {"Ann": 10}}
    assert settle(points, {"Ann": 25, "Bob": 5})[0] == {"Ann": 25, "Bob": 5}
    assert settle(dict(reversed(points.items())), {"Bob": 5, "Ann": 25})[0] == {"Bob": 5, "Ann": 25}


@pytest.mark.parametrize("points", [{"Ann": {"Ann": 1}}, {"Ann": {"Bob": 11}}, {"Ann": {"Bob": -1}}, {"Ann": {"Zoe": 1}}])
def test_what_cannot_be_spent_is_refused(points: dict[str, dict[str, int]]) -> None:
    with pytest.raises(DefinitionError, match="Ann can't spend"):
        settle(points, {"Ann": 5, "Bob": 5})


@given(
    st.dictionaries(st.sampled_from(NAMES), st.dictionaries(st.sampled_from(NAMES), st.integers(0, 10))),
    st.tuples(*[st.integers(0, 60)] * 3),
)
def test_losses_are_what_is_due_and_what_there_is(points: dict[str, dict[str, int]], gains: tuple[int, ...]) -> None:
    points = {giver: {name: number for name, number in on.items() if name != giver} for giver, on in points.items()}
    have: dict[str, int] = dict(zip(NAMES, gains, strict=True))
    losses, part = settle(points, have)
    for name in NAMES:
        due = sum(points.get(name, {}).values()) + 3 * sum(on.get(name, 0) for on in points.values())
        assert losses[name] == min(have[name], due) == part.lost[name]
