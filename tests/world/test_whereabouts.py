"""Who is in a place is known without asking everybody, and is what asking everybody would say."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import Event, Person, World, action
from gamemaster.words import ActionCall
from gamemaster.world.parts import Places
from gamemaster.world.whereabouts import by_entry

PEOPLE = ["Ann", "Bob", "Cid", "Dan"]
SITES = ["hut", "mill", "inn"]


class Town(World):
    """A town as a part, and actions that move people in every way there is."""

    places: Places

    @action
    def hop(self, actor: Person, to: str) -> str:
        """Be somewhere else."""
        self.places.move(actor, to)
        if to == "inn" and self.places.at("inn")[1:]:
            self.refuse("The inn is full.")
        return ""

    @action
    def vanish(self, actor: Person) -> str:
        """Be nowhere."""
        self.places.whereabouts.pop(actor, None)
        return ""

    @action
    def gather(self, actor: Person) -> str:
        """Have everybody come."""
        self.places.whereabouts = dict.fromkeys(PEOPLE, self.places.whereabouts.get(actor, "hut"))
        return ""


def town() -> Town:
    ways = {site: {other: 1 for other in SITES if other != site} for site in SITES}
    world = Town(places=Places(ways=ways, whereabouts={"Ann": "hut", "Bob": "mill", "Cid": "hut"}))
    world.prepare(seed=1, people=PEOPLE)
    return world


def there(world: World, place: str) -> set[str]:
    event = Event(id="1/event/0", step=1, time=0.0, kind="effect", actor="", text="", place=place)
    return world.witnesses(event)


def asked(world: World, place: str) -> set[str]:
    return {name for name in PEOPLE if world.place_of(name) == place}


MOVES = st.one_of(
    st.tuples(st.just("hop"), st.sampled_from(PEOPLE), st.sampled_from(SITES)),
    st.tuples(st.sampled_from(["vanish", "gather", "intervene", "restore", "copy"]), st.sampled_from(PEOPLE), st.just("")),
)


@given(st.lists(MOVES, max_size=25))
@settings(max_examples=60, deadline=None)
def test_it_is_what_asking_everybody_would_say(moves: list[tuple[str, str, str]]) -> None:
    world = town()
    kept = world.state()
    for what, name, place in moves:
        if what == "restore":
            world.restore(kept)
        elif what == "copy":
            world = copy.deepcopy(world)
            world.prepare(seed=1, people=PEOPLE)
        elif what == "intervene":
            world.intervene(lambda now, who=name: now.places.move(who, "mill"))
        else:
            world.apply(ActionCall(action=what, arguments={"to": place} if place else {}), actor=name)
        for each in SITES:
            assert there(world, each) == asked(world, each)


def test_nobody_is_asked_where_they_are() -> None:
    looked: list[str] = []

    class Counting(World):
        where: dict[str, str] = {}

        @by_entry("where")
        def place_of(self, name: str) -> str | None:
            looked.append(name)
            return self.where.get(name)

    world = Counting(where={"Ann": "hut", "Bob": "hut"})
    world.prepare(seed=1, people=PEOPLE)
    assert there(world, "hut") == {"Ann", "Bob"} and looked == []


def test_a_world_of_ones_own_that_says_nothing_of_itself_is_asked() -> None:
    class Carried(World):
        by: dict[str, str] = {}
        where: dict[str, str] = {}

        def place_of(self, name: str) -> str | None:
            return self.where.get(self.by.get(name, name))

        @action
        def walk_over(self, actor: Person, to: str) -> str:
            """Walk, with whom one carries."""
            self.where[actor] = to
            return ""

    world = Carried(by={"Bob": "Ann"}, where={"Ann": "hut"})
    world.prepare(seed=1, people=PEOPLE)
    assert there(world, "hut") == {"Ann", "Bob"}
    world.apply(ActionCall(action="walk_over", arguments={"to": "mill"}), actor="Ann")
    assert (there(world, "hut"), there(world, "mill")) == (set(), {"Ann", "Bob"})


def test_within_an_action_it_says_what_the_action_has_done() -> None:
    seen: list[Any] = []

    class Looking(World):
        where: dict[str, str] = {}

        @by_entry("where")
        def place_of(self, name: str) -> str | None:
            return self.where.get(name)

        @action
        def walk_over(self, actor: Person) -> str:
            """Walk."""
            self.where[actor] = "mill"
            seen.append(there(self, "mill"))
            return ""

    world = Looking(where={"Ann": "hut"})
    world.prepare(seed=1, people=PEOPLE)
    assert there(world, "mill") == set()
    world.apply(ActionCall(action="walk_over"), actor="Ann")
    assert seen == [{"Ann"}] and there(world, "mill") == {"Ann"}


@pytest.mark.parametrize("place", ["nowhere", ""])
def test_nobody_is_in_a_place_that_isnt(place: str) -> None:
    assert there(town(), place) == set()
