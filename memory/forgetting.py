"""Forgetting: policies that keep a memory from growing for ever.

The one idea: a policy is a small value that names the records to forget; `forget_by` forgets them. To write another, write
a class with `gone`. Nobody is asked, and nothing is drawn: the same records at the same time forget the same.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.record_checks import checked_time
from gamemaster.memory.scoring import UNRATED
from gamemaster.words import MemoryInputError, MemoryKind, MemoryRecord

__all__ = ["ForgetFaint", "ForgetOld", "ForgettingPolicy", "KeepStrongest", "forget_by", "strength"]

_SECONDS_PER_HOUR = 3600.0
_SPARED = ("formative",)


class ForgettingPolicy(Protocol):
    """Which records to forget."""

    def gone(self, records: Sequence[MemoryRecord], now: float) -> Collection[str]:
        """Ids out of `records`, which come oldest first; `now` is in simulated seconds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetOld:
    """Forget what was last accessed more than `age` simulated seconds ago, except records of the kinds in `spare`."""

    age: float
    spare: tuple[MemoryKind, ...] = _SPARED

    def __post_init__(self) -> None:
        if not self.age >= 0:
            raise MemoryInputError(f"Memories are to be forgotten at the age {self.age!r}; give seconds, 0 or more.")

    def gone(self, records: Sequence[MemoryRecord], now: float) -> list[str]:
        """Ids of what is too old."""
        return [each.id for each in records if each.kind not in self.spare and now - each.last_access > self.age]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetFaint:
    """Forget what has a `strength` under `below`, except records of the kinds in `spare`."""

    below: float
    decay: float = 0.995
    spare: tuple[MemoryKind, ...] = _SPARED

    def __post_init__(self) -> None:
        if not math.isfinite(self.below):
            raise MemoryInputError(f"Memories are to be forgotten below the strength {self.below!r}; give a number, 0 to 1.")
        _check_decay(self.decay)

    def gone(self, records: Sequence[MemoryRecord], now: float) -> list[str]:
        """Ids of what is too faint."""
        return [each.id for each in records if each.kind not in self.spare and strength(each, now, decay=self.decay) < self.below]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepStrongest:
    """Keep the `count` records of the highest `strength`, of equals the newer, and all of the kinds in `spare` beside them."""

    count: int
    decay: float = 0.995
    spare: tuple[MemoryKind, ...] = _SPARED

    def __post_init__(self) -> None:
        if self.count < 0:
            raise MemoryInputError(f"Of the memories {self.count} are to be kept; give a whole number of at least 0.")
        _check_decay(self.decay)

    def gone(self, records: Sequence[MemoryRecord], now: float) -> list[str]:
        """Ids of all but the strongest, the faintest first."""
        others = [each for each in records if each.kind not in self.spare]
        others.sort(key=lambda each: strength(each, now, decay=self.decay))  # stable: of equals the older first
        return [each.id for each in others[: max(0, len(others) - self.count)]]


def strength(record: MemoryRecord, now: float, *, decay: float = 0.995) -> float:
    """0 .. 1: a tenth of the importance (5 while unrated), times `decay` to the hours since the last access."""
    hours = max(0.0, now - record.last_access) / _SECONDS_PER_HOUR
    return (UNRATED if record.importance is None else record.importance) / 10.0 * decay**hours


def forget_by(memory: AssociativeMemory, *policies: ForgettingPolicy, now: float | None = None) -> list[MemoryRecord]:
    """What `memory` has forgotten by the policies, oldest first; each is shown what those before it have left.

    `now` is by default the latest time that the records know of. What rests on a forgotten record still names its id.
    Raises: MemoryInputError when a policy names an id that isn't held; nothing is forgotten then.
    """
    records = list(memory)
    at = max((max(each.time, each.last_access) for each in records), default=0.0) if now is None else now
    checked_time(at, "Memories are to be forgotten at")
    gone: set[str] = set()
    for policy in policies:
        gone.update(policy.gone([each for each in records if each.id not in gone], at))
    memory.forget(sorted(gone))
    return [each for each in records if each.id in gone]


def _check_decay(decay: float) -> None:
    if not 0.0 < decay <= 1.0:
        raise MemoryInputError(f"The decay per hour is {decay!r}; it must be above 0 and at most 1.")
