"""Merging: what was remembered several times in the same words becomes one memory that knows how often.

The one idea: the count is a tag ("times:3"), so that it is stored, shown and moved like any tag. Only equal texts are
merged; whether two texts mean the same is a question for a model, and is not asked here.
"""

from __future__ import annotations

from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.words import MemoryRecord

__all__ = ["merge_duplicates", "times"]

_TAG = "times:"


def times(record: MemoryRecord) -> int:
    """How many memories were merged into this one; 1 when it stands for itself."""
    return sum(map(_count, record.tags)) or 1


def merge_duplicates(memory: AssociativeMemory) -> list[MemoryRecord]:
    """The new records, one for each text that was there more than once with one kind, in the order of their times.

    A new record stands in for the old ones: it has their latest time and last access, their highest importance (None when
    none is rated), all their tags and all that they rest on, and a tag with how many they were, merged ones counted in
    full. Records that others rest on stay as they are, and out of the count. In a bank whose accesses are deferred, the last
    access is set with the others of the step.
    """
    needed = {id for record in memory for id in record.rests_on}
    groups: dict[tuple[str, str], list[MemoryRecord]] = {}
    for record in memory:
        if record.id not in needed:
            groups.setdefault((record.kind, record.text), []).append(record)
    alike = sorted((group for group in groups.values() if len(group) > 1), key=lambda group: group[-1].time)
    return [_merged(memory, group) for group in alike]


def _merged(memory: AssociativeMemory, group: list[MemoryRecord]) -> MemoryRecord:
    tags = dict.fromkeys(tag for each in group for tag in each.tags if not _count(tag))
    rated = [each.importance for each in group if each.importance is not None]
    grounds = dict.fromkeys(id for each in group for id in each.rests_on if memory.get(id) is not None)
    last = max(each.last_access for each in group)
    new = memory.add(
        group[0].text,
        time=group[-1].time,
        importance=max(rated, default=None),
        kind=group[0].kind,
        tags=[*tags, f"{_TAG}{sum(map(times, group))}"],
        rests_on=list(grounds),
    )
    memory.forget([each.id for each in group])
    memory.bank.accessed(memory.holder, [new.id], last)
    return memory.get(new.id) or new


def _count(tag: str) -> int:
    """The count in a tag; 0 for a tag that is none."""
    number = tag.removeprefix(_TAG)
    return int(number) if tag != number and number.isascii() and number.isdigit() else 0
