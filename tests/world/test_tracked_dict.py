"""TrackedDict against dict, method by method."""

# ruff: noqa: SIM118

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import Field

from gamemaster.words import DefinitionError
from gamemaster.world import World
from gamemaster.world.tracked_dict import TrackedDict


class Shop(World):
    stock: dict[str, int] = Field(default_factory=dict[str, int])
    rows: dict[str, list[int]] = Field(default_factory=dict[str, list[int]])


START = {"pear": 3, "fig": 1, "nut": 2, "plum": 0}


def remove(value: Any, key: str) -> None:
    del value[key]


def in_place_or(value: Any, other: Any) -> Any:
    value |= other
    return value


WRITES: dict[str, list[Callable[[Any], Any]]] = {
    "__setitem__": [lambda d: d.__setitem__("fig", 9), lambda d: d.__setitem__("new", 9)],
    "__delitem__": [lambda d: remove(d, "fig"), lambda d: remove(d, "none")],
    "__ior__": [lambda d: in_place_or(d, {"fig": 7, "new": 8}), lambda d: in_place_or(d, [("a", 1), ("a", 2)])],
    "clear": [lambda d: d.clear()],
    "pop": [lambda d: d.pop("fig"), lambda d: d.pop("none", 5), lambda d: d.pop("none"), lambda d: d.pop()],
    "popitem": [lambda d: d.popitem(), lambda d: [d.popitem() for _ in range(5)]],
    "setdefault": [lambda d: d.setdefault("fig", 5), lambda d: d.setdefault("new", 5)],
    "update": [
        lambda d: d.update({"fig": 5, "new": 6}),
        lambda d: d.update([("new", 6), ("fig", 5)]),
        lambda d: d.update(nut=5, new=6),
        lambda d: d.update({"x": 1}, x=2),
        lambda d: d.update(d),
        lambda d: d.update(5),
    ],
}
READS: dict[str, list[Callable[[Any], Any]]] = {
    "__contains__": [lambda d: ("fig" in d, "none" in d, 3 in d)],
    "__getitem__": [lambda d: d["fig"], lambda d: d["none"], lambda d: d[[]]],
    "__iter__": [list, dict, lambda d: {**d}],
    "__len__": [len, bool],
    "__reversed__": [lambda d: list(reversed(d))],
    "__eq__": [lambda d: (d == START, d == START, d == {}, d == 5, d == dict(d), d == list(d))],
    "__ne__": [lambda d: (d != START, d != START, d != {}, d != 5)],
    "__or__": [lambda d: d | {"fig": 5, "x": 1}, lambda d: d | d, lambda d: d | [("a", 1)]],
    "__ror__": [lambda d: {"fig": 5, "x": 1} | d],
    "__repr__": [repr, str, lambda d: f"{d}"],
    "__hash__": [lambda d: hash(d)],
    "__lt__": [lambda d: d < START],
    "__le__": [lambda d: d <= START],
    "__gt__": [lambda d: d > START],
    "__ge__": [lambda d: d >= START],
    "copy": [lambda d: d.copy(), copy.copy, copy.deepcopy, lambda d: type(d.copy()).__name__],
    "fromkeys": [lambda d: d.fromkeys(["a", "b"], 1)],
    "get": [lambda d: (d.get("fig"), d.get("none"), d.get("none", 4))],
    "keys": [
        lambda d: (list(d.keys()), list(reversed(d.keys())), len(d.keys()), "fig" in d.keys(), repr(d.keys())),
        lambda d: (sorted(d.keys() & {"fig", "x"}), sorted(d.keys() | {"x"}), d.keys() == START.keys()),
    ],
    "values": [lambda d: (list(d.values()), list(reversed(d.values())), len(d.values()), 3 in d.values(), repr(d.values()))],
    "items": [
        lambda d: (list(d.items()), list(reversed(d.items())), len(d.items()), ("fig", 1) in d.items(), repr(d.items())),
        lambda d: (sorted(d.items() & {("fig", 1)}), d.items() == START.items()),
    ],
    "__class_getitem__": [lambda d: d.__class__[str, int] is not None],
}
# What every object has, and what says nothing of a dict.
OF_OBJECTS = {"__new__", "__init__", "__sizeof__", "__getattribute__", "__doc__"}


def test_every_method_of_dict_is_covered() -> None:
    own = {name for name in dir(dict) if name not in dir(object)} | {"__eq__", "__ne__", "__repr__", "__hash__"}
    assert own - OF_OBJECTS <= {*WRITES, *READS}
    assert all(hasattr(TrackedDict, name) for name in own)


def outcome(function: Callable[[Any], Any], value: Any) -> Any:
    """What a call gives or raises; a dict with its order."""
    try:
        result = function(value)
    except (KeyError, TypeError, ValueError, RuntimeError) as error:
        return type(error)
    return list(result.items()) if isinstance(result, dict | TrackedDict) else result


def prepared(rows: dict[str, list[int]] | None = None) -> Shop:
    shop = Shop(stock=dict(START), rows=rows or {})
    shop.prepare(seed=0, people=[])
    return shop


def mixed(value: Any) -> None:
    """Leave nothing of an overlay out: changed, deleted, added, put back."""
    value["pear"] = 4
    del value["nut"]
    value["kiwi"] = 6
    fig = value.pop("fig")
    value["fig"] = fig
    value["gone"] = 1
    del value["gone"]


CASES = [(name, index) for name, cases in {**WRITES, **READS}.items() for index in range(len(cases))]


@pytest.mark.parametrize(("name", "index"), CASES)
@pytest.mark.parametrize("before", [lambda value: None, mixed], ids=["fresh", "mixed"])
def test_it_does_what_a_dict_does(name: str, index: int, before: Callable[[Any], None]) -> None:
    function = {**WRITES, **READS}[name][index]
    shop, plain = prepared(), dict(START)
    before(plain)
    wanted = outcome(function, plain)
    seen: list[Any] = []

    def play(shop: Shop) -> None:
        before(shop.stock)
        seen.append(outcome(function, shop.stock))
        seen.append(list(shop.stock.items()))

    shop.intervene(play)
    assert seen == [wanted, list(plain.items())]
    assert list(shop.stock.items()) == list(plain.items())


@pytest.mark.parametrize(("name", "index"), [(name, i) for name, cases in READS.items() for i in range(len(cases))])
def test_reading_works_outside_of_actions(name: str, index: int) -> None:
    assert outcome(READS[name][index], prepared().stock) == outcome(READS[name][index], dict(START))


@pytest.mark.parametrize(("name", "index"), [(name, i) for name, cases in WRITES.items() for i in range(len(cases))])
def test_writing_outside_of_actions_raises_or_writes_nothing(name: str, index: int) -> None:
    shop = prepared()
    with pytest.raises((DefinitionError, TypeError)):
        WRITES[name][index](shop.stock)
    assert list(shop.stock.items()) == list(START.items())


def test_iterating_while_the_size_changes_raises_as_for_a_dict() -> None:
    def drop(shop: Shop) -> None:
        for key in shop.stock:
            del shop.stock[key]

    with pytest.raises(RuntimeError, match="changed size during iteration"):
        prepared().intervene(drop)

    def renew(shop: Shop) -> None:
        for key in shop.stock:
            shop.stock[key] += 1

    shop = prepared()
    shop.intervene(renew)
    assert dict(shop.stock) == {key: value + 1 for key, value in START.items()}


def test_a_view_follows_the_dict() -> None:
    seen: list[list[str]] = []

    def play(shop: Shop) -> None:
        keys = shop.stock.keys()
        shop.stock["new"] = 1
        seen.append(list(keys))

    prepared().intervene(play)
    assert seen == [[*START, "new"]]


def test_dicts_of_the_state_compare_with_each_other() -> None:
    assert prepared({"a": [1]}).rows == prepared({"a": [1]}).rows
    assert prepared({"a": [1]}).rows != prepared({"a": [2]}).rows
    assert prepared({"a": [1]}).rows == {"a": [1]}
