"""CommonPool: one stock that many take from and that grows again.

The one idea: all take at the same moment. When they want more than there is, it is shared out, one unit at a time to anybody
who still wants some, or in proportion to what was wanted; the chance in it is drawn by the name that the caller gives. What
is taken, what is left and what has grown add up at every step: the part keeps that as a law. It has no actions of its own,
since how taking is called and told belongs to the world around it.

Source: Piatti et al. 2024 (GovSim), section 2; the rules of rationing as in its environment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Literal, TypeAlias

from annotated_types import Ge, Gt
from pydantic import Field

from gamemaster.world.conserved import conserved
from gamemaster.world.world import World

__all__ = ["Allocation", "CommonPool"]

Allocation: TypeAlias = Literal["stochastic", "proportional"]


class CommonPool(World):
    """Put it into a world as a field, `pool: CommonPool`, and call `take` and `grow` in actions and hooks.

    `stock` is what there is, in whole units; `taken` what each has taken in all; `nature` is what has grown, below zero,
    so that stock, taken and nature always add up to the first stock. Below `collapse` the pool is lost.
    """

    stock: Annotated[int, Ge(0)]
    capacity: Annotated[int, Ge(1)] = 100
    growth: Annotated[float, Gt(0)] = 2.0
    allocation: Allocation = "proportional"
    collapse: Annotated[int, Ge(0)] = 5
    taken: dict[str, Annotated[int, Ge(0)]] = Field(default_factory=dict[str, int])
    nature: int = 0
    laws = (conserved("stock", "taken", "nature"),)

    def is_lost(self) -> bool:
        """Whether the stock is below `collapse`."""
        return self.stock < self.collapse

    def sustainable(self, stock: int | None = None) -> int:
        """s(h): the most that may be taken of a stock `h` (by default, of what there is) for it to be `h` again after growth.

        floor(h / 2) with growth 2, h - ceil(h / g) in general; 0 where it doesn't grow.
        """
        held = self.stock if stock is None else stock
        return max(0, held - math.ceil(held / Fraction(str(self.growth))))

    def share(self, present: int | None = None, stock: int | None = None) -> int:
        """f(h): what each of those present may take, floor(s(h) / present); by default of all who are present in the world.

        Nothing where nobody is.
        """
        sharing = len(self.present_people()) if present is None else present
        return self.sustainable(stock) // sharing if sharing else 0

    def after_growth(self, stock: int) -> int:
        """What a stock has become when it has grown: growth times as much, rounded down, `capacity` at most."""
        return min(self.capacity, math.floor(stock * Fraction(str(self.growth))))

    def take(self, wants: Mapping[str, int], *, what: str) -> dict[str, int]:
        """Take for everybody at once, and return what each gets; for use in actions. `what` names the draws of chance.

        Who is not in `wants` gets nothing. Refuses a want below 0.
        """
        for name, want in wants.items():
            if want < 0:
                self.refuse(f"{name} can't take {want}.")
        got = self.ration(wants, what=what)
        for name, amount in got.items():
            self.taken[name] = self.taken.get(name, 0) + amount
        self.stock -= sum(got.values())
        return got

    def ration(self, wants: Mapping[str, int], *, what: str) -> dict[str, int]:
        """What each would get, in the order of `wants`; nothing changes.

        That is what it wants, unless all together want more than the stock. Then "stochastic" gives one unit at a time to
        one of those who still want some, all equally likely; "proportional" gives floor(stock x want / total), and the
        leftovers one by one with a probability by what is still wanted.
        """
        total = sum(wants.values())
        if total <= self.stock:
            return dict(wants)
        proportional = self.allocation == "proportional"
        got = {name: self.stock * want // total if proportional else 0 for name, want in wants.items()}
        chance = self.random(what)
        for _ in range(self.stock - sum(got.values())):
            wanting = [name for name, want in wants.items() if got[name] < want]
            weights = [wants[name] - got[name] for name in wanting] if proportional else None
            got[chance.choices(wanting, weights)[0]] += 1
        return got

    def grow(self) -> int:
        """Let what is left grow, and return by how much; for use in hooks. Never shrinks below what it was by the cap."""
        grown = self.after_growth(self.stock) - self.stock
        self.stock += grown
        self.nature -= grown
        return grown
