"""Verify: what is wrong with an archive, in words.

It recomputes what can be: SQLite's own checks, the hash chain, every digest, the states from their changes, and reads
every row as the word it should be. It repairs nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice

from gamemaster.record.call_rows import asked_in, key_of, request_digest
from gamemaster.record.chain import first_digest, step_digest
from gamemaster.record.contents import digest_of, section_digest
from gamemaster.record.json_text import to_json
from gamemaster.record.reading import Reading
from gamemaster.record.schema import CALLS, CHANGES, DOCUMENTS, KEYFRAMES, METRICS, SECTIONS
from gamemaster.record.state_tracker import rebuilt
from gamemaster.record.states import read_change, read_keyframe
from gamemaster.record.table import Row
from gamemaster.words import ArchiveError, Section

__all__ = ["verify"]

_MOST = 100


def verify(archive: Reading) -> list[str]:
    """The problems found, none when the archive is whole; at most 100 of each kind.

    Costs a pass over everything, and memory for the states of one keyframe and the rows of one step.
    """
    try:
        connection = archive.reader()
        connection.execute("BEGIN")  # one point in time, while somebody may be writing
    except (ArchiveError, sqlite3.Error) as error:
        return [str(error)]
    try:
        checks: tuple[Callable[[Reading, sqlite3.Connection], Iterable[str]], ...] = (
            _file,
            _chain,
            _contents,
            _calls,
            _states,
            _words,
        )
        return list(chain.from_iterable(islice(_caught(check, archive, connection), _MOST) for check in checks))
    finally:
        with suppress(sqlite3.Error):  # a file that can't be read can't be let go of either
            connection.execute("COMMIT")


def _caught(
    check: Callable[[Reading, sqlite3.Connection], Iterable[str]], archive: Reading, connection: sqlite3.Connection
) -> Iterator[str]:
    try:
        yield from check(archive, connection)
    except ArchiveError as error:
        yield str(error)
    except sqlite3.Error as error:
        yield f"The archive's file can't be read: {error}."


def _file(archive: Reading, connection: sqlite3.Connection) -> Iterator[str]:
    for (found,) in connection.execute(f"PRAGMA integrity_check({_MOST})"):
        if found != "ok":
            yield f"SQLite's integrity check: {found}."


def _chain(archive: Reading, connection: sqlite3.Connection) -> Iterator[str]:
    digest = first_digest(archive.configuration)
    last = -1
    for step in archive.steps:
        if step.step != last + 1:
            yield f"Step {step.step} follows step {last}; the steps between are missing."
        last = step.step
        digest = step_digest(connection, step.step, (step.step, step.time, step.scene), digest)
        if digest != step.digest:
            yield f"Step {step.step} is not what was committed: its digest is {digest[:16]}…, recorded {step.digest[:16]}…."
            digest = step.digest
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"):
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
        open_step = last + 1 if name == CALLS.name else last
        if (
            "step" in columns
            and connection.execute(f'SELECT 1 FROM "{name}" WHERE step > ? OR step < 0 LIMIT 1', (open_step,)).fetchone()
        ):
            yield f"The table {name} holds rows of a step that was not committed."


def _contents(archive: Reading, connection: sqlite3.Connection) -> Iterator[str]:
    for digest, label, text, changes, kind, component in SECTIONS.rows(connection):
        section = Section(label=label, text=text, changes=changes, kind=kind, component=component)
        if section_digest(section) != digest:
            yield f"The prompt section {digest} is not what was recorded."
    for digest, document in DOCUMENTS.rows(connection):
        if digest_of(document) != digest:
            yield f"The document {digest} is not what was recorded."


def _calls(archive: Reading, connection: sqlite3.Connection) -> Iterator[str]:
    for row in CALLS.rows(connection):
        if request_digest(asked_in(row)) != row[11]:
            yield f"The request of {key_of(row)} is not what was recorded."


def _states(archive: Reading, connection: sqlite3.Connection) -> Iterator[str]:
    frames = [step for (step,) in connection.execute("SELECT DISTINCT step FROM keyframes ORDER BY step")]
    (last,) = connection.execute("SELECT max(step) FROM steps").fetchone()
    for start, end in zip(frames, [*frames[1:], last], strict=False):
        first = map(read_keyframe, KEYFRAMES.rows(connection, "step = ?", (start,)))
        changes = map(read_change, CHANGES.rows(connection, "step > ? AND step <= ?", (start, end)))
        states = rebuilt(first, changes)
        if end in frames and start != end:
            found: list[Row] = [(end, part, version, to_json(state)) for part, (version, state) in sorted(states.items())]
            if found != list(KEYFRAMES.rows(connection, "step = ?", (end,))):
                yield f"The states of step {end}, rebuilt from their changes, are not those of its keyframe."


def _words(archive: Reading, connection: sqlite3.Connection) -> Iterator[str]:
    reads: tuple[Callable[[], Iterable[object]], ...] = (
        archive.asks,
        archive.attempts,
        archive.groundings,
        archive.events,
        archive.observations,
        archive.measures,
        archive.probe_answers,
        archive.calls,
        archive.vectors,
        lambda: METRICS.rows(connection),
        lambda: archive.memories() if archive.last_step is not None else (),
    )
    for read in reads:
        try:
            for _ in read():
                pass
        except ArchiveError as error:
            yield str(error)
