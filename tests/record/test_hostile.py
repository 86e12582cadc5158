"""Archives from somebody who means harm are refused with a typed error, or shown as text; nothing of theirs runs.

Each is opened as a person would: load_run, show, export, verify, ask, resume, salvage. Then there must be no canary, no
file outside the folder that has changed, no error but ours, and no more memory than a bound.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gamemaster.cli import main
from gamemaster.record import Archive, canonical_export
from gamemaster.record.salvage import salvage
from gamemaster.record.verify import examine
from gamemaster.scenarios import find_scenario
from gamemaster.simulation import load_run
from gamemaster.words import GamemasterError
from tests.record import hostile

ROOT = Path(__file__).parents[2]
VICTIM = b"somebody else's file\n" * 1000


@pytest.fixture
def place() -> Iterator[Path]:
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if os.access(shm, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    def ring(number: int, frame: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def honest() -> Iterator[Path]:
    """A run of a scenario that is installed, in which a rule answers, with something in most tables."""
    with tempfile.TemporaryDirectory() as name:
        make_honest(Path(name) / "run")
        yield Path(name) / "run"


def make_honest(folder: Path) -> None:
    find_scenario("commons").make({"policy": "take:12", "discussion": False}).run(3, archive=folder).close()


def commands(folder: Path, out: Path) -> list[list[str]]:
    run = str(folder)
    return [
        ["show", run],
        ["show", run, "--json"],
        ["show", run, "--why", "1/event/0"],
        ["export", run, "-o", str(out)],
        ["verify", run],
        ["ask", run, "Kate", "How are you?"],
        ["resume", run, "--quiet"],
    ]


def open_in_every_way(folder: Path, capsys: pytest.CaptureFixture[str], *, of_commands: slice = slice(None)) -> None:
    out = folder.parent / "out"
    try:
        with load_run(folder) as run:
            _ = run.events, run.attempts, run.metrics, run.cost, run.degraded, run.agents, run.seed, run.scenario
            _ = run.transcript(), run.world(), run.refusals, run.memories(run.agents[0]), run.calls(), run.answers()
            for table in ("asks", "observations", "groundings", "measures"):
                run.table(table)
            assert str(run)
    except GamemasterError:
        pass
    try:
        with Archive.open(folder) as archive:
            examine(archive)
            with (folder.parent / "export").open("wb") as stream:
                canonical_export(archive, stream)
    except GamemasterError:
        pass
    try:
        salvage(folder, folder.parent / "saved")
    except GamemasterError:
        pass
    shutil.rmtree(folder.parent / "saved", ignore_errors=True)
    for command in commands(folder, out)[of_commands]:
        code = main(command)
        told = capsys.readouterr()
        assert code in (0, 1, 2), command
        assert "Traceback" not in told.out + told.err, (command, told.err[-1500:])
        assert "The option --debug shows the traceback" not in told.err, (command, told.err[:500])
        assert "\x1b]" not in told.out + told.err, command


def run_case(
    honest: Path,
    place: Path,
    change: hostile.Change,
    capsys: pytest.CaptureFixture[str],
    *,
    of_commands: slice = slice(None),
) -> None:
    signal.alarm(12)
    canary, victim = place / "canary", place / "victim"
    folder = place / "run"
    shutil.copytree(honest, folder)
    victim.write_bytes(VICTIM)
    change(folder, canary)
    open_in_every_way(folder, capsys, of_commands=of_commands)
    assert not canary.exists(), "code of the archive has run, or a file was made where it pointed"
    assert victim.read_bytes() == VICTIM
    assert Path("/etc/passwd").read_bytes()[:4] == b"root"
    shutil.rmtree(folder)


def check_all(
    honest: Path,
    place: Path,
    capsys: pytest.CaptureFixture[str],
    cases: list[tuple[str, hostile.Change]],
    *,
    at_once: int = 7,
) -> None:
    """Each case with `at_once` of the seven commands, by turns."""
    failed: list[str] = []
    for at, (name, change) in enumerate(cases):
        first = at % (8 - at_once)
        try:
            run_case(honest, place, change, capsys, of_commands=slice(first, first + at_once))
        except Exception as error:
            capsys.readouterr()
            failed.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")
            shutil.rmtree(place / "run", ignore_errors=True)
            (place / "canary").unlink(missing_ok=True)
    assert not failed, f"{len(failed)} of {len(cases)}:\n" + "\n".join(failed)


def test_the_honest_one_is_shown(honest: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_case(honest, place, lambda folder, canary: None, capsys)


def some(cases: list[tuple[str, hostile.Change]], every: int) -> list[tuple[str, hostile.Change]]:
    return cases[::every]


def test_some_of_each_kind(honest: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The slow suite has all."""
    chosen = [*hostile.FILES, *hostile.CONFIGURATIONS[:4]]
    chosen += some(hostile.SCHEMA, 4) + some(hostile.STEPS_AND_COUNTS, 5) + some(hostile.HEADER, 20)
    chosen += some(hostile.value_changes(place / "canary", 11), 250)
    check_all(honest, place, capsys, chosen, at_once=2)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(6))
def test_twelve_hundred(honest: Path, place: Path, capsys: pytest.CaptureFixture[str], part: int) -> None:
    cases = list(hostile.cases(place / "canary", most=1200))
    assert len(cases) == 1200
    check_all(honest, place, capsys, cases[part::6])


BOUNDED = """
import resource, shutil, sys
from pathlib import Path
from tests.record import hostile, test_hostile
import gamemaster.cli, gamemaster.report, gamemaster.scenarios, gamemaster.examples.commons
honest, place = Path(sys.argv[1]), Path(sys.argv[2])
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + 3 * 2**29
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for name, change in hostile.HUGE:
    folder = place / "run"
    shutil.copytree(honest, folder)
    change(folder, place / "canary")
    try:
        test_hostile.open_in_every_way(folder, None, of_commands=slice(0))
    except MemoryError:
        sys.exit(f"{name}: more than 1.5 GB")
    shutil.rmtree(folder)
print("bounded", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.slow
def test_memory_is_bounded(honest: Path, place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, str(honest), str(place)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "bounded" in done.stdout
