"""Merging: what was remembered several times in the same words becomes one memory that knows how often.

The one idea: the count is a tag ("times:3"), so that it is stored, shown and moved like any tag. Only equal texts are
merged; whether two texts mean the same is a question for a model, and is not asked here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.replacement import Replacement, put_in_place
from gamemaster.words import MemoryRecord

__all__ = ["MergeDuplicates", "merge_duplicates", "times"]

_TAG = "times:"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeDuplicates:
    """The policy by which `merge_duplicates` merges; for `KeepMemory`."""

    def replacements(self, records: Collection[MemoryRecord], now: float) -> list[Replacement]:
        """One for each text that is there more than once with one kind, in the order of their times."""
        needed = {id for record in records for id in record.rests_on}
        held = {record.id for record in records}
        groups: dict[tuple[str, str], list[MemoryRecord]] = {}
        for record in records:
            if record.id not in needed:
                groups.setdefault((record.kind, record.text), []).append(record)
        alike = sorted((group for group in groups.values() if len(group) > 1), key=lambda group: group[-1].time)
        return [_merged(group, held) for group in alike]


def times(record: MemoryRecord) -> int:
    """How many memories were merged into this one; 1 when it stands for itself."""
    return sum(map(_count, record.tags)) or 1


def merge_duplicates(memory: AssociativeMemory) -> list[MemoryRecord]:
    """The new records, one for each text that was there more than once with one kind, in the order of their times.

    A new record stands in for the old ones: it has their latest time and last access, their highest importance (None when
    none is rated), all their tags and all that they rest on, and a tag with how many they were, merged ones counted in
    full. Records that others rest on stay as they are, and out of the count. What the old ones were before edits by hand
    goes with them.
    """
    return put_in_place(memory, MergeDuplicates().replacements(list(memory), 0.0))


def _merged(group: list[MemoryRecord], held: Collection[str]) -> Replacement:
    tags = dict.fromkeys(tag for each in group for tag in each.tags if not _count(tag))
    rated = [each.importance for each in group if each.importance is not None]
    grounds = dict.fromkeys(id for each in group for id in each.rests_on if id in held)
    return Replacement(
        of=tuple(each.id for each in group),
        text=group[0].text,
        time=group[-1].time,
        last_access=max(each.last_access for each in group),
        importance=max(rated, default=None),
        kind=group[0].kind,
        tags=(*tags, f"{_TAG}{sum(map(times, group))}"),
        rests_on=tuple(grounds),
    )


def _count(tag: str) -> int:
    """The count in a tag; 0 for a tag that is none."""
    number = tag.removeprefix(_TAG)
    return int(number) if tag != number and number.isascii() and number.isdigit() else 0
