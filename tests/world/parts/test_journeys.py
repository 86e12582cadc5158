"""Ways of several places: passing, stopping, turning back; closed ways, full and locked places, days of the week."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, Refused, World
from gamemaster.world.parts import Hours, Inventories, Lock, Part, Places, Roles

HOUR = 3600
DAY = 24 * HOUR
# a -5- b -10- c -2- d, and a long way round from a to d
WAYS = {("a", "b"): 5, ("b", "c"): 10, ("c", "d"): 2, ("a", "d"): 60}


class Town(Part):
    places: Places
    things: Inventories = Inventories()
    roles: Roles = Roles()


def town(people: str = "XYZ", **fields: Any) -> Town:
    parts = {name: fields.pop(name) for name in ("things", "roles") if name in fields}
    world = Town(places=Places.joined(WAYS, whereabouts=dict.fromkeys(people, "a"), **fields), **parts)
    world.prepare(seed=0, people=list(people))
    return world


def do(world: World, name: str, actor: str = "X", **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action=name, arguments=arguments), actor=actor)


def done(world: World, name: str, actor: str = "X", **arguments: Any) -> str:
    outcome = do(world, name, actor, **arguments)
    assert isinstance(outcome, Applied), outcome
    return outcome.text


def refused(world: World, name: str, actor: str = "X", **arguments: Any) -> str:
    outcome = do(world, name, actor, **arguments)
    assert isinstance(outcome, Refused), outcome
    return outcome.reason


def at(world: World, minutes: float) -> list[str]:
    """Move the clock; what came of it, refusals left out."""
    world.set_time(minutes * 60)
    return [each.text for each in world.due() if isinstance(each, Applied)]


def test_a_way_leads_over_several_places() -> None:
    world = town()
    assert done(world, "go_to", to="d") == "X sets out for the d, 17 minutes away."
    journey = world.places.journeys["X"]
    assert (journey.path, journey.times) == (["a", "b", "c", "d"], [0, 300, 900, 1020])
    assert [journey.path[journey.passed(second)] for second in (0, 299, 300, 899, 900, 1019)] == list("aabbcc")
    assert at(world, 16) == []
    assert at(world, 17) == ["X arrives at the d."]
    assert (world.place_of("X"), world.places.journeys, world.places.under_way) == ("d", {}, {})


def test_one_can_turn_back_which_takes_as_long_as_one_has_gone() -> None:
    world = town()
    done(world, "go_to", to="d")
    at(world, 8)  # 3 minutes past b
    assert done(world, "turn_back") == "X turns back to the b."
    assert at(world, 10) == []
    assert done(world, "turn_back") == "X turns back to the c."  # 9 minutes to go, as 1 of the 10 is left behind
    assert at(world, 18.9) == []
    assert at(world, 19) == ["X arrives at the c."]
    assert at(world, 60) == [], "the arrivals of ways that were given up come to nothing"
    assert refused(world, "turn_back") == "places.turn_back is not open to X now."


def test_one_can_stop_at_the_next_place() -> None:
    world = town()
    done(world, "go_to", to="d")
    at(world, 6)
    assert done(world, "stop_on_the_way") == "X will stop at the c."
    assert refused(world, "stop_on_the_way") == "places.stop_on_the_way is not open to X now."
    assert at(world, 15) == ["X arrives at the c."]
    assert at(world, 17) == []
    assert world.place_of("X") == "c"


def test_who_sets_out_anew_is_not_brought_in_by_the_old_way() -> None:
    world = town()
    done(world, "go_to", to="b")
    at(world, 1)
    done(world, "turn_back")
    at(world, 2)
    done(world, "go_to", to="b")  # would be there at minute 7; the first way would have ended at 5
    assert at(world, 5.5) == []
    assert at(world, 7) == ["X arrives at the b."]


def test_a_closed_way_stops_those_who_would_come_to_it_and_lets_through_who_is_on_it() -> None:
    world = town()
    done(world, "go_to", "X", to="d")
    at(world, 6)
    done(world, "go_to", "Y", to="d")
    told = world.intervene(lambda world: world.places.close_way("c", "b"))  # X is on it, Y comes to it
    assert told.tells == (("Y", "The way to the d is closed; Y can get as far as the b."),)
    assert world.places.under_way == {"X": "d", "Y": "b"}
    assert world.places.minutes("a", "c") == 62
    assert done(world, "go_to", "Z", to="c") == "Z sets out for the c, 62 minutes away."
    assert at(world, 20) == ["Y arrives at the b.", "X arrives at the d."]
    assert refused(world, "go_to", "X", to="d") == "X is at the d already."
    world.intervene(lambda world: world.places.reopen_way("b", "c"))
    assert world.places.minutes("a", "c") == 15


def test_where_no_way_is_left_there_is_none() -> None:
    world = town()
    world.intervene(lambda world: (world.places.close_way("a", "b"), world.places.close_way("a", "d"), None)[-1])
    assert refused(world, "go_to", to="c") == "No way leads from the a to the c."
    assert world.places.path("a", "c") == []


def test_a_place_holds_as_many_as_it_has_room_for() -> None:
    world = town(room={"b": 1, "c": 0})
    done(world, "go_to", "X", to="b")
    assert refused(world, "go_to", "Y", to="b") == "The b is full.", "room is kept for who is on the way"
    assert refused(world, "go_to", "Y", to="c") == "The c is full."
    done(world, "go_to", "Y", to="d")
    assert refused(world, "stop_on_the_way", "Y") == "The b is full."
    at(world, 6)
    assert refused(world, "turn_back", "Y") == "The b is full."
    with pytest.raises(DefinitionError, match="overfull"):
        world.intervene(lambda world: world.places.move("Z", "b"))
    assert world.places.at("b") == ["X"]


def test_a_locked_place_takes_the_key_or_a_role() -> None:
    lock = Lock(key="iron key", roles=["warden"])
    world = town(things=Inventories(things={"X": ["iron key"]}), roles=Roles(holders={"warden": ["Y"]}), locks={"b": lock})
    assert refused(world, "go_to", "Z", to="b") == "The b is locked."
    assert refused(world, "unlock_place", "Z", place="b") == "Z does not have the key of the b."
    done(world, "go_to", "Y", to="b")
    assert done(world, "go_to", "Z", to="c").startswith("Z sets out"), "a locked place may be passed"
    assert refused(world, "lock_place", "X", place="b") == "The b is locked already."
    assert done(world, "unlock_place", "X", place="b") == "X unlocks the b."
    done(world, "go_to", "X", to="b")
    at(world, 30)
    assert world.places.at("b") == ["Y", "X"]
    done(world, "things.give", "X", to="Y", what="iron key")
    assert refused(world, "lock_place", "X", place="b") == "X does not have the key of the b."
    assert done(world, "lock_place", "Y", place="b") == "Y locks the b."
    assert done(world, "go_to", "X", to="a").startswith("X sets out"), "everybody can get out"
    assert refused(world, "unlock_place", "Z", place="b").startswith("Z does not have")


@pytest.mark.parametrize(
    ("day", "clock", "is_open", "opens"),
    [
        (0, 9, True, ""),  # Monday
        (0, 18, False, "08:00 on Friday"),
        (3, 12, False, "08:00"),  # Thursday noon: less than a day ahead
        (4, 8, True, ""),
        (4, 23, True, ""),  # Friday night
        (5, 1, True, ""),  # still Friday's
        (5, 3, False, "08:00 on Monday"),
        (0, 1, False, "08:00"),  # not Sunday's night
    ],
)
def test_hours_may_depend_on_the_day(day: int, clock: int, is_open: bool, opens: str) -> None:
    hours = [
        Hours(opens=8 * HOUR, closes=17 * HOUR, days=["Monday", "Friday"]),
        Hours(opens=22 * HOUR, closes=2 * HOUR, days=["Friday"]),
    ]
    world = town(hours={"b": hours}, clock_at_start=6 * HOUR)
    world.set_time((7 + day) * DAY + (clock - 6) * HOUR)
    assert (world.places.is_open("b"), world.places.opens_at("b")) == (is_open, opens)
    assert world.places.weekday() == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][day]


def test_what_one_sees() -> None:
    world = town()
    done(world, "go_to", "Z", to="c")
    assert world.places.perceive("X") == "X is at the a. Y is here too. From here one gets to: b (5 minutes), d (60 minutes)."
    assert world.places.perceive("Z") == "Z is on the way to the c."
    assert world.perceive_data("X")["places"] == {
        "place": "a",
        "under_way": None,
        "present": ["Y"],
        "ways": {"b": 5, "d": 60},
    }
    crowd = town("".join(map(chr, range(0x41, 0x41 + 26))))
    assert "and 13 others are here too" in crowd.places.perceive("A"), "what one sees stays short"


def test_state_on_the_way_is_restored() -> None:
    world, other = town(), town()
    done(world, "go_to", to="d")
    at(world, 6)
    other.restore(world.state())
    assert other.dump() == world.dump()
    assert at(other, 17) == ["X arrives at the d."]


@given(st.lists(st.tuples(st.sampled_from("XYZ"), st.integers(0, 5), st.sampled_from("abcd"), st.floats(0, 9)), max_size=40))
def test_nobody_is_ever_in_two_places_and_all_arrive(steps: list[tuple[str, int, str, float]]) -> None:
    world = town(room={"c": 1, "d": 2})
    clock = 0.0
    for actor, what, place, later in steps:
        clock += later * 60
        world.set_time(clock)
        world.due()
        if what < 2:
            do(world, "go_to", actor, to=place)
        elif what < 4:
            do(world, "turn_back" if what == 2 else "stop_on_the_way", actor)
        else:
            world.intervene(
                lambda world, close=what == 4, to=place: (
                    world.places.close_way("b", to) if close else world.places.reopen_way("b", to)
                )
            )
        places = world.places
        assert sorted([*places.whereabouts, *places.under_way]) == list("XYZ")
        assert places.expected_at("c") <= 1 and places.expected_at("d") <= 2
        assert all(each.arrival >= world.now for each in places.journeys.values())
    world.set_time(clock + DAY)
    world.due()
    assert not world.places.under_way
