"""The hash chain: each step's digest covers what the step put on record, and the digest of the step before.

It is made of the rows as the database gives them back, in the transaction that wrote them, and by the same rules
later when an archive is verified: so what is digested is what is stored. Clock and cost columns are left out, and what
another digest in the row covers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from hashlib import blake2b

from gamemaster.record.json_text import sorted_json, to_json
from gamemaster.record.schema import PHASES, STEP_TABLES
from gamemaster.record.table import Row, query

__all__ = ["CHUNK", "StepDigest", "count_rows", "first_digest", "step_digest"]

CHUNK = 4096
"""How many rows of a step are held at a time."""


def first_digest(configuration: object) -> str:
    """The digest before step 0: that of the configuration."""
    return blake2b(sorted_json(configuration).encode(), digest_size=32).hexdigest()


class StepDigest:
    """The digest of one step in the making: `table` for each of STEP_TABLES in their order, then all its rows by `rows`."""

    def __init__(self, head: Row, previous: str) -> None:
        """`head` is (step, time, scene), `previous` the digest of the step before."""
        self._digest = blake2b(previous.encode("utf-8", "surrogatepass"), digest_size=32)
        self._digest.update(to_json(head).encode())
        self._before = b""

    def table(self, name: str, count: int) -> None:
        """From here on come `count` rows of this table."""
        if name == PHASES.name and not count:  # format 1 lacked it, and its digests stand
            return
        self._digest.update(f"\n{name} {count} ".encode())
        self._before = b"["

    def rows(self, rows: Sequence[Row], *, last: bool) -> None:
        """Some rows, at least one; `last` says that there are no more of this table."""
        text = to_json(rows)[1:-1].encode()
        self._digest.update(self._before + text + b"]" if last else self._before + text)
        self._before = b","

    def hexdigest(self) -> str:
        """64 hexadecimal digits."""
        return self._digest.hexdigest()


def step_digest(connection: sqlite3.Connection, step: int, head: Row, previous: str) -> str:
    """The digest of a step that stands in the database. `head` is (step, time, scene)."""
    digest = StepDigest(head, previous)
    for table in STEP_TABLES:
        found = query(connection, f"{table.select_chained} WHERE step = ? {table.order}", (step,))
        rows: list[Row] = []
        counted = False
        for row in found:
            if len(rows) == CHUNK:
                if not counted:
                    digest.table(table.name, count_rows(connection, table.name, step))
                    counted = True
                digest.rows(rows, last=False)
                rows = []
            rows.append(row)
        if not counted:
            digest.table(table.name, len(rows))
        if rows:
            digest.rows(rows, last=True)
    return digest.hexdigest()


def count_rows(connection: sqlite3.Connection, table: str, step: int) -> int:
    """How many rows of a table a step has."""
    (count,) = next(query(connection, f'SELECT count(*) FROM "{table}" WHERE step = ?', (step,)))
    return int(count)
