"""The command as a process: signals, pipes, and what it imports."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from gamemaster import load_run
from gamemaster.record import canonical_export

ROOT = Path(__file__).parents[2]

SLOW = '''
"""Slow people."""
import sys, time
from gamemaster import ActionSpec, Agent, Scene, Scripted, Simulation, scenario

def play(view):
    if view.moment.step == 3:
        time.sleep(0.6)
    return f"It is {view.moment.clock}, and {view.random.randint(1, 9)} of us are here."

@scenario(steps=6)
def slow(parameters):
    """Slow people."""
    names = ["Ann", "Bob"]
    agents = [Agent(name, actor=Scripted(play)) for name in names]
    return Simulation(agents, scenes=[Scene("evening", names, ActionSpec.speech(), rounds=99, order="simultaneous")])
'''


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **more}


def exported(folder: Path) -> bytes:
    stream = BytesIO()
    with load_run(folder) as run:
        canonical_export(run.archive, stream)
    return stream.getvalue()


def start(folder: Path, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "gamemaster", *arguments],
        cwd=folder,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_ctrl_c_ends_the_run_at_the_step_and_says_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    running = start(tmp_path, "run", "slow.py")
    assert running.stdout is not None
    for line in running.stdout:  # step 3 is under way when step 2 has been told
        if line.startswith(b"[2 00:01] Bob"):
            break
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130, (out, err)
    assert b"at the end of this step" in err
    with load_run(tmp_path / "runs/slow-0") as run:
        assert (run.status, run.stopped_by) == ("stopped", "interrupt")
        stands = run.last_step
    assert stands in (2, 3)  # the signal may come before step 3 begins
    assert f"the run stands at step {stands}. Go on with: gamemaster resume runs/slow-0 slow.py" in err.decode()
    assert b"Traceback" not in err

    going_on = start(tmp_path, "resume", "runs/slow-0", "slow.py", "--quiet")
    assert going_on.communicate(timeout=30)[1] == b""
    assert going_on.returncode == 0
    whole = start(tmp_path, "run", "slow.py", "--quiet", "--out", "whole", PYTHONHASHSEED="7")
    whole.communicate(timeout=30)
    assert exported(tmp_path / "runs/slow-0") == exported(tmp_path / "whole")


def test_a_reader_that_leaves_does_not_end_the_run(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    running = start(tmp_path, "run", "slow.py")
    assert running.stdout is not None and running.stderr is not None
    running.stdout.readline()
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()
    assert running.wait(timeout=30) == 0, err
    assert err == b""
    with load_run(tmp_path / "runs/slow-0") as run:
        assert (run.status, run.last_step) == ("finished", 6)


def test_without_a_terminal_there_are_no_escapes_whatever_the_encoding(tmp_path: Path) -> None:
    (tmp_path / "loud.py").write_text(
        '"""Loud people."""\n'
        "from gamemaster import ActionSpec, Agent, Scripted, Simulation, Simultaneous, scenario\n"
        "@scenario(steps=1)\n"
        "def loud(parameters):\n"
        "    said = '\\x1b[31m[bold]Käse[/bold]\\x07 :smile: \\ud800 \\u202e'\n"
        "    return Simulation([Agent('Jörg', actor=Scripted(lambda view: said))], schedule=Simultaneous(ActionSpec.speech()))\n"
    )
    running = start(tmp_path, "run", "loud.py", PYTHONIOENCODING="ascii", TERM="xterm-256color")
    out, err = running.communicate(timeout=30)
    assert (running.returncode, err) == (0, b"")
    assert b"\x1b" not in out and b"\x07" not in out
    assert b"[bold]K\\xe4se[/bold]" in out and b":smile:" in out


def test_list_and_version_load_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from gamemaster.cli import main\n"
        "assert main(['--version']) == 0\n"
        "light = {'numpy', 'rich', 'pydantic'} & set(sys.modules)\n"
        "assert main(['list']) == 0\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'faiss', 'langchain_core'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_scripted_run_loads_no_model(tmp_path: Path) -> None:
    market = Path(__file__).parent / "scenarios" / "market.py"
    code = (
        "import sys\n"
        "from gamemaster.cli import main\n"
        f"assert main(['run', {str(market)!r}, '--set', 'policy=buy', '--quiet']) == 0\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment(), capture_output=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, b"")
