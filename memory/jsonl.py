"""Memories as lines of JSON: to read, to edit by hand, to take elsewhere.

The one idea: the first line says what the file is and how many records follow; then comes one record a line, in order. A
file that was cut off or is something else is noticed. Vectors are not in it: they are made again, or come from the archive
or from a Parquet file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gamemaster.memory.record_row import record_of, row_of
from gamemaster.memory.whole_file import write_whole
from gamemaster.words import MemoryInputError, MemoryRecord

__all__ = ["VERSION", "MemoriesHead", "json_line", "json_rows", "read_head", "read_jsonl", "read_lines", "write_jsonl"]

VERSION = 1
"""The version of the files of memories, JSONL and Parquet."""


class MemoriesHead(BaseModel):
    """The first line of a file: its version, and how many records follow where that is said."""

    model_config = ConfigDict(extra="forbid", strict=True)

    gamemaster_memories: int
    records: int | None = Field(default=None, ge=0)


def write_jsonl(records: Iterable[MemoryRecord], path: str | Path) -> None:
    """Write `records` to the file, in their order; a file that was there is replaced only when the new one is whole.

    After the call returns, the file survives a power loss.
    Raises: MemoryInputError when it can't be written.
    """
    rows = [json_line(row_of(record)) for record in records]

    def write(file: BinaryIO) -> None:
        file.write(b"".join([json_line({"gamemaster_memories": VERSION, "records": len(rows)}), *rows]))

    write_whole(path, write)


def read_jsonl(path: str | Path) -> list[MemoryRecord]:
    """The records in a file that `write_jsonl` wrote or somebody edited, in the order of the lines; equal to those written.

    Of a record only id, holder, text and time need be there. Who adds or takes out lines mends the count in the first one,
    or leaves it out there.
    Raises: MemoryInputError, naming file and line, for one that is missing, truncated or foreign, and for a record that
    can't be used or an id that is there twice.
    """
    lines = read_lines(path)
    head = read_head(lines[0], path)
    records: dict[str, MemoryRecord] = {}
    for number, values in json_rows(lines, path):
        where = f"{path}, line {number}"
        record = record_of(values, where)
        if record.id in records:
            raise MemoryInputError(f"{where}: the id {record.id!r} is there already; each may be there once.")
        records[record.id] = record
    if head.records is not None and head.records != len(records):
        raise MemoryInputError(
            f"{path} holds {len(records)} records and says {head.records} in its first line: it may be truncated. If you "
            'added or removed lines, mend "records" there.'
        )
    return list(records.values())


def json_line(values: dict[str, Any]) -> bytes:
    """One line, in UTF-8; with escapes where a text has half a character, which UTF-8 doesn't have."""
    try:
        return json.dumps(values, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(values).encode() + b"\n"


def json_rows(lines: list[bytes], path: str | Path) -> Iterator[tuple[int, Any]]:
    """(number, value) of each line after the first that isn't blank. Raises: MemoryInputError for one that is no JSON."""
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except ValueError as error:
            cut = "the file is truncated" if number == len(lines) else "the line is no JSON"
            raise MemoryInputError(f"{path}, line {number}: {cut} ({error}).") from error


def read_head(line: bytes, path: str | Path) -> MemoriesHead:
    """The first line. Raises: MemoryInputError when it is none, or of another version."""
    try:
        head = MemoriesHead.model_validate_json(line)
    except ValidationError as error:
        raise MemoryInputError(
            f"{path} is no file of memories: its first line is {line[:80].decode('utf-8', 'replace')!r}, where "
            f'{{"gamemaster_memories": {VERSION}}} is right.'
        ) from error
    if head.gamemaster_memories != VERSION:
        raise MemoryInputError(
            f"{path} has memories in version {head.gamemaster_memories}; this release reads version {VERSION}. Read it with "
            "the release that wrote it."
        )
    return head


def read_lines(path: str | Path) -> list[bytes]:
    """The file's lines. Raises: MemoryInputError when it can't be read."""
    try:
        return Path(path).read_bytes().split(b"\n")
    except OSError as error:
        raise MemoryInputError(f"{path} can't be read: {error.strerror}.") from error
