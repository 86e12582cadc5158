"""Need: something that an agent wants more and more with time, until it does something about it.

The one idea: a level between 0 (satisfied) and 1 (could not be more pressing) that rises by the hour and falls by deeds. All
here is arithmetic; which deed helps is declared, or judged elsewhere.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gamemaster.words import DefinitionError

__all__ = ["Need", "Relief", "levels_after", "maslow", "most_pressing", "relieved", "risen"]

_HOUR = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A need by name, that rises by `rise` an hour (1 is from satisfied to unbearable in an hour) from `start` on.

    `weight` says how much it counts beside others of the same level.
    """

    name: str
    rise: float
    start: float = 0.0
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise DefinitionError("A need has no name; give it one, as in Need(name='hunger', rise=0.1).")
        if not 0 <= self.rise < math.inf:
            raise DefinitionError(f"The need {self.name!r} has rise={self.rise}; it is 0 or more an hour.")
        if not 0 <= self.start <= 1:
            raise DefinitionError(f"The need {self.name!r} has start={self.start}; it is 0 to 1.")
        if not 0 < self.weight < math.inf:
            raise DefinitionError(f"The need {self.name!r} has weight={self.weight}; it is a number above 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What a deed does about a need: its level falls by `by` (a negative one raises it)."""

    need: str
    by: float

    def __post_init__(self) -> None:
        if not -1 <= self.by <= 1:
            raise DefinitionError(f"Relief(need={self.need!r}, by={self.by}): by is -1 to 1.")


def risen(level: float, rise: float, seconds: float) -> float:
    """The level after so much time, at most 1; time that runs backwards counts as none."""
    return min(1.0, level + rise * max(0.0, seconds) / _HOUR)


def relieved(level: float, by: float) -> float:
    """The level after something was done about it, 0 to 1."""
    return min(1.0, max(0.0, level - by))


def levels_after(needs: Iterable[Need], levels: Mapping[str, float], seconds: float) -> dict[str, float]:
    """All levels after so much time; a need without one begins at its start."""
    return {need.name: risen(levels.get(need.name, need.start), need.rise, seconds) for need in needs}


def most_pressing(needs: Iterable[Need], levels: Mapping[str, float], above: float = 0.0) -> Need | None:
    """The need of the highest level times weight among those of a level above `above`; of ties the first. None for none."""
    found = [need for need in needs if levels[need.name] > above]
    return max(found, key=lambda need: levels[need.name] * need.weight, default=None)


@cache
def maslow() -> tuple[Need, ...]:
    """Five needs after Maslow 1943, from the body's up; levels and rates are this library's, and stand in a data file."""
    table = tomllib.loads(Path(__file__).with_name("maslow.toml").read_text("utf-8"))
    return tuple(Need(**each) for each in table["needs"])
