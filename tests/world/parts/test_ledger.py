"""Ledger: what is booked, and that nothing gets past it."""

from __future__ import annotations

from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.words import ActionCall, Person
from gamemaster.world import Applied, Refused, World, action
from gamemaster.world.parts.ledger import Ledger, in_units


class Table(World):
    money: Ledger

    @action
    def win(self, actor: Person, amount: float) -> str:
        """Win an amount, or lose it."""
        self.money.book(actor, amount, "won" if amount >= 0 else "lost")
        return f"{actor} has {in_units(self.money.balance(actor))}."

    @action
    def cheat(self, actor: Person) -> str:
        """Take a coin that nobody has booked."""
        self.money.balances[actor] += 1
        return "Nobody sees it."

    @action
    def leave_table(self, actor: Person) -> str:
        """Take what one has and go."""
        return f"{actor} leaves with {in_units(self.money.close(actor))}."


def table(lowest: float | None = 0.0) -> Table:
    world = Table(money=Ledger(lowest=lowest))
    world.prepare(seed=0, people=["Ann", "Bob"])
    return world


def win(world: Table, amount: float, actor: str = "Ann") -> Applied | Refused:
    return world.apply(ActionCall(action="win", arguments={"amount": amount}), actor=actor)


@given(st.lists(st.tuples(st.sampled_from(["Ann", "Bob"]), st.floats(-1e6, 1e6)), max_size=20))
def test_balances_are_what_was_booked(bookings: list[tuple[str, float]]) -> None:
    world = table(lowest=None)
    for name, amount in bookings:
        assert isinstance(win(world, amount, name), Applied)
    for name in ("Ann", "Bob"):
        booked = fsum(amount for who, amount in bookings if who == name)
        assert world.money.balance(name) == pytest.approx(booked, abs=1e-6)
    total = fsum(world.money.balances.values())
    assert world.money.booked("won") + world.money.booked("lost") == pytest.approx(total, abs=1e-6)


def test_no_balance_falls_below_the_lowest() -> None:
    world = table()
    win(world, 3)
    refused = win(world, -3.5)
    assert isinstance(refused, Refused)
    assert refused.reason == "Ann has only 3 units, not 3.5"
    assert isinstance(win(world, -3), Applied)
    assert world.money.balance("Ann") == 0
    assert isinstance(win(table(lowest=None), -3), Applied)


def test_what_is_not_booked_is_refused() -> None:
    world = table()
    win(world, 3)
    refused = world.apply(ActionCall(action="cheat"), actor="Ann")
    assert isinstance(refused, Refused)
    assert refused.reason == "Ann would have 4 units, and the entries add up to 3"
    assert world.money.balance("Ann") == 3


def test_a_closed_account_leaves_nothing_behind() -> None:
    world = table()
    win(world, 3)
    win(world, 5, "Bob")
    left = world.apply(ActionCall(action="leave_table"), actor="Ann")
    assert isinstance(left, Applied)
    assert left.text == "Ann leaves with 3."
    assert (world.money.balances, world.money.booked("won")) == ({"Bob": 5}, 5)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(10.0, "10"), (0.0, "0"), (-0.001, "0"), (393.90625, "393.91"), (2.5, "2.5"), (-2.5, "-2.5"), (100, "100")],
)
def test_amounts_as_one_reads_them(amount: float, text: str) -> None:
    assert in_units(amount) == text
