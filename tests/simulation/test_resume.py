"""A run that was stopped or killed goes on as if nothing had happened, and asks again for nothing it was told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gamemaster import load_run
from gamemaster.record import verify
from gamemaster.testing import ScriptedModel
from gamemaster.words import ArchiveError, ArchiveInUse, BadInput
from tests.simulation.market import build_market, market_rule
from tests.simulation.test_same_seed import exported

ROOT = Path(__file__).parents[2]
STEPS = 6

CHILD = """
import os, signal, sys
from gamemaster.record import Archive
from tests.simulation.market import build_market, market_rule
from gamemaster.testing import ScriptedModel

folder, point, at, log, resume = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5] == "resume"
seen = 0

def on_point(name):
    global seen
    if name == point:
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

make = Archive._start
def start(archive, place):
    archive.on_point = on_point
    make(archive, place)
Archive._start = start

def rule(request):
    with open(log, "a") as file:
        file.write(str(request.key) + "\\n")
    return market_rule(request)

build_market(model=ScriptedModel(rule)).run(6, archive=folder, resume=resume)
"""


def child(folder: Path, point: str, at: int, log: Path, *, resume: bool = False) -> int:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = [str(folder), point, str(at), str(log), "resume" if resume else "new"]
    return subprocess.run([sys.executable, "-c", CHILD, *arguments], env=environment, check=False).returncode


@pytest.fixture(scope="module")
def whole(tmp_path_factory: Any) -> tuple[str, int]:
    folder = tmp_path_factory.mktemp("whole") / "run"
    model = ScriptedModel(market_rule)
    run = build_market(model=model).run(STEPS, archive=folder)
    return exported(run), len(model.requests)


@pytest.mark.parametrize(
    ("point", "at"),
    [("call.before_write", 5), ("call.written", 9), ("step.before_commit", 4), ("step.in_transaction", 3), ("step.committed", 5)],
)
def test_a_killed_run_goes_on(tmp_path: Path, whole: tuple[str, int], point: str, at: int) -> None:
    folder, log = tmp_path / "run", tmp_path / "log"
    assert child(folder, point, at, log) == -signal.SIGKILL
    with load_run(folder) as run:
        assert run.status == "running"
        assert verify(run.archive) == []
        recorded = {str(call.key) for call in run.calls()}
    before = log.read_text().splitlines()
    assert child(folder, "never", 1, log, resume=True) == 0
    after = log.read_text().splitlines()[len(before) :]
    assert not set(after) & recorded, "an answer that was on record was asked for again"
    repeated = [key for key in after if key in before]
    assert len(repeated) <= len(set(before) - recorded)
    with load_run(folder) as run:
        assert run.status == "finished"
        assert exported(run) == whole[0]
        assert verify(run.archive) == []


def test_a_run_stopped_at_a_step_goes_on_to_a_larger_total(tmp_path: Path, whole: tuple[str, int]) -> None:
    folder = tmp_path / "run"
    models = [ScriptedModel(market_rule) for _ in range(3)]
    build_market(model=models[0]).run(2, archive=folder)
    build_market(model=models[1]).run(5, archive=folder, resume=True)
    run = build_market(model=models[2]).run(STEPS, archive=folder, resume=True)
    assert exported(run) == whole[0]
    assert sum(len(model.requests) for model in models) == whole[1]


def test_an_exception_leaves_a_run_that_goes_on(tmp_path: Path, whole: tuple[str, int]) -> None:
    def broken(request: Any) -> Any:
        if request.key.step == 4 and request.key.who == "Bob":
            raise RuntimeError("the machine is on fire")
        return market_rule(request)

    folder = tmp_path / "run"
    with pytest.raises(Exception, match="on fire"):
        build_market(model=ScriptedModel(broken)).run(STEPS, archive=folder)
    with load_run(folder) as run:
        assert (run.status, run.last_step) == ("failed", 3)
        assert "on fire" in run.stopped_by
        given = {str(call.key) for call in run.calls(step=4)}
    model = ScriptedModel(market_rule)
    run = build_market(model=model).run(STEPS, archive=folder, resume=True)
    assert exported(run) == whole[0]
    assert not given & {str(request.key) for request in model.requests}


def test_looking_step_by_step_is_the_same_run(tmp_path: Path, whole: tuple[str, int]) -> None:
    folder = tmp_path / "run"
    simulation = build_market()
    steps = list(simulation.steps(STEPS, archive=folder))
    assert [step.number for step in steps] == list(range(1, STEPS + 1))
    assert simulation.last_run is not None
    assert exported(simulation.last_run) == whole[0]


def test_a_folder_with_another_run_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    build_market().run(1, archive=folder)
    with pytest.raises(ArchiveInUse, match="resume"):
        build_market().run(1, archive=folder)
    with pytest.raises(ArchiveError, match="its seed is 7, here it is 8"):
        build_market(seed=8).run(2, archive=folder, resume=True)
    with pytest.raises(ArchiveError, match="here it is"):
        build_market(("Ann", "Bob")).run(2, archive=folder, resume=True)
    with pytest.raises(ArchiveError):
        build_market().run(2, archive=tmp_path / "nothing", resume=True)


def test_wrong_wishes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="at least 0 steps"):
        build_market().run(-1)
    with pytest.raises(BadInput, match="name its folder"):
        build_market().run(1, resume=True)
    with pytest.raises(BadInput, match="at least one request"):
        build_market().run(1, concurrent=0)
    simulation = build_market()
    simulation.run(1)
    with pytest.raises(BadInput, match="has run already"):
        simulation.run(2)
