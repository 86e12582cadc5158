"""The hash chain: each step's digest covers what the step put on record, and the digest of the step before.

It is made of the rows as the database gives them back, in the transaction that wrote them, and by the same function
later when an archive is verified: so what is digested is what is stored. Clock and cost columns are left out, and what
another digest in the row covers.
"""

from __future__ import annotations

import sqlite3
from hashlib import blake2b

from gamemaster.record.json_text import sorted_json, to_json
from gamemaster.record.schema import STEP_TABLES
from gamemaster.record.table import Row, query

__all__ = ["first_digest", "step_digest"]


def first_digest(configuration: object) -> str:
    """The digest before step 0: that of the configuration."""
    return blake2b(sorted_json(configuration).encode(), digest_size=32).hexdigest()


def step_digest(connection: sqlite3.Connection, step: int, head: Row, previous: str) -> str:
    """The digest of a step, 64 hexadecimal digits. `head` is (step, time, scene)."""
    digest = blake2b(previous.encode(), digest_size=32)
    digest.update(to_json(head).encode())
    for table in STEP_TABLES:
        rows = list(query(connection, f"{table.select_chained} WHERE step = ? {table.order}", (step,)))
        digest.update(f"\n{table.name} {len(rows)} ".encode())
        if rows:
            digest.update(to_json(rows).encode())
    return digest.hexdigest()
