"""Accounts: who has how much of one kind of money, which only changes hands."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge
from pydantic import Field

from gamemaster.words import Person, PersonDomain
from gamemaster.world.action import action
from gamemaster.world.conserved import conserved
from gamemaster.world.world import World

__all__ = ["Accounts"]


class Accounts(World):
    """Balances by holder, never below zero; holders may be people, shops, a till.

    Put it into a world as a field (`money: Accounts`) and pay with `self.money.pay(actor, "bakery", 3)`.
    """

    balances: dict[str, Annotated[int, Ge(0)]] = Field(default_factory=dict[str, int])
    unit: str = "coins"
    laws = (conserved("balances"),)

    def balance(self, holder: str) -> int:
        """What this holder has; 0 without an account."""
        return self.balances.get(holder, 0)

    def pay(self, payer: str, payee: str, amount: int) -> None:
        """Move an amount from one holder to another; for use in actions. Refuses when the payer hasn't as much."""
        if amount < 0:
            self.refuse(f"{payer} can't pay {amount} {self.unit}.")
        if self.balance(payer) < amount:
            self.refuse(f"{payer} has only {self.balance(payer)} {self.unit}, not {amount}.")
        self.balances[payer] = self.balance(payer) - amount
        self.balances[payee] = self.balance(payee) + amount

    @action
    def give(self, actor: Person, to: Annotated[str, PersonDomain(others=True)], amount: Annotated[int, Ge(1)]) -> str:
        """Give money to somebody."""
        self.pay(actor, to, amount)
        return f"{actor} gives {to} {amount} {self.unit}."
