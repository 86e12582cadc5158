"""Forking: a new archive that holds another run's past up to some step, and nothing of what came after.

What is copied are rows, as they are: so the child's hash chain up to that step is the parent's. The parent is read, and
nothing else.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from gamemaster.record.archive_folder import ArchiveFolder
from gamemaster.record.json_text import sorted_json
from gamemaster.record.phase import Parent, Phase, phase_row
from gamemaster.record.reading import Reading
from gamemaster.record.schema import (
    ASKS,
    ATTEMPTS,
    DOCUMENTS,
    META,
    PHASES,
    PROBE_ANSWERS,
    RECALLS,
    SECTIONS,
    STEP_TABLES,
    STEPS,
    VECTORS,
    WORK,
)
from gamemaster.record.step_record import State
from gamemaster.record.table import Row, Table, query
from gamemaster.words import ArchiveError

__all__ = ["fork_archive"]

_ROWS = 1000

_SECTIONS = "digest IN (SELECT each.value FROM calls, json_each(calls.sections) AS each WHERE calls.step <= ?)"
_SPECS = " UNION ".join(f"SELECT spec FROM {table.name} WHERE step <= ?" for table in (ASKS, ATTEMPTS, PROBE_ANSWERS))
_SCHEMAS = "SELECT json_extract(parameters, '$.schema') FROM calls WHERE step <= ?"
_KEPT: tuple[tuple[Table, str], ...] = (
    (SECTIONS, _SECTIONS),
    (DOCUMENTS, f"digest IN ({_SPECS} UNION {_SCHEMAS})"),
    (VECTORS, "text IN (SELECT text FROM memories WHERE step <= ?)"),
    *((table, "step <= ?") for table in (STEPS, *STEP_TABLES, RECALLS, WORK)),
)


def fork_archive(
    parent: Reading,
    step: int,
    folder: Path | str,
    *,
    configuration: Mapping[str, Any],
    environment: Mapping[str, Any],
    states: Mapping[str, State] | None = None,
    told: tuple[tuple[str, str], ...] = (),
) -> None:
    """Make an archive in `folder` that holds `parent`'s steps up to `step`, and in which a phase of its own begins then.

    `configuration`, `states` and `told` are the phase's (see `Phase`); `environment` is no fact of the run, as ever. The
    child appears whole or not at all.
    Raises: ArchiveError for a step that the parent hasn't committed, or a folder that can't be written to; ArchiveInUse
    when it holds a run already; ArchiveDamaged when the parent can't be read.
    """
    source = parent.reader()
    source.execute("BEGIN")  # one point in time, while somebody may be writing
    try:
        last = parent.last_step
        if last is None or not 0 <= step <= last:
            known = "none is committed yet" if last is None else f"its committed steps are 0 to {last}"
            raise ArchiveError(f"The run has no step {step} to be forked at; {known}.")
        head = next(STEPS.rows(source, "step = ?", (step,)))
        phase = Phase(
            step=step + 1,
            kind="fork",
            configuration=configuration,
            parent=Parent(step=step, digest=str(head[3])),
            states=dict(states or {}),
            told=told,
        )
        entries = {
            "configuration": parent.configuration,
            "environment": environment,
            "status": "stopped",
            "stopped_by": f"forked at step {step}",
            "pinned": {},
            "created": time.time(),
            "ended": None,
        }

        def fill(connection: sqlite3.Connection) -> None:
            connection.executemany(META.insert, [(key, sorted_json(value)) for key, value in entries.items()])
            for table, kept in _KEPT:
                for rows in _chunks(query(source, f"{table.select} WHERE {kept} {table.order}", (step,) * kept.count("?"))):
                    connection.executemany(table.insert, rows)
            connection.execute(PHASES.insert, phase_row(phase))

        place = ArchiveFolder(Path(folder))
        place.create(fill)
        place.unlock()
    finally:
        source.execute("COMMIT")


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, _ROWS)):
        yield chunk
