"""Signals: Ctrl-C and SIGTERM end a run at the step's end, twice at once; either way it goes on afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gamemaster import load_run
from gamemaster.record import verify
from tests.cli.test_process import environment, exported, start

PATIENT = '''
"""People who take their time."""
import asyncio, os
from gamemaster import ActionSpec, Agent, Scene, Scripted, Simulation, scenario

class Patient(Scripted):
    """Takes a second in step 3, unless it is told not to; as a scripted actor it needs no model."""
    def __init__(self):
        super().__init__(lambda view: "")

    async def __call__(self, agent, thinking):
        step = thinking.circumstances.moment.step
        if step == 3 and "QUICK" not in os.environ:
            print("step 3 has begun", flush=True)
            await asyncio.sleep(1.5)
        return f"{agent.name} speaks in step {step}."

@scenario(steps=6)
def patient(parameters):
    """People who take their time."""
    names = ["Ann", "Bob"]
    agents = [Agent(name, actor=Patient()) for name in names]
    return Simulation(agents, scenes=[Scene("evening", names, ActionSpec.speech(), rounds=99, order="simultaneous")])
'''


def in_step_3(folder: Path) -> subprocess.Popen[bytes]:
    (folder / "patient.py").write_text(PATIENT)
    running = start(folder, "run", "patient.py", "--out", "run")
    assert running.stdout is not None
    for line in running.stdout:
        if b"step 3 has begun" in line:
            return running
    raise AssertionError(running.communicate())


def goes_on(folder: Path) -> None:
    """Go on, and hold the run against one in one go."""
    resumed = start(folder, "resume", "run", "patient.py", "--quiet", QUICK="1")
    assert (resumed.communicate(timeout=60)[1], resumed.returncode) == (b"", 0)
    whole = start(folder, "run", "patient.py", "--quiet", "--out", "whole", QUICK="1")
    whole.communicate(timeout=60)
    assert exported(folder / "run") == exported(folder / "whole")


@pytest.mark.parametrize(
    ("sent", "code", "named"), [(signal.SIGINT, 130, "Ended by Ctrl-C"), (signal.SIGTERM, 143, "Ended by SIGTERM")]
)
@pytest.mark.parametrize("twice", [False, True])
def test_a_signal_ends_the_run_at_the_steps_end_and_a_second_one_at_once(
    tmp_path: Path, sent: signal.Signals, code: int, named: str, twice: bool
) -> None:
    running = in_step_3(tmp_path)
    running.send_signal(sent)
    if twice:
        time.sleep(0.3)
        running.send_signal(sent)
    _, err = running.communicate(timeout=30)
    assert running.returncode == code, err
    said = err.decode()
    assert named in said
    assert "Go on with: gamemaster resume run patient.py" in said
    assert "Traceback" not in said
    with load_run(tmp_path / "run") as run:
        assert (run.status, run.last_step) == ("stopped", 2 if twice else 3)
        if twice:
            assert run.stopped_by == "interrupt, in the middle of a step"
        else:
            assert run.stopped_by == ("interrupt" if sent == signal.SIGINT else "SIGTERM")
        assert verify(run.archive) == []
    goes_on(tmp_path)


SCRIPT = """
import asyncio
from gamemaster import ActionSpec, Agent, Simulation, Simultaneous

class Patient:
    async def __call__(self, agent, thinking):
        if thinking.circumstances.moment.step == 2:
            print("step 2 has begun", flush=True)
            await asyncio.sleep(1)
        return "Hm."

Simulation([Agent("Ann", actor=Patient())], schedule=Simultaneous(ActionSpec.speech())).run(5, archive="run")
print("this is not reached")
"""


def test_a_script_that_is_told_to_end_ends_once_its_step_is_committed(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert running.stdout is not None
    assert b"step 2" in running.stdout.readline()
    os.kill(running.pid, signal.SIGTERM)
    out, err = running.communicate(timeout=30)
    assert (running.returncode, out, err) == (-signal.SIGTERM, b"", b"")
    with load_run(tmp_path / "run") as run:
        assert (run.status, run.stopped_by, run.last_step) == ("stopped", "SIGTERM", 2)
