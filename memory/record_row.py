"""RecordRow: a memory record as a row of a file, and back.

The one idea: whatever the file's kind, a row is the record's fields as plain values, and is checked here once, where trust
ends. It reads and writes no file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gamemaster.memory.record_checks import check_record
from gamemaster.words import EDITABLE, MemoryInputError, MemoryRecord, MemoryVersion

__all__ = ["RecordRow", "VersionRow", "at_place", "record_of", "row_of"]

_PLAIN = tuple(each.name for each in fields(MemoryRecord) if each.name != "versions")


class VersionRow(BaseModel):
    """A row's earlier version: what a `MemoryVersion` holds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    step: int = Field(ge=0)
    time: float = Field(allow_inf_nan=False)
    changed: list[Literal["text", "importance", "kind", "tags"]]
    text: str
    importance: float | None = Field(default=None, ge=0, le=10)
    kind: str
    tags: list[str] = []

    def version(self) -> MemoryVersion:
        """The version in the row."""
        return MemoryVersion(
            step=self.step,
            time=self.time,
            changed=tuple(self.changed),
            text=self.text,
            importance=self.importance,
            kind=self.kind,
            tags=tuple(self.tags),
        )


class RecordRow(BaseModel):
    """A row of a file of memories; only id, holder, text and time must be there."""

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
    versions: list[VersionRow] = []


def row_of(record: MemoryRecord) -> dict[str, Any]:
    """The record's fields as plain values; `versions` is among them where there are any."""
    row: dict[str, Any] = {name: getattr(record, name) for name in _PLAIN}
    if record.versions:
        names = ("step", "time", "changed", *EDITABLE)
        row["versions"] = [{name: getattr(version, name) for name in names} for version in record.versions]
    return row


def record_of(values: Any, where: str) -> MemoryRecord:
    """The record in a row. Raises: MemoryInputError, beginning with `where`, for values that a record can't have."""
    try:
        row = RecordRow.model_validate(values)
    except ValidationError as error:
        raise MemoryInputError(f"{where}: {at_place(error)}.") from error
    held: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    held |= {
        "last_access": row.time if row.last_access is None else row.last_access,
        "tags": tuple(row.tags),
        "rests_on": tuple(row.rests_on),
        "versions": tuple(each.version() for each in row.versions),
    }
    record = MemoryRecord(**held)
    try:
        check_record(record)
    except MemoryInputError as error:
        raise MemoryInputError(f"{where}: {error}") from error
    return record


def at_place(error: ValidationError) -> str:
    """The first of pydantic's complaints, with the field that it is about."""
    first: Mapping[str, Any] = error.errors()[0]
    at = ".".join(str(each) for each in first["loc"])
    return f"{first['msg']}" + (f" (at {at}, which is {str(first['input'])[:80]!r})" if at else "")
