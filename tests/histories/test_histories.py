"""Runs that released versions recorded: they are read, verified, gone on with, forked and replayed by this one.

Each is kept as the SQL text of its file, named after the version and the format that wrote it. `build_harbour` says what
they are runs of; when a version changes what agents are asked, the requests of older histories differ, and only those.
"""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

import pytest

from gamemaster import load_run
from gamemaster.record import Archive, verify
from gamemaster.record.schema import FORMAT
from gamemaster.simulation import replay
from tests.histories.harbour import NAMES, STEPS, build_harbour
from tests.simulation.test_forking import facts

HISTORIES = sorted(Path(__file__).parent.glob("*.sql"))


@pytest.fixture(params=HISTORIES, ids=lambda path: path.stem)
def history(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a recorded run, as the version that wrote it left it."""
    return unpacked(request.param, tmp_path / "run")


def unpacked(source: Path, folder: Path) -> Path:
    folder.mkdir()
    connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
    connection.executescript(source.read_text(encoding="utf-8"))
    connection.close()
    return folder


def version_of(folder: Path) -> int:
    connection = sqlite3.connect(folder / "run.sqlite")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def test_there_is_one_of_every_format() -> None:
    assert {int(each.stem.rpartition("-")[2]) for each in HISTORIES} == set(range(1, FORMAT + 1))


def test_it_is_read_as_it_is(history: Path) -> None:
    before = hashlib.sha256((history / "run.sqlite").read_bytes()).hexdigest()
    with load_run(history) as run:
        assert verify(run.archive) == []
        assert (run.status, run.last_step, run.agents) == ("finished", STEPS, list(NAMES))
        assert run.world()["crates"] == {"Ada": 6, "Ben": 6}
        assert run.world(2)["crates"] == {"Ada": 2, "Ben": 6}
        assert [value for _, value in run.series("on the quay")] == [8, 4, 1, 0, 0]
        assert run.cost["requests"] == 19
        assert len(run.answers("content")) == 2
        assert run.memories("Ada")[0].text == "Ada knows the quay."
        assert run.archive.states(3)["agent/Ada/logbook"][1]["carried"] == [2, 2, 4]
        assert [phase.kind for phase in run.phases] == ["run"]
        assert "storm" in run.transcript()
    assert hashlib.sha256((history / "run.sqlite").read_bytes()).hexdigest() == before


def test_it_goes_on_in_the_present_format(history: Path) -> None:
    run = build_harbour().run(STEPS + 2, archive=history, resume=True)
    assert (run.status, run.last_step) == ("finished", STEPS + 2)
    assert verify(run.archive) == []
    assert run.archive.states(3)["agent/Ada/logbook"][1]["carried"] == [2, 2, 4]
    run.close()
    assert version_of(history) == FORMAT


def test_it_is_forked(history: Path, tmp_path: Path) -> None:
    before = hashlib.sha256((history / "run.sqlite").read_bytes()).hexdigest()
    with load_run(history) as run:
        child = run.fork(2, tmp_path / "fork", simulation=build_harbour())
        assert facts(child, upto=2) == facts(run, upto=2)
        assert verify(child.archive) == []
    assert hashlib.sha256((history / "run.sqlite").read_bytes()).hexdigest() == before
    assert version_of(tmp_path / "fork") == FORMAT


def test_it_is_replayed(history: Path) -> None:
    found = replay(history, build_harbour())
    assert found.same, (found.place, found.message, found.differences)


def test_one_that_is_killed_while_it_is_brought_forward_is_of_the_old_format(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gamemaster.record import migration

    old = version_of(history)
    if old == FORMAT:
        pytest.skip("it is of the present format")

    step = migration.MIGRATIONS[old]

    def broken(connection: sqlite3.Connection) -> None:
        step.run(connection)
        raise KeyboardInterrupt

    monkeypatch.setitem(migration.MIGRATIONS, old, migration.Migration(tables=step.tables, run=broken))
    with pytest.raises(KeyboardInterrupt):
        Archive.open(history, write=True)
    assert version_of(history) == old
    monkeypatch.undo()
    with Archive.open(history, write=True) as archive:
        assert verify(archive) == []
    assert version_of(history) == FORMAT
