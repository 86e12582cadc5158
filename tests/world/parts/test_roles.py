"""Roles: who may do what, and that nobody sees a hidden role of somebody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import ActionCall, DefinitionError, Person
from gamemaster.world import Applied, action
from gamemaster.world.parts import Part, Presence, Roles, allowed_to, in_role

NAMES = ["Ann", "Bob", "Cid", "Dan"]


class Village(Part):
    roles: Roles
    presence: Presence = Presence()
    jailed: list[str] = []

    @action(when=in_role("sheriff", "mayor"))
    def ring_the_alarm(self, actor: Person) -> str:
        """Ring the alarm."""
        return f"{actor} rings the alarm."

    @action(when=allowed_to("make arrests"))
    def make_arrest(self, actor: Person, whom: Person) -> str:
        """Arrest somebody."""
        self.jailed.append(whom)
        return f"{actor} arrests {whom}."


def village(**fields: Any) -> Village:
    roles: dict[str, Any] = {
        "holders": {"sheriff": ["Ann"], "traitor": ["Bob", "Cid"], "spy": ["Ann", "Dan"]},
        "allows": {"sheriff": ["make arrests"]},
        "hidden": ["traitor", "spy"],
        "known_among": ["traitor"],
        "handed_on": ["sheriff"],
        "seats": {"sheriff": 1},
    }
    world = Village(roles=Roles(**(roles | fields)))
    world.prepare(seed=0, people=NAMES)
    return world


def do(world: Village, name: str, actor: str, **arguments: Any) -> str:
    outcome = world.apply(ActionCall(action=name, arguments=arguments), actor=actor)
    return outcome.text if isinstance(outcome, Applied) else f"!{outcome.reason}"


def test_a_role_opens_actions() -> None:
    world = village()
    assert {name: len(world.offered(name)) for name in NAMES} == {"Ann": 3, "Bob": 0, "Cid": 0, "Dan": 0}
    assert do(world, "make_arrest", "Bob", whom="Ann") == "!make_arrest is not open to Bob now."
    assert do(world, "hand_on_role", "Ann", role="sheriff", to="Bob") == "Ann hands the role sheriff on to Bob."
    assert do(world, "make_arrest", "Bob", whom="Ann") == "Bob arrests Ann."
    assert do(world, "ring_the_alarm", "Ann") == "!ring_the_alarm is not open to Ann now."


def test_what_each_sees() -> None:
    world = village()
    assert world.roles.perceive("Dan") == "Ann has the role sheriff. Dan has the role spy, which nobody else knows."
    assert world.roles.perceive("Bob") == (
        "Ann has the role sheriff. Bob and Cid have the role traitor, which nobody else but them knows."
    )
    assert world.perceive_data("Ann")["roles"] == {
        "roles": ["sheriff", "spy"],
        "known": {"sheriff": ["Ann"], "spy": ["Ann"]},
    }


@given(st.dictionaries(st.sampled_from(["r1", "r2", "h1", "h2", "k1"]), st.lists(st.sampled_from(NAMES), unique=True)))
def test_a_hidden_role_is_never_shown_to_others(holders: dict[str, list[str]]) -> None:
    world = village(holders=holders, hidden=["h1", "h2", "k1"], known_among=["k1"], handed_on=[], seats={})
    for viewer in NAMES:
        shown = world.perceive(viewer) + json.dumps(world.perceive_data(viewer))
        for role in ("h1", "h2", "k1"):
            assert (role in shown) == (viewer in holders.get(role, [])), "a hidden role is known to its holders alone"
        known = world.perceive_data(viewer).get("roles", {}).get("known", {})
        for role in ("h1", "h2"):
            assert known.get(role, [viewer]) == [viewer], "and they don't know one another"


def test_appointing_and_dismissing() -> None:
    world = village()
    for change, reason in (
        (lambda roles: roles.appoint("Bob", "sheriff"), "All seats of the role sheriff are taken"),
        (lambda roles: roles.appoint("Ann", "sheriff"), "Ann has that role already"),
        (lambda roles: roles.dismiss("Bob", "sheriff"), "Bob does not have that role"),
    ):
        with pytest.raises(DefinitionError, match=reason):
            world.intervene(lambda world, change=change: change(world.roles))
    world.intervene(lambda world: world.roles.dismiss("Ann", "sheriff"))
    world.intervene(lambda world: world.roles.appoint("Bob", "sheriff"))
    assert world.roles.roles_of("Bob") == ["sheriff", "traitor"] and not world.roles.may("Ann", "make arrests")

    def twice(world: Village) -> None:
        world.roles.holders["traitor"].append("Bob")

    with pytest.raises(DefinitionError, match="traitor twice"):
        world.intervene(twice)
    with pytest.raises(DefinitionError, match="hidden, and can't be handed on"):
        village(handed_on=["spy"])


def test_who_is_gone_has_no_role_and_can_get_none() -> None:
    world = village()
    world.intervene(lambda world: world.presence.die("Bob"))
    assert world.roles.holders["traitor"] == ["Cid"]
    assert do(world, "hand_on_role", "Ann", role="sheriff", to="Bob") == "!Bob is not there."
