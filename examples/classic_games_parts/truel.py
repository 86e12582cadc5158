"""The truel and its like: who shoots at whom when shots are fired in turn, and how likely each is to be the last.

The one idea: with a number of shots at most the game is solved from its end. Who is left and whose turn it is make a state; with
one shot more, a shooter compares a miss on purpose with each target, given what comes of it with one shot less. That is the
subgame-perfect equilibrium, for every state at once. Without an end there need not be one in pure strategies: of five
shooters some go round in circles.

Source of the game: Kilgour 1975, The sequential truel. Where several answers are as good, that is the best shooter among the
targets, and a shot rather than a miss.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

__all__ = ["Truel", "solve"]

_SAME = 1e-9
"""Two chances are the same when they differ by less than this part of the greater."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truel:
    """The solution for these hit rates and this number of shots; players are numbers, in the order in which they shoot."""

    rates: tuple[float, ...]
    shots: int
    _targets: Any
    _chances: Any

    def target(self, left: Sequence[int], turn: int, shots: int) -> int | None:
        """Whom player `turn` shoots at when those are left and so many shots; None for nobody."""
        found = int(self._targets[shots, _mask(left), turn])
        return None if found < 0 else found

    def chances(self, left: Sequence[int], turn: int) -> list[float]:
        """How likely each player is to be the last one left, with all the shots to come."""
        return [float(each) for each in self._chances[_mask(left), turn]]


@lru_cache(maxsize=4)
def solve(rates: tuple[float, ...], shots: int) -> Truel:
    """The equilibrium for all who may be left. Costs shots x players^2 x 2^players simple steps: 100 shots of 10 take 1 s."""
    from importlib import import_module

    np: Any = import_module("numpy")  # its arrays of masks have types that no checker follows
    count = len(rates)
    masks = np.arange(2**count)
    here = (masks[:, None] >> np.arange(count)) & 1 == 1  # by mask, player
    following = np.zeros((2**count, count), dtype=np.int64)
    for player in range(count):
        for ahead in reversed(range(1, count + 1)):
            other = (player + ahead) % count
            following[here[:, other], player] = other
    chances = np.zeros((2**count, count, count))
    for player in range(count):
        chances[1 << player, :, player] = 1.0
    targets = np.full((shots + 1, 2**count, count), -1, dtype=np.int8)
    strongest_first = sorted(range(count), key=lambda player: (-rates[player], player))
    several = here.sum(axis=1) > 1
    for left in range(1, shots + 1):
        after = chances.copy()
        for player, rate in enumerate(rates):
            group = masks[several & here[:, player]]
            missed = chances[group, following[group, player]]
            worths = np.full((len(group), count), -1.0)
            for other in (each for each in range(count) if each != player):
                there = here[group, other]
                rest = group[there] & ~(1 << other)
                hit = chances[rest, following[rest, player], player]
                worths[there, other] = rate * hit + (1 - rate) * missed[there, player]
            best = np.maximum(worths.max(axis=1), missed[:, player])
            chosen = np.full(len(group), -1)
            for other in reversed(strongest_first):
                good = (worths[:, other] >= 0) & (worths[:, other] >= best * (1 - _SAME))
                chosen[good] = other
            values, shot = missed.copy(), chosen >= 0
            rest = group[shot] & ~(1 << chosen[shot])
            values[shot] = rate * chances[rest, following[rest, player]] + (1 - rate) * missed[shot]
            after[group, player] = values
            targets[left, group, player] = chosen
        chances = after
    return Truel(rates=rates, shots=shots, _targets=targets, _chances=chances)


def _mask(left: Sequence[int]) -> int:
    return sum(1 << player for player in left)
