"""What an agent is given of imported memories: the arguments of `AssociativeMemory.add`, a mapping for each record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gamemaster.words import MemoryRecord

__all__ = ["as_memories"]


def as_memories(records: Iterable[MemoryRecord]) -> list[dict[str, Any]]:
    """For `Agent(memories=…)`: each record with its id, times, importance, kind, tags and what it rests on, in their order."""
    return [
        {
            "id": record.id,
            "text": record.text,
            "time": record.time,
            "last_access": record.last_access,
            "importance": record.importance,
            "kind": record.kind,
            "tags": record.tags,
            "rests_on": record.rests_on,
        }
        for record in records
    ]
