"""Timers: due at their time, called off until then, set again."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import ActionCall, DefinitionError, Person
from gamemaster.world import Applied, World, action
from gamemaster.world.parts import Part, Presence, Timers


class Pottery(Part):
    timers: Timers = Timers(by_hand=True)
    presence: Presence = Presence()
    pots: int = 0

    @action
    def fire_kiln(self, actor: Person, pots: int) -> str:
        """Put pots into the kiln for an hour."""
        self.timers.set("kiln", 3600, self.empty_kiln, owner=actor, pots=pots)
        return f"{actor} fires the kiln."

    @action(offered=False)
    def empty_kiln(self, actor: Person, pots: int) -> str:
        """Take the pots out."""
        self.pots += pots
        return f"{actor} takes out {pots} pots."

    @action(offered=False)
    def cool_down(self) -> str:
        """The kiln cools."""
        self.pots += 100
        return "The kiln is cool."


def pottery() -> Pottery:
    world = Pottery()
    world.prepare(seed=0, people=["Ann", "Bob"])
    return world


def do(world: World, name: str, actor: str = "Ann", **arguments: Any) -> str:
    outcome = world.apply(ActionCall(action=name, arguments=arguments), actor=actor)
    return outcome.text if isinstance(outcome, Applied) else f"!{outcome.reason}"


def at(world: World, minutes: float) -> list[str]:
    world.set_time(minutes * 60)
    return [each.text for each in world.due() if isinstance(each, Applied)]


def test_a_timer_has_an_action_carried_out() -> None:
    world = pottery()
    do(world, "fire_kiln", pots=3)
    assert world.timers.left("kiln") == 3600
    assert at(world, 59) == [] and world.timers.left("kiln") == 60
    assert at(world, 60) == ["A timer of Ann rings.", "Ann takes out 3 pots."]
    assert (world.pots, world.timers.running, world.timers.left("kiln")) == (3, {}, None)


def test_what_was_called_off_does_not_happen() -> None:
    world = pottery()
    do(world, "fire_kiln", pots=3)
    world.intervene(lambda world: world.timers.cancel("kiln"))
    assert at(world, 61) == [] and world.pots == 0
    with pytest.raises(DefinitionError, match='No timer "kiln" is running'):
        world.intervene(lambda world: world.timers.cancel("kiln"))


def test_a_timer_set_anew_keeps_its_new_time_only() -> None:
    world = pottery()
    do(world, "fire_kiln", pots=3)
    assert at(world, 30) == []
    do(world, "fire_kiln", "Bob", pots=5)
    assert at(world, 60) == []
    assert at(world, 90) == ["A timer of Bob rings.", "Bob takes out 5 pots."]


def test_a_timer_may_come_again_and_belong_to_nobody() -> None:
    world = pottery()
    world.intervene(lambda world: world.timers.set("cool", 600, "cool_down", every=600))
    assert at(world, 31) == ['The time of "cool" has come.', "The kiln is cool."] * 3
    world.intervene(lambda world: world.timers.cancel("cool"))
    assert at(world, 100) == [] and world.pots == 300


def test_people_set_timers_for_themselves() -> None:
    world = pottery()
    assert do(world, "set_timer", note="tea", minutes=5) == "Ann sets a timer of 5 minutes."
    assert world.timers.perceive("Ann") == 'Ann\'s timer "Ann: tea" is due in 5 minutes.'
    assert world.timers.perceive("Bob") == "" and world.timers.timers_of("Bob") == []
    assert do(world, "cancel_timer", "Bob", timer="Ann: tea").startswith("!")
    world.set_time(300)
    rung = world.due()[0]
    assert isinstance(rung, Applied) and rung.tells == (("Ann", 'The timer "tea" has run out.'),)
    do(world, "set_timer", note="soup", minutes=5)
    assert do(world, "cancel_timer", timer="Ann: soup") == "Ann calls off a timer."
    assert at(world, 99) == []


def test_the_timers_of_who_is_gone_are_called_off_and_state_is_restored() -> None:
    world, other = pottery(), pottery()
    do(world, "fire_kiln", pots=3)
    other.restore(world.state())
    world.intervene(lambda world: world.presence.die("Ann"))
    assert at(world, 61) == [] and world.pots == 0
    assert at(other, 61)[1] == "Ann takes out 3 pots."


@pytest.mark.parametrize("delay", [-1, float("nan")])
def test_a_delay_is_a_number_from_0(delay: float) -> None:
    with pytest.raises(DefinitionError):
        pottery().intervene(lambda world: world.timers.set("x", delay))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["set", "cancel", "wait"]), st.integers(1, 50)), max_size=40))
def test_each_rings_once_at_its_last_time(steps: list[tuple[str, str, int]]) -> None:
    world, clock, expected = pottery(), 0, dict[str, int]()
    for name, what, number in steps:
        if what == "set":
            world.intervene(lambda world, name=name, number=number: world.timers.set(name, number))
            expected[name] = clock + number
        elif what == "cancel" and name in expected:
            world.intervene(lambda world, name=name: world.timers.cancel(name))
            del expected[name]
        else:
            clock += number
            world.set_time(clock)
            rung = [each.arguments["timer"] for each in world.due() if isinstance(each, Applied)]
            assert sorted(rung) == sorted(each for each, due in expected.items() if due <= clock)
            expected = {each: due for each, due in expected.items() if due > clock}
        assert {each: timer.due for each, timer in world.timers.running.items()} == expected
