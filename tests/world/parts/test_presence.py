"""Presence: who takes part, and what becomes of what somebody had who is gone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import DefinitionError
from gamemaster.world.parts import (
    Accounts,
    Attendance,
    Ballot,
    CommonPool,
    Container,
    Containers,
    Inventories,
    JointMove,
    Network,
    Part,
    Places,
    Presence,
    Roles,
    StandingOffers,
    TakingTurns,
    Timers,
)

PEOPLE = ["Ann", "Bob", "Cid", "Dan"]


class Village(Part):
    presence: Presence
    places: Places
    things: Inventories
    money: Accounts
    roles: Roles
    timers: Timers = Timers()
    ballot: Ballot = Ballot()
    turns: TakingTurns
    offers: StandingOffers = StandingOffers()
    joint: JointMove = JointMove()
    pool: CommonPool = CommonPool(stock=40)


def village(**presence: Any) -> Village:
    world = Village(
        presence=Presence(**presence),
        places=Places.joined({("hut", "green"): 3}, whereabouts=dict.fromkeys(PEOPLE, "hut"), room={"hut": 6}),
        things=Inventories(
            goods={"Ann": {"pears": 3}, "hut": {"pears": 1}},
            things={"Ann": ["knife", "map"]},
            containers=Containers(boxes={"sack": Container(within="Ann")}),
            limits={"Bob": 2},
        ),
        money=Accounts(balances={"Ann": 7, "Bob": 1}),
        roles=Roles(holders={"elder": ["Ann", "Bob"]}),
        turns=TakingTurns(order=PEOPLE),
    )
    world.prepare(seed=0, people=PEOPLE)
    return world


def test_all_are_present_who_have_not_gone() -> None:
    world = village()
    assert world.present_people() == PEOPLE
    world.intervene(lambda world: world.presence.leave("Bob", why="tired"))
    assert world.present_people() == ["Ann", "Cid", "Dan"]
    assert world.presence.perceive("Ann") == "Bob is gone (tired)."
    world.set_time(50)
    world.intervene(lambda world: world.presence.enter("Bob", place="green"))
    assert world.present_people() == PEOPLE
    assert world.presence.entries["Bob"] == Attendance(state="present", since=50)
    assert world.place_of("Bob") == "green"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda presence: presence.enter("Ann"), "Ann is here already"),
        (lambda presence: presence.enter("Eve"), "Nobody is called Eve"),
        (lambda presence: presence.born("Ann"), "Somebody is called Ann already"),
        (lambda presence: presence.born(" "), "needs a name"),
        (lambda presence: presence.die("Eve"), "Eve is not here"),
        (lambda presence: presence.leave("Ann", heir="Ann"), "Ann is not here to get"),
        (lambda presence: presence.leave("Ann", heir="Eve"), "Eve is not here to get"),
    ],
)
def test_what_cannot_be(change: Any, reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        village().intervene(lambda world: change(world.presence))


def test_death_is_for_good() -> None:
    world = village()
    world.intervene(lambda world: world.presence.die("Cid", why="of old age"))
    with pytest.raises(DefinitionError, match="Cid is dead"):
        world.intervene(lambda world: world.presence.enter("Cid"))

    def raise_from_the_dead(world: Village) -> None:
        world.presence.entries["Cid"].state = "present"

    def strike_off(world: Village) -> None:
        del world.presence.entries["Cid"]

    def forget_all(world: Village) -> None:
        world.presence.entries = {}

    for change in (raise_from_the_dead, strike_off, forget_all):
        with pytest.raises(DefinitionError, match="death is for good"):
            world.intervene(change)
    assert world.presence.state_of("Cid") == "dead"


def test_what_the_dead_had_stays_where_they_were() -> None:
    world = village()
    world.intervene(lambda world: world.presence.die("Ann"))
    assert world.things.held("Ann") == {} and world.things.containers.boxes["sack"].within == "hut"
    assert world.things.held("hut") == {"pears": 4, "knife": 1, "map": 1}
    assert world.money.balance("Ann") == 7
    assert world.place_of("Ann") is None and world.roles.roles_of("Ann") == []


def test_what_the_dead_had_goes_to_the_heir_as_far_as_it_can() -> None:
    world = village(heirs={"Ann": ["Cid", "Bob"]})
    world.intervene(lambda world: world.presence.leave("Cid"))
    world.intervene(lambda world: world.presence.die("Ann"))
    assert world.money.balances == {"Ann": 0, "Bob": 8}
    assert world.things.pieces("Bob") == 2, "he can carry no more"
    assert world.things.containers.boxes["sack"].within == "Bob"
    assert world.things.held("Bob") == {"pears": 1}
    assert world.things.held("hut") == {"pears": 3, "knife": 1, "map": 1}


def test_an_heir_may_be_named_with_the_deed() -> None:
    world = village(heirs={"Ann": ["Bob"]})
    world.intervene(lambda world: world.presence.leave("Ann", heir="Dan"))
    assert world.things.held("Dan") == {"pears": 3, "knife": 1, "map": 1}
    assert world.money.balance("Dan") == 7


def test_what_follows_from_who_is_there() -> None:
    world = village()
    assert world.pool.share() == 20 // 4

    def prepare(world: Village) -> None:
        world.ballot.open_vote("where to?", ["hill", "river"], rule="majority")
        world.ballot.put_in("Cid", ["hill"])
        world.ballot.put_in("Dan", ["hill"])
        world.timers.set("soup", 600, owner="Ann")
        world.offers.make("Ann", "Bob", 3)
        world.offers.make("Bob", "Ann", 4)
        world.offers.make("Bob", "Cid", 5)

    world.intervene(prepare)
    waiting = world.run_hook("end_of_step")
    assert waiting is not None and waiting.text == "" and world.ballot.is_open
    world.intervene(lambda world: world.presence.die("Ann"))
    assert world.pool.share() == 20 // 3
    assert world.joint.missing({"Bob": "stay"}) == ["Cid", "Dan"]
    assert world.turns.whose() == "Bob", "the turn of the dead is over"
    assert world.timers.running == {}
    fates = {(by, to): each.fate for by, offers in world.offers.latest.items() for to, each in offers.items()}
    assert fates == {("Ann", "Bob"): "withdrawn", ("Bob", "Ann"): "out of time", ("Bob", "Cid"): "stands"}
    world.intervene(lambda world: world.presence.leave("Bob"))
    applied = world.run_hook("end_of_step")  # all who are left have voted: two of two
    assert applied is not None
    assert applied.text == 'The vote on "where to?" is closed: hill wins (hill 2, river 0).'


def test_absent_ones_are_passed_over_and_keep_their_place() -> None:
    world = village()
    seen: list[str] = []
    for gone, back in (("Bob", ""), ("", ""), ("", "Bob"), ("", ""), ("", "")):
        if gone:
            world.intervene(lambda world, name=gone: world.presence.leave(name))
        if back:
            world.intervene(lambda world, name=back: world.presence.enter(name))
        seen.append(world.turns.whose())
        assert world.turns.following() != world.turns.whose()
        world.intervene(lambda world: world.turns.advance())
    assert seen == ["Ann", "Cid", "Dan", "Ann", "Bob"]


def test_news_does_not_pass_through_who_is_gone() -> None:
    class Chain(Part):
        network: Network
        presence: Presence = Presence()

    world = Chain(network=Network.line(PEOPLE))
    world.prepare(seed=0, people=PEOPLE)
    assert world.network.distances("Ann") == {"Ann": 0, "Bob": 1, "Cid": 2, "Dan": 3}
    world.intervene(lambda world: world.presence.leave("Cid"))
    assert world.network.distances("Ann") == {"Ann": 0, "Bob": 1}
    assert world.network.hearers("Bob") == [] and world.network.unreached("Ann", PEOPLE) == ["Cid", "Dan"]


def test_the_born_are_awaited_until_they_are_agents() -> None:
    world = village()
    world.intervene(lambda world: world.presence.born("Eve", place="green", why="to Ann and Bob"))
    assert world.present_people() == [*PEOPLE, "Eve"]
    assert world.presence.newborn() == ["Eve"]
    assert world.places.at("green") == ["Eve"]
    world.set_people([*PEOPLE, "Eve"])
    assert world.presence.newborn() == [] and world.present_people() == [*PEOPLE, "Eve"]
    other = village()
    other.restore(world.state())
    assert other.present_people() == [*PEOPLE, "Eve"]


def test_some_may_be_expected() -> None:
    world = Presence.awaiting("Dan")
    world.prepare(seed=0, people=PEOPLE)
    assert world.present_people() == PEOPLE[:3]
    with pytest.raises(DefinitionError, match="Dan is not here"):
        world.intervene(lambda world: world.leave("Dan"))
    world.intervene(lambda world: world.enter("Dan", why="joins in round 3"))
    assert world.present_people() == PEOPLE


def test_what_is_told_of_the_gone_is_short() -> None:
    names = [f"P{number}" for number in range(30)]
    world = Presence()
    world.prepare(seed=0, people=names)
    for name in names[:20]:
        world.intervene(lambda world, name=name: world.die(name))
    assert world.perceive("P29") == "P19 is dead. P18 is dead. P17 is dead. P16 is dead. P15 is dead. 15 more are gone."


@given(st.lists(st.tuples(st.sampled_from(["enter", "leave", "die", "born"]), st.sampled_from([*PEOPLE, "Eve"])), max_size=30))
def test_no_thing_and_no_coin_is_lost_whoever_comes_and_goes(steps: list[tuple[str, str]]) -> None:
    world = village(heirs={"Ann": ["Bob", "Cid"], "Cid": ["Ann", "Dan"]})
    dead: set[str] = set()
    for what, name in steps:
        try:
            world.intervene(lambda world, what=what, name=name: getattr(world.presence, what)(name))
        except DefinitionError:
            continue
        if what == "die":
            dead.add(name)
        present = world.present_people()
        assert not dead & set(present)
        assert sum(each.get("pears", 0) for each in world.things.goods.values()) == 4
        assert sorted(thing for things in world.things.things.values() for thing in things) == ["knife", "map"]
        assert sum(world.money.balances.values()) == 8
        assert set(world.places.whereabouts) <= set(present)
        assert all(name in present for names in world.roles.holders.values() for name in names)
        assert not present or world.turns.whose() in present or not set(PEOPLE) & set(present)
