"""Migration: how an archive of an older format becomes one of the present format.

The one idea: one step from each version to the next, and a known form of the tables at each. An older archive that is
opened for writing is brought forward in one transaction, so it is of the old format or of the new one, whatever happens;
one that is opened for reading is left as it is: its rows are copied to a temporary database, and that is brought forward.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gamemaster.record.schema import FORMAT, PHASES, RECALLS, TABLES, WORK

__all__ = ["MIGRATIONS", "Migration", "migrate", "tables_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """From one version to the next: `tables` are its tables, by name, as SQL text; `run` changes them."""

    tables: Mapping[str, str]
    run: Callable[[sqlite3.Connection], None]


def _add_phases(connection: sqlite3.Connection) -> None:
    connection.execute(PHASES.create)


def _add_recalls(connection: sqlite3.Connection) -> None:
    connection.execute(RECALLS.create)


def _add_work(connection: sqlite3.Connection) -> None:
    connection.execute(WORK.create)


_PRESENT = {table.name: table.create for table in TABLES}

_THREE = {name: sql for name, sql in _PRESENT.items() if name != WORK.name}
_TWO = {name: sql for name, sql in _THREE.items() if name != RECALLS.name}

# Whoever changes a table writes its former SQL text into the entry of the version before.
MIGRATIONS: dict[int, Migration] = {
    1: Migration(tables={name: sql for name, sql in _TWO.items() if name != PHASES.name}, run=_add_phases),
    2: Migration(tables=_TWO, run=_add_recalls),
    3: Migration(tables=_THREE, run=_add_work),
}
"""By the version that they begin with."""


def tables_of(version: int) -> Mapping[str, str] | None:
    """The tables of a format as SQL text, by name; None for a version that there never was."""
    if version == FORMAT:
        return _PRESENT
    found = MIGRATIONS.get(version)
    return None if found is None else found.tables


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring the archive of this version to the present format, in one transaction. Raises: sqlite3.Error; nothing has changed."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for each in range(version, FORMAT):
            MIGRATIONS[each].run(connection)
        connection.execute(f"PRAGMA user_version={FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
