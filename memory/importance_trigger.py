"""ImportanceTrigger: when enough of importance has happened to reflect.

The one idea is a budget that importance is taken off. It reflects on nothing and knows no memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from gamemaster.memory.scoring import UNRATED
from gamemaster.words import MemoryInputError

__all__ = ["ImportanceTrigger"]


@dataclass(slots=True, kw_only=True)
class ImportanceTrigger:
    """A budget of importance; `left` is what is left of it, `elements` how many were counted since it was last full.

    Source: Park et al. 2023, section 4.2, which reflects when the importance of the latest events exceeds 150. The published
    code counts down and looks once a step: events that were perceived in the step at which the budget ran out count for
    the reflection that is due, not for the next.
    """

    budget: float = 150.0
    left: float = field(default=math.nan)
    elements: int = 0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.budget) and self.budget > 0):
            raise MemoryInputError(f"The budget of importance is {self.budget!r}; it must be a number above 0.")
        if math.isnan(self.left):
            self.left = self.budget

    def spend(self, importances: Iterable[float | None]) -> bool:
        """Take off what happened at one moment; True when zero or less is left, and then the budget is full again.

        An importance that is None counts as 5.
        """
        for importance in importances:
            self.left -= UNRATED if importance is None else importance
            self.elements += 1
        if self.left > 0:
            return False
        self.left, self.elements = self.budget, 0
        return True
