"""A common pool gives out what there is, grows as it should, and its units add up at every step."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import World, action
from gamemaster.world import Applied, Refused
from gamemaster.world.parts.common_pool import Allocation, CommonPool

NAMES = ("Ann", "Bob", "Cid", "Dan")


class Lagoon(World):
    pool: CommonPool
    round: int = 1

    @action(together=True)
    def draw_water(self, wants: dict[str, int]) -> str:
        """Draw water."""
        got = self.pool.take(wants, what=f"lots/{self.round}")
        return f"They get {got}."

    def end_of_round(self) -> None:
        self.pool.grow()
        self.round += 1


def lagoon(seed: int = 0, **pool: Any) -> Lagoon:
    world = Lagoon(pool=CommonPool(**pool))
    world.prepare(seed=seed, people=NAMES)
    return world


@pytest.mark.parametrize(
    ("stock", "growth", "sustainable"),
    [
        (100, 2, 50),
        (60, 2, 30),
        (9, 2, 4),
        (4, 2, 2),
        (0, 2, 0),
        (100, 1.5, 33),
        (50, 1.5, 16),
        (50, 1.1, 4),
        (50, 1, 0),
        (50, 0.5, 0),
    ],
)
def test_the_sustainable_total(stock: int, growth: float, sustainable: int) -> None:
    assert CommonPool(stock=stock, growth=growth).sustainable() == sustainable


@given(stock=st.integers(0, 300), growth=st.sampled_from([1.0, 1.1, 1.15, 1.5, 2.0, 2.5, 3.0]))
def test_the_sustainable_total_is_the_most_that_grows_back(stock: int, growth: float) -> None:
    pool = CommonPool(stock=stock, capacity=300, growth=growth)
    most = pool.sustainable()
    assert pool.after_growth(stock - most) >= stock
    assert most == stock or pool.after_growth(stock - most - 1) < stock


def test_growth_is_exact_where_a_float_is_not() -> None:
    assert int(100 * 1.15) == 114  # what must not happen
    assert CommonPool(stock=0, capacity=1000, growth=1.15).after_growth(100) == 115


def test_nobody_gets_what_was_not_asked_for_while_there_is_enough() -> None:
    assert lagoon(stock=100).pool.ration({"Ann": 60, "Bob": 40}, what="x") == {"Ann": 60, "Bob": 40}
    assert lagoon(stock=100).pool.ration({}, what="x") == {}


def test_in_proportion_with_odd_leftovers() -> None:
    wants = {"Ann": 40, "Bob": 7, "Cid": 53, "Dan": 0}
    seen: set[tuple[int, ...]] = set()
    for seed in range(40):
        got = lagoon(seed, stock=34).pool.ration(wants, what="lots/1")
        assert sum(got.values()) == 34
        assert [got[name] - 34 * want // 100 for name, want in wants.items()] in ([1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0])
        seen.add(tuple(got.values()))
    assert len(seen) > 1  # the leftover unit goes by chance


def test_leftovers_go_with_a_probability_by_what_is_still_wanted() -> None:
    first = sum(lagoon(seed, stock=1).pool.ration({"Ann": 9, "Bob": 1}, what="x")["Ann"] for seed in range(400))
    assert 330 < first < 390  # 9 of 10


def test_unit_by_unit_everybody_who_wants_some_is_equally_likely() -> None:
    first = sum(
        lagoon(seed, stock=1, allocation="stochastic").pool.ration({"Ann": 9, "Bob": 1}, what="x")["Ann"] for seed in range(400)
    )
    assert 160 < first < 240


@pytest.mark.parametrize("allocation", ["proportional", "stochastic"])
def test_the_draws_are_those_of_their_name(allocation: Allocation) -> None:
    world = lagoon(stock=33, allocation=allocation)
    wants = {"Ann": 30, "Bob": 31, "Cid": 32}
    one = [world.pool.ration(wants, what=f"x/{at}") for at in range(8)]
    assert one == [world.pool.ration(wants, what=f"x/{at}") for at in range(8)]
    assert len({tuple(each.values()) for each in one}) > 1


def test_a_negative_want_is_refused() -> None:
    world = lagoon(stock=10)
    refused = world.apply_together("draw_water", {"Ann": {"wants": -1}, "Bob": {"wants": 3}})
    assert isinstance(refused, Refused) and "Ann can't take -1" in refused.reason
    assert world.pool.stock == 10


@given(
    stock=st.integers(0, 120),
    growth=st.sampled_from([1.0, 1.5, 2.0, 3.0]),
    allocation=st.sampled_from(["proportional", "stochastic"]),
    rounds=st.lists(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 150)), max_size=6),
)
def test_stock_taken_and_grown_add_up(stock: int, growth: float, allocation: Any, rounds: list[dict[str, int]]) -> None:
    world = lagoon(stock=stock, capacity=120, growth=growth, allocation=allocation)
    grown = 0
    for wants in rounds:
        before = world.pool.stock
        assert isinstance(world.apply_together("draw_water", {name: {"wants": want} for name, want in wants.items()}), Applied)
        assert before - world.pool.stock == min(before, sum(wants.values()))
        left = world.pool.stock
        world.run_hook("end_of_round")
        assert left <= world.pool.stock <= 120
        grown += world.pool.stock - left
        assert world.pool.stock + sum(world.pool.taken.values()) == stock + grown
