"""The n-th operation fails, for n = 1, 2, … until a run meets none; after each the archive is whole and the run goes on.

Faults are put in at four seams: SQLite's own file operations (a VFS around the default one), the statements of the
connection that writes, the functions of `os` by which files are made, renamed and locked, and calls of the model and the
embedder. What can't be put in through a seam, a disk that is really full and a file that may not grow, is had for real.
The fast suite takes every few n; the slow one all.
"""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import numpy
import pytest

from gamemaster.record import Archive, archive_folder, verify
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import ArchiveError, GamemasterError
from tests.record import faulty_vfs, trial_run
from tests.record.faulty_vfs import FaultyVfs
from tests.simulation.market import build_market, market_rule

ROOT = Path(__file__).parents[2]
MARKET_STEPS = 2
FAULTS: list[Callable[[], BaseException]] = [
    lambda: OSError(errno.ENOSPC, "No space left on device"),
    lambda: OSError(errno.EIO, "Input/output error"),
    lambda: PermissionError(errno.EACCES, "Permission denied"),
    lambda: MemoryError("no memory left"),
    lambda: KeyboardInterrupt(),
]
NAMES = ["ENOSPC", "EIO", "EACCES", "MemoryError", "KeyboardInterrupt"]


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    """A run that waits for ever fails the test."""

    def ring(number: int, frame: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(300)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def place() -> Iterator[Path]:
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if os.access(shm, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def whole() -> bytes:
    """The export of a run in which nothing failed."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(trial_run.walk(Path(folder)))
        with Archive.open(folder) as archive:
            return trial_run.exported(archive)


@pytest.fixture(scope="module")
def whole_market() -> bytes:
    with tempfile.TemporaryDirectory() as folder, build_market().run(MARKET_STEPS, archive=Path(folder) / "run") as run:
        return trial_run.exported(run.archive)


def check_and_go_on(folder: Path, expected: bytes) -> None:
    """The archive is whole, if it was made; the run goes on and ends as it would have."""
    if (folder / "run.sqlite").exists():
        with Archive.open(folder) as archive:
            assert verify(archive) == []
    asyncio.run(trial_run.walk(folder))
    with Archive.open(folder) as archive:
        assert verify(archive) == []
        assert trial_run.exported(archive) == expected
    shutil.rmtree(folder)


def met(run: Callable[[], object], allowed: tuple[type[BaseException], ...]) -> BaseException | None:
    """What the run raised, of what may be raised."""
    try:
        run()
    except allowed as error:
        return error
    return None


class Countdown:
    """The n-th time something fails; or that and each time after, while it `lasts`."""

    def __init__(self, n: int, *, lasts: bool = False) -> None:
        self._n, self._lasts = n, lasts
        self.passed = 0

    def due(self) -> bool:
        self.passed += 1
        return self.passed == self._n or (self._lasts and self.passed > self._n)


FILE_FAULTS = [
    pytest.param("write", faulty_vfs.FULL, True, 41, id="disk full"),
    pytest.param("write", faulty_vfs.WRITE_ERROR, False, 41, id="write error"),
    pytest.param("write", faulty_vfs.NO_MEMORY, False, 83, id="no memory"),
    pytest.param("sync", faulty_vfs.SYNC_ERROR, False, 13, id="sync error"),
    pytest.param("truncate", faulty_vfs.TRUNCATE_ERROR, False, 1, id="truncate error"),
    pytest.param("open", faulty_vfs.CANT_OPEN, False, 1, id="may not be made"),
    pytest.param("delete", faulty_vfs.DELETE_ERROR, False, 1, id="delete error"),
]


@pytest.mark.skipif(not faulty_vfs.available, reason="the sqlite3 module has SQLite built in")
@pytest.mark.parametrize("every", [pytest.param(False, id="some"), pytest.param(True, id="all", marks=pytest.mark.slow)])
@pytest.mark.parametrize(("operation", "error", "lasts", "stride"), FILE_FAULTS)
def test_the_nth_file_operation_of_sqlite_fails(
    place: Path, whole: bytes, operation: str, error: int, lasts: bool, stride: int, every: bool
) -> None:
    raised = n = 0
    for n in range(1, 100_000, 1 if every else stride):
        count = Countdown(n, lasts=lasts)
        vfs = FaultyVfs(lambda op, file, count=count: error if op == operation and count.due() else faulty_vfs.OK)
        with vfs.installed():
            found = met(lambda: asyncio.run(trial_run.walk(place / "run")), (ArchiveError, MemoryError))
        raised += found is not None
        check_and_go_on(place / "run", whole)
        if count.passed < n:
            break
    assert n > 1
    assert raised or operation in ("delete", "truncate"), "putting the log away may fail; the run is on disk then"


class FaultyConnection(sqlite3.Connection):
    """Fails at a statement of a thread that writes, before or after it was carried out."""

    count: ClassVar[Countdown]
    fault: ClassVar[list[Callable[[], BaseException]]]
    after: ClassVar[bool] = False

    def _guarded(self, run: Callable[..., Any], sql: str, *values: Any) -> Any:
        counted = not sql.startswith(("PRAGMA", "ROLLBACK", "SELECT"))
        due = counted and FaultyConnection.count.due()
        if due and not FaultyConnection.after:
            raise FaultyConnection.fault[0]()
        result = run(sql, *values)
        if due:
            raise FaultyConnection.fault[0]()
        return result

    def execute(self, sql: str, *values: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._guarded(super().execute, sql, *values)

    def executemany(self, sql: str, *values: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._guarded(super().executemany, sql, *values)


STATEMENT_FAULTS: list[Callable[[], BaseException]] = [
    lambda: sqlite3.OperationalError("database or disk is full"),
    lambda: MemoryError("no memory left"),
    lambda: KeyboardInterrupt(),
]


@pytest.mark.parametrize("every", [pytest.param(False, id="some"), pytest.param(True, id="all", marks=pytest.mark.slow)])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("fault", STATEMENT_FAULTS, ids=["full", "memory", "interrupt"])
def test_the_nth_statement_fails(
    place: Path,
    whole: bytes,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[], BaseException],
    after: bool,
    every: bool,
) -> None:
    connect = sqlite3.connect
    raised = 0
    for n in range(1, 100_000, 1 if every else 97):
        FaultyConnection.count, FaultyConnection.fault, FaultyConnection.after = Countdown(n), [fault], after
        with monkeypatch.context() as patch:
            patch.setattr(
                archive_folder.sqlite3, "connect", lambda *given, **named: connect(*given, **named, factory=FaultyConnection)
            )
            allowed = (ArchiveError, MemoryError, KeyboardInterrupt)
            raised += met(lambda: asyncio.run(trial_run.walk(place / "run")), allowed) is not None
        check_and_go_on(place / "run", whole)
        if FaultyConnection.count.passed < n:
            break
    assert raised >= 3


FUNCTIONS = ["replace", "fsync", "open", "mkdir", "unlink"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_nth_rename_fsync_open_mkdir_or_unlink_fails(
    place: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    for fault in FAULTS:
        _each_call_fails(place, whole, monkeypatch, function, fault)


def _each_call_fails(
    place: Path, whole: bytes, monkeypatch: pytest.MonkeyPatch, function: str, fault: Callable[[], BaseException]
) -> None:
    real, n = getattr(os, function), 0
    for n in range(1, 100):
        count = Countdown(n)

        def failing(*given: Any, count: Countdown = count, **named: Any) -> Any:
            ours = isinstance(given[0], int) or str(place) in str(given[0])
            if ours and count.due():
                raise fault()
            return real(*given, **named)

        with monkeypatch.context() as patch:
            patch.setattr(os, function, failing)
            met(lambda: asyncio.run(trial_run.walk(place / "run")), (ArchiveError, MemoryError, KeyboardInterrupt))
        check_and_go_on(place / "run", whole)
        if count.passed < n:
            break
    assert n >= (1 if function == "unlink" else 2)


@pytest.mark.parametrize("every", [pytest.param(False, id="some"), pytest.param(True, id="all", marks=pytest.mark.slow)])
@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
@pytest.mark.parametrize("what", ["model", "embedder"])
def test_the_nth_call_of_model_or_embedder_fails(
    place: Path, whole_market: bytes, what: str, fault: Callable[[], BaseException], every: bool
) -> None:
    class Embedder(HashEmbedder):
        def embed(self, texts: Any) -> numpy.ndarray[Any, Any]:
            if what == "embedder" and count.due():
                raise fault()
            return super().embed(texts)

    def rule(request: Any) -> Any:
        if what == "model" and count.due():
            raise fault()
        return market_rule(request)

    folder, raised = place / "run", 0
    for n in range(1, 1000, 1 if every else 17 if what == "model" else 9):
        count = Countdown(n)
        simulation = build_market(model=ScriptedModel(rule))
        simulation._embedder = Embedder()  # pyright: ignore[reportPrivateUsage]
        allowed = (GamemasterError, OSError, MemoryError, KeyboardInterrupt)
        found = met(lambda simulation=simulation: simulation.run(MARKET_STEPS, archive=folder).close(), allowed)
        raised += found is not None
        with Archive.open(folder) as archive:
            assert verify(archive) == []
            if found is not None:
                assert archive.status in ("failed", "stopped")
                assert any(each in archive.stopped_by for each in (type(fault()).__name__, "StepFailed", "interrupt"))
        model = ScriptedModel(market_rule)
        build_market(model=model).run(MARKET_STEPS, archive=folder, resume=True).close()
        with Archive.open(folder) as archive:
            assert verify(archive) == []
            assert trial_run.exported(archive) == whole_market
        shutil.rmtree(folder)
        if count.passed < n:
            break
    assert raised


FILLS = """
import asyncio, sys
from pathlib import Path
from gamemaster.words import ArchiveError
from tests.record import trial_run
try:
    asyncio.run(trial_run.walk(Path(sys.argv[1])))
except ArchiveError as error:
    print(error)
    sys.exit(7)
"""


def filling(folder: Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own; 7 is an ArchiveError."""
    return subprocess.run(
        [sys.executable, "-c", FILLS, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def test_a_file_that_may_not_grow(place: Path, whole: bytes) -> None:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    done = filling(place / "run", preexec_fn=limit)
    assert done.returncode == 7, done.stderr
    assert "could not be written" in done.stdout
    check_and_go_on(place / "run", whole)


def test_a_disk_that_is_really_full(place: Path, whole: bytes) -> None:
    disk = place / "disk"
    disk.mkdir()
    size = 400_000
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no file system may be mounted here: {mounted.stderr.strip()}")
    try:
        done = filling(disk / "run")
        assert done.returncode == 7, done.stderr
        assert "disk is full" in done.stdout
        with Archive.open(disk / "run") as archive:
            assert verify(archive) == []
        subprocess.run(["mount", "-o", "remount,size=10M", str(disk)], check=True)
        check_and_go_on(disk / "run", whole)
    finally:
        subprocess.run(["umount", str(disk)], check=True)
