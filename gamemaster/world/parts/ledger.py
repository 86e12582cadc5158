"""Ledger: who has how much, and where every bit of it came from.

The one idea: a balance changes only by an entry under a kind ("endowment", "given"), and an invariant compares the two
after every action; so money may be made and lost, as in a game with payoffs, and never without a trace. What only changes
hands is kept simpler by `Accounts`.
"""

from __future__ import annotations

import math

from pydantic import Field

from gamemaster.world.invariant import invariant
from gamemaster.world.world import World

__all__ = ["Ledger", "in_units"]


class Ledger(World):
    """Balances by holder, real numbers, with the sum of what was booked by holder and kind.

    Put it into a world as a field and book in actions: `self.money.book("Ann", 10, "endowment")`. No balance falls
    below `lowest`; None for no bound. Sums are compared to one part in 10^9.
    """

    balances: dict[str, float] = Field(default_factory=dict[str, float])
    entries: dict[str, dict[str, float]] = Field(default_factory=dict[str, dict[str, float]])
    lowest: float | None = 0.0
    unit: str = "units"

    def balance(self, holder: str) -> float:
        """What this holder has; 0 without an account."""
        return self.balances.get(holder, 0.0)

    def book(self, holder: str, amount: float, kind: str) -> None:
        """Add an amount (taken away when below 0) to what a holder has; for use in actions.

        Refuses what would leave less than `lowest`.
        """
        after = self.balance(holder) + amount
        if self.lowest is not None and amount < 0 and after < self.lowest:
            self.refuse(f"{holder} has only {in_units(self.balance(holder))} {self.unit}, not {in_units(-amount)}")
        booked = self.entries.setdefault(holder, {})
        booked[kind] = booked.get(kind, 0.0) + amount
        self.balances[holder] = after

    def close(self, holder: str) -> float:
        """End an account, with all that was booked on it; what was on it comes back."""
        self.entries.pop(holder, None)
        return self.balances.pop(holder, 0.0)

    def booked(self, kind: str) -> float:
        """The sum of all entries of a kind, over the accounts that are open."""
        return math.fsum(booked.get(kind, 0.0) for booked in self.entries.values())

    @invariant
    def adds_up(self) -> bool | str:
        """A balance would differ from the sum of its entries."""
        if list(self.balances) != list(self.entries):
            return "there would be a balance without entries, or entries without a balance"
        for holder, balance in self.balances.items():
            entries = list(self.entries[holder].values())
            total = math.fsum(entries)
            slack = 1e-9 * max(1.0, abs(balance), *(abs(entry) for entry in entries))
            if abs(total - balance) > slack:
                return f"{holder} would have {balance:g} {self.unit}, and the entries add up to {total:g}"
        return True


def in_units(amount: float) -> str:
    """An amount as one reads it: two decimals at most, and none at the end that are 0."""
    text = f"{round(amount, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
