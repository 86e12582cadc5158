"""Amending: what is added to the last committed step from outside, after the step.

The one idea: the last link of the hash chain is the only one that nothing stands on yet, so it alone can be made anew. What
was recorded stays as it was; rows are put behind it, the link is computed again, and the archive's `amended` entry keeps the
step, the link as it was, and the wall clock. What had been answered for the step after it was answered with another past,
and is forgotten.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from gamemaster.record.chain import first_digest, step_digest
from gamemaster.record.contents import Contents
from gamemaster.record.json_text import from_json, sorted_json
from gamemaster.record.schema import CALLS, EVENTS, MEMORIES, MEMORY_CHANGES, META, STEPS
from gamemaster.record.seal import seal
from gamemaster.record.step_record import StepRecord
from gamemaster.record.step_rows import step_rows
from gamemaster.record.table import Row, Table, query
from gamemaster.words import ArchiveError

__all__ = ["amended_digest", "amendment_rows"]

_BEHIND = (MEMORIES.name, MEMORY_CHANGES.name)
_ADDED = (EVENTS.name, *_BEHIND)
_KEY = "amended"


def amendment_rows(connection: sqlite3.Connection, record: StepRecord, contents: Contents) -> list[tuple[Table, list[Row]]]:
    """The rows that `record` adds to its step, which is there already: events, memories and memory changes.

    Raises: ArchiveError when it brings anything else.
    """
    batches: list[tuple[Table, list[Row]]] = []
    for table, rows in step_rows(record, contents):
        if not rows:
            continue
        if table.name not in _ADDED:
            raise ArchiveError(f"An amendment of step {record.step} brings {table.name}; it may bring {', '.join(_ADDED)}.")
        if table.name in _BEHIND:
            (last,) = next(query(connection, f'SELECT max(n) FROM "{table.name}" WHERE step = ?', (record.step,)))
            start = 0 if last is None else last + 1
            rows = [(step, start + n, *rest) for step, n, *rest in rows]
        batches.append((table, rows))
    return batches


def amended_digest(connection: sqlite3.Connection, step: int, clock: float) -> str:
    """The new link of the last step, put on record; within the transaction that added the rows."""
    connection.execute(f"DELETE FROM {CALLS.name} WHERE step > ?", (step,))
    row = next(STEPS.rows(connection, "step = ?", (step,)))
    before = next(STEPS.rows(connection, "step = ?", (step - 1,)), None)
    if before is None:
        (held,) = next(query(connection, "SELECT value FROM meta WHERE key = 'configuration'"))
        previous = first_digest(from_json(held, "configuration"))
    else:
        previous = before[3]
    digest = step_digest(connection, step, row[:3], previous)
    connection.execute(f"UPDATE {STEPS.name} SET digest = ? WHERE step = ?", (digest, step))
    known = next(META.rows(connection, "key = ?", (_KEY,)), None)
    amended: list[Any] = [] if known is None else from_json(known[1], _KEY)
    amended.append({"step": step, "digest": row[3], "clock": clock})
    connection.execute(META.insert, (_KEY, sorted_json(amended)))
    seal(connection)
    return digest
