"""A world of all parts at once: whatever is tried in it, every law keeps, and each part minds the others."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from gamemaster.words import ActionCall, DefinitionError, Person
from gamemaster.world import Applied, OfferedAction, Refused, action
from gamemaster.world.parts import (
    Accounts,
    Ballot,
    CommonPool,
    Container,
    Containers,
    History,
    Inventories,
    JointMove,
    Ledger,
    Lock,
    Network,
    NoticeBoard,
    Part,
    Places,
    Presence,
    Repeated,
    Roles,
    StandingOffers,
    TakingTurns,
    Timers,
    in_role,
)

PEOPLE = ["Ann", "Bob", "Cid", "Dan", "Eve", "Fay"]
PLACES = ["hall", "yard", "cave", "loft"]
SECRET = "xyzzy"
GOODS = {"pears": 9, "nails": 12}
THINGS = ["bell", "iron key", "small key", "lamp"]


class Manor(Part):
    presence: Presence
    places: Places
    things: Inventories
    money: Accounts
    roles: Roles
    timers: Timers
    board: NoticeBoard
    ballot: Ballot
    turns: TakingTurns
    offers: StandingOffers = StandingOffers()
    joint: JointMove = JointMove()
    pool: CommonPool = CommonPool(stock=50)
    ledger: Ledger = Ledger()
    history: History = History()
    network: Network = Network()
    repeated: Repeated = Repeated(rounds=10**6)
    chimes: int = 0

    @action(when=in_role("steward"))
    def hold_vote(self, actor: Person, secret: bool) -> str:
        """Hold a vote on what is to be done."""
        self.ballot.open_vote("what now?", ["sow", "reap", "rest"], rule="borda" if secret else "majority", secret=secret)
        return f"{actor} holds a vote."

    @action
    def buy_pear(self, actor: Person) -> str:
        """Buy a pear from the stall, for two coins."""
        self.money.pay(actor, "stall", 2)
        self.things.move("pears", "stall", actor)
        return f"{actor} buys a pear."

    @action
    def eat_pear(self, actor: Person) -> str:
        """Eat a pear."""
        self.things.use_up("pears", actor)
        self.timers.set(f"hunger of {actor}", 300, self.be_hungry, owner=actor)
        return f"{actor} eats a pear."

    @action(offered=False)
    def be_hungry(self, actor: Person) -> str:
        """Be hungry again."""
        self.chimes += 1
        return f"{actor} is hungry again."


def manor(seed: int = 0) -> Manor:
    world = Manor(
        presence=Presence.awaiting("Fay", heirs={"Ann": ["Bob", "Cid"], "Dan": ["Eve"]}),
        places=Places.joined(
            {("hall", "yard"): 2, ("yard", "cave"): 7, ("hall", "loft"): 1},
            whereabouts=dict.fromkeys(PEOPLE[:5], "hall"),
            room={"cave": 2, "loft": 1},
            locks={"cave": Lock(key="iron key", roles=["steward"])},
        ),
        things=Inventories(
            goods={"stall": {"pears": 6}, "Ann": {"pears": 3}, "yard": {"nails": 12}},
            things={"Ann": ["bell"], "Bob": ["iron key", "small key"], "hall": ["lamp"]},
            containers=Containers(
                boxes={
                    "chest": Container(within="hall", key="small key", capacity=4),
                    "bag": Container(within="Ann", capacity=3),
                    "tin": Container(within="bag"),
                }
            ),
            limits={"Cid": 3},
        ),
        money=Accounts(
            balances=dict.fromkeys(PEOPLE[:5], 10) | {"stall": 0, "guild": 20},
            overdrafts={"Bob": 5},
            signatories={"guild": ["Cid"]},
        ),
        roles=Roles(
            holders={"steward": ["Ann"], SECRET: ["Bob", "Eve"]}, hidden=[SECRET], handed_on=["steward"], seats={"steward": 1}
        ),
        timers=Timers(by_hand=True),
        board=NoticeBoard(boards=["yard", "hall"], most=6),
        ballot=Ballot(callers=["Dan"]),
        turns=TakingTurns(order=PEOPLE),
    )
    world.prepare(seed=seed, people=PEOPLE)
    return world


def check_all(world: Manor) -> None:
    """All that must hold, worked out anew."""
    things, present = world.things, world.present_people()
    for kind, count in GOODS.items():
        held = sum(each.get(kind, 0) for each in things.goods.values())
        assert held + things.made.get(kind, 0) == count
    assert sorted(thing for held in things.things.values() for thing in held) == sorted(THINGS)
    assert sum(world.money.balances.values()) == 70
    assert all(balance >= (-5 if name == "Bob" else 0) for name, balance in world.money.balances.items())
    places = world.places
    assert not set(places.whereabouts) & set(places.under_way)
    assert {*places.whereabouts, *places.under_way} <= set(present)
    assert places.expected_at("cave") <= 2 and places.expected_at("loft") <= 1
    boxes = things.containers.boxes
    for name, box in boxes.items():
        assert name not in things.containers.around(name) and not (box.locked and box.is_open)
        assert box.capacity is None or things.pieces(name) <= box.capacity
    assert things.pieces("Cid") <= 3
    gone = {name for name, entry in world.presence.entries.items() if entry.state in ("left", "dead")}
    assert not gone & set(present)
    for name in gone:
        assert not world.roles.roles_of(name) and not world.timers.timers_of(name)
        assert not world.ballot.is_open or name not in world.ballot.electorate()
    assert len(world.roles.holders["steward"]) <= 1
    for place in world.board.boards:
        assert len(world.board.hanging(place)) <= 6
    assert set(world.ballot.cast) <= set(world.ballot.voters)
    assert not present or world.turns.whose() in present or set(PEOPLE).isdisjoint(present)
    assert world.pool.stock + sum(world.pool.taken.values()) + world.pool.nature == 50


def check_secrets(world: Manor) -> None:
    holders = world.roles.holders[SECRET]
    for name in PEOPLE:
        shown = world.perceive(name) + json.dumps(world.perceive_data(name))
        assert (SECRET in shown) == (name in holders)
        assert len(shown) < 6000


def answer_to(offer: OfferedAction, chance: random.Random) -> dict[str, Any]:
    """Arguments from what is offered; now and then something else."""
    arguments: dict[str, Any] = {}
    for each in offer.parameters:
        if each.optional and chance.random() < 0.5:
            continue
        if chance.random() < 0.02:
            arguments[each.name] = chance.choice([None, -1, "nowhere", [], 10**6, float("nan")])
        elif each.many:
            options = list(each.options or ("sow", "reap"))
            chance.shuffle(options)
            arguments[each.name] = options[: chance.randint(1, len(options))]
        elif each.options:
            arguments[each.name] = chance.choice(each.options)
        elif each.type in ("whole number", "number"):
            arguments[each.name] = chance.randint(1, 4)
        elif each.type == "yes or no":
            arguments[each.name] = chance.random() < 0.5
        else:
            arguments[each.name] = "words"
    return arguments


def change_from_outside(world: Manor, chance: random.Random) -> None:
    name, other = chance.sample(PEOPLE, 2)
    changes: list[Any] = [
        *[lambda world: world.presence.enter(name, place=chance.choice(["hall", "yard", "cave"]))] * 4,
        lambda world: world.presence.enter(name),
        lambda world: world.presence.leave(name),
        lambda world: world.presence.leave(name, heir=other),
        lambda world: world.places.close_way(*chance.sample(PLACES, 2)),
        lambda world: world.places.reopen_way(*chance.sample(PLACES, 2)),
        lambda world: world.places.move(name, chance.choice(PLACES)) if world.presence.is_present(name) else None,
        lambda world: world.roles.appoint(name, "steward") if world.presence.is_present(name) else None,
        lambda world: world.roles.dismiss(name, "steward"),
        lambda world: world.turns.advance(),
        lambda world: world.offers.make(name, other, 3),
        lambda world: world.pool.take({name: 1}, what="take") and None,
        lambda world: world.pool.grow() and None,
        lambda world: world.ballot.close_vote() and None,
        lambda world: world.timers.set("bell", 60, every=900),
        lambda world: world.timers.cancel("bell"),
        lambda world: world.money.charge(name, "guild", 2) and None,
    ]
    try:
        world.intervene(lambda world: (chance.choice(changes)(world), None)[-1])
    except DefinitionError as refused:
        if "would break the world" not in str(refused):
            raise


def go_on(world: Manor, chance: random.Random) -> None:
    """One random thing of all that can happen."""
    draw = chance.random()
    if draw < 0.70:
        actor = chance.choice([name for name in world.present_people() if world.has_person(name)] or PEOPLE)
        definitions = world.definitions
        offer = world.offer(chance.choice([name for name, each in definitions.items() if each.offered]), actor)
        if isinstance(offer, OfferedAction) and actor in world.present_people():
            call = ActionCall(action=offer.name, arguments=answer_to(offer, chance))
            before = world.dump() if chance.random() < 0.05 else None
            outcome = world.apply(call, actor=actor)
            assert isinstance(outcome, Applied | Refused)
            if isinstance(outcome, Refused) and before is not None:
                assert world.dump() == before
    elif draw < 0.85:
        change_from_outside(world, chance)
    elif draw < 0.95:
        world.set_time(world.now + chance.randint(1, 400))
        world.due()
    else:
        world.run_hook("end_of_step")


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_every_law_keeps_over_2500_random_operations(seed: int) -> None:
    world, chance = manor(seed), random.Random(seed)
    for number in range(2500):
        go_on(world, chance)
        if number % 5 == 0:
            check_all(world)
        if number % 50 == 0:
            check_secrets(world)
        if number == 1500:  # late, so that most of the time somebody is left
            world.intervene(lambda world: world.presence.die("Eve") if world.presence.is_present("Eve") else None)
    assert world.chimes or world.things.made


def test_who_is_gone_can_do_nothing_that_the_parts_offer() -> None:
    world = manor()
    world.intervene(lambda world: world.board.put("Ann", "hall", "words") and None)
    world.intervene(lambda world: world.ballot.open_vote("what?", ["sow", "reap"]))
    chance, able = random.Random(0), 0
    for name, definition in world.definitions.items():
        offer = world.offer(name, "Ann")
        if not definition.offered or isinstance(offer, str) or "." not in name:
            continue
        able += 1
        for gone in ("leave", "die"):
            other = manor()
            other.restore(world.state())
            other.intervene(lambda world, gone=gone: getattr(world.presence, gone)("Ann"))
            for _ in range(5):
                outcome = other.apply(ActionCall(action=name, arguments=answer_to(offer, chance)), actor="Ann")
                assert isinstance(outcome, Refused), name
    assert able >= 15


def test_a_stored_state_goes_on_in_the_same_way() -> None:
    world, other = manor(5), manor(5)
    chance = random.Random(5)
    for _ in range(300):
        go_on(world, chance)
    other.restore(json.loads(json.dumps(world.state())))
    later = (random.Random(6), random.Random(6))
    for _ in range(200):
        go_on(world, later[0])
        go_on(other, later[1])
    assert other.state() == world.state()


class ManorMachine(RuleBasedStateMachine):
    """The same, with what happens chosen by Hypothesis, which makes a failing story short."""

    def __init__(self) -> None:
        super().__init__()
        self.world = manor()

    @rule(seed=st.integers(0, 10**6))
    def something_happens(self, seed: int) -> None:
        go_on(self.world, random.Random(seed))

    @rule(name=st.sampled_from(PEOPLE), heir=st.none() | st.sampled_from(PEOPLE))
    def somebody_dies(self, name: str, heir: str | None) -> None:
        try:
            self.world.intervene(lambda world: world.presence.die(name, heir=heir))
        except DefinitionError:
            assert not self.world.presence.is_present(name) or heir is not None

    @rule(name=st.sampled_from(["Gus", "Ann"]), place=st.none() | st.sampled_from(PLACES))
    def somebody_is_born(self, name: str, place: str | None) -> None:
        try:
            self.world.intervene(lambda world: world.presence.born(name, place=place))
        except DefinitionError:
            return
        assert name in self.world.presence.newborn()
        self.world.set_people([*self.world.people, name])

    @invariant()
    def all_holds(self) -> None:
        check_all(self.world)
        check_secrets(self.world)


TestManor = ManorMachine.TestCase
TestManor.settings = settings(max_examples=15, stateful_step_count=40, deadline=None)
