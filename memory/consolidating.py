"""Consolidation: many small memories of a time long past become one thought that says what was worth keeping.

The one idea: the policy says which memories make an episode, and whoever is given says in words what they come to; so it
asks no model itself, and is used inside a turn and by hand alike. The thought rests on the memories that it replaces:
they are forgotten, and the run's archive still has them by their ids.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from gamemaster.language import together
from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.record_checks import checked_time
from gamemaster.memory.replacement import Replacement, put_in_place
from gamemaster.memory.scoring import UNRATED
from gamemaster.words import MemoryInputError, MemoryKind, MemoryRecord

__all__ = ["ConsolidateOld", "ConsolidatingPolicy", "Summarise", "consolidate", "consolidated"]

Episode = Sequence[MemoryRecord]

_DAY = 86_400.0


class Summarise(Protocol):
    """Says in words what an episode comes to: a model's answer, or a function's."""

    async def __call__(self, episode: Sequence[MemoryRecord], number: int) -> str:
        """The summary of the episode with this number, from 0; with an empty one the episode stays as it is."""
        ...


class ConsolidatingPolicy(Protocol):
    """Which memories make an episode, and what takes its place."""

    def episodes(self, records: Sequence[MemoryRecord], now: float) -> list[Episode]:
        """Groups out of `records`, which come oldest first; no record in two. `now` is in simulated seconds."""
        ...

    def summary(self, episode: Episode, text: str, now: float) -> Replacement:
        """What takes the place of an episode that `text` sums up."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidateOld:
    """Consolidate what happened in windows of `window` simulated seconds that ended more than `age` seconds ago.

    An episode are the records of one window of one of `kinds`, of at most this `importance` (unrated counts as 5), last
    accessed more than `age` ago; so what matters and what is still recalled stays. Fewer than `least` stay as they are, and
    of more than `most` several episodes are made, in the order of time. Windows begin at multiples of `window`: days, unless
    told otherwise.

    The thought has the time of the episode's last record, and `now` for its last access; its importance is the highest of
    the episode (None when nothing is rated), its tags "consolidated" and nothing else.
    Raises: MemoryInputError for numbers that mean nothing.
    """

    age: float = _DAY
    window: float = _DAY
    importance: float = 5.0
    least: int = 4
    most: int = 40
    kinds: tuple[MemoryKind, ...] = ("observation",)

    def __post_init__(self) -> None:
        if not (math.isfinite(self.age) and self.age >= 0):
            raise MemoryInputError(f"Memories are to be consolidated at the age {self.age!r}; give seconds, 0 or more.")
        if not (math.isfinite(self.window) and self.window > 0):
            raise MemoryInputError(f"Memories are to be consolidated by windows of {self.window!r}; give seconds above 0.")
        if not 0 <= self.importance <= 10:
            raise MemoryInputError(f"Memories are to be consolidated up to the importance {self.importance!r}; give 0 to 10.")
        if not 2 <= self.least <= self.most:
            raise MemoryInputError(
                f"An episode is to have {self.least} to {self.most} memories; give whole numbers from 2 on, the lower first."
            )

    def episodes(self, records: Sequence[MemoryRecord], now: float) -> list[Episode]:
        """The episodes, oldest first."""
        windows: dict[int, list[MemoryRecord]] = {}
        for each in records:
            rated = UNRATED if each.importance is None else each.importance
            number = math.floor(each.time / self.window)
            is_over = now - (number + 1) * self.window >= self.age
            if each.kind in self.kinds and rated <= self.importance and is_over and now - each.last_access > self.age:
                windows.setdefault(number, []).append(each)
        found: list[Episode] = []
        for number in sorted(windows):
            held = windows[number]
            parts = [held[start : start + self.most] for start in range(0, len(held), self.most)]
            found += [part for part in parts if len(part) >= self.least]
        return found

    def summary(self, episode: Episode, text: str, now: float) -> Replacement:
        """A thought that rests on the episode's records."""
        ids = tuple(each.id for each in episode)
        rated = [each.importance for each in episode if each.importance is not None]
        return Replacement(
            of=ids,
            text=text,
            time=max(each.time for each in episode),
            last_access=now,
            importance=max(rated, default=None),
            kind="thought",
            tags=("consolidated",),
            rests_on=ids,
        )


async def consolidated(
    policy: ConsolidatingPolicy, records: Sequence[MemoryRecord], now: float, summarise: Summarise
) -> list[Replacement]:
    """What is to take the place of the policy's episodes, all of them summed up at the same time; nothing is changed yet."""
    episodes = policy.episodes(records, now)
    texts = await together([summarise(episode, number) for number, episode in enumerate(episodes)])
    said = [(episode, text.strip()) for episode, text in zip(episodes, texts, strict=True)]
    return [policy.summary(episode, text, now) for episode, text in said if text]


async def consolidate(
    memory: AssociativeMemory, policy: ConsolidatingPolicy, summarise: Summarise, *, now: float | None = None
) -> list[MemoryRecord]:
    """The new thoughts, in the place of the episodes that `policy` finds in `memory` and `summarise` sums up.

    `now` is by default the latest time that the records know of. In a simulation use `gamemaster.components.KeepMemory`,
    whose questions are on record. Raises: whatever `summarise` raises, and MemoryInputError; nothing has changed then.
    """
    records = list(memory)
    at = latest(records) if now is None else checked_time(now, "Memories are to be consolidated at")
    replacements = await consolidated(policy, records, at, summarise)
    for id in (id for each in replacements for id in each.of):
        if memory.get(id) is None:
            raise MemoryInputError(f"The memory {id!r} is gone since its episode was summed up; consolidate again.")
    return put_in_place(memory, replacements)


def latest(records: Collection[MemoryRecord]) -> float:
    """The latest time that the records know of; 0 of none."""
    return max((max(each.time, each.last_access) for each in records), default=0.0)
