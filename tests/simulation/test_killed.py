"""A run of everything is killed wherever it writes and asks, and goes on as if nothing had happened.

Real SIGKILLs, of processes to themselves. What is counted: no request is made again whose answer was on record, and those
that are made again are just those that had reached the model and were not.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gamemaster import load_run
from gamemaster.record import verify
from tests.simulation.test_same_seed import exported
from tests.simulation.village import build_village

ROOT = Path(__file__).parents[2]
STEPS = 4
WRITES = ["call.before_write", "call.written", "step.before_commit", "step.in_transaction", "step.committed"]
Forked = Callable[..., tuple[int, int]]


@pytest.fixture(scope="module")
def forked() -> Iterator[Forked]:
    """Has the server do a job."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(Path(__file__).with_name("kill_server.py"))]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        told = server.stdout

        def job(folder: Path, log: Path, *, at: int = 0, points: Any = (), resume: bool = False, concurrent: int = 8) -> Any:
            wanted = {"folder": str(folder), "log": str(log), "at": at, "points": list(points), "resume": resume}
            print(json.dumps({**wanted, "steps": STEPS, "concurrent": concurrent}), file=server.stdin, flush=True)
            status, passed = told.readline().split()
            return int(status), int(passed)

        yield job
        server.stdin.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: a kill, other than a power cut, takes nothing that was handed to the system."""
    if not os.access("/dev/shm", os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def whole() -> str:
    return exported(build_village().run(STEPS))


def killed_and_resumed(forked: Forked, folder: Path, whole: str, *, at: int, points: list[str], concurrent: int) -> None:
    """Kill a run there, look at what is left, and go on."""
    run, log = folder / "run", folder / "log"
    status, passed = forked(run, log, at=at, points=points, concurrent=concurrent)
    if status == 0:  # what shares a transaction is a matter of timing, and so is their number
        assert 0.7 * at < passed < at
        return
    assert status == -9
    before = log.read_text().splitlines()
    recorded: set[str] = set()
    begun = (run / "run.sqlite").exists()
    if begun:
        with load_run(run) as found:
            assert verify(found.archive) == []
            assert found.status == "running"
            recorded = {str(call.key) for call in found.calls()}
    assert forked(run, log, resume=begun, concurrent=concurrent)[0] == 0
    after = log.read_text().splitlines()[len(before) :]
    assert len(set(before)) == len(before)
    assert len(set(after)) == len(after)
    assert set(after) & set(before) == set(before) - recorded
    with load_run(run) as found:
        assert found.status == "finished"
        assert verify(found.archive) == []
        assert exported(found) == whole
    (run / "run.sqlite").unlink()


@pytest.mark.parametrize("concurrent", [1, 8])
def test_killed_at_every_boundary_of_a_write(forked: Forked, place: Path, whole: str, concurrent: int) -> None:
    (place / "count").mkdir()
    _, boundaries = forked(place / "count/run", place / "count/log", at=10**9, points=WRITES, concurrent=concurrent)
    assert boundaries > 3 * STEPS
    # One in flight at a time is one group a call: of the many that are alike, every fifth.
    for at in range(1, boundaries + 1, 1 if concurrent > 1 else 5):
        folder = place / str(at)
        folder.mkdir()
        killed_and_resumed(forked, folder, whole, at=at, points=WRITES, concurrent=concurrent)


def at_random_points(forked: Forked, folder: Path, whole: str, times: int) -> None:
    chance = random.Random(times)
    (folder / "count").mkdir()
    points = [*WRITES, "ask"]
    _, passed = forked(folder / "count/run", folder / "count/log", at=10**9, points=points)
    for number in range(times):
        here = folder / str(number)
        here.mkdir()
        killed_and_resumed(forked, here, whole, at=chance.randint(1, passed - 5), points=points, concurrent=chance.choice([1, 8]))


def test_killed_at_random_points(forked: Forked, place: Path, whole: str) -> None:
    at_random_points(forked, place, whole, 30)


@pytest.mark.slow
def test_killed_at_many_random_points(forked: Forked, place: Path, whole: str) -> None:
    at_random_points(forked, place, whole, 200)


def test_killed_again_and_again(forked: Forked, place: Path, whole: str) -> None:
    run, log = place / "run", place / "log"
    times = 0
    while True:
        begun = (run / "run.sqlite").exists()
        status, _ = forked(run, log, at=12, points=[*WRITES, "ask"], resume=begun)
        if status == 0:
            break
        assert status == -9
        times += 1
        assert times < 60
    assert times > 3
    with load_run(run) as found:
        assert exported(found) == whole
        assert verify(found.archive) == []
