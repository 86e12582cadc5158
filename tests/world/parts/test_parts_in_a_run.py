"""Presence in a run: who has died is asked no more, who is born takes part, votes and things follow; a stopped run goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gamemaster import Agent, GameMaster, Person, Run, Scripted, Simulation, View, action
from gamemaster.world.parts import Accounts, Ballot, Inventories, Part, Places, Presence

NAMES = ["Ann", "Bob", "Cid"]


class Farm(Part):
    presence: Presence
    places: Places
    things: Inventories
    money: Accounts
    ballot: Ballot = Ballot()

    @action
    def eat_toadstool(self, actor: Person) -> str:
        """Eat a toadstool."""
        self.presence.die(actor, why="a toadstool")
        return f"{actor} eats a toadstool and dies."

    @action
    def have_child(self, actor: Person, name: str) -> str:
        """Have a child."""
        self.presence.born(name, place=self.place_of(actor), why=f"to {actor}")
        return f"{actor} has a child, {name}."

    @action
    def hold_vote(self, actor: Person) -> str:
        """Hold a vote."""
        self.ballot.open_vote("what now?", ["sow", "reap"])
        return f"{actor} holds a vote."


def policy(view: View) -> Any:
    if view.data["ballot"]["open"]:
        option = "reap" if view.name == "Cid" else "sow"
        return {"action": "vote_for", "arguments": {"option": option}}
    if view.name == "Ann":
        return {"action": "eat_toadstool", "arguments": {}}
    if view.name == "Bob" and view.moment.step == 1:
        return {"action": "hold_vote", "arguments": {}}
    if view.name == "Bob" and view.moment.step == 3:
        return {"action": "have_child", "arguments": {"name": "Eve"}}
    if view.name == "Eve":
        return {"action": "go_to", "arguments": {"to": "field"}}
    return {"action": "things.give", "arguments": {"to": "Bob" if view.name != "Bob" else "Cid", "what": "eggs"}}


def farm() -> Simulation:
    world = Farm(
        presence=Presence(heirs={"Ann": ["Cid"]}),
        places=Places.joined({("barn", "field"): 3}, whereabouts=dict.fromkeys(NAMES, "barn")),
        things=Inventories(goods={"Ann": {"eggs": 6}, "Cid": {"eggs": 2}}),
        money=Accounts(balances={"Ann": 8, "Bob": 1, "Cid": 0}),
    )

    def agent(name: str) -> Agent:
        return Agent(name, actor=Scripted(policy))

    return Simulation(agents=[agent(name) for name in NAMES], game_master=GameMaster(world), born=agent, seed=1)


def check(run: Run) -> None:
    asked = {step: [event.actor for event in run.archive.events(step=step) if event.attempt_id] for step in range(1, 7)}
    assert asked[1] == NAMES and "Ann" not in {name for step in range(2, 7) for name in asked[step]}
    assert asked[4] == ["Bob", "Cid", "Eve"], "who is born is asked in the next step"
    world: Any = run.world()
    assert world["things"]["goods"]["Ann"] == {} and world["money"]["balances"] == {"Ann": 0, "Bob": 1, "Cid": 8}
    assert sum(each.get("eggs", 0) for each in world["things"]["goods"].values()) == 8
    result = world["ballot"]["result"]
    assert (result["cast"], result["electorate"]) == (2, 2), "the vote was held by three and closed by two"
    died = [each.to for each in run.observations() if "dies" in each.text]
    assert died == NAMES, "those who were there noticed it"


def test_who_is_gone_is_asked_no_more_and_who_is_born_is() -> None:
    check(farm().run(6))


def test_a_run_that_was_stopped_goes_on_the_same(tmp_path: Path) -> None:
    whole = farm().run(6, archive=tmp_path / "whole")
    farm().run(4, archive=tmp_path / "parts")
    resumed = farm().run(6, archive=tmp_path / "parts", resume=True)
    check(resumed)
    assert resumed.transcript() == whole.transcript() and resumed.world() == whole.world()
