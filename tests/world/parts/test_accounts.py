"""Accounts as a field of a world."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import ActionCall, DefinitionError, Person
from gamemaster.world import Applied, Refused, World, action
from gamemaster.world.parts import Accounts, Part, Presence


class Bakery(World):
    money: Accounts
    loaves: int = 2

    @action
    def buy(self, actor: Person) -> str:
        """Buy a loaf for 3 coins."""
        self.loaves -= 1
        self.money.pay(actor, "bakery", 3)
        return f"{actor} buys a loaf."


def bakery() -> Bakery:
    world = Bakery(money=Accounts(balances={"Ann": 5, "Bob": 2}))
    world.prepare(seed=0, people=["Ann", "Bob"])
    return world


def test_money_changes_hands_and_nothing_is_done_for_want_of_it() -> None:
    world = bakery()
    assert isinstance(world.apply(ActionCall(action="buy"), actor="Ann"), Applied)
    refused = world.apply(ActionCall(action="buy"), actor="Bob")
    assert isinstance(refused, Refused)
    assert refused.reason == "Bob has only 2 coins, not 3."
    assert (world.money.balances, world.loaves) == ({"Ann": 2, "Bob": 2, "bakery": 3}, 1)


@given(
    st.lists(st.tuples(st.sampled_from(["Ann", "Bob"]), st.sampled_from(["Ann", "Bob", "Cid"]), st.integers(-2, 6)), max_size=20)
)
def test_money_is_conserved(gifts: list[tuple[str, str, int]]) -> None:
    world = bakery()
    for actor, to, amount in gifts:
        outcome = world.apply(ActionCall(action="money.give", arguments={"to": to, "amount": amount}), actor=actor)
        possible = actor != to and to != "Cid" and amount >= 1
        assert possible or isinstance(outcome, Refused)
        assert sum(world.money.balances.values()) == 7
        assert min(world.money.balances.values()) >= 0


class Town(Part):
    money: Accounts
    presence: Presence = Presence()


def town(**fields: Any) -> Town:
    world = Town(money=Accounts(balances={"Ann": 5, "Bob": 2, "guild": 10}, **fields))
    world.prepare(seed=0, people=["Ann", "Bob"])
    return world


def do(world: World, name: str, actor: str, **arguments: Any) -> str:
    outcome = world.apply(ActionCall(action=name, arguments=arguments), actor=actor)
    return outcome.text if isinstance(outcome, Applied) else f"!{outcome.reason}"


def test_an_overdraft_is_as_far_below_zero_as_one_may_go() -> None:
    world = town(overdrafts={"Bob": 3})
    assert do(world, "money.give", "Bob", to="Ann", amount=6) == "!Bob has only 5 coins, not 6."
    assert do(world, "money.give", "Bob", to="Ann", amount=5) == "Bob gives Ann 5 coins."
    assert (world.money.balance("Bob"), world.money.can_spend("Bob")) == (-3, 0)

    def withdraw_the_overdraft(world: Town) -> None:
        world.money.overdrafts["Bob"] = 2

    def drop_it(world: Town) -> None:
        world.money.overdrafts = {}

    def take_more(world: Town) -> None:
        world.money.balances["Bob"] -= 1
        world.money.balances["Ann"] += 1

    for change in (withdraw_the_overdraft, drop_it, take_more):
        with pytest.raises(DefinitionError, match="within_overdraft"):
            world.intervene(change)
    world.intervene(lambda world: world.money.pay("Ann", "Bob", 3))
    world.intervene(drop_it)
    with pytest.raises(DefinitionError, match="Ann would have -1, and may not have less than 0"):
        Accounts(balances={"Ann": -1}).prepare(seed=0, people=[])


def test_a_charge_takes_what_there_is() -> None:
    world = town()
    paid: list[int] = []
    for amount in (3, 9, 1):
        world.intervene(lambda world, amount=amount: paid.append(world.money.charge("Ann", "guild", amount)))
    assert (paid, world.money.balance("guild")) == ([3, 2, 0], 15)


def test_who_signs_for_an_account_may_pay_from_it() -> None:
    world = town(signatories={"guild": ["Ann"]})
    assert world.money.perceive("Ann") == "Ann has 5 coins. The account of guild has 10."
    assert (
        do(world, "transfer", "Ann", source="guild", to="Bob", amount=4)
        == "Ann transfers 4 coins from the account of guild to Bob."
    )
    assert do(world, "transfer", "Ann", source="guild", to="guild", amount=4) == "!guild is the same account."
    assert do(world, "transfer", "Ann", source="Bob", to="Ann", amount=1).startswith(
        "!source is 'Bob'; it must be one of Ann, guild"
    )
    assert do(world, "transfer", "Bob", source="Bob", to="Ann", amount=1) == "!money.transfer is not open to Bob now."
    bank = town(bank=True)
    assert do(bank, "transfer", "Bob", source="Bob", to="Ann", amount=1) == "Bob transfers 1 coins to Ann."


def test_money_goes_to_the_heir_or_stays_in_the_account() -> None:
    world = town()
    world.intervene(lambda world: world.presence.die("Ann", heir="Bob"))
    assert (world.money.balance("Ann"), world.money.balance("Bob")) == (0, 7)
    world = town()
    world.intervene(lambda world: world.presence.die("Ann"))
    assert world.money.balance("Ann") == 5
    assert do(world, "money.give", "Bob", to="Ann", amount=1) == "!Ann is not there."
    assert do(world, "money.give", "Ann", to="Bob", amount=1) == "!Ann is not there any more."
