"""The two laws that came with the apps: columns that add up alike, and lists numbered one after the other."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from gamemaster.words import DefinitionError
from gamemaster.world import World
from gamemaster.world.apps import balanced, in_sequence


class Entry(BaseModel):
    number: int
    time: float


class Books(World):
    sent: dict[str, float] = {}
    back: dict[str, float] = {}
    kept: float = 0.0
    lists: dict[str, list[Entry]] = {}

    laws = [balanced("sent", ["back", "kept"]), in_sequence("lists")]


class Firm(World):
    books: Books


def firm(**fields: Any) -> Firm:
    world = Firm(books=Books(**fields))
    world.prepare(seed=0, people=[])
    return world


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(-(10**6), 10**6), st.sampled_from([1, 0.25]), st.booleans(), st.booleans()),
        max_size=20,
    )
)
def test_both_sides_move_together_or_not_at_all(moves: list[tuple[str, int, float, bool, bool]]) -> None:
    world = firm()
    for name, number, unit, honest, kept in moves:
        amount = number * unit

        def move(each: Firm, name: str = name, amount: float = amount, honest: bool = honest, kept: bool = kept) -> None:
            books = each.books
            books.sent[name] = books.sent.get(name, 0.0) + amount
            if honest and kept:
                books.kept += amount
            elif honest:
                books.back[name] = books.back.get(name, 0.0) + amount

        before = world.dump()
        if honest or not amount:
            world.intervene(move)
        else:
            with pytest.raises(DefinitionError, match="must add up to the same"):
                world.intervene(move)
            assert world.dump() == before
    sent = math.fsum(world.books.sent.values())
    assert sent == pytest.approx(math.fsum([*world.books.back.values(), world.books.kept]), rel=1e-6, abs=1e-6)


def test_whole_numbers_are_added_up_exactly() -> None:
    class Pages(World):
        printed: int
        read: int
        laws = [balanced("printed", "read")]

    world = Pages(printed=10**18, read=10**18)
    world.prepare(seed=0, people=[])
    with pytest.raises(DefinitionError, match="would differ by"):
        world.intervene(lambda each: setattr(each, "read", each.read + 1))
    world.intervene(lambda each: setattr(each, "read", each.read + 1) or setattr(each, "printed", each.printed + 1))


def test_what_does_not_add_up_at_the_start_is_no_world() -> None:
    with pytest.raises(DefinitionError, match=r"balanced\(sent = back \+ kept\)"):
        firm(sent={"a": 1.0})
    assert firm(sent={"a": 1.0}, kept=1.0).books.kept == 1.0


@pytest.mark.parametrize("sides", [((), "kept"), ("kept", []), ("sent", ["sent.*"])])
def test_a_law_needs_two_sides(sides: Any) -> None:
    with pytest.raises(DefinitionError):
        balanced(*sides)


def numbered(*numbers: int, start: float = 0.0) -> list[Entry]:
    return [Entry(number=number, time=start + at) for at, number in enumerate(numbers)]


Step = tuple[str, str, int]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["end", "front", "drop", "pop", "skip", "swap", "early", "new", "away"]),
            st.sampled_from("ab"),
            st.integers(0, 3),
        ),
        max_size=25,
    )
)
def test_lists_stay_numbered_whatever_is_done_to_them(steps: list[Step]) -> None:
    """What the watch remembers is compared with the lists as they are, after each change."""
    world = firm(lists={"a": numbered(3, 4), "b": []})

    def change(each: Firm, what: str, name: str, index: int) -> None:
        lists = each.books.lists
        items = lists.setdefault(name, [])
        last = items[-1] if items else Entry(number=0, time=0.0)
        if what == "end":
            items.append(Entry(number=last.number + 1, time=last.time + index))
        elif what == "front" and items:
            items.insert(0, Entry(number=items[0].number - 1, time=items[0].time))
        elif what == "drop" and items:
            del items[0]
            items.append(Entry(number=last.number + 1, time=last.time))
        elif what == "pop" and items:
            del items[min(index, len(items) - 1)]
        elif what == "skip":
            items.append(Entry(number=last.number + 2, time=last.time))
        elif what == "swap" and len(items) > 1:
            items[0], items[1] = items[1], items[0]
        elif what == "early" and items:
            items[-1].time -= index
        elif what == "new":
            lists[name] = numbered(index, index + 1)
        elif what == "away":
            del lists[name]

    for what, name, index in steps:
        before = world.dump()
        try:
            world.intervene(lambda each, what=what, name=name, index=index: change(each, what, name, index))
        except DefinitionError as error:
            assert "would come after" in str(error)  # noqa: PT017 - what is refused is refused for this
            assert world.dump() == before
        for items in world.books.lists.values():
            pairs = list(zip(items, list(items)[1:], strict=False))
            assert all(other.number == one.number + 1 and other.time >= one.time for one, other in pairs)
    world.restore(world.state())


def test_a_law_about_lists_names_a_field_of_lists() -> None:
    with pytest.raises(DefinitionError, match="dict of lists"):
        in_sequence("books.lists")
    with pytest.raises(DefinitionError, match="in_sequence"):

        class Wrong(World):  # pyright: ignore[reportUnusedClass]
            lists: dict[str, int]
            laws = [in_sequence("lists")]
