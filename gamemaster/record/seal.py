"""Seal: a digest of what an archive says of itself as a whole: configuration, status, what stopped it, and its metrics.

The hash chain covers what the steps brought. These entries are written between steps, and the seal with them, in the
same transaction; so a bit that was flipped in a metric is found too. An archive without a seal is taken as it is.
"""

from __future__ import annotations

import sqlite3

from gamemaster.record.contents import digest_of
from gamemaster.record.json_text import from_json, sorted_json, to_json
from gamemaster.record.schema import META, METRICS

__all__ = ["is_sealed_wrongly", "seal"]

_KEY = "seal"


def seal(connection: sqlite3.Connection) -> None:
    """Put the seal on what stands there now; within the caller's transaction."""
    connection.execute(META.insert, (_KEY, sorted_json(_digest(connection))))


def is_sealed_wrongly(connection: sqlite3.Connection) -> bool:
    """Whether there is a seal that does not fit. Raises: ArchiveDamaged where it can't be read."""
    row = next(META.rows(connection, "key = ?", (_KEY,)), None)
    return row is not None and from_json(row[1], _KEY) != _digest(connection)


def _digest(connection: sqlite3.Connection) -> str:
    return digest_of(
        to_json([list(META.rows(connection, "key NOT IN (?, ?)", (_KEY, "writer"))), list(METRICS.rows(connection))])
    )
