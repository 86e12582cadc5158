"""Processes that kill themselves with SIGKILL, anywhere: the archive is whole, and the run goes on as if nothing had happened.

A run is killed at a tick (an operation of SQLite on a file, a point of the writer, a request, an answer handed on). Then
the archive must verify, resume, and give the export of a run that was never interrupted. Requests asked twice are
exactly those asked whose answers were not on disk, and none of these had been handed on.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gamemaster.record import Archive, verify
from tests.record import trial_run
from tests.record.faulty_vfs import available
from tests.simulation.market import build_market

pytestmark = [
    pytest.mark.skipif(not available, reason="the sqlite3 module has SQLite built in, so its file operations can't be seen"),
    pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/task").exists(), reason="needs Linux"),
]
ROOT = Path(__file__).parents[2]
WRITES = ["write", "sync", "truncate", "delete", "open"]


class Server:
    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        arguments = [sys.executable, str(Path(__file__).with_name("kill_server.py"))]
        self._process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, **job: Any) -> int:
        """How the child ended: 0, or -9."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        given = {"kind": "trial", "concurrent": 8, "kill": None, "only": [], "count": None} | job
        self._process.stdin.write((json.dumps(given, default=str) + "\n").encode())
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        assert "error" not in answer, answer["error"]
        return answer["status"]

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is one: what a killed process has written is there all the same, and fsync costs nothing."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if os.access(shm, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def whole() -> bytes:
    """The export of a run that was never interrupted."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(trial_run.walk(Path(folder)))
        with Archive.open(folder) as archive:
            return trial_run.exported(archive)


@pytest.fixture(scope="module")
def whole_market() -> bytes:
    with tempfile.TemporaryDirectory() as folder, build_market().run(3, archive=Path(folder) / "run") as run:
        return trial_run.exported(run.archive)


def ticks(server: Server, place: Path, **job: Any) -> int:
    """How many ticks a run has that is not killed."""
    assert server.run(folder=place / "count", log=place / "count.log", count=place / "ticks", **job) == 0
    return int((place / "ticks").read_text())


def kill_and_go_on(server: Server, place: Path, whole: bytes, n: int, **job: Any) -> bool:
    """Kill at the n-th tick, resume, and check everything; whether it was killed at all."""
    kind = job.get("kind", "trial")
    base = place / str(n)
    base.mkdir()
    folder, log = base / "run", base / "log"
    status = server.run(folder=folder, log=log, kill=n, **job)
    assert status in (0, -9)
    asked, handed_on = trial_run.read_log(log)
    on_disk: set[str] = set()
    if (folder / "run.sqlite").exists():
        with Archive.open(folder) as archive:
            assert verify(archive) == []
            assert [step.step for step in archive.steps] == list(range(len(archive.steps)))
            on_disk = {str(call.key) for call in archive.calls()}
    assert set(handed_on) <= on_disk, "an answer was handed on that was not on disk"
    assert max(Counter(asked).values(), default=1) == 1

    again = {**job, "only": [], "kill": None}
    assert server.run(folder=folder, log=base / "log2", **again) == 0
    with Archive.open(folder) as archive:
        assert verify(archive) == []
        assert archive.status == "finished"
        assert trial_run.exported(archive) == whole
        every = {str(call.key) for call in archive.calls()}
        costs = {str(call.key) for call in archive.calls() if call.answer.usage.asked}
    asked_again, _ = trial_run.read_log(base / "log2")
    repeated = set(asked) & set(asked_again)
    assert repeated == set(asked) - on_disk, "asked twice: exactly what was in flight at the kill"
    assert set(asked_again) <= every - on_disk
    if kind == "trial":
        assert set(asked_again) == every - on_disk
        assert every == trial_run.every_key()
    else:
        assert costs <= set(asked) | set(asked_again)
    shutil.rmtree(base)
    return status == -9


@pytest.mark.parametrize("concurrent", [1, 8])
def test_killed_at_random_points(server: Server, place: Path, whole: bytes, concurrent: int) -> None:
    total = ticks(server, place, concurrent=concurrent)
    points = random.Random(concurrent).sample(range(1, total + 1), 30)
    killed = sum(kill_and_go_on(server, place, whole, n, concurrent=concurrent) for n in points)
    assert killed >= 25, "the last ticks may be missing where more answers shared a transaction"


def test_a_simulation_killed_at_random_points(server: Server, place: Path, whole_market: bytes) -> None:
    total = ticks(server, place, kind="market")
    points = random.Random(3).sample(range(1, total + 1), 6)
    assert sum(kill_and_go_on(server, place, whole_market, n, kind="market") for n in points) >= 4


def test_killed_at_every_thirteenth_write(server: Server, place: Path, whole: bytes) -> None:
    """The slow suite has every one."""
    total = ticks(server, place, only=WRITES)
    assert sum(kill_and_go_on(server, place, whole, n, only=WRITES) for n in range(1, total + 1, 13)) > 10


@pytest.mark.slow
@pytest.mark.parametrize("concurrent", [1, 8])
def test_killed_at_every_write(server: Server, place: Path, whole: bytes, concurrent: int) -> None:
    total = ticks(server, place, only=WRITES, concurrent=concurrent)
    for n in range(1, total + 1):
        kill_and_go_on(server, place, whole, n, only=WRITES, concurrent=concurrent)


@pytest.mark.slow
@pytest.mark.parametrize("concurrent", [1, 8])
def test_killed_at_two_hundred_random_points(server: Server, place: Path, whole: bytes, concurrent: int) -> None:
    two_hundred(server, place, whole, kind="trial", concurrent=concurrent)


@pytest.mark.slow
@pytest.mark.parametrize("concurrent", [1, 8])
def test_a_simulation_killed_at_two_hundred_random_points(
    server: Server, place: Path, whole_market: bytes, concurrent: int
) -> None:
    two_hundred(server, place, whole_market, kind="market", concurrent=concurrent)


def two_hundred(server: Server, place: Path, expected: bytes, **job: Any) -> None:
    total = ticks(server, place, **job)
    draw = random.Random(f"{job}")
    killed = 0
    for at in range(200):
        (place / str(at)).mkdir()
        killed += kill_and_go_on(server, place / str(at), expected, draw.randint(1, total), **job)
    assert killed >= 150


def test_killed_while_it_resumes_and_once_more(server: Server, place: Path, whole: bytes) -> None:
    """Killed every hundred ticks, however often it takes; nothing that was handed on is asked again."""
    folder = place / "run"
    known: set[str] = set()
    for attempt in range(40):
        log = place / f"log {attempt}"
        status = server.run(folder=folder, log=log, kill=100 + 7 * (attempt % 5))
        asked, handed_on = trial_run.read_log(log)
        assert not set(asked) & known
        known |= set(handed_on)
        if status == 0:
            break
    else:
        raise AssertionError("it never came to an end")
    assert attempt > 3
    with Archive.open(folder) as archive:
        assert verify(archive) == []
        assert trial_run.exported(archive) == whole
