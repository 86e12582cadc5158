"""Sanctioning: some pay so that others lose.

The one idea: all sanctions of a round are settled at once, against what everybody had when it began, so that no order of
names decides who can still pay. Nobody's gain falls below zero.

The rule (a point costs its giver 1 and its target `rate`) is that of costly punishment in public goods experiments: Fehr and
Gächter 2002.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from annotated_types import Ge
from pydantic import Field

from gamemaster.world.world import World

__all__ = ["Sanctioning"]


class Sanctioning(World):
    """Put it into a world as a field, `sanctions: Sanctioning`, and call `settle` in an action.

    `most` is how many points one may spend on another in a round, `rate` what a point takes from its target. `spent` is
    what each has spent in all, `lost` what each has lost by spending and by being sanctioned.
    """

    most: Annotated[int, Ge(0)] = 10
    rate: Annotated[int, Ge(0)] = 3
    spent: dict[str, Annotated[int, Ge(0)]] = Field(default_factory=dict[str, int])
    lost: dict[str, Annotated[int, Ge(0)]] = Field(default_factory=dict[str, int])

    def settle(self, points: Mapping[str, Mapping[str, int]], gains: Mapping[str, int]) -> dict[str, int]:
        """What each loses, in the order of `gains`; for use in actions.

        `points` says who spends how many on whom, `gains` what each has. One loses what it spends and `rate` times what is
        spent on it, and all it has at most.
        Refuses points below 0 or above `most`, points on oneself, and somebody who isn't in `gains`.
        """
        due = dict.fromkeys(gains, 0)
        for giver, targets in points.items():
            for target, number in targets.items():
                if giver not in due or target not in due or giver == target or not 0 <= number <= self.most:
                    self.refuse(f"{giver} can't spend {number} points on {target}; it is 0 to {self.most}, on somebody else.")
                due[giver] += number
                due[target] += self.rate * number
                self.spent[giver] = self.spent.get(giver, 0) + number
        losses = {name: min(owed, gains[name]) for name, owed in due.items()}
        for name, loss in losses.items():
            self.lost[name] = self.lost.get(name, 0) + loss
        return losses
