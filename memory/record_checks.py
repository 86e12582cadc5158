"""Checks on what is to be remembered; each says what was wrong, for whom, and what to do."""

from __future__ import annotations

import math
from collections.abc import Collection

from gamemaster.words import MemoryInputError, MemoryRecord

__all__ = ["as_names", "check_record", "checked_time"]


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


def checked_time(time: float, what: str) -> float:
    """The time as a float. Raises MemoryInputError when it is no finite number."""
    if not _is_number(time):
        raise MemoryInputError(f"{what} {time!r}; a time is a number of simulated seconds.")
    return float(time)


def as_names(names: Collection[str]) -> tuple[str, ...]:
    """Kinds, tags or ids as a tuple; a text alone is one name, not its letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
