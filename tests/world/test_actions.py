"""Actions: what is offered, what is checked, what is applied and what is refused."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gamemaster.words import ActionCall, ActionSpec, DefinitionError, InvalidAnswer, PersonDomain, UnknownName
from gamemaster.world import (
    Applied,
    Between,
    Ge,
    Gt,
    Le,
    Lt,
    MaxLen,
    MinLen,
    OfferedAction,
    OneOf,
    Person,
    Place,
    Refused,
    World,
    action,
    conserved,
)


class Market(World):
    coins: dict[str, int] = {}
    apples: dict[str, int] = {}
    stock: dict[str, int] = {}
    shut: bool = False
    squares: list[str] = []
    log: list[str] = []
    laws = [conserved("coins"), conserved("apples")]

    def place_names(self) -> list[str]:
        return list(self.squares)

    def is_open(self) -> bool:
        return not self.shut

    def purse(self, actor: str) -> int:
        return self.coins.get(actor, 0)

    def sellers(self, actor: str) -> list[str]:
        return [name for name, count in self.apples.items() if count and name != actor]

    @action(when="is_open")
    def buy_apples(self, actor: Person, seller: Annotated[str, OneOf("sellers")], count: Annotated[int, Ge(1)]) -> str:
        """Buy apples from a seller at 2 coins each."""
        if self.coins[actor] < 2 * count:
            self.refuse(f"{actor} has only {self.coins[actor]} coins")
        self.apples[actor] += count
        self.apples[seller] -= count
        self.coins[actor] -= 2 * count
        self.coins[seller] += 2 * count
        return f"{actor} buys {count} apples from {seller}."

    @action(when=lambda world, actor: actor != "Cid")
    def steal(self, actor: Person, amount: Annotated[int, Between(1, "purse")] = 1) -> str:
        """Take coins out of nowhere."""
        self.coins[actor] += amount
        return "never said"

    @action
    def say(
        self,
        actor: Person,
        words: Annotated[str, MinLen(1), MaxLen(10)],
        to: Annotated[list[Annotated[str, PersonDomain(others=True)]], MaxLen(2)],
        how: Literal["low", "loud"] = "low",
        where: Place | None = None,
        pitch: Annotated[float, Gt(0), Lt(2)] = 1.0,
        sure: bool = True,
    ) -> None:
        """Say something."""
        to.append("changed by the action")
        self.log.append(f"{words} {how} {where} {pitch} {sure}")

    @action
    def look(self, actor: Person, thing: Annotated[str, OneOf("stock")]) -> str:
        """Look at a thing."""
        return f"{actor} looks at {thing}."

    @action
    def fail(self, actor: Person) -> str:
        """Fail."""
        self.coins[actor] += 5
        raise ZeroDivisionError

    @action(offered=False)
    def happen(self, actor: Person) -> str:
        """Happen."""
        return ""

    @action
    def odd(self, actor: Person) -> str:
        """Return something odd."""
        return 3  # type: ignore[return-value]  # pyright: ignore[reportReturnType]

    @action
    def twice(self, actor: Person, seller: Person) -> str:
        """Buy two apples, one after the other."""
        return self.buy_apples(actor, seller, 1) + " " + self.buy_apples(actor, seller, 1)


@pytest.fixture
def market() -> Market:
    market = Market(coins={"Ann": 9, "Bob": 5, "Cid": 0}, apples={"Ann": 0, "Bob": 4, "Cid": 0}, squares=["mill", "quay"])
    market.prepare(seed=7, people=["Ann", "Bob", "Cid"])
    return market


def do(market: World, action: str, actor: str = "Ann", /, **arguments: Any) -> Applied | Refused:
    return market.apply(ActionCall(action=action, arguments=arguments), actor=actor)


def test_an_action_is_applied_and_says_what_it_changed(market: Market) -> None:
    applied = do(market, "buy_apples", seller="Bob", count=2)
    assert isinstance(applied, Applied)
    assert applied.text == "Ann buys 2 apples from Bob."
    assert (applied.action, applied.actor, applied.arguments) == ("buy_apples", "Ann", {"seller": "Bob", "count": 2})
    assert sorted(applied.patch, key=lambda each: each["path"]) == [
        {"op": "replace", "path": "/apples/Ann", "value": 2},
        {"op": "replace", "path": "/apples/Bob", "value": 2},
        {"op": "replace", "path": "/coins/Ann", "value": 5},
        {"op": "replace", "path": "/coins/Bob", "value": 9},
    ]


@pytest.mark.parametrize(
    ("call", "actor", "reason"),
    [
        (("buy_apples", {"seller": "Bob", "count": 5}), "Ann", r"^Ann has only 9 coins$"),
        (("buy_apples", {"seller": "Cid", "count": 1}), "Ann", r"^seller is 'Cid'; it must be Bob\.$"),
        (("buy_apples", {"seller": "Bob", "count": 0}), "Ann", r"^count is 0; it must be a whole number of at least 1\.$"),
        (("buy_apples", {"seller": "Bob", "count": "2"}), "Ann", r"must be a whole number\.$"),
        (("buy_apples", {"seller": "Bob", "count": True}), "Ann", r"must be a whole number\.$"),
        (("buy_apples", {"seller": "Bob", "count": 1.5}), "Ann", r"must be a whole number\.$"),
        (("buy_apples", {"seller": "Bob"}), "Ann", r"^buy_apples needs count\.$"),
        (("buy_apples", {"seller": "Bob", "count": 1, "price": 1}), "Ann", r"no parameter 'price'; it takes seller, count"),
        (("buy_apple", {}), "Ann", r"no action 'buy_apple'\. Did you mean 'buy_apples'"),
        (("steal", {"amount": 10}), "Ann", r"^amount is 10; it must be a whole number from 1 to 9\.$"),
        (("steal", {}), "Ann", r"^The total of coins must stay the same, and this would change it by \+1\.$"),
        (("steal", {}), "Cid", r"^steal is not open to Cid now\.$"),
        (("say", {"words": "", "to": []}), "Ann", r"must have at least 1 characters"),
        (("say", {"words": "x" * 11, "to": []}), "Ann", r"must have at most 10 characters"),
        (("say", {"words": 3, "to": []}), "Ann", r"must be a text"),
        (("say", {"words": "x", "to": "Bob"}), "Ann", r"must be a list"),
        (("say", {"words": "x", "to": ["Ann"]}), "Ann", r"must be one of Bob, Cid"),
        (("say", {"words": "x", "to": ["Bob", "Cid", "Bob"]}), "Ann", r"must have at most 2 items"),
        (("say", {"words": "x", "to": [], "how": "mid"}), "Ann", r"must be one of low, loud"),
        (("say", {"words": "x", "to": [], "where": "sea"}), "Ann", r"must be one of mill, quay"),
        (("say", {"words": "x", "to": [], "pitch": 2}), "Ann", r"must be a number above 0 and below 2"),
        (("say", {"words": "x", "to": [], "pitch": float("nan")}), "Ann", r"must be a number"),
        (("say", {"words": "x", "to": [], "sure": 1}), "Ann", r"must be true or false"),
        (("look", {"thing": "lamp"}), "Ann", r"has no possible value now"),
        (("happen", {}), "Ann", r"not for anyone to choose"),
    ],
)
def test_what_is_refused_says_why_and_changes_nothing(
    market: Market, call: tuple[str, dict[str, Any]], actor: str, reason: str
) -> None:
    before = json.dumps(market.state())
    refused = do(market, call[0], actor, **call[1])
    assert isinstance(refused, Refused)
    assert re.search(reason, refused.reason), refused.reason
    assert json.dumps(market.state()) == before
    assert (refused.law is not None) == ("total" in refused.reason)


def test_arguments_come_in_their_proper_form(market: Market) -> None:
    assert market.check_arguments("buy_apples", {"seller": "Bob", "count": 2.0}, actor="Ann") == {"seller": "Bob", "count": 2}
    checked = market.check_arguments("say", {"words": "hi", "to": ("Bob",), "pitch": 1}, actor="Ann")
    assert checked == {"words": "hi", "to": ["Bob"], "how": "low", "where": None, "pitch": 1.0, "sure": True}
    assert type(checked["pitch"]) is float
    with pytest.raises(InvalidAnswer):
        market.check_arguments("say", {}, actor="Ann")


def test_what_an_action_does_to_its_arguments_is_not_on_record(market: Market) -> None:
    applied = do(market, "say", words="hi", to=["Bob"])
    assert applied.arguments["to"] == ["Bob"]
    assert isinstance(applied, Applied)
    assert applied.text == "Ann: say."
    assert market.log == ["hi low None 1.0 True"]


def test_an_unknown_actor_is_an_error_of_the_caller(market: Market) -> None:
    with pytest.raises(UnknownName, match=r"no person 'An'\. Did you mean 'Ann'"):
        do(market, "buy_apples", "An", seller="Bob", count=1)


def test_an_exception_goes_through_and_nothing_has_changed(market: Market) -> None:
    before = market.state()
    with pytest.raises(ZeroDivisionError):
        do(market, "fail")
    with pytest.raises(DefinitionError, match="odd returned 3"):
        do(market, "odd")
    assert market.state() == before
    assert isinstance(do(market, "buy_apples", seller="Bob", count=1), Applied)


def test_one_action_calls_another_as_a_plain_method(market: Market) -> None:
    assert do(market, "twice", seller="Bob")
    assert market.coins["Ann"] == 5
    market.intervene(lambda market: market.coins.update(Ann=2, Bob=12))
    refused = do(market, "twice", seller="Bob")
    assert isinstance(refused, Refused)
    assert market.coins["Ann"] == 2

    def nested(market: Market) -> None:
        do(market, "buy_apples", seller="Bob", count=1)

    with pytest.raises(DefinitionError, match="applied inside of intervention"):
        market.intervene(nested)


def test_what_is_not_open_is_not_offered(market: Market) -> None:
    names = [each.name for each in market.offered("Ann")]
    assert names == ["buy_apples", "steal", "say", "fail", "odd", "twice"]
    assert market.offer("look", "Ann") == "look isn't possible now: there is no thing to choose"
    assert market.offer("happen", "Ann") == "happen is not for anyone to choose"
    assert [each.name for each in market.offered("Cid")] == ["buy_apples", "say", "fail", "odd", "twice"]
    market.intervene(lambda market: setattr(market, "shut", True))
    assert market.offer("buy_apples", "Ann") == "buy_apples is not open to Ann now"
    with pytest.raises(UnknownName):
        market.offer("by_apples", "Ann")


def test_an_offer_reads_as_one_line(market: Market) -> None:
    lines = {each.name: each.line for each in market.offered("Ann")}
    assert lines["buy_apples"] == (
        "buy_apples(seller: Bob, count: whole number of at least 1): Buy apples from a seller at 2 coins each."
    )
    assert lines["say"] == (
        "say(words: text, to: list of Bob|Cid, how: low|loud (may be left out), where: mill|quay (may be left out), "
        "pitch: number above 0 and below 2 (may be left out), sure: yes or no (may be left out)): Say something."
    )
    market.intervene(lambda market: market.stock.update({f"thing {i}": 1 for i in range(30)}))
    offer = market.offer("look", "Ann")
    assert isinstance(offer, OfferedAction)
    assert offer.line.endswith("thing 19|... (30 in all)): Look at a thing.")


def test_a_schema_leaves_nothing_to_invent(market: Market) -> None:
    offer = market.offer("buy_apples", "Ann")
    assert isinstance(offer, OfferedAction)
    schema = offer.schema
    assert schema(seller="Bob", count=1).model_dump() == {"seller": "Bob", "count": 1}
    for wrong in (
        {"seller": "Ann", "count": 1},
        {"seller": "Bob", "count": 0},
        {"seller": "Bob"},
        {"seller": "Bob", "count": 1, "x": 1},
    ):
        with pytest.raises(ValidationError):
            schema(**wrong)
    again = market.offer("buy_apples", "Cid")
    assert isinstance(again, OfferedAction)
    assert again.schema is schema
    market.intervene(lambda market: market.apples.update(Ann=1, Bob=3))
    other = market.offer("buy_apples", "Cid")
    assert isinstance(other, OfferedAction)
    assert other.schema is not schema
    assert [(each.name, each.options, each.low, each.free_text) for each in other.parameters] == [
        ("seller", ("Ann", "Bob"), None, False),
        ("count", None, 1, False),
    ]


def test_a_schema_says_lists_defaults_and_nothing_to_choose_from() -> None:
    market = Market()
    market.prepare(seed=0, people=["Ann"])
    offer = market.offer("say", "Ann")
    assert isinstance(offer, OfferedAction)
    filled = offer.schema(words="hi", to=[])
    assert filled.model_dump() == {"words": "hi", "to": [], "how": "low", "pitch": 1.0, "sure": True}
    for wrong in ({"words": "hi", "to": ["Ann"]}, {"words": "hi", "to": [], "where": "sea"}, {"words": "", "to": []}):
        with pytest.raises(ValidationError):
            offer.schema(**wrong)
    assert market.check_arguments("say", filled.model_dump(), actor="Ann") == {**filled.model_dump(), "where": None}


def test_an_action_spec_names_the_action(market: Market) -> None:
    spec = ActionSpec.of(Market.buy_apples, "How many?")
    assert spec.action is not None
    assert market.find_action(spec.action) == "buy_apples"


def test_a_world_that_is_not_prepared_says_so() -> None:
    with pytest.raises(DefinitionError, match=r"Market isn't prepared; call prepare"):
        Market().offered("Ann")
    with pytest.raises(DefinitionError, match="Two people are called 'Ann'"):
        Market().prepare(seed=0, people=["Ann", "Bob", "Ann"])
    with pytest.raises(DefinitionError, match="A person is called ' '"):
        Market().prepare(seed=0, people=[" "])


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 12), st.floats(), st.text(max_size=3), st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2), st.sampled_from(["Ann", "Bob", "Cid", "low"]),
)  # fmt: skip
ARGUMENTS = st.dictionaries(
    st.sampled_from(["seller", "count", "amount", "words", "to", "how", "where", "thing", "x"]), ODD, max_size=4
)
MOSTLY_RIGHT = st.fixed_dictionaries({"seller": st.sampled_from(["Ann", "Bob", "Cid"]), "count": st.integers(0, 3)})


@settings(max_examples=20, deadline=None)
@given(
    calls=st.lists(
        st.tuples(
            st.sampled_from(["buy_apples", "steal", "say", "look", "happen", "twice", "nothing"]),
            st.sampled_from(["Ann", "Bob", "Cid"]),
            st.one_of(ARGUMENTS, MOSTLY_RIGHT),
        ),
        min_size=100,
        max_size=100,
    )
)
def test_two_thousand_actions_with_any_arguments_keep_the_laws(calls: list[tuple[str, str, dict[str, Any]]]) -> None:
    market = Market(coins={"Ann": 9, "Bob": 5, "Cid": 3}, apples={"Ann": 3, "Bob": 4, "Cid": 2}, stock={"lamp": 1})
    market.prepare(seed=0, people=["Ann", "Bob", "Cid"])
    for name, actor, arguments in calls:
        before = json.dumps(market.dump())
        outcome = do(market, name, actor, **arguments)
        if isinstance(outcome, Refused):
            assert outcome.reason
            json.dumps(dict(outcome.arguments), allow_nan=False)
            assert json.dumps(market.dump()) == before
        else:
            json.dumps(dict(outcome.arguments), allow_nan=False)
        assert sum(market.coins.values()) == 17
        assert sum(market.apples.values()) == 9
        assert all(count >= 0 for count in market.coins.values())


def test_bounds_of_numbers_are_read_as_they_are_written() -> None:
    class Bounds(World):
        @action
        def pick(self, a: Annotated[int, Gt(0), Lt(5)], b: Annotated[float, Ge(0), Le(1)], c: int) -> str:
            """Pick."""
            return ""

    world = Bounds()
    world.prepare(seed=0, people=["Ann"])
    offer = world.offer("pick", "Ann")
    assert isinstance(offer, OfferedAction)
    assert offer.line == "pick(a: whole number from 1 to 4, b: number from 0 to 1, c: whole number): Pick."
    assert isinstance(do(world, "pick", a=4, b=1, c=-7), Applied)
    assert isinstance(do(world, "pick", a=5, b=1, c=0), Refused)
