"""Replacement: one new memory in the place of several.

The one idea: merging and consolidation say what is to become of memories as data, so that it can be done by hand at once or
in a step with everything else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.words import MemoryKind, MemoryRecord

__all__ = ["Replacement", "ReplacingPolicy", "put_in_place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """The records with the ids `of` give way to one with these fields; times are in simulated seconds."""

    of: tuple[str, ...]
    text: str
    time: float
    last_access: float
    importance: float | None = None
    kind: MemoryKind = "observation"
    tags: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()


class ReplacingPolicy(Protocol):
    """Which records give way to which, without asking anybody."""

    def replacements(self, records: Collection[MemoryRecord], now: float) -> list[Replacement]:
        """Replacements of some of `records`, which come oldest first; `now` is in simulated seconds."""
        ...


def put_in_place(memory: AssociativeMemory, replacements: Collection[Replacement]) -> list[MemoryRecord]:
    """The new records, after the old ones have gone. Raises: MemoryInputError as `add` and `forget` do."""
    added: list[MemoryRecord] = []
    for each in replacements:
        new = memory.add(
            each.text,
            time=each.time,
            last_access=each.last_access,
            importance=each.importance,
            kind=each.kind,
            tags=each.tags,
            rests_on=each.rests_on,
        )
        memory.forget(each.of)
        added.append(new)
    return added
