"""The laws of the parts against the same rules worked out anew, over random changes of every kind."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import DefinitionError
from gamemaster.world import World
from gamemaster.world.parts import conserved_each, named_in, within_overdraft


class FreeBooks(World):
    """Books without a law, on which a change is tried that may break it."""

    goods: dict[str, dict[str, int]] = {"a": {"x": 2, "y": 1}, "b": {"x": 3}}
    made: dict[str, int] = {}

    def holds(self) -> bool:
        found: dict[str, int] = {}
        for kinds in [*self.goods.values(), self.made]:
            for kind, count in kinds.items():
                found[kind] = found.get(kind, 0) + count
        return {kind: count for kind, count in found.items() if count} == {"x": 5, "y": 1}


class Books(FreeBooks):
    laws = (conserved_each("goods", "made"),)


class FreeBank(World):
    balances: dict[str, int] = {"a": 2, "b": 0}
    overdrafts: dict[str, int] = {"b": 2}

    def holds(self) -> bool:
        return all(balance >= -self.overdrafts.get(name, 0) for name, balance in self.balances.items())


class Bank(FreeBank):
    laws = (within_overdraft("balances", "overdrafts"),)


class FreeMap(World):
    ways: dict[str, list[str]] = {"a": [], "b": []}
    whereabouts: dict[str, str] = {"p": "a"}
    past: list[str] = ["b"]

    def holds(self) -> bool:
        return all(place in self.ways for place in [*self.whereabouts.values(), *self.past])


class Map(FreeMap):
    laws = (named_in("ways", "whereabouts", "past", kind="place"),)


NAMES = st.sampled_from("abc")
Edit = tuple[int, int, str, str, int]
EDITS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4), NAMES, NAMES, st.integers(-3, 3)), min_size=1, max_size=3)


def edit_dict(value: Any, how: int, key: str, new: Any) -> None:
    """One of the ways to change a dict."""
    if how <= 1:
        value[key] = new
    elif how == 2:
        value.pop(key, None)
    elif how == 3:
        value.setdefault(key, new)
    else:
        value.clear()


def edit_books(world: FreeBooks, where: int, how: int, holder: str, kind: str, number: int) -> None:
    if where == 0:
        edit_dict(world.made, how, kind, number)
    elif where == 1:
        edit_dict(world.goods, how, holder, {kind: number})
    elif where == 2:
        world.made = {kind: number}
    else:  # something that keeps the law
        kinds = world.goods.setdefault(holder, {})
        kinds[kind] = kinds.get(kind, 0) + number
        world.made[kind] = world.made.get(kind, 0) - number


def edit_bank(world: FreeBank, where: int, how: int, holder: str, other: str, number: int) -> None:
    if where == 0:
        edit_dict(world.balances, how, holder, number)
    elif where == 1:
        edit_dict(world.overdrafts, how, holder, abs(number))
    elif where == 2:
        world.overdrafts = {holder: abs(number), other: 1}
    else:
        world.balances = {holder: number, other: 1}


def edit_map(world: FreeMap, where: int, how: int, place: str, other: str, number: int) -> None:
    if where == 0:
        edit_dict(world.ways, how, place, [other])
    elif where == 1:
        edit_dict(world.whereabouts, how, other, place)
    elif where == 2:
        world.past = [place, other][: abs(number)]
    elif how == 0:
        world.ways = {place: [], other: []}
    else:
        world.past.append(place)


@pytest.mark.parametrize(
    ("law", "free", "edit"), [(Books, FreeBooks, edit_books), (Bank, FreeBank, edit_bank), (Map, FreeMap, edit_map)]
)
@given(data=st.data())
def test_a_change_is_kept_if_and_only_if_the_rule_holds_after_it(law: Any, free: Any, edit: Any, data: Any) -> None:
    world: Any = law()
    world.prepare(seed=0, people=[])
    for edits in data.draw(st.lists(EDITS, max_size=10)):

        def change(world: Any, edits: list[Edit] = edits) -> None:
            for each in edits:
                edit(world, *each)

        before, trial = world.dump(), free(**world.dump())
        trial.prepare(seed=0, people=[])
        trial.intervene(change)
        try:
            world.intervene(change)
        except DefinitionError as problem:
            if "would break the world" not in str(problem):
                raise
            assert not trial.holds()
            assert world.dump() == before
        else:
            assert trial.holds()
            assert world.dump() == trial.dump()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Bank(balances={"a": -1}), "a would have -1, and may not have less than 0"),
        (lambda: Map(whereabouts={"p": "c"}), "'c' is no place"),
    ],
)
def test_what_does_not_hold_at_the_start_is_said(make: Any, reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        make().prepare(seed=0, people=[])


def test_a_law_about_what_is_not_there_is_refused() -> None:
    with pytest.raises(DefinitionError, match="silver"):
        type("Till", (World,), {"__annotations__": {"gold": dict[str, int]}, "laws": (conserved_each("silver"),)})
