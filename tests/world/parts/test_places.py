"""Places as a field of a world."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.words import ActionCall, DefinitionError, Event, Person, UnknownName
from gamemaster.world import Applied, Place, Refused, World, action
from gamemaster.world.parts import Hours, Places
from gamemaster.world.parts.places import seconds

HOUR = 3600


class Town(World):
    places: Places

    @action
    def sit(self, actor: Person, where: Place) -> str:
        """Sit down in the place where one is."""
        if self.place_of(actor) != where:
            self.refuse(f"{actor} isn't there")
        return f"{actor} sits in the {where}."


def town(**fields: Any) -> Town:
    places = Places.joined(
        {("house", "square"): 5, ("square", "mill"): 10, ("house", "mill"): 60, ("square", "well"): 0},
        whereabouts={"Ann": "house", "Bob": "square", "Cid": "house"},
        hours={"mill": [Hours(opens=8 * HOUR, closes=12 * HOUR), Hours(opens=22 * HOUR, closes=2 * HOUR)]},
        **fields,
    )
    world = Town(places=places)
    world.prepare(seed=0, people=["Ann", "Bob", "Cid", "Dan"])
    return world


def go(world: World, to: str, actor: str = "Ann") -> Applied | Refused:
    return world.apply(ActionCall(action="places.go_to", arguments={"to": to}), actor=actor)


def test_a_world_with_places_knows_where_everybody_is_and_who_notices_what() -> None:
    world = town()
    assert [world.place_of(name) for name in world.people] == ["house", "square", "house", None]
    assert list(world.place_names()) == ["house", "square", "mill", "well"]

    def event(actor: str, place: str | None = None) -> Event:
        return Event(id="1/act/0", step=1, time=0.0, kind="act", actor=actor, text="", place=place)

    assert world.witnesses(event("Ann")) == {"Ann", "Cid"}
    assert world.witnesses(event("Dan")) == {"Dan"}
    assert world.witnesses(event("", "square")) == {"Bob"}
    assert world.places.witnesses(event("Ann")) == {"Ann", "Cid"}
    refused = world.apply(ActionCall(action="sit", arguments={"where": "cellar"}), actor="Ann")
    assert isinstance(refused, Refused)
    assert "must be one of house, square, mill, well" in refused.reason


def test_a_way_takes_its_time() -> None:
    world = town(clock_at_start=9 * HOUR)
    applied = go(world, "mill")
    assert isinstance(applied, Applied)
    assert applied.text == "Ann sets out for the mill, 15 minutes away."
    assert world.place_of("Ann") is None
    event = Event(id="1/act/0", step=1, time=0.0, kind="act", actor="Ann", text="")
    assert world.witnesses(event) == {"Ann"}
    again = go(world, "square")
    assert isinstance(again, Refused)
    assert again.reason == "Ann is on the way to the mill."
    assert world.next_due() == 900.0
    world.set_time(1000)
    arrived = world.due()
    assert [each.text for each in arrived if isinstance(each, Applied)] == ["Ann arrives at the mill."]
    assert world.place_of("Ann") == "mill"
    assert world.places.at("mill") == ["Ann"]


def test_who_was_moved_meanwhile_does_not_arrive() -> None:
    world = town()
    go(world, "square")
    world.intervene(lambda world: world.places.move("Ann", "well"))
    world.set_time(1000)
    assert isinstance(world.due()[0], Refused)
    assert world.place_of("Ann") == "well"


@pytest.mark.parametrize(
    ("actor", "to", "reason"),
    [
        ("Ann", "mill", "The mill is shut until 08:00."),
        ("Ann", "house", "Ann is at the house already."),
        ("Dan", "house", "Dan is nowhere to go from."),
        ("Ann", "sea", "to is 'sea'; it must be one of house, square, mill, well."),
    ],
)
def test_where_one_cannot_go(actor: str, to: str, reason: str) -> None:
    refused = go(town(clock_at_start=7 * HOUR), to, actor)
    assert isinstance(refused, Refused)
    assert refused.reason == reason


def test_a_way_of_no_minutes_is_walked_at_once() -> None:
    world = town()
    applied = go(world, "well", "Bob")
    assert isinstance(applied, Applied)
    assert (applied.text, world.place_of("Bob")) == ("Bob goes to the well.", "well")


@pytest.mark.parametrize(
    ("clock", "is_open", "opens"),
    [
        ("07:59", False, "08:00"),
        ("08:00", True, ""),
        ("11:59", True, ""),
        ("12:00", False, "22:00"),
        ("23:30", True, ""),
        ("01:59", True, ""),
    ],
)
def test_opening_hours_may_go_past_midnight(clock: str, is_open: bool, opens: str) -> None:
    world = town(clock_at_start=seconds(clock))
    assert (world.places.is_open("mill"), world.places.opens_at("mill")) == (is_open, opens)
    world.set_time(24 * HOUR)
    assert world.places.is_open("mill") == is_open


def test_the_shortest_way_is_taken_and_none_may_be() -> None:
    places = Places(ways={"a": {"b": 3}, "b": {"a": 1}, "c": {}})
    assert (places.minutes("a", "b"), places.minutes("b", "a"), places.minutes("a", "c"), places.minutes("a", "a")) == (
        3,
        1,
        None,
        0,
    )


def test_what_is_no_place_is_an_error() -> None:
    with pytest.raises(DefinitionError, match="'sea' is no place"):
        Places(ways={"a": {}}, whereabouts={"Ann": "sea"}).prepare(seed=0, people=[])
    with pytest.raises(DefinitionError, match="a way leads from 'a' to 'sea'"):
        Places(ways={"a": {"sea": 1}}).prepare(seed=0, people=[])
    with pytest.raises(UnknownName, match=r"no place 'hose'\. Did you mean 'house'"):
        town().intervene(lambda world: world.places.move("Ann", "hose"))
    with pytest.raises(DefinitionError, match="no time of day"):
        seconds("8 o'clock")
