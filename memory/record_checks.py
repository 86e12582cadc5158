"""Checks on what is to be remembered; each says what was wrong, for whom, and what to do."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, cast

from gamemaster.words import EDITABLE, MemoryInputError, MemoryRecord

__all__ = ["as_names", "check_record", "checked_changes", "checked_time", "with_numbers"]


def check_record(record: MemoryRecord) -> None:
    """Raises MemoryInputError for an empty text or kind, an importance outside 0 .. 10, or a time that is no number."""
    who = record.holder or "The memory"
    if not isinstance(record.text, str) or not record.text.strip():  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MemoryInputError(f"{who} is to remember {record.text!r}; a memory is a text that isn't empty.")
    if not record.kind:
        raise MemoryInputError(f"{who} is to remember {record.text[:80]!r} with the kind {record.kind!r}; name a kind.")
    if not record.id:
        raise MemoryInputError(f"{who} is to remember {record.text[:80]!r} under an empty id; leave the id out to be given one.")
    checked_time(record.time, f"{who} is to remember {record.text[:80]!r} at")
    checked_time(record.last_access, f"{who} is to remember {record.text[:80]!r} with the last access")
    rated = record.importance
    if rated is not None and not (_is_number(rated) and 0.0 <= rated <= 10.0):
        raise MemoryInputError(
            f"{who} is to remember {record.text[:80]!r} with the importance {rated!r}; give 0 to 10, or None if unrated."
        )


def with_numbers(record: MemoryRecord) -> MemoryRecord:
    """The record with its numbers as floats, as it is stored: a text that shows one shows the same after a reload."""
    numbers = (record.time, record.last_access, record.importance)
    if all(each is None or type(each) is float for each in numbers):
        return record
    rated = record.importance
    return replace(
        record,
        time=float(record.time),
        last_access=float(record.last_access),
        importance=None if rated is None else float(rated),
    )


def checked_time(time: float, what: str) -> float:
    """The time as a float. Raises MemoryInputError when it is no finite number."""
    if not _is_number(time):
        raise MemoryInputError(f"{what} {time!r}; a time is a number of simulated seconds.")
    return float(time)


def checked_changes(changes: Mapping[str, Any], what: str) -> dict[str, Any]:
    """An edit's fields with tags as a tuple. Raises MemoryInputError for one that no edit changes, or of another type."""
    fields: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in EDITABLE:
            raise MemoryInputError(f"{what} and change its {name!r}; what an edit changes is {', '.join(EDITABLE)}.")
        if name == "tags":
            names = cast("Collection[object]", value if isinstance(value, Collection) else [value])
            if not all(isinstance(each, str) for each in names):
                raise MemoryInputError(f"{what} and give it the tags {value!r}; give a list of texts.")
            tags = cast("Collection[str]", value)
            value = as_names(sorted(tags) if isinstance(tags, set | frozenset) else tags)
        elif name in ("text", "kind") and not isinstance(value, str):
            raise MemoryInputError(f"{what} and give it the {name} {value!r}; give a text.")
        fields[name] = value
    return fields


def as_names(names: Collection[str]) -> tuple[str, ...]:
    """Kinds, tags or ids as a tuple; a text alone is one name, not its letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
