"""Limits: what a database that may come from anyone can make SQLite do, and how much of memory one value may take.

The one idea: an archive's own queries are small and known, so everything beyond them is turned off. What exceeds a limit
is an error of SQLite's, which the callers tell as ArchiveDamaged when they read and as ArchiveError when they write.
"""

from __future__ import annotations

import sqlite3

__all__ = ["LARGEST_VALUE", "restrict"]

LARGEST_VALUE = 64 * 2**20
"""Bytes that one value or row may have, read or written. The state of a world with 100,000 entries has some 3 MB."""

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LARGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 100,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 25_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 16,
    sqlite3.SQLITE_LIMIT_ATTACHED: 1,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 50,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 1_000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


def restrict(connection: sqlite3.Connection) -> None:
    """Trust nothing that the file says of itself: no functions in a schema, cells checked, sizes bounded."""
    for name, most in _LIMITS.items():
        connection.setlimit(name, most)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    connection.execute("PRAGMA mmap_size=0")  # a file that is cut while it is read would kill the process
