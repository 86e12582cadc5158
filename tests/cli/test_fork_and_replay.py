"""gamemaster fork and replay, budgets on the command line, and what a person sees of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from gamemaster import load_run
from gamemaster.record import verify
from gamemaster.scenarios import find_scenario
from gamemaster.testing import ScriptedModel


def digest(folder: str) -> dict[str, str]:
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(Path(folder).iterdir())}


@pytest.fixture
def run(command: Any, market: str) -> str:
    assert command("run", market, "--set", "policy=random", "--steps", "6", "--quiet", "--out", "a").code == 0
    return market


def test_a_fork_has_the_past_and_another_future(command: Any, run: str) -> None:
    before = digest("a")
    told = command("fork", "a", run, "--step", "3", "--out", "b", "--seed", "9", "--tell", "Bob=It rains: stay home.")
    assert told.code == 0, told.err
    assert "[4 " in told.out and "[3 " not in told.out
    assert "It rains: stay home." in told.out
    assert digest("a") == before
    with load_run("a") as parent, load_run("b") as child:
        assert [each.digest for each in child.archive.steps[:4]] == [each.digest for each in parent.archive.steps[:4]]
        assert (child.seed, child.last_step, child.status) == (9, 6, "finished")
        assert child.phases[-1].told == (("Bob", "It rains: stay home."),)
        assert verify(child.archive) == []
    assert command("resume", "b", run, "--steps", "8", "--quiet").code == 0
    assert command("replay", "b", run).code == 0
    assert command("show", "b").code == 0
    assert command("verify", "b").code == 0


def test_a_fork_with_another_parameter_and_fewer_steps(command: Any, run: str) -> None:
    assert command("fork", "a", run, "--step", "2", "--out", "b", "--set", "policy=buy", "--steps", "4", "--quiet").code == 0
    with load_run("b") as child:
        assert child.parameters["policy"] == "buy"
        assert child.last_step == 4


def test_a_fork_of_an_installed_scenario_needs_no_file(command: Any) -> None:
    command("run", "commons", "--set", "policy=random", "--steps", "4", "--quiet", "--out", "a")
    assert command("fork", "a", "--step", "2", "--out", "b", "--seed", "3", "--quiet").code == 0
    assert command("replay", "b").code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--step", "9", "--out", "b"], "the run has the steps 0 to 6"),
        (["--step", "3", "--out", "b", "--tell", "Bob"], "write it --tell 'AGENT=TEXT'"),
        (["--step", "3", "--out", "b", "--tell", "Zoe=Hm"], "no agent 'Zoe'"),
        (["--step", "3", "--out", "b", "--set", "colour=red"], "colour"),
        (["--step", "3", "--out", "b", "--steps", "2"], "begins with 3 steps"),
        (["--step", "3", "--out", "a"], "name another"),
        (["--step", "3", "--out", "b", "--model", "nothing"], "nothing"),
        (["--out", "b"], "--step"),
        (["--step", "3"], "--out"),
    ],
)
def test_wrong_wishes_get_one_message_and_leave_nothing(command: Any, run: str, options: list[str], said: str) -> None:
    before = digest("a")
    told = command("fork", "a", run, *options)
    assert told.code == 2
    assert said in told.err
    assert digest("a") == before
    assert not Path("b").exists()


def test_a_file_is_given_again(command: Any, run: str, tea: str) -> None:
    for name, more in (("fork", ["--step", "3", "--out", "b"]), ("replay", [])):
        told = command(name, "a", *more)
        assert told.code == 2
        assert f"gamemaster {name} a {run}" in told.err
        assert "'market'" in command(name, "a", tea, *more).err


def test_a_replay_of_the_same_code_says_so(command: Any, run: str) -> None:
    before = digest("a")
    told = command("replay", "a", run)
    assert told.code == 0
    assert "a: the same run, steps 0 to 6" in told.out
    assert digest("a") == before


def test_a_replay_of_changed_code_shows_what_was_expected_and_what_came(command: Any, run: str, tmp_path: Path) -> None:
    file = tmp_path / "changed" / "market.py"
    file.parent.mkdir()
    file.write_text(Path(run).read_text().replace("buys {count} apples", "purchases {count} apples"))
    told = command("replay", "a", str(file))
    assert told.code == 1
    assert "First difference" in told.out
    lines = [line.strip() for line in told.out.splitlines()]
    assert any(line.startswith("-") and "buys" in line for line in lines)
    assert any(line.startswith("+") and "purchases" in line for line in lines)


def test_a_replay_shows_the_difference_of_a_prompt(command: Any, tmp_path: Path) -> None:
    source = '''
"""Two who talk."""
from gamemaster import ActionSpec, Agent, Simulation, Simultaneous, scenario
from gamemaster.components import Persona

@scenario(steps=2)
def talk(parameters):
    """Two who talk."""
    agents = [Agent(name, [Persona(f"{name} is a baker.\\\\nThe shop is small.")]) for name in ("Ann", "Bob")]
    return Simulation(agents, schedule=Simultaneous(ActionSpec.speech()))
'''
    file = tmp_path / "talk.py"
    file.write_text(source)
    find_scenario(str(file)).make(model=ScriptedModel()).run(2, archive="t").close()
    file.write_text(source.replace("is a baker", "is a miller"))
    told = command("replay", "t", str(file))
    assert told.code == 1
    assert "step 1, Ann, actor" in told.out
    assert "Ann is a baker." in told.out and "Ann is a miller." in told.out
    assert "- expected by the record, + got now" in told.out


def test_a_budget_ends_a_run_with_exit_0_and_says_how_to_go_on(command: Any, run: str) -> None:
    told = command("run", run, "--set", "policy=random", "--max-seconds", "0", "--out", "c", "--quiet")
    assert told.code == 0
    assert "budget: 0 of 0 seconds" in told.out
    assert f"gamemaster resume c {run}" in told.out
    assert "stopped (budget" in command("show", "c").out
    assert command("resume", "c", run, "--steps", "2", "--quiet").code == 0
    with load_run("c") as found:
        assert (found.status, found.last_step) == ("finished", 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--max-calls", "-1"], "--max-calls"),
        (["--price", "2,3"], "give --max-cost too"),
        (["--max-cost", "1", "--price", "cheap"], "write it --price PROMPT,GENERATED"),
    ],
)
def test_wrong_bounds_are_refused(command: Any, market: str, options: list[str], said: str) -> None:
    told = command("run", market, "--quiet", "--out", "c", *options)
    assert told.code == 2
    assert said in told.err
    assert not Path("c").exists()
