"""Salvage: the longest verified prefix of a damaged archive, as a new one.

The one idea: nothing is guessed. A step is taken over when its own digest, all before it, every content it names and the
states up to it are what was recorded; the first one that is not ends the new archive, and a resumed run walks it again.
The damaged folder is only read: its files are copied first, and SQLite sees the copy alone.

What no digest of a committed step covers stays behind: answers of the step that was under way, and, unless every step
was saved, metrics. Embeddings are taken where their checksum fits; the others are made again.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gamemaster.record.archive import Archive
from gamemaster.record.archive_folder import ArchiveFolder
from gamemaster.record.call_rows import asked_in
from gamemaster.record.json_text import from_json, sorted_json
from gamemaster.record.read_rows import read_vector
from gamemaster.record.recall_record import read_recall
from gamemaster.record.schema import (
    ASKS,
    ATTEMPTS,
    CALLS,
    DOCUMENTS,
    META,
    METRICS,
    PROBE_ANSWERS,
    RECALLS,
    SECTIONS,
    STEP_TABLES,
    STEPS,
    VECTORS,
    WORK,
)
from gamemaster.record.seal import seal
from gamemaster.record.table import Row, Table
from gamemaster.record.verify import Verification, examine
from gamemaster.words import ArchiveDamaged, ArchiveError

__all__ = ["Salvaged", "salvage"]

# A forged header must not have the copy filled up without end.
_LEAST_BOUND = 2**28
_FILES = ("run.sqlite", "run.sqlite-wal", "run.sqlite-journal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """What was saved into `folder`: steps 0 to `last`; and what had been found in the damaged archive."""

    folder: Path
    last: int
    found: Verification


def salvage(folder: Path | str, out: Path | str) -> Salvaged:
    """Write the longest verified prefix of the archive in `folder` into the new folder `out`; `folder` is left as it is.

    The new archive's status is "stopped", and it can be resumed; when all steps were saved it keeps the status it had.
    Raises: ArchiveDamaged when not even step 0 is whole, or the tables can't be read; ArchiveInUse when `out` holds a
    run; ArchiveError when it can't be written. Nothing is left in `out` then.
    """
    source, target = Path(folder), Path(out)
    if target.exists() and target.resolve().is_relative_to(source.resolve()):
        raise ArchiveError(f"{target} is a part of the damaged run itself; give --salvage another folder.")
    with tempfile.TemporaryDirectory(prefix="gamemaster-salvage-") as place:
        copy = Path(place)
        _copy(source, copy)
        try:
            archive = Archive.open(copy)
        except ArchiveDamaged as error:
            raise ArchiveDamaged(str(error).replace(str(copy), str(source))) from error
        with archive:
            found = examine(archive)
            if found.sound < 0:
                first = found.problems[0] if found.problems else "no step was committed."
                raise ArchiveDamaged(f"Nothing can be saved from {source}: {first}".replace(str(copy), str(source)))
            existed = target.exists()
            new = ArchiveFolder(target)
            try:
                new.create(lambda connection: _fill(connection, archive, found))
                new.unlock()
                with Archive.open(target) as written:
                    left = examine(written)
                if left.problems:
                    new.file.unlink()
                    raise ArchiveDamaged(f"Nothing can be saved from {source}: {left.problems[0]}")
            except BaseException as error:
                _clear(target, existed=existed)
                if isinstance(error, ArchiveDamaged) and str(source) not in str(error):
                    raise ArchiveDamaged(f"Nothing can be saved from {source}: {error}") from error
                raise
    return Salvaged(folder=target, last=found.sound, found=found)


def _copy(source: Path, copy: Path) -> None:
    ArchiveFolder(source).check_there()
    try:
        for name in _FILES:
            if (source / name).exists():
                shutil.copyfile(source / name, copy / name)
        _fill_up(copy / _FILES[0])
    except OSError as error:
        raise ArchiveError(f"{source} can't be read: {error.strerror}.") from error


def _fill_up(file: Path) -> None:
    """Make a file that was cut off as long as it says it was: SQLite opens none that is shorter. The rest is nothing."""
    with file.open("r+b") as stream:
        head = stream.read(100)
        size = stream.seek(0, 2)
        page = int.from_bytes(head[16:18], "big")
        wanted = int.from_bytes(head[28:32], "big") * (65536 if page == 1 else page)
        if len(head) == 100 and size < wanted <= max(16 * size, _LEAST_BOUND):
            stream.truncate(wanted)


def _clear(target: Path, *, existed: bool) -> None:
    """Take away what was begun; a folder that was there stays."""
    with suppress(OSError):
        for leftover in ("run.sqlite.new", "run.lock"):
            (target / leftover).unlink(missing_ok=True)
        if not existed:
            target.rmdir()


def _fill(connection: sqlite3.Connection, archive: Archive, found: Verification) -> None:
    old, last = archive.reader(), found.sound
    whole = last + 1 == found.steps and not found.problems
    meta = _meta(old)
    if not whole:
        why = found.problems[0] if found.problems else "damage"
        meta["status"] = sorted_json("stopped")
        meta["stopped_by"] = sorted_json(f"damage behind step {last}: {why}"[:500])
        meta["ended"] = "null"
    _insert(connection, META, meta.items())
    if whole:
        _insert(connection, METRICS, METRICS.rows(old))
    sections, documents = _named(old, last)
    _insert(connection, SECTIONS, _held(old, SECTIONS, sections))
    _insert(connection, DOCUMENTS, _held(old, DOCUMENTS, documents))
    for table in (STEPS, *STEP_TABLES):
        _insert(connection, table, table.rows(old, "step BETWEEN 0 AND ?", (last,)))
    _insert(connection, RECALLS, _recalls(old, last))
    with suppress(ArchiveError):  # what it took: the run is whole without it
        _insert(connection, WORK, WORK.rows(old, "step BETWEEN 0 AND ?", (last,)))
    _insert(connection, VECTORS, _vectors(old))
    seal(connection)


def _meta(connection: sqlite3.Connection) -> dict[str, str]:
    """What the archive says of itself, as far as it can be read; of the configuration the hash chain has said that it can."""
    found = {"environment": "{}", "pinned": "{}", "created": "null"}
    keys = [*found, "configuration", "status", "stopped_by", "ended", "writer"]
    for key in keys:
        with suppress(ArchiveError):
            for _, value in META.rows(connection, "key = ?", (key,)):
                held = from_json(value, key)
                if key not in ("configuration", "environment", "pinned") or isinstance(held, dict):
                    found[key] = value
    return found


def _insert(connection: sqlite3.Connection, table: Table, rows: Iterable[Row]) -> None:
    connection.executemany(table.insert, (table.storable(row) for row in rows))


def _named(connection: sqlite3.Connection, last: int) -> tuple[set[str], set[str]]:
    """The digests of the sections and documents that steps up to `last` name."""
    sections, documents = set[str](), set[str]()
    for row in CALLS.rows(connection, "step <= ?", (last,)):
        _, _, held, _, parameters, _, _ = asked_in(row)
        sections.update(from_json(held, "a call's sections"))
        if '"schema"' in parameters:
            documents.add(str(from_json(parameters, "a call's parameters").get("schema")))
    for table in (ASKS, ATTEMPTS, PROBE_ANSWERS):
        place = table.names.index("spec")
        documents.update(row[place] for row in table.rows(connection, "step <= ?", (last,)) if row[place] is not None)
    documents.discard("None")
    return sections, documents


def _held(connection: sqlite3.Connection, table: Table, digests: set[str]) -> Iterator[Row]:
    for digest in sorted(digests):
        yield from table.rows(connection, "digest = ?", (digest,))


def _recalls(connection: sqlite3.Connection, last: int) -> Iterator[Row]:
    with suppress(ArchiveError):  # provenance: the run is whole without it
        for row in RECALLS.rows(connection, "step BETWEEN 0 AND ?", (last,)):
            with suppress(ArchiveDamaged):
                read_recall(row)
                yield row


def _vectors(connection: sqlite3.Connection) -> Iterator[Row]:
    with suppress(ArchiveError):  # a cache: what can't be read is made again
        for row in VECTORS.rows(connection):
            with suppress(ArchiveDamaged):
                read_vector(row)
                yield row
