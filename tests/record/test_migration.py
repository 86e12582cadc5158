"""Formats to come: how an archive of an older one is brought forward, with a format that there isn't."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gamemaster.record import Archive, Measure, StepRecord, archive_folder, migration, verify
from gamemaster.record.schema import FORMAT
from gamemaster.words import ArchiveDamaged, ArchiveError


def recorded(folder: Path) -> Path:
    with Archive.create(folder, configuration={"seed": 1}, environment={}) as archive:
        asyncio.run(archive.commit(StepRecord(step=0, measures=[Measure(name="a", value=1)])))
    return folder


def next_format(monkeypatch: pytest.MonkeyPatch, change: Callable[[sqlite3.Connection], None]) -> None:
    """Make the format after the present one: it has a table more."""
    present = dict(migration.tables_of(FORMAT) or {})
    monkeypatch.setitem(migration.MIGRATIONS, FORMAT, migration.Migration(tables=present, run=change))
    for module in (migration, archive_folder):
        monkeypatch.setattr(module, "FORMAT", FORMAT + 1)
    monkeypatch.setattr(migration, "_PRESENT", {**present, "later": 'CREATE TABLE "later" ("step" INTEGER)'})


def add_table(connection: sqlite3.Connection) -> None:
    connection.execute('CREATE TABLE "later" ("step" INTEGER)')


def version_of(folder: Path) -> int:
    connection = sqlite3.connect(folder / "run.sqlite")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def test_an_older_one_is_read_as_it_is_and_brought_forward_when_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = recorded(tmp_path)
    before = (folder / "run.sqlite").read_bytes()
    next_format(monkeypatch, add_table)
    with Archive.open(folder) as archive:
        assert [each.value for _, each in archive.measures()] == [1]
        assert archive.reader().execute("SELECT count(*) FROM later").fetchone() == (0,)
    assert (folder / "run.sqlite").read_bytes() == before
    with Archive.open(folder, write=True) as archive:
        asyncio.run(archive.commit(StepRecord(step=1)))
    assert version_of(folder) == FORMAT + 1
    with Archive.open(folder) as archive:
        assert len(archive.steps) == 2


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded(tmp_path)

    def half(connection: sqlite3.Connection) -> None:
        add_table(connection)
        connection.execute("DELETE FROM measures")
        connection.execute("no such statement")

    next_format(monkeypatch, half)
    with pytest.raises(ArchiveDamaged, match="can't be opened"):
        Archive.open(folder, write=True)
    monkeypatch.undo()
    with Archive.open(folder, write=True) as archive:
        assert verify(archive) == []
        assert [each.value for _, each in archive.measures()] == [1]


def test_a_newer_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = recorded(tmp_path)
    connection = sqlite3.connect(folder / "run.sqlite")
    connection.execute(f"PRAGMA user_version={FORMAT + 1}")
    connection.close()
    for write in (False, True):
        with pytest.raises(ArchiveError, match=rf"format {FORMAT + 1}; this gamemaster reads up to {FORMAT}.*pip install -U"):
            Archive.open(folder, write=write)


def test_each_format_has_its_step_forward() -> None:
    assert sorted(migration.MIGRATIONS) == list(range(1, FORMAT))
    assert migration.tables_of(0) is None
