"""Memories as lines of JSON: to read, to edit by hand, to take elsewhere.

The one idea: the first line says what the file is and how many records follow; then comes one record a line, in order. A
file that was cut off or is something else is noticed. Vectors are not in it: they are made again, or come from the archive.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gamemaster.memory.record_checks import check_record
from gamemaster.words import MemoryInputError, MemoryRecord

__all__ = ["read_jsonl", "write_jsonl"]

_VERSION = 1
_FIELDS = [field.name for field in fields(MemoryRecord)]


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    gamemaster_memories: int
    records: int | None = Field(default=None, ge=0)


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    id: str
    holder: str
    text: str
    time: float
    last_access: float | None = None
    importance: float | None = None
    kind: str = "observation"
    tags: list[str] = []
    rests_on: list[str] = []
    depth: int = Field(default=0, ge=0)


def write_jsonl(records: Iterable[MemoryRecord], path: str | Path) -> None:
    """Write `records` to the file, in their order; a file that was there is replaced only when the new one is whole.

    After the call returns, the file survives a power loss.
    """
    rows = [_line({name: getattr(record, name) for name in _FIELDS}) for record in records]
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(b"".join([_line({"gamemaster_memories": _VERSION, "records": len(rows)}), *rows]))
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise MemoryInputError(f"The memories can't be written to {target}: {error.strerror}. Give another path.") from error


def read_jsonl(path: str | Path) -> list[MemoryRecord]:
    """The records in a file that `write_jsonl` wrote or somebody edited, in the order of the lines; equal to those written.

    Of a record only id, holder, text and time need be there. Who adds or takes out lines mends the count in the first one,
    or leaves it out there.
    Raises: MemoryInputError, naming file and line, for one that is missing, truncated or foreign, and for a record that
    can't be used or an id that is there twice.
    """
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except OSError as error:
        raise MemoryInputError(f"{path} can't be read: {error.strerror}.") from error
    head = _head(lines[0], path)
    records: dict[str, MemoryRecord] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        record = _record(line, f"{path}, line {number}", last=number == len(lines))
        if record.id in records:
            raise MemoryInputError(f"{path}, line {number}: the id {record.id!r} is there already; each may be there once.")
        records[record.id] = record
    if head.records is not None and head.records != len(records):
        raise MemoryInputError(
            f"{path} holds {len(records)} records and says {head.records} in its first line: it may be truncated. If you "
            'added or removed lines, mend "records" there.'
        )
    return list(records.values())


def _line(values: dict[str, object]) -> bytes:
    try:
        return json.dumps(values, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half a character, which UTF-8 doesn't have
        return json.dumps(values).encode() + b"\n"


def _head(line: bytes, path: str | Path) -> _Head:
    try:
        head = _Head.model_validate_json(line)
    except ValidationError as error:
        raise MemoryInputError(
            f"{path} is no file of memories: its first line is {line[:80].decode('utf-8', 'replace')!r}, where "
            f'{{"gamemaster_memories": {_VERSION}}} is right.'
        ) from error
    if head.gamemaster_memories != _VERSION:
        raise MemoryInputError(
            f"{path} has memories in version {head.gamemaster_memories}; this release reads version {_VERSION}. Read it with "
            "the release that wrote it."
        )
    return head


def _record(line: bytes, where: str, *, last: bool) -> MemoryRecord:
    try:
        row = _Row.model_validate(json.loads(line))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(each) for each in first["loc"])
        raise MemoryInputError(f"{where}: {first['msg']}" + (f" (at {at})" if at else "") + ".") from error
    except ValueError as error:
        cut = "the file is truncated" if last else "the line is no JSON"
        raise MemoryInputError(f"{where}: {cut} ({error}).") from error
    record = MemoryRecord(
        id=row.id,
        holder=row.holder,
        text=row.text,
        time=row.time,
        last_access=row.time if row.last_access is None else row.last_access,
        importance=row.importance,
        kind=row.kind,
        tags=tuple(row.tags),
        rests_on=tuple(row.rests_on),
        depth=row.depth,
    )
    try:
        check_record(record)
    except MemoryInputError as error:
        raise MemoryInputError(f"{where}: {error}") from error
    return record
