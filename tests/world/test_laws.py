"""Declared laws, field rules and free invariants."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from annotated_types import MultipleOf
from pydantic import BaseModel, Field, model_validator

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import (
    Applied,
    Ge,
    MaxLen,
    MinLen,
    Person,
    Refused,
    World,
    action,
    bounded,
    conserved,
    invariant,
    unique_place,
)


class Resident(BaseModel):
    coins: int = 0
    energy: Annotated[int, Ge(0)] = 5
    things: list[str] = []


class Town(World):
    residents: dict[str, Resident] = {}
    till: int = 0
    shares: dict[str, float] = {}
    rooms: dict[str, list[str]] = {}
    temperature: float = 20.0
    laws = [
        conserved("residents.*.coins", "till", unless="mint"),
        conserved("shares"),
        unique_place("rooms", "residents.*.things"),
        bounded("temperature", -30, 40),
    ]

    @action
    def run(self, actor: Person) -> str:
        """Run whatever the test wants to have run."""
        plan["now"](self)
        return "done"

    @action
    def mint(self, actor: Person) -> str:
        """Make coins."""
        plan["now"](self)
        return "done"


plan: dict[str, Callable[[Any], Any]] = {}


def town() -> Town:
    made = Town(
        residents={"Ann": Resident(coins=5, things=["hat"]), "Bob": Resident(coins=2)},
        till=3,
        shares={"a": 0.1, "b": 0.2, "c": 0.7},
        rooms={"hall": ["lamp", "rug"], "attic": []},
    )
    made.prepare(seed=0, people=["Ann"])
    return made


def run(world: World, change: Callable[[Any], Any], name: str = "run") -> Applied | Refused:
    plan["now"] = change
    return world.apply(ActionCall(action=name), actor="Ann")


def change_till(by: int) -> Callable[[Town], None]:
    return lambda world: setattr(world, "till", world.till + by)


def pay(world: Town) -> None:
    world.residents["Ann"].coins -= 2
    world.till += 2


def move(thing: str, start: str, end: str) -> Callable[[Town], None]:
    def change(world: Town) -> None:
        world.rooms[start].remove(thing)
        world.rooms[end].append(thing)

    return change


def take_hat(world: Town) -> None:
    world.residents["Ann"].things.remove("hat")
    world.rooms["attic"] = ["hat"]


def newcomer(coins: int) -> Callable[[Town], None]:
    def change(world: Town) -> None:
        world.residents["Cid"] = Resident(coins=coins)
        world.till -= 1

    return change


def leave(world: Town) -> None:
    world.till += world.residents.pop("Bob").coins


@pytest.mark.parametrize(
    "change",
    [pay, move("lamp", "hall", "attic"), take_hat, newcomer(1), leave, lambda world: world.rooms["hall"].reverse()],
)
def test_what_keeps_the_laws_is_applied(change: Callable[[Any], Any]) -> None:
    assert isinstance(run(town(), change), Applied)


@pytest.mark.parametrize(
    ("change", "law", "reason"),
    [
        (change_till(1), "conserved(residents.*.coins, till)", r"change it by +1."),
        (newcomer(3), "conserved(residents.*.coins, till)", "change it by +2."),
        (lambda world: world.residents.pop("Ann"), "conserved(residents.*.coins, till)", "change it by -5."),
        (lambda world: world.shares.update(a=0.2), "conserved(shares)", "change it by +0.1."),
        (
            lambda world: world.rooms["attic"].append("hat"),
            "unique_place(rooms, residents.*.things)",
            "'hat' would be in 2 places",
        ),
        (lambda world: world.rooms.update(attic=["rug", "new"]), "unique_place(rooms, residents.*.things)", "'rug' would be"),
        (lambda world: world.rooms["hall"].append("lamp"), "unique_place(rooms, residents.*.things)", "'lamp' would be"),
        (lambda world: setattr(world, "temperature", 41.0), "bounded(temperature, low=-30, high=40)", "must not be above 40"),
        (lambda world: setattr(world, "temperature", -31.0), "bounded(temperature, low=-30, high=40)", "must not be below -30"),
    ],
)
def test_what_would_break_a_law_is_refused_by_its_name(change: Callable[[Any], Any], law: str, reason: str) -> None:
    world = town()
    before = world.state()
    refused = run(world, change)
    assert isinstance(refused, Refused)
    assert refused.law == law
    assert reason in refused.reason
    assert world.state() == before
    # The index of the law is as it was, too.
    assert isinstance(run(world, move("lamp", "hall", "attic")), Applied)


def test_actions_named_by_unless_may_change_a_sum() -> None:
    world = town()
    assert isinstance(run(world, change_till(4), "mint"), Applied)
    assert isinstance(run(world, change_till(4)), Refused)
    assert world.till == 7


def test_floats_are_conserved_to_rounding() -> None:
    world = town()

    def shift(world: Town) -> None:
        for _ in range(3):
            world.shares["a"] += 0.1
            world.shares["b"] -= 0.1

    for _ in range(20):
        assert isinstance(run(world, shift), Applied)


def test_a_law_that_does_not_hold_at_the_start_is_an_error() -> None:
    for world, says in [
        (Town(temperature=99.0), r"The law bounded\(temperature, low=-30, high=40\) of Town doesn't hold at the start: "),
        (Town(rooms={"a": ["x"], "b": ["x"]}), r"unique_place.* at the start: 'x' would be in 2 places"),
        (Stall(price=3, stock=1), r"The invariant affordable of Stall doesn't hold at the start: too dear"),
    ]:
        with pytest.raises(DefinitionError, match=says):
            world.prepare(seed=0, people=["Ann"])


class Rules(World):
    age: Annotated[int, Ge(0)] = 1
    even: Annotated[int, MultipleOf(2)] = 0
    names: Annotated[list[str], MaxLen(2)] = []
    votes: Annotated[dict[Annotated[str, MinLen(2)], int], MaxLen(2)] = {}
    code: str = Field(default="ab", max_length=3, pattern="^[a-z]*$")
    mood: dict[str, Annotated[str, MaxLen(4)]] = {}

    @action
    def run(self, actor: Person) -> str:
        """Run whatever the test wants to have run."""
        plan["now"](self)
        return "done"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda world: setattr(world, "age", -1), "age would be -1; it must be greater than or equal to 0."),
        (lambda world: setattr(world, "even", 3), "even would be 3; it must be a multiple of 2."),
        (lambda world: world.names.extend("abc"), "names would have 3 items; it must have at most 2."),
        (lambda world: setattr(world, "names", ["a", "b", "c"]), "names would have 3 items; it must have at most 2."),
        (lambda world: world.votes.update(aa=1, bb=2, cc=3), "votes would have 3 items; it must have at most 2."),
        (lambda world: world.votes.update(a=1), "votes.a would be 'a'; it must have at least 2 characters."),
        (lambda world: setattr(world, "code", "abcd"), "code would be 'abcd'"),
        (lambda world: setattr(world, "code", "AB"), "code would be 'AB'"),
        (lambda world: world.mood.update(Ann="gloomy"), "mood.Ann would be 'gloomy'"),
    ],
)
def test_a_value_outside_its_fields_rule_is_refused(change: Callable[[Any], Any], reason: str) -> None:
    world = Rules()
    world.prepare(seed=0, people=["Ann"])
    before = world.state()
    refused = run(world, change)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(reason)
    assert refused.law
    assert world.state() == before


class Stall(World):
    price: int = 1
    stock: int = 10
    sold: int = 0
    others: dict[str, int] = {}

    @invariant
    def affordable(self) -> str | None:
        calls.append("affordable")
        return "too dear" if self.price > self.stock else None

    @invariant
    def in_sum(self) -> bool:
        """Stock and sold make ten."""
        calls.append("in_sum")
        return self.total() <= 10

    @invariant
    def branching(self) -> None:
        calls.append("branching")
        if self.sold > 2:
            assert "banned" not in self.others, "banned things are here"

    def total(self) -> int:
        return self.stock + self.sold

    @action
    def run(self, actor: Person) -> str:
        """Run whatever the test wants to have run."""
        plan["now"](self)
        return "done"


calls: list[str] = []


def stall() -> Stall:
    world = Stall()
    world.prepare(seed=0, people=["Ann"])
    calls.clear()
    return world


def test_an_invariant_that_would_break_refuses_the_action() -> None:
    world = stall()
    refused = run(world, lambda world: setattr(world, "price", 11))
    assert isinstance(refused, Refused)
    assert (refused.law, refused.reason) == ("affordable", "too dear")
    refused = run(world, lambda world: setattr(world, "sold", 1))
    assert isinstance(refused, Refused)
    assert (refused.law, refused.reason) == ("in_sum", "Stock and sold make ten.")
    assert (world.price, world.sold) == (1, 0)


def test_an_invariant_runs_only_when_what_it_read_was_touched() -> None:
    world = stall()
    run(world, lambda world: world.others.update(x=1))
    assert calls == []
    run(world, lambda world: setattr(world, "price", 2))
    assert calls == ["affordable"]
    run(world, lambda world: setattr(world, "stock", 5))
    assert calls == ["affordable", "affordable", "in_sum"]


def test_what_an_invariant_reads_may_change_with_the_state() -> None:
    world = stall()

    def sell(world: Stall) -> None:
        world.stock, world.sold = 5, 3

    assert isinstance(run(world, sell), Applied)
    calls.clear()
    refused = run(world, lambda world: world.others.update(banned=1))
    assert isinstance(refused, Refused)
    assert (refused.law, refused.reason) == ("branching", "banned things are here")
    assert calls == ["branching"]
    # A refused action doesn't count: what was read on its way is forgotten.
    assert isinstance(run(world, lambda world: setattr(world, "sold", 99)), Refused)
    assert isinstance(run(world, lambda world: world.others.update(banned=1)), Refused)


def test_an_invariant_may_not_write() -> None:
    class Sly(World):
        count: int = 0

        @invariant
        def grow(self) -> bool:
            if self.count:
                self.count += 1
            return True

    sly = Sly()
    sly.prepare(seed=0, people=[])
    with pytest.raises(DefinitionError, match="an invariant may only read"):
        sly.intervene(lambda sly: setattr(sly, "count", 1))
    assert sly.count == 0


def test_an_invariant_that_looks_at_the_whole_state_or_the_clock_is_always_asked() -> None:
    class Wide(World):
        a: int = 0
        b: dict[str, int] = {}

        @invariant
        def small(self) -> bool:
            return len(repr(self)) < 60

        @invariant
        def early(self) -> bool:
            return self.now < 100 or not self.b

    wide = Wide()
    wide.prepare(seed=0, people=[])
    with pytest.raises(DefinitionError, match="small"):
        wide.intervene(lambda wide: wide.b.update({"x" * 90: 1}))
    wide.set_time(200)
    with pytest.raises(DefinitionError, match="early"):
        wide.intervene(lambda wide: wide.b.update(x=1))


class Span(BaseModel):
    low: int = 0
    high: int = 9
    marks: list[int] = []

    @model_validator(mode="after")
    def check_order(self) -> Span:
        if self.low > self.high or any(mark > self.high for mark in self.marks):
            raise ValueError("low must be below high")
        return self


class Spans(World):
    spans: dict[str, Span] = {}


def test_the_validators_of_a_part_run_on_every_change_of_it_and_of_what_it_holds() -> None:
    world = Spans(spans={"a": Span(marks=[3])})
    world.prepare(seed=0, people=[])
    with pytest.raises(DefinitionError, match=r"spans\.a.*low must be below high"):
        world.intervene(lambda world: setattr(world.spans["a"], "low", 10))
    with pytest.raises(DefinitionError, match="low must be below high"):
        world.intervene(lambda world: world.spans["a"].marks.append(10))
    world.intervene(lambda world: world.spans["a"].marks.append(9))

    def both(world: Spans) -> None:
        world.spans["a"].low = 20
        world.spans["a"].high = 30

    world.intervene(both)
    assert world.spans["a"] == Span(low=20, high=30, marks=[3, 9])
