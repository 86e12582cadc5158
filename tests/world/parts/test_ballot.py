"""A vote as a field of a world: opened, cast and closed, and shrinking with those who may vote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, World
from gamemaster.world.parts import Ballot, Part, Presence

PEOPLE = ["Ann", "Bob", "Cid", "Dan", "Eve"]


class Council(Part):
    ballot: Ballot
    presence: Presence = Presence()


def council(seed: int = 0, *, question: str = "a new well?", options: tuple[str, ...] = ("yes", "no"), **vote: Any) -> Council:
    world = Council(ballot=Ballot(callers=["Ann"]))
    world.prepare(seed=seed, people=PEOPLE)
    if question:
        world.intervene(lambda world: world.ballot.open_vote(question, options, **vote))
    return world


def do(world: World, name: str, actor: str = "Ann", **arguments: Any) -> str:
    outcome = world.apply(ActionCall(action=name, arguments=arguments), actor=actor)
    return outcome.text if isinstance(outcome, Applied) else f"!{outcome.reason}"


def step(world: World) -> str:
    applied = world.run_hook("end_of_step")
    return applied.text if applied is not None else ""


def test_a_vote_ends_when_all_have_voted() -> None:
    world = council()
    for name, option in zip(PEOPLE, ["yes", "no", "yes", "yes"], strict=False):
        assert do(world, "vote_for", name, option=option) == f"{name} votes for {option}."
        assert step(world) == ""
    assert world.ballot.waiting_for() == ["Eve"]
    assert do(world, "abstain_from_vote", "Eve") == "Eve votes for nothing."
    assert step(world) == 'The vote on "a new well?" is closed: yes wins (yes 3, no 1).'
    assert world.ballot.result is not None and (world.ballot.result.cast, world.ballot.result.electorate) == (5, 5)
    assert step(world) == "" and world.ballot.perceive("Bob").endswith("yes wins (yes 3, no 1).")


def test_a_vote_ends_at_its_time() -> None:
    world = council(until=600, rule="majority")
    do(world, "vote_for", "Ann", option="yes")
    world.set_time(599)
    assert step(world) == ""
    world.set_time(600)
    assert step(world) == 'The vote on "a new well?" is closed, and nothing wins (yes 1, no 0).'


@pytest.mark.parametrize(
    ("rule", "action", "arguments"),
    [
        ("plurality", "vote_for", {"option": "no"}),
        ("majority", "vote_for", {"option": "no"}),
        ("approval", "approve_of", {"options": ["no", "yes"]}),
        ("borda", "rank_options", {"options": ["no", "yes"]}),
        ("condorcet", "rank_options", {"options": ["no"]}),
        ("instant runoff", "rank_options", {"options": ["no"]}),
    ],
)
def test_each_rule_offers_its_own_way_to_vote(rule: Any, action: str, arguments: dict[str, Any]) -> None:
    world = council(rule=rule)
    offered = {each.name for each in world.offered("Bob")}
    assert offered == {f"ballot.{action}", "ballot.abstain_from_vote"}
    assert do(world, action, "Bob", **arguments).startswith("Bob votes for no")
    assert do(world, action, "Bob", **arguments) == f"!ballot.{action} is not open to Bob now.", "nobody votes twice"
    assert world.offered("Bob") == []


def test_a_secret_vote_is_shown_to_nobody() -> None:
    world = council(secret=True, options=("heron", "stork"))
    assert do(world, "vote_for", "Bob", option="stork") == "Bob casts a vote."
    assert do(world, "abstain_from_vote", "Cid") == "Cid casts a vote."
    shown = [(world.perceive(name), json.dumps(world.perceive_data(name))) for name in PEOPLE]
    for text, data in shown:
        assert "Bob has voted." in text and text.count("stork") == 1, "among the options, and nowhere else"
        assert data.count("stork") == 1
    assert world.perceive_data("Ann")["ballot"]["cast"] == {"Bob": None, "Cid": None}


def test_who_may_vote_shrinks_with_who_leaves() -> None:
    world = council(rule="majority")
    for name in ("Ann", "Bob"):
        do(world, "vote_for", name, option="yes")
    do(world, "vote_for", "Cid", option="no")
    world.intervene(lambda world: world.presence.leave("Dan"))
    world.intervene(lambda world: world.presence.die("Cid"))
    assert do(world, "vote_for", "Dan", option="no").startswith("!")
    assert step(world) == "", "Eve has not voted"
    world.intervene(lambda world: world.presence.leave("Eve"))
    assert step(world) == 'The vote on "a new well?" is closed: yes wins (yes 2, no 0).'
    assert world.ballot.result is not None and world.ballot.result.electorate == 2


def test_who_comes_later_has_no_vote_in_it() -> None:
    world = Council(ballot=Ballot(), presence=Presence.awaiting("Eve"))
    world.prepare(seed=0, people=PEOPLE)
    world.intervene(lambda world: world.ballot.open_vote("q", ["x", "y"]))
    world.intervene(lambda world: world.presence.enter("Eve"))
    assert do(world, "vote_for", "Eve", option="x").startswith("!")
    assert world.ballot.electorate() == PEOPLE[:4]


def test_people_may_call_a_vote() -> None:
    world = council(question="")
    assert do(world, "call_vote", "Bob", question="q", options=["x", "y"]) == "!ballot.call_vote is not open to Bob now."
    said = do(world, "call_vote", question='which "one"?', options=["x", "y"], minutes=10)
    assert said == 'Ann calls a vote on "which \'one\'?": "x", "y".'
    assert world.ballot.until == 600
    assert do(world, "call_vote", question="q", options=["x", "y"]).startswith("!")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda ballot: ballot.open_vote("q", ["x", "y"]), "is not closed yet"),
        (lambda ballot: ballot.put_in("Bob", ["x"]), "Eve|an option|would name"),
        (lambda ballot: ballot.put_in("Bob", ["yes", "no"]), "more than one"),
        (lambda ballot: ballot.put_in("Zed", ["yes"]), "Zed may not vote"),
        (lambda ballot: (ballot.put_in("Bob", ["yes"]), ballot.put_in("Bob", ["yes"])), "Bob has voted already"),
        (lambda ballot: (ballot.close_vote(), ballot.close_vote()), "No vote is open"),
        (lambda ballot: (ballot.close_vote(), ballot.open_vote("q", ["x", "x"])), "two options"),
        (lambda ballot: (ballot.close_vote(), ballot.open_vote("q", ["x", "y"], voters=[])), "Nobody is there"),
    ],
)
def test_what_cannot_be(change: Any, reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        council().intervene(lambda world: (change(world.ballot), None)[-1])


def test_ties_fall_by_key_the_same_in_every_run_and_fairly_over_many() -> None:
    def tied(seed: int) -> str:
        world = council(seed)
        do(world, "vote_for", "Ann", option="yes")
        do(world, "vote_for", "Bob", option="no")
        world.intervene(lambda world: (world.ballot.close_vote(), None)[-1])
        assert world.ballot.result is not None and world.ballot.result.tied == ["yes", "no"]
        assert "by lot" in world.ballot.perceive("Ann")
        return str(world.ballot.result.winner)

    won = [tied(seed) for seed in range(200)]
    assert won[:20] == [tied(seed) for seed in range(20)]
    assert 70 <= won.count("yes") <= 130


@given(st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(["yes", "no", "", "leave", "enter"])), max_size=20))
def test_the_count_is_of_those_who_are_there(steps: list[tuple[str, str]]) -> None:
    world = council(rule="plurality")
    cast: dict[str, str] = {}
    voters = list(PEOPLE)
    for name, what in steps:
        if what in ("leave", "enter"):
            try:
                world.intervene(lambda world, name=name, what=what: getattr(world.presence, what)(name))
            except DefinitionError:
                continue
            if what == "leave" and name in voters:
                voters.remove(name)
                cast.pop(name, None)
        elif (do(world, "vote_for", name, option=what) if what else do(world, "abstain_from_vote", name))[0] != "!":
            cast[name] = what
    world.intervene(lambda world: (world.ballot.close_vote(), None)[-1])
    result = world.ballot.result
    assert result is not None
    assert (result.cast, result.electorate) == (len(cast), len(voters))
    assert result.scores == {each: list(cast.values()).count(each) for each in ("yes", "no")}
