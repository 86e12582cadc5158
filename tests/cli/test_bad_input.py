"""Bad input: each kind gets one message that says what, where and how to mend it, exit code 2, and no folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

HEAD = '"""A scenario."""\nfrom __future__ import annotations\nfrom gamemaster import *\nfrom gamemaster.components import *\n'

MADE = "@scenario()\ndef made(parameters):\n    '''Made for this.'''\n"


def build(body: str, before: str = "") -> str:
    return HEAD + before + MADE + "".join(f"    {line}\n" for line in body.splitlines())


FILES = {
    "raises": (HEAD + "count = 1 / 0\n", ["file.py", "line 5", "ZeroDivisionError"]),
    "is no Python": (HEAD + "def broken(:\n", ["file.py", "SyntaxError", "line 5"]),
    "exits": (HEAD + "raise SystemExit(3)\n", ["file.py", "SystemExit"]),
    "no scenario": (HEAD, ["file.py", "no scenario", "@scenario"]),
    "two scenarios": (
        build("return None") + MADE.replace("made", "other") + "    return None\n",
        ["file.py", "2 scenarios", "made", "other"],
    ),
    "no simulation": (build("return 3"), ["'made'", "3", "Simulation"]),
    "its function raises": (build("return {}['Ann']"), ["file.py", "line 8", "KeyError", "Ann"]),
    "no docstring": (HEAD.split("\n", 1)[1] + "@scenario()\ndef made(parameters):\n    return 1\n", ["'made'", "docstring"]),
    "two agents of one name": (build("return Simulation([Agent('Ann'), Agent('Ann')])"), ["Ann", "name"]),
    "no agents": (build("return Simulation([])"), ["no agents"]),
    "components in a circle": (
        build("a = Plan(name='a')\nb = Plan(name='b', given=[a])\na.given = (b,)\nreturn Simulation([Agent('Ann', [a, b])])"),
        ["Ann", "circle", "a reads b reads a"],
    ),
    "a missing component": (
        build("return Simulation([Agent('Ann', [Plan(given=[Persona('Tall.')])])])"),
        ["Ann", "'plan'", "'persona'", "list"],
    ),
    "a component given to two": (
        build("plan = Plan()\nreturn Simulation([Agent('Ann', [plan]), Agent('Bob', [plan])])"),
        ["'plan'", "Ann", "Bob", "one for each"],
    ),
    "a law that doesn't hold": (
        build(
            "return Simulation([Agent('Ann')], Room(heat=40))",
            "class Room(World):\n    heat: int\n    laws = [bounded('heat', high=30)]\n",
        ),
        ["heat", "Room", "start"],
    ),
    "an action without docstring": (
        build(
            "return Simulation([Agent('Ann')], Room())",
            "class Room(World):\n    @action\n    def go(self, actor: Person) -> str:\n        return ''\n",
        ),
        ["Room", "go", "docstring"],
    ),
    "an action without types": (
        build(
            "return Simulation([Agent('Ann')], Room())",
            "class Room(World):\n    @action\n    def go(self, actor: Person, how) -> str:\n        '''Go.'''\n",
        ),
        ["Room", "go", "how"],
    ),
    "a forbidden field type": (
        build("return Simulation([Agent('Ann')], Room())", "class Room(World):\n    names: set[str] = set()\n"),
        ["Room", "names"],
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_wrong(command: Any, tmp_path: Path, kind: str) -> None:
    source, wanted = FILES[kind]
    (tmp_path / "file.py").write_text(source)
    for arguments in (("run", "file.py"), ("run", "file.py", "--dry-run"), ("prompts", "file.py")):
        told = command(*arguments)
        assert told.code == 2, told
        for each in wanted:
            assert each in told.err, told.err
        assert told.out == ""
    assert not Path("runs").exists()


COMMANDS = {
    "an unknown scenario": (["run", "comons"], ["'comons'", "'commons'"]),
    "an unknown file": (["run", "nothing.py"], ["nothing.py", "no file"]),
    "an unknown model": (["run", "MARKET", "--model", "embeded"], ["'embeded'", "'embedded'", "hf:"]),
    "an unknown model in a dry run": (["run", "MARKET", "--model", "embeded", "--dry-run"], ["'embeded'", "'embedded'"]),
    "an unknown model of a scripted run": (["run", "MARKET", "--model", "x", "--set", "policy=buy"], ["'x'", "embedded"]),
    "an unknown model of one agent": (["run", "MARKET", "--set", "model.Ann=embeded"], ["'embeded'", "'embedded'"]),
    "a model for nobody": (["run", "MARKET", "--set", "model.Anne=embedded"], ["'Anne'", "'Ann'"]),
    "a model folder that isn't there": (["run", "MARKET", "--model", "hf:./nowhere"], ["nowhere"]),
    "a model folder that holds none": (["run", "MARKET", "--model", "hf:EMPTY"], ["empty"]),
    "an unknown parameter": (["run", "MARKET", "--set", "coin=3"], ["'coin'", "'coins'", "'market'"]),
    "a value that is too small": (["run", "MARKET", "--set", "coins=-3"], ["coins", "-3", "greater than or equal to 0"]),
    "a value of another type": (["run", "MARKET", "--set", "coins=many"], ["coins", "'many'", "integer"]),
    "a value that is no YAML": (["run", "MARKET", "--set", "coins=[1,"], ["coins=[1,"]),
    "a value that is not among them": (["run", "MARKET", "--set", "mood=sad"], ["mood", "'sad'", "'quiet' or 'loud'"]),
    "a setting without a value": (["run", "MARKET", "--set", "coins"], ["--set coins", "KEY=VALUE", "gamemaster list market"]),
    "an unknown policy": (["run", "MARKET", "--set", "policy=bye"], ["'bye'", "'buy'"]),
    "a policy's bad argument": (["run", "MARKET", "--set", "policy=buy:x"], ["'buy'", "'x'"]),
    "more policies than agents": (["run", "MARKET", "--set", "policy=buy,buy,buy,buy"], ["4 policies", "3 agents"]),
    "an unknown component to leave out": (["run", "MARKET", "--set", "without=persone"], ["'persone'", "'persona'"]),
    "steps below 0": (["run", "MARKET", "--steps", "-1"], ["--steps -1", "at least 0"]),
    "steps that are no number": (["run", "MARKET", "--steps", "few"], ["--steps", "gamemaster run --help"]),
    "no requests in flight": (["run", "MARKET", "--concurrent", "0"], ["--concurrent", "1"]),
    "an unknown option": (["run", "MARKET", "--stpes", "3"], ["--stpes", "--steps"]),
    "an unknown command": (["rnu"], ["'rnu'", "'run'"]),
    "no scenario named": (["run"], ["NAME|FILE"]),
    "a folder that isn't there": (["show", "nowhere"], ["nowhere", "no folder"]),
    "a folder without a run": (["show", "EMPTY"], ["empty", "run.sqlite"]),
    "a file in place of a folder": (["show", "MARKET"], ["no folder"]),
    "an archive that is none": (["show", "GARBAGE"], ["run.sqlite"]),
    "an archive that is none, resumed": (["resume", "GARBAGE"], ["run.sqlite"]),
    "a run that isn't there, exported": (["export", "nowhere", "-o", "x"], ["nowhere"]),
    "an unknown format": (["export", "RUN", "--format", "xlsx", "-o", "x"], ["xlsx", "jsonl", "csv"]),
    "a sheet that there isn't": (["export", "RUN", "--what", "evnts", "-o", "x"], ["'evnts'", "'events'"]),
    "all sheets in one file": (["export", "RUN", "-o", "x.csv"], ["x.csv", "--what", "--format csv"]),
    "an export of an agent that isn't there": (["export", "RUN", "--what", "messages", "--agent", "An", "-o", "x"], ["'Ann'"]),
    "a file that is there": (["export", "RUN", "--what", "events", "-o", "MARKET"], ["is there already", "--force"]),
    "a place that can't be written": (["export", "RUN", "-o", "nowhere/x"], ["nowhere/x", "can't be written"]),
    "an output folder that holds a run": (
        ["run", "MARKET", "--set", "policy=buy", "--out", "RUN"],
        ["gamemaster resume", "--out"],
    ),
    "an output folder that is a file": (["run", "MARKET", "--set", "policy=buy", "--out", "MARKET"], ["can't be made", "--out"]),
    "an unknown event": (["show", "RUN", "--why", "1/event/99"], ["'1/event/99'", "1/event/0"]),
    "no event's name": (["show", "RUN", "--why", "that"], ["'that'"]),
    "an unknown agent": (["prompts", "RUN", "--agent", "Anne"], ["'Anne'", "'Ann'"]),
    "an unknown agent of a scenario": (["prompts", "MARKET", "--agent", "Anne"], ["'Anne'", "'Ann'"]),
    "a step that isn't there": (["prompts", "RUN", "--step", "9"], ["9", "0 to 1"]),
    "an interview with nobody": (["ask", "RUN", "Anne", "Well?"], ["'Anne'", "'Ann'"]),
    "an interview without the file": (["ask", "RUN", "Ann", "Well?"], ["came from a file", "gamemaster ask"]),
    "an interview in the future": (["ask", "RUN", "Ann", "Well?", "MARKET", "--step", "9"], ["9", "0 to 1"]),
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_a_command_that_is_wrong(command: Any, market: str, tmp_path: Path, kind: str) -> None:
    for name in ("empty", "garbage"):
        (tmp_path / name).mkdir()
    (tmp_path / "garbage" / "run.sqlite").write_bytes(b"This is no database, but as long as a page is. " * 200)
    given, wanted = COMMANDS[kind]
    if "RUN" in given:
        assert command("run", market, "--set", "policy=buy", "--steps", "1", "--quiet", "--out", str(tmp_path / "run")).code == 0
    places = {
        "MARKET": market,
        "EMPTY": str(tmp_path / "empty"),
        "GARBAGE": str(tmp_path / "garbage"),
        "RUN": str(tmp_path / "run"),
    }
    arguments = [places.get(each, each) for each in given]
    arguments = [each.replace("EMPTY", places["EMPTY"]) for each in arguments]
    told = command(*arguments)
    assert told.code == 2, told
    for each in wanted:
        assert each in told.err, told.err
    assert told.out == ""
    assert not Path("runs").exists()


def test_debug_shows_the_traceback_wherever_it_stands(command: Any, tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text(HEAD + "count = 1 / 0\n")
    for arguments in (("--debug", "run", "file.py"), ("run", "file.py", "--debug")):
        told = command(*arguments)
        assert told.code == 2
        assert "Traceback" in told.err and "1 / 0" in told.err


def test_metrics_that_raise_leave_the_steps_on_record(command: Any, tmp_path: Path) -> None:
    (tmp_path / "file.py").write_text(
        HEAD
        + "def metrics(run):\n    return {'share': 1 / 0}\n"
        + "@scenario(metrics=metrics, steps=2)\ndef made(parameters):\n    '''Made for this.'''\n"
        + "    return Simulation([Agent('Ann', actor=Scripted(lambda view: 'Yes.'))])\n"
    )
    told = command("run", "file.py", "--quiet")
    assert told.code == 1
    assert "the metrics of made" in told.err and "ZeroDivisionError" in told.err
    assert "The run stands at step 2. Mend it, and go on with: gamemaster resume runs/made-0 file.py" in told.err
    assert command("verify", "runs/made-0").out.startswith("runs/made-0: whole; steps 0 to 2, no problem found\n")
    file = tmp_path / "file.py"
    file.write_text(file.read_text().replace("1 / 0", "0.5"))
    assert "share" in command("resume", "runs/made-0", "file.py").out


def test_verifying_what_is_no_archive_finds_that_it_is_none(command: Any, tmp_path: Path) -> None:
    (tmp_path / "garbage").mkdir()
    (tmp_path / "garbage" / "run.sqlite").write_bytes(b"no database at all")
    told = command("verify", "garbage")
    assert told.code == 1  # a finding, like every other thing that verify finds wrong
    assert "run.sqlite" in told.out
    assert "Traceback" not in told.out + told.err
