"""TrackedList against list, method by method."""

# ruff: noqa: RUF005

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import Field

from gamemaster.words import DefinitionError
from gamemaster.world import World
from gamemaster.world.tracked_list import TrackedList


class Queue(World):
    row: list[int] = Field(default_factory=list[int])
    names: list[str] = Field(default_factory=list[str])


START = [3, 1, 2, 1, 5]


def set_at(value: Any, index: Any, new: Any) -> None:
    value[index] = new


def delete_at(value: Any, index: Any) -> None:
    del value[index]


def in_place_add(value: Any, other: Any) -> Any:
    value += other
    return value


def in_place_times(value: Any, times: Any) -> Any:
    value *= times
    return value


WRITES: dict[str, list[Callable[[Any], Any]]] = {
    "__setitem__": [
        lambda x: set_at(x, 0, 9),
        lambda x: set_at(x, -1, 9),
        lambda x: set_at(x, 99, 9),
        lambda x: set_at(x, slice(1, 3), [7, 8, 9]),
        lambda x: set_at(x, slice(None, None, 2), [7, 8]),
        lambda x: set_at(x, slice(None), []),
        lambda x: set_at(x, "a", 1),
    ],
    "__delitem__": [
        lambda x: delete_at(x, 0),
        lambda x: delete_at(x, -1),
        lambda x: delete_at(x, 99),
        lambda x: delete_at(x, slice(1, 3)),
        lambda x: delete_at(x, slice(None, None, -2)),
    ],
    "__iadd__": [lambda x: in_place_add(x, [4]), lambda x: in_place_add(x, iter((4, 5))), lambda x: in_place_add(x, x)],
    "__imul__": [lambda x: in_place_times(x, 2), lambda x: in_place_times(x, 0), lambda x: in_place_times(x, "a")],
    "append": [lambda x: x.append(4)],
    "clear": [lambda x: x.clear()],
    "extend": [lambda x: x.extend([4, 5]), lambda x: x.extend(x), lambda x: x.extend(4)],
    "insert": [lambda x: x.insert(1, 4), lambda x: x.insert(-1, 4), lambda x: x.insert(99, 4), lambda x: x.insert(-99, 4)],
    "pop": [
        lambda x: x.pop(),
        lambda x: x.pop(0),
        lambda x: x.pop(-2),
        lambda x: x.pop(99),
        lambda x: [x.pop() for _ in range(9)],
    ],
    "remove": [lambda x: x.remove(1), lambda x: x.remove(99)],
    "reverse": [lambda x: x.reverse()],
    "sort": [lambda x: x.sort(), lambda x: x.sort(reverse=True), lambda x: x.sort(key=lambda each: -each), lambda x: x.sort(1)],
}
READS: dict[str, list[Callable[[Any], Any]]] = {
    "__add__": [lambda x: x + [4], lambda x: [4] + x, lambda x: x + x, lambda x: x + (4,)],
    "__contains__": [lambda x: (1 in x, 99 in x)],
    "__getitem__": [lambda x: (x[0], x[-1], x[1:3], x[::-1], x[True]), lambda x: x[99], lambda x: x["a"]],
    "__iter__": [list, tuple, sorted, lambda x: [*x]],
    "__len__": [len, bool],
    "__mul__": [lambda x: x * 2],
    "__rmul__": [lambda x: 2 * x],
    "__reversed__": [lambda x: list(reversed(x))],
    "__eq__": [lambda x: (x == START, x == START, x == [], x == 5, x == tuple(x), x == x.copy())],
    "__ne__": [lambda x: (x != START, x != START, x != 5)],
    "__lt__": [lambda x: (x < [3, 2], x > [3, 2], x < x.copy()), lambda x: x < 5],
    "__le__": [lambda x: (x <= [3, 2], x >= [3, 2], x <= x.copy()), lambda x: x <= 5],
    "__gt__": [lambda x: (x > [3, 2], x < [3, 2]), lambda x: x > 5],
    "__ge__": [lambda x: (x >= [3, 2], x <= [3, 2], x >= x.copy()), lambda x: x >= 5],
    "__repr__": [repr, str],
    "__hash__": [lambda x: hash(x)],
    "copy": [lambda x: x.copy(), copy.copy, copy.deepcopy, lambda x: type(x.copy()).__name__],
    "count": [lambda x: (x.count(1), x.count(99))],
    "index": [lambda x: (x.index(1), x.index(1, 2), x.index(1, -4, 9)), lambda x: x.index(99)],
    "__class_getitem__": [lambda x: x.__class__[int] is not None],
}
OF_OBJECTS = {"__new__", "__init__", "__sizeof__", "__getattribute__", "__doc__"}


def test_every_method_of_list_is_covered() -> None:
    own = {name for name in dir(list) if name not in dir(object)} | {"__eq__", "__ne__", "__lt__", "__repr__", "__hash__"}
    assert own - OF_OBJECTS <= {*WRITES, *READS}
    assert all(hasattr(TrackedList, name) for name in own)


def outcome(function: Callable[[Any], Any], value: Any) -> Any:
    try:
        result = function(value)
    except (IndexError, TypeError, ValueError) as error:
        return type(error)
    return list(result) if isinstance(result, list | TrackedList) else result


def prepared() -> Queue:
    queue = Queue(row=list(START))
    queue.prepare(seed=0, people=[])
    return queue


def at_the_end(value: Any) -> None:
    value.pop()
    value.pop()
    value[0] = 8
    value.append(6)


def rearranged(value: Any) -> None:
    value.insert(1, 7)
    value.append(9)


CASES = [(name, index) for name, cases in {**WRITES, **READS}.items() for index in range(len(cases))]


@pytest.mark.parametrize(("name", "index"), CASES)
@pytest.mark.parametrize("before", [lambda value: None, at_the_end, rearranged], ids=["fresh", "at the end", "rearranged"])
def test_it_does_what_a_list_does(name: str, index: int, before: Callable[[Any], None]) -> None:
    function = {**WRITES, **READS}[name][index]
    queue, plain = prepared(), list(START)
    before(plain)
    wanted = outcome(function, plain)
    seen: list[Any] = []

    def play(queue: Queue) -> None:
        before(queue.row)
        seen.append(outcome(function, queue.row))
        seen.append(list(queue.row))

    queue.intervene(play)
    assert seen == [wanted, plain]
    assert list(queue.row) == plain


@pytest.mark.parametrize(("name", "index"), [(name, i) for name, cases in READS.items() for i in range(len(cases))])
def test_reading_works_outside_of_actions(name: str, index: int) -> None:
    assert outcome(READS[name][index], prepared().row) == outcome(READS[name][index], list(START))


@pytest.mark.parametrize(("name", "index"), [(name, i) for name, cases in WRITES.items() for i in range(len(cases))])
def test_writing_outside_of_actions_raises(name: str, index: int) -> None:
    queue = prepared()
    with pytest.raises((DefinitionError, TypeError)):
        WRITES[name][index](queue.row)
    assert list(queue.row) == START


def test_iterating_while_appending_goes_on_as_for_a_list() -> None:
    def play(queue: Any) -> None:
        for each in queue.row:
            if each == 5 and len(queue.row) < 8:
                queue.row.append(5)

    queue = prepared()
    queue.intervene(play)
    assert list(queue.row) == [*START, 5, 5, 5]


def test_working_at_the_end_copies_nothing_of_a_long_list() -> None:
    queue = Queue(row=list(range(1000)))
    queue.prepare(seed=0, people=[])
    patches = [
        queue.intervene(lambda queue: queue.row.append(7)).patch,
        queue.intervene(lambda queue: delete_at(queue.row, -1)).patch,
        queue.intervene(lambda queue: delete_at(queue.row, 0)).patch,
        queue.intervene(lambda queue: queue.row.insert(5, 7)).patch,
    ]
    assert patches == [
        [{"op": "add", "path": "/row/1000", "value": 7}],
        [{"op": "remove", "path": "/row/1000"}],
        [{"op": "remove", "path": "/row/0"}],
        [{"op": "add", "path": "/row/5", "value": 7}],
    ]


def rotate(queue: Queue) -> None:
    queue.row.append(queue.row.pop(0))


def rotate_back(queue: Queue) -> None:
    queue.row.insert(0, queue.row.pop())


def test_a_queue_is_said_as_a_queue() -> None:
    queue = Queue(row=list(range(1000)))
    queue.prepare(seed=0, people=[])
    assert queue.intervene(rotate).patch == [
        {"op": "remove", "path": "/row/0"},
        {"op": "add", "path": "/row/999", "value": 0},
    ]
    assert queue.intervene(rotate_back).patch == [
        {"op": "remove", "path": "/row/999"},
        {"op": "add", "path": "/row/0", "value": 0},
    ]
    assert list(queue.row) == list(range(1000))
