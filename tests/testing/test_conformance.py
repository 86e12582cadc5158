"""Suites in general: what pytest finds in them, how rules are named, and what is told when one is broken."""

from __future__ import annotations

import asyncio

import pytest

from gamemaster.testing import ConformanceSuite, RuleBroken, does_not_apply, expect, rule
from gamemaster.testing.global_randomness import unmoved_by_global_randomness
from gamemaster.words import UnknownName, draws


class NumberSuite(ConformanceSuite[int]):
    patience = 5.0

    @rule
    def test_is_positive(self) -> None:
        """A number is above 0.

        And more is not said.
        """
        expect(self.make() > 0, f"the number {self.make()}")

    @rule
    async def test_is_even(self) -> None:
        """A number is even."""
        await asyncio.sleep(0)
        expect(self.make() % 2 == 0, f"the number {self.make()}")

    @rule
    async def test_can_divide(self) -> None:
        """Something can be divided by a number."""
        if self.make() == 7:
            does_not_apply("Seven is let off.")
        expect(12 // self.make() < 13, "more than there was")

    @rule
    async def test_comes_to_an_end(self) -> None:
        """A number doesn't hang."""
        await asyncio.sleep(60 if self.make() == 8 else 0)


class TestTwo(NumberSuite):
    def make(self) -> int:
        return 2


def test_rules_are_named_and_described_in_order() -> None:
    assert list(NumberSuite.rules()) == ["is_positive", "is_even", "can_divide", "comes_to_an_end"]
    assert NumberSuite.rules()["is_positive"] == "A number is above 0."


def test_broken_rules_are_found_and_the_others_are_not() -> None:
    assert NumberSuite.broken_rules(lambda: 2) == {}
    assert list(NumberSuite.broken_rules(lambda: 3)) == ["is_even"]
    assert list(NumberSuite.broken_rules(lambda: -3)) == ["is_positive", "is_even"]
    assert list(NumberSuite.broken_rules(lambda: -3, "is_even")) == ["is_even"]
    assert list(NumberSuite.broken_rules(lambda: 7)) == ["is_even"]


def test_a_broken_rule_names_suite_rule_and_what_was_found() -> None:
    broken = NumberSuite.broken_rules(lambda: 0)
    assert str(broken["is_positive"]) == "NumberSuite, rule is_positive: A number is above 0.\nFound: the number 0"
    assert broken["can_divide"].found.startswith("ZeroDivisionError: ")
    assert isinstance(broken["can_divide"].__cause__, ZeroDivisionError)
    with pytest.raises(RuleBroken, match="TestThree, rule is_even"):
        type("TestThree", (NumberSuite,), {"make": lambda self: 3})().test_is_even()


def test_what_hangs_breaks_the_rule() -> None:
    broken = NumberSuite.broken_rules(lambda: 8, patience=0.05)
    assert {name: each.found for name, each in broken.items()} == {"comes_to_an_end": "no end within 0.05 seconds"}


def test_an_implementation_that_times_out_is_told_from_one_that_hangs() -> None:
    class Slow(NumberSuite):
        @rule
        async def test_is_quick(self) -> None:
            """A number is there at once."""
            raise TimeoutError("the number is late")

    assert Slow.broken_rules(lambda: 2)["is_quick"].found == "TimeoutError: the number is late"


def test_a_rule_that_is_none_is_an_error() -> None:
    with pytest.raises(UnknownName, match=r"no rule of NumberSuite 'is_evn'\. Did you mean 'is_even'\?"):
        NumberSuite.broken_rules(lambda: 2, "is_evn")


def test_a_suite_without_make_says_so() -> None:
    with pytest.raises(RuleBroken, match=r"NumberSuite has no make\(\); define it"):
        NumberSuite().test_is_even()


async def test_rules_run_beside_a_running_loop() -> None:
    assert NumberSuite.broken_rules(lambda: 2) == {}


def test_global_streams_are_watched_and_put_back() -> None:
    import random

    import numpy

    def position() -> str:
        return repr((random.getstate(), numpy.random.get_state()))  # noqa: NPY002

    before = position()
    unmoved_by_global_randomness(lambda: draws(1, "a").random(), "drawing by key")
    for draw in (lambda: random.random(), lambda: numpy.random.rand()):  # noqa: TID251, NPY002
        with pytest.raises(AssertionError, match="drawing moves a global random stream"):
            unmoved_by_global_randomness(draw, "drawing")
    with pytest.raises(AssertionError, match="looking depends on a global random stream"):
        unmoved_by_global_randomness(random.getstate, "looking")
    counted = iter(range(9))
    unmoved_by_global_randomness(lambda: next(counted), "counting")
    assert position() == before
