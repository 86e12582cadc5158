"""Imitation: people take over the strategy of others who do better.

The one idea: a strategy is a text that somebody lives by. From time to time each looks at one other, drawn at random, and takes
its text over with a probability that rises with how much better the other has done: 1 / (1 + exp(-(R_other - R_own) / scale)).
All look at the same moment, at the texts as they were.

Source of the rule: Szabó and Tőke 1998 (Fermi rule), Traulsen et al. 2006 (pairwise comparison).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated

from annotated_types import Gt
from pydantic import BaseModel, Field

from gamemaster.world.world import World

__all__ = ["Comparison", "Imitation", "likelihood"]


class Comparison(BaseModel):
    """Who looked at whom, the text that it saw, and whether it took it over."""

    name: str
    other: str
    text: str
    adopted: bool


def likelihood(own: float, other: float, scale: float) -> float:
    """How likely somebody who has `own` takes over from somebody who has `other`: 1 / (1 + exp(-(other - own) / scale))."""
    apart = (other - own) / scale
    if apart < -700:  # exp overflows, and nobody looks up to one so far below
        return 0.0
    return 1 / (1 + math.exp(-apart))


class Imitation(World):
    """Put it into a world as a field, `imitation: Imitation`; state strategies with `adopt`, spread them with `spread`."""

    strategies: dict[str, str] = Field(default_factory=dict[str, str])
    scale: Annotated[float, Gt(0)] = 10.0
    adopted: int = 0
    """How often a text was taken over."""

    def adopt(self, name: str, text: str) -> None:
        """Have somebody live by this text from now on; for use in actions."""
        self.strategies[name] = text

    def spread(self, returns: Mapping[str, float], *, what: str) -> list[Comparison]:
        """Have each of those in `returns` look at one other who has a strategy; for use in actions and hooks.

        Draws are named by `what` and the name of whoever looks, so nobody's depend on who else is there, but for the
        choice among those who are. Returned in the order of `returns`; who finds nobody to look at is left out.
        """
        found = [self._compared(name, returns, what) for name in returns]
        compared = [each for each in found if each is not None]
        for each in compared:
            if each.adopted:
                self.strategies[each.name] = each.text
                self.adopted += 1
        return compared

    def _compared(self, name: str, returns: Mapping[str, float], what: str) -> Comparison | None:
        others: Sequence[str] = [each for each in returns if each != name and each in self.strategies]
        if not others:
            return None
        chance = self.random(f"{what}/{name}")
        other = chance.choice(others)
        adopted = chance.random() < likelihood(returns[name], returns[other], self.scale)
        return Comparison(name=name, other=other, text=self.strategies[other], adopted=adopted)
