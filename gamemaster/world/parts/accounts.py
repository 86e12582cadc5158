"""Accounts: who has how much of one kind of money, which only changes hands.

The one idea: a holder is a name, of a person, a shop, a till or a bank; money moves from one to another and is never made or
lost. What is made and lost, as in a game with payoffs, is `Ledger`'s.
"""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge
from pydantic import Field

from gamemaster.words import OneOf, Person, PersonDomain
from gamemaster.world.action import action
from gamemaster.world.conserved import conserved
from gamemaster.world.parts.coming_and_going import Departure
from gamemaster.world.parts.part import Part
from gamemaster.world.parts.within_overdraft import within_overdraft

__all__ = ["Accounts"]


class Accounts(Part):
    """Balances by holder, never below zero unless `overdrafts` says by how much; holders may be people, shops, a till.

    Put it into a world as a field (`money: Accounts`) and pay with `self.money.pay(actor, "bakery", 3)`. `signatories` are those
    who may pay from an account besides its holder. With `bank=True` everybody may transfer money at a distance; `by_hand=False`
    takes the actions away from people, and leaves money to the world around it.

    When somebody leaves or dies, what they have goes to the heir if there is one, and stays in their account if not; so do debts.
    """

    balances: dict[str, int] = Field(default_factory=dict[str, int])
    overdrafts: dict[str, Annotated[int, Ge(0)]] = Field(default_factory=dict[str, int])
    signatories: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    unit: str = "coins"
    bank: bool = False
    by_hand: bool = True
    laws = (conserved("balances"), within_overdraft("balances", "overdrafts"))

    def balance(self, holder: str) -> int:
        """What this holder has; 0 without an account, below 0 when it has overdrawn."""
        return self.balances.get(holder, 0)

    def can_spend(self, holder: str) -> int:
        """The most that this holder can pay now."""
        return self.balance(holder) + self.overdrafts.get(holder, 0)

    def pay(self, payer: str, payee: str, amount: int) -> None:
        """Move an amount from one holder to another; for use in actions. Refuses when the payer can't spend as much."""
        if amount < 0:
            self.refuse(f"{payer} can't pay {amount} {self.unit}.")
        if self.can_spend(payer) < amount:
            self.refuse(f"{payer} has only {self.can_spend(payer)} {self.unit}, not {amount}.")
        self.balances[payer] = self.balance(payer) - amount
        self.balances[payee] = self.balance(payee) + amount

    def charge(self, payer: str, payee: str, amount: int) -> int:
        """Move an amount, or as much of it as the payer can spend, and return how much that was; for use in actions."""
        due = max(0, min(amount, self.can_spend(payer)))
        self.pay(payer, payee, due)
        return due

    def accounts_of(self, actor: str) -> list[str]:
        """The accounts that somebody may pay from, the own one first."""
        return [actor, *[each for each, names in self.signatories.items() if actor in names and each != actor]]

    def holders(self, actor: str) -> list[str]:
        """All who have an account."""
        return list(self.balances)

    def gives_by_hand(self, actor: str) -> bool:
        """Whether people may give money to one another."""
        return self.by_hand

    def may_transfer(self, actor: str) -> bool:
        """Whether somebody may move money at a distance, or that of others."""
        return self.by_hand and (self.bank or len(self.accounts_of(actor)) > 1)

    def departs(self, departure: Departure) -> None:
        """What who is gone had goes to the heir."""
        left = self.balance(departure.name)
        if departure.heir is not None and left > 0:
            self.pay(departure.name, departure.heir, left)

    def perceive(self, name: str) -> str:
        """What this person has, and what stands in the accounts that it may pay from."""
        others = [f"The account of {each} has {self.balance(each)}." for each in self.accounts_of(name)[1:]]
        return " ".join([f"{name} has {self.balance(name)} {self.unit}.", *others])

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same by account."""
        return {"accounts": {each: self.balance(each) for each in self.accounts_of(name)}}

    @action(when="gives_by_hand")
    def give(self, actor: Person, to: Annotated[str, PersonDomain(others=True)], amount: Annotated[int, Ge(1)]) -> str:
        """Give money to somebody."""
        self._must_meet(actor, to)
        self.pay(actor, to, amount)
        return f"{actor} gives {to} {amount} {self.unit}."

    @action(when="may_transfer")
    def transfer(
        self,
        actor: Person,
        source: Annotated[str, OneOf("accounts_of")],
        to: Annotated[str, OneOf("holders")],
        amount: Annotated[int, Ge(1)],
    ) -> str:
        """Transfer money from an account that one may use to any other account."""
        if not self._takes_part(actor):
            self.refuse(f"{actor} is not there any more.")
        if source == to:
            self.refuse(f"{source} is the same account.")
        self.pay(source, to, amount)
        whose = "" if source == actor else f" from the account of {source}"
        return f"{actor} transfers {amount} {self.unit}{whose} to {to}."
