"""MemoryColumns: what was remembered at the end of a step, as columns.

The one idea: a hundred thousand memories are a dozen lists, not a hundred thousand objects; whoever wants one as a record has it
made. They are read, checked and changed a column at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import compress
from operator import attrgetter
from typing import Any, cast

from gamemaster.record.read_rows import edited_memory, read_memory_change, read_names
from gamemaster.record.step_rows import EDITED, FORGOTTEN
from gamemaster.record.table import Row
from gamemaster.words import MemoryRecord, MemoryVersion

__all__ = ["MEMORY_FIELDS", "MemoryColumns", "changed_columns", "read_columns"]

MEMORY_FIELDS = tuple(each.name for each in fields(MemoryRecord))
"""The fields of a memory, in the order of their columns."""
_NAMES = ("tags", "rests_on")
_fields = cast("Callable[[MemoryRecord], tuple[Any, ...]]", attrgetter(*MEMORY_FIELDS))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MemoryColumns:
    """Memories in the order of adding: each list has the field of that name of `MemoryRecord` for each of them."""

    id: list[str]
    holder: list[str]
    text: list[str]
    time: list[float]
    last_access: list[float]
    importance: list[float | None]
    kind: list[str]
    tags: list[tuple[str, ...]]
    rests_on: list[tuple[str, ...]]
    depth: list[int]
    versions: list[tuple[MemoryVersion, ...]]

    @classmethod
    def of(cls, records: Iterable[MemoryRecord]) -> MemoryColumns:
        """The columns of these records."""
        columns: list[list[Any]] = [list(each) for each in zip(*map(_fields, records), strict=True)]
        return cls(**dict(zip(MEMORY_FIELDS, columns or [[] for _ in MEMORY_FIELDS], strict=True)))

    def __len__(self) -> int:
        return len(self.id)

    def record(self, at: int) -> MemoryRecord:
        """The memory at a place."""
        return MemoryRecord(**{name: getattr(self, name)[at] for name in MEMORY_FIELDS})

    def records(self) -> list[MemoryRecord]:
        """All of them."""
        rows = zip(*self.columns().values(), strict=True)
        return [MemoryRecord(**dict(zip(MEMORY_FIELDS, row, strict=True))) for row in rows]

    def picked(self, places: Sequence[int]) -> MemoryColumns:
        """Those at these places, in this order."""
        return MemoryColumns(**{name: [column[at] for at in places] for name, column in self.columns().items()})

    def columns(self) -> dict[str, list[Any]]:
        """Each column by the name of its field."""
        return {name: getattr(self, name) for name in MEMORY_FIELDS}


def read_columns(held: Sequence[list[Any]]) -> MemoryColumns:
    """The memories that the columns of `memories` hold, those of `step` and `n` left out, as they were added.

    Of several with one id there is one, as the last has it, in the place of the first. Raises: ArchiveDamaged.
    """
    columns = dict(zip(MEMORY_FIELDS, held, strict=False))
    for name in _NAMES:
        known = {text: read_names(text, f"the {name} of a memory") for text in set(columns[name])}
        columns[name] = list(map(known.__getitem__, columns[name]))
    columns["versions"] = [()] * len(columns["id"])
    found = MemoryColumns(**columns)
    if len(set(found.id)) == len(found):
        return found
    return found.picked(list({id: at for at, id in enumerate(found.id)}.values()))


def changed_columns(held: MemoryColumns, changes: Iterable[Row]) -> MemoryColumns:
    """The memories after what rows of `memory_changes` say; ids that aren't among them are passed over. `held` is used up."""
    columns = held.columns()
    places: dict[str, int] | None = None
    gone: set[int] = set()
    for row in changes:
        name, changed, ids = read_memory_change(row)
        if places is None:
            places = {id: at for at, id in enumerate(held.id)}
        for id in ids:
            at = places.get(id)
            if at is None:
                continue
            if name == FORGOTTEN:
                gone.add(at)
                del places[id]
            elif name == EDITED:
                new = edited_memory(held.record(at), changed, f"memory change {row[1]} of step {row[0]}")
                for field, value in zip(MEMORY_FIELDS, _fields(new), strict=True):
                    columns[field][at] = value
            else:
                columns[name][at] = changed
    if not gone:
        return held
    kept = [at not in gone for at in range(len(held))]
    return MemoryColumns(**{name: list(compress(column, kept)) for name, column in columns.items()})
