"""A file of memories that somebody edited, read as what it changes.

The one idea: a line with the id of a memory is that memory as it should be, a line marked `"deleted": true` forgets it, a
line with no id or a new one is a new memory, and memories without a line stay as they are. All lines are read before
anything is done, so a wrong one changes nothing. It changes no memory itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from gamemaster.memory.jsonl import json_rows, read_head, read_lines
from gamemaster.memory.record_checks import check_record
from gamemaster.memory.record_row import VersionRow, at_place
from gamemaster.words import EDITABLE, MemoryInputError, MemoryRecord

__all__ = ["MemoryEdits", "read_edits"]

_FIELDS = tuple(each.name for each in fields(MemoryRecord))


class _EditRow(BaseModel):
    """A line: whatever is left out stays, or has its default in a new memory."""

    model_config = ConfigDict(extra="forbid", strict=True)

    id: str = ""
    holder: str = ""
    deleted: bool = False
    text: str = ""
    time: float | None = None
    last_access: float | None = None
    importance: float | None = None
    kind: str = "observation"
    tags: list[str] = []
    rests_on: list[str] = []
    depth: int | None = None
    versions: list[VersionRow] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryEdits:
    """What becomes of a holder's memories: changed fields by id, new records in order, ids of those to be forgotten."""

    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    added: tuple[MemoryRecord, ...] = ()
    forgotten: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changed or self.added or self.forgotten)


def read_edits(
    path: str | Path, records: Sequence[MemoryRecord], *, holder: str, step: int, time: float, taken: Mapping[str, str]
) -> MemoryEdits:
    """What the file changes of `records`, the memories of `holder`.

    An edit changes text, importance, kind and tags; a line may repeat a memory's other fields as they are. A new memory
    has the time `time` (simulated seconds) unless it says another, its last access likewise, and an id
    `"{step}/memory/{n}"` unless it has one; `rests_on` may name new memories further up. `taken` are all ids that were ever
    given, with whose memory each is; none is given again.

    The first line is as in files of `write_jsonl`, with or without its count; a count that is higher than the number of
    lines is a truncated file.
    Raises: MemoryInputError, naming file, line and field, for the first line that is wrong.
    """
    lines = read_lines(path)
    head = read_head(lines[0], path)
    rows = list(json_rows(lines, path))
    if head.records is not None and len(rows) < head.records:
        raise MemoryInputError(
            f"{path} holds {len(rows)} records and says {head.records} in its first line: it may be truncated. To leave memories "
            'as they are, take their lines out and mend "records" there; to forget one, give its line "deleted": true.'
        )
    reading = _Reading(holder, {each.id: each for each in records}, step=step, time=time, taken=taken)
    for number, values in rows:
        reading.take(values, f"{path}, line {number}")
    return MemoryEdits(changed=reading.changed, added=tuple(reading.added.values()), forgotten=tuple(reading.forgotten))


class _Reading:
    """The lines so far."""

    def __init__(
        self, holder: str, held: Mapping[str, MemoryRecord], *, step: int, time: float, taken: Mapping[str, str]
    ) -> None:
        self.changed: dict[str, Mapping[str, Any]] = {}
        self.added: dict[str, MemoryRecord] = {}
        self.forgotten: dict[str, None] = {}
        self._holder, self._held, self._step, self._time, self._taken = holder, held, step, time, taken
        self._seen: set[str] = set()
        self._next = 0

    def take(self, values: Any, where: str) -> None:
        try:
            row = _EditRow.model_validate(values)
        except ValidationError as error:
            raise MemoryInputError(f"{where}: {at_place(error)}.") from error
        if row.holder not in ("", self._holder):
            raise MemoryInputError(f"{where}, field holder: it is {row.holder!r}; these are the memories of {self._holder!r}.")
        if row.id and row.id in self._seen:
            raise MemoryInputError(f"{where}, field id: {row.id!r} is there already; each memory may have one line.")
        self._seen.add(row.id)
        record = self._held.get(row.id)
        if row.deleted:
            if record is None:
                raise MemoryInputError(f"{where}, field id: {self._holder!r} has no memory {row.id!r} that could be forgotten.")
            self.forgotten[row.id] = None
        elif record is None:
            self._add(row, where)
        else:
            self._change(record, row, where)

    def _change(self, record: MemoryRecord, row: _EditRow, where: str) -> None:
        told = {name: getattr(record, name) for name in _FIELDS}
        changes: dict[str, Any] = {}
        for name in _FIELDS:
            if name not in row.model_fields_set:
                continue
            value = _plain(name, getattr(row, name))
            if value == told[name]:
                continue
            if name not in EDITABLE:
                raise MemoryInputError(
                    f"{where}, field {name}: it is {str(value)[:80]!r}, and {str(told[name])[:80]!r} on record; an edit changes "
                    f"{', '.join(EDITABLE)}."
                )
            changes[name] = value
        if changes:
            self._check(record.edited(changes, step=self._step, time=self._time), where)
            self.changed[record.id] = changes

    def _add(self, row: _EditRow, where: str) -> None:
        if row.id in self._taken or row.id in self.added:
            whose = self._taken.get(row.id)
            state = "a new memory's" if whose is None else "forgotten" if whose == self._holder else f"a memory of {whose!r}"
            raise MemoryInputError(f"{where}, field id: {row.id!r} is taken ({state}); leave it out for a new memory.")
        if row.versions:
            raise MemoryInputError(f"{where}, field versions: a new memory has none; leave it out.")
        depth = 0
        for id in row.rests_on:
            ground = self.added.get(id) or self._held.get(id)
            if ground is None:
                raise MemoryInputError(f"{where}, field rests_on: {self._holder!r} has no memory {id!r} further up or on record.")
            depth = max(depth, ground.depth + 1)
        if row.depth not in (None, depth):
            raise MemoryInputError(f"{where}, field depth: it is {row.depth}; by what it rests on it is {depth}. Leave it out.")
        time = self._time if row.time is None else row.time
        record = MemoryRecord(
            id=row.id or self._free_id(),
            holder=self._holder,
            text=row.text,
            time=time,
            last_access=time if row.last_access is None else row.last_access,
            importance=row.importance,
            kind=row.kind,
            tags=tuple(row.tags),
            rests_on=tuple(row.rests_on),
            depth=depth,
        )
        self._check(record, where)
        self.added[record.id] = record

    def _check(self, record: MemoryRecord, where: str) -> None:
        try:
            check_record(record)
        except MemoryInputError as error:
            raise MemoryInputError(f"{where}: {error}") from error

    def _free_id(self) -> str:
        while (id := f"{self._step}/memory/{self._next}") in self._taken or id in self.added or id in self._seen:
            self._next += 1
        return id


def _plain(name: str, value: Any) -> Any:
    """A field of a line as a record has it."""
    if name == "versions":
        return tuple([each.version() for each in cast("list[VersionRow]", value)])
    return tuple(cast("list[str]", value)) if isinstance(value, list) else value
