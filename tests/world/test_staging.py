"""A world under random changes against the same changes made to plain Python objects."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from typing import Any

import jsonpatch
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from gamemaster.words import DefinitionError
from gamemaster.world import World, conserved, unique_place


class Item(BaseModel):
    name: str = ""
    size: int = 0
    tags: list[str] = Field(default_factory=list[str])
    counts: dict[str, int] = Field(default_factory=dict[str, int])
    inner: Item | None = None


class Box(World):
    label: str = ""
    weight: float = 0.0
    numbers: dict[str, int] = Field(default_factory=dict[str, int])
    row: list[int] = Field(default_factory=list[int])
    grid: list[list[int]] = Field(default_factory=list[list[int]])
    groups: dict[str, dict[str, list[int]]] = Field(default_factory=dict[str, dict[str, list[int]]])
    items: list[Item] = Field(default_factory=list[Item])
    crew: dict[str, Item] = Field(default_factory=dict[str, Item])
    best: Item | None = None
    marks: list[str] | dict[str, int] | None = None


class Mirror:
    """The same fields in plain Python."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.__dict__.update(copy.deepcopy({name: getattr(Box(**fields), name) for name in fields}))


FIELDS = list(Box.model_fields)
KEYS = ["a", "b", "c/d", "e~f", "ü"]


def json_of(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return {name: json_of(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, dict):
        return {key: json_of(each) for key, each in value.items()}
    return [json_of(each) for each in value] if isinstance(value, list) else value


def fields_of(mirror: Mirror) -> dict[str, Any]:
    return {name: json_of(getattr(mirror, name)) for name in FIELDS}


def text_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def all_of(root: Any) -> list[tuple[str, Any]]:
    """Every container and model reachable, with the kind of what it is."""
    found: list[tuple[str, Any]] = [("world", root), ("dict:int", root.numbers), ("list:int", root.row)]
    found += [("list:row", root.grid), *[("list:int", each) for each in root.grid]]
    found.append(("dict:group", root.groups))
    for group in root.groups.values():
        found += [("dict:row", group), *[("list:int", each) for each in group.values()]]
    found += [("list:item", root.items), ("dict:item", root.crew)]
    for item in [*root.items, *root.crew.values(), root.best]:
        while item is not None:
            found += [("item", item), ("list:str", item.tags), ("dict:int", item.counts)]
            item = item.inner
    return found


def made(kind: str, root: Any, rng: random.Random) -> Any:
    """A value of a kind: new, or one that stands in the state already."""
    if kind in ("int", "str"):
        return rng.randrange(5) if kind == "int" else rng.choice(KEYS)
    same = [each for name, each in all_of(root) if name == {"row": "list:int", "group": "dict:row", "item": "item"}[kind]]
    if same and rng.random() < 0.4:
        return rng.choice(same)
    if kind == "row":
        return [rng.randrange(5) for _ in range(rng.randrange(3))]
    if kind == "group":
        return {key: made("row", root, rng) for key in rng.sample(KEYS, 2)}
    return Item(
        name=rng.choice(KEYS), size=rng.randrange(3), tags=rng.sample(KEYS, 2), inner=Item() if rng.random() < 0.2 else None
    )


def change_dict(value: Any, kind: str, root: Any, rng: random.Random) -> None:
    key = rng.choice(list(value)) if len(value) and rng.random() < 0.6 else rng.choice(KEYS)
    match rng.randrange(9):
        case 0 | 1:
            value[key] = made(kind, root, rng)
        case 2:
            value.pop(key, None)
        case 3:
            if len(value):
                value.popitem()
        case 4:
            value.setdefault(key, made(kind, root, rng))
        case 5:
            value.update({each: made(kind, root, rng) for each in rng.sample(KEYS, 2)})
        case 6:
            if key in value:
                again = value.pop(key)
                value[key] = again
        case 7:
            if rng.random() < 0.3:
                value.clear()
        case _:
            value |= {key: made(kind, root, rng)}


def change_list(value: Any, kind: str, root: Any, rng: random.Random) -> None:
    size = len(value)
    at = rng.randrange(size) if size else 0
    match rng.randrange(14):
        case 0 | 1 | 2:
            value.append(made(kind, root, rng))
        case 3 | 4:
            if size:
                value.pop()
        case 5:
            if size:
                value.pop(at)
        case 6:
            value.insert(at, made(kind, root, rng))
        case 7:
            value.reverse()
        case 8:
            if size:
                value[at] = made(kind, root, rng)
        case 9:
            value[at : at + 2] = [made(kind, root, rng)]
        case 10:
            if size:
                value[at], value[-1] = value[-1], value[at]
        case 11:
            value.sort(key=lambda each: text_of(json_of(each) if not hasattr(each, "__node__") else plain_json(each)))
        case 12:
            value += [made(kind, root, rng)]
        case _:
            if size:
                del value[at]


def plain_json(value: Any) -> Any:
    from gamemaster.world.build import dump

    return dump(value)


def change_item(value: Any, root: Any, rng: random.Random) -> None:
    match rng.randrange(5):
        case 0:
            value.size += 1
        case 1:
            value.tags = rng.sample(KEYS, 2)
        case 2:
            value.counts = dict.fromkeys(rng.sample(KEYS, 2), 1)
        case 3:
            value.inner = Item(size=rng.randrange(9)) if value.inner is None else None
        case _:
            value.name = rng.choice(KEYS)


def change_world(value: Any, root: Any, rng: random.Random) -> None:
    match rng.randrange(7):
        case 0:
            value.label = rng.choice(KEYS)
        case 1:
            value.weight = rng.choice([0.5, 1.5, 0.0])
        case 2:
            value.row = made("row", root, rng)
        case 3:
            value.best = made("item", root, rng)
        case 4:
            value.best = None
        case 5:
            value.marks = rng.choice([None, ["x"], {"y": 1}])
        case _:
            value.groups = {key: made("group", root, rng) for key in rng.sample(KEYS, 2)}


def change(root: Any, rng: random.Random, kinds: tuple[str, ...] = ()) -> None:
    kind, value = rng.choice([each for each in all_of(root) if not kinds or each[0] in kinds])
    outer, _, inner = kind.partition(":")
    if outer == "dict":
        change_dict(value, inner, root, rng)
    elif outer == "list":
        change_list(value, inner, root, rng)
    elif outer == "item":
        change_item(value, root, rng)
    else:
        change_world(value, root, rng)


def change_often(root: Any, rng: random.Random, times: int) -> None:
    for _ in range(times):
        change(root, rng)


def is_cyclic(mirror: Mirror) -> bool:
    try:
        fields_of(mirror)
    except RecursionError:
        return True
    return False


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**40), lengths=st.lists(st.integers(1, 12), min_size=1, max_size=6))
def test_a_world_changes_as_plain_objects_do_and_its_patch_says_how(seed: int, lengths: list[int]) -> None:
    world = Box()
    world.prepare(seed=0, people=[])
    for number, length in enumerate(lengths):
        before = world.dump()
        mirror = Mirror(before)
        mine, other = random.Random(f"{seed} {number}"), random.Random(f"{seed} {number}")
        for _ in range(length):
            change(mirror, other)
        assert not is_cyclic(mirror)

        def play(world: Box, mine: random.Random = mine, length: int = length) -> None:
            for _ in range(length):
                change(world, mine)

        applied = world.intervene(play)
        assert text_of(world.dump()) == text_of(fields_of(mirror))
        patched = jsonpatch.apply_patch(before, applied.patch)
        assert text_of(patched) == text_of(world.dump())
        assert world == Box(**world.dump())


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**40), length=st.integers(2, 8))
def test_things_in_lists_can_be_moved_and_changed_in_one_action(seed: int, length: int) -> None:
    items = [Item(name=name, tags=[name], inner=Item()) for name in KEYS[:3]]
    world = Box(items=items, grid=[[1], [2, 3], [4, 5, 6]])
    world.prepare(seed=0, people=[])
    before = world.dump()
    mirror = Mirror(before)
    kinds = ("list:item", "item", "list:str", "list:row", "list:int")

    def play(root: Any) -> None:
        rng = random.Random(seed)
        for _ in range(length):
            change(root, rng, kinds)

    play(mirror)
    patch = world.intervene(play).patch
    assert text_of(world.dump()) == text_of(fields_of(mirror))
    assert text_of(jsonpatch.apply_patch(before, patch)) == text_of(world.dump())


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**40), length=st.integers(1, 20))
def test_an_action_that_fails_leaves_everything_as_it_was(seed: int, length: int) -> None:
    world = Box()
    world.prepare(seed=0, people=[])
    world.intervene(lambda world: change_often(world, random.Random(seed), 15))
    before = text_of(world.dump())
    rng = random.Random(seed)

    def fail(world: Box) -> None:
        for _ in range(length):
            change(world, rng)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.intervene(fail)
    assert text_of(world.dump()) == before
    assert world.intervene(lambda world: None).patch == []


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**40), length=st.integers(1, 20))
def test_a_law_adds_up_over_changes_what_a_whole_count_would_give(seed: int, length: int) -> None:
    class Shelf(Box):
        laws = (unique_place("items.*.tags", "crew.*.tags"), conserved("items.*.size", "crew.*.size", "numbers"))

    def things(state: dict[str, Any]) -> Counter[str]:
        return Counter(tag for item in [*state["items"], *state["crew"].values()] for tag in item["tags"])

    def total(state: dict[str, Any]) -> int:
        return sum([*state["numbers"].values(), *[item["size"] for item in [*state["items"], *state["crew"].values()]]])

    shelf = Shelf()
    shelf.prepare(seed=0, people=[])
    places, sums = shelf._root_engine().watches  # pyright: ignore[reportPrivateUsage]
    verdicts: list[str | None] = []
    check = sums.check
    sums.check = lambda changes, action: verdicts.append(check(changes, action))  # let everything pass
    places.check = lambda changes, action: None
    rng = random.Random(seed)
    for _ in range(3):
        before = shelf.dump()
        verdicts.clear()
        shelf.intervene(lambda world: change_often(world, rng, length))
        after = shelf.dump()
        assert places.standing == things(after)  # pyright: ignore[reportAttributeAccessIssue,reportUnknownMemberType]
        delta = total(after) - total(before)
        assert verdicts in ([], [None]) if delta == 0 else f"{delta:+g}" in str(verdicts)


def prepared(**fields: Any) -> Box:
    world = Box(**fields)
    world.prepare(seed=0, people=[])
    return world


def test_a_new_value_is_the_authors_own_until_the_action_ends() -> None:
    world = prepared()

    def build_up(world: Box) -> None:
        group: dict[str, list[int]] = {}
        world.groups["x"] = group
        group["y"] = [1]
        world.groups["x"]["y"].append(2)
        item = Item(name="lamp")
        world.items.append(item)
        item.size = 7
        world.items[0].tags.append("new")
        world.crew["Ann"] = item

    patch = world.intervene(build_up).patch
    assert world.groups == {"x": {"y": [1, 2]}}
    lamp = {"name": "lamp", "size": 7, "tags": ["new"], "counts": {}, "inner": None}
    assert patch == [
        {"op": "add", "path": "/groups/x", "value": {"y": [1, 2]}},
        {"op": "add", "path": "/items/0", "value": lamp},
        {"op": "add", "path": "/crew/Ann", "value": lamp},
    ]
    world.intervene(lambda world: setattr(world.crew["Ann"], "size", 1))
    assert (world.crew["Ann"].size, world.items[0].size) == (1, 7)


def test_a_thing_taken_from_one_place_and_put_into_another_is_the_same_thing_meanwhile() -> None:
    world = prepared(items=[Item(name="letter")])

    def read(world: Box) -> None:
        letter = world.items.pop()
        world.crew["done"] = letter
        letter.size = 5
        letter.tags.append("read")

    patch = world.intervene(read).patch
    assert world.dump()["items"] == []
    assert world.crew["done"] == Item(name="letter", size=5, tags=["read"])
    assert [(each["op"], each["path"]) for each in patch] == [("remove", "/items/0"), ("add", "/crew/done")]


def test_what_the_world_was_given_is_not_what_it_holds() -> None:
    numbers, item = {"a": 1}, Item()
    world = prepared(numbers=numbers, best=item)
    numbers["a"], item.size = 2, 3
    assert (world.numbers["a"], world.best and world.best.size) == (1, 0)
    world.intervene(lambda world: world.numbers.update(numbers))
    numbers["a"] = 9
    assert world.numbers == {"a": 2}


@pytest.mark.parametrize(
    "write",
    [
        lambda world: world.numbers.update(a=1),
        lambda world: world.numbers.clear(),
        lambda world: world.row.sort(),
        lambda world: world.items[0].tags.append("x"),
        lambda world: setattr(world, "label", "x"),
        lambda world: setattr(world.items[0], "size", 1),
        lambda world: delattr(world, "label"),
    ],
)
def test_outside_of_an_action_a_write_raises(write: Any) -> None:
    world = prepared(items=[Item()], row=[2, 1], numbers={"a": 0})
    before = world.dump()
    with pytest.raises(DefinitionError):
        write(world)
    assert world.dump() == before


def test_a_value_of_a_wrong_type_names_action_and_field() -> None:
    world = prepared(numbers={"a": 1}, groups={"x": {}})
    with pytest.raises(DefinitionError, match=r"intervention wrote 'one' to numbers\.a, which .*valid integer"):
        world.intervene(lambda world: world.numbers.update(a="one"))
    with pytest.raises(DefinitionError, match=r"wrote \(1, 2\) to groups\.x\.y, which must be a list"):
        world.intervene(lambda world: world.groups["x"].update(y=(1, 2)))
    with pytest.raises(DefinitionError, match=r"wrote \{'name': 'x'\} to best, which"):
        world.intervene(lambda world: setattr(world, "best", {"name": "x"}))
    with pytest.raises(DefinitionError, match=r"wrote 1 to numbers\.1, which must have str keys"):
        world.intervene(lambda world: world.numbers.update({1: 2}))
    with pytest.raises(DefinitionError, match="no field 'lable'"):
        world.intervene(lambda world: setattr(world, "lable", "x"))
    loop: dict[str, Any] = {}
    loop["x"] = loop
    with pytest.raises(DefinitionError):
        world.intervene(lambda world: setattr(world, "groups", loop))
    assert world.numbers == {"a": 1}


def test_a_float_field_keeps_floats_and_refuses_what_is_no_number() -> None:
    world = prepared()
    world.intervene(lambda world: setattr(world, "weight", 3))
    assert text_of(world.dump()["weight"]) == "3.0"
    for value in (float("nan"), float("inf")):
        with pytest.raises(DefinitionError, match=r"weight would be .* finite"):
            world.intervene(lambda world, value=value: setattr(world, "weight", value))
    assert world.intervene(lambda world: setattr(world, "weight", -0.0)).patch == [
        {"op": "replace", "path": "/weight", "value": -0.0}
    ]
