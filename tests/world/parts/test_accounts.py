"""Accounts as a field of a world."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import ActionCall, Person
from gamemaster.world import Applied, Refused, World, action
from gamemaster.world.parts import Accounts


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
