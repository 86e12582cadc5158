"""gamemaster run, and what comes after it: show, verify, export, prompts, ask."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import jsonpatch
import pytest

from gamemaster import load_run


def test_a_run_prints_one_line_an_event_and_a_summary(command: Any, market: str) -> None:
    told = command("run", market, "--set", "policy=buy:2", "--steps", "3")
    assert told.code == 0 and told.err == ""
    events = [line for line in told.out.splitlines() if line.startswith("[")]
    with load_run("runs/market-0") as run:
        assert len(events) == sum(bool(event.text) for event in run.events)
    assert "[1 00:00] Ann buys 2 apples from Bob." in events
    assert '[3 00:02] Bob: "Fresh apples!"' in events
    assert "[3 00:02] Ann is refused: Ann has only 2 coins" in events
    assert "\x1b" not in told.out
    assert "gamemaster show runs/market-0" in told.out


def test_the_summary_says_who_did_what_what_changed_what_was_refused(command: Any, market: str) -> None:
    lines = [" ".join(line.split()) for line in command("run", market, "--set", "policy=buy:2").out.splitlines()]
    assert "Ann refused 4, buy 2" in lines
    assert "Bob says 6" in lines
    assert "coins.Bob 10 26 +16" in lines
    assert "apples.Cleo 0 4 +4" in lines
    assert "Ann has only 2 coins 4 x" in lines
    assert not any("breaks_at" in line for line in lines)  # it did not change


def test_metrics_stand_beside_those_of_the_null_baseline(command: Any, market: str) -> None:
    lines = [line.split() for line in command("run", market, "--set", "policy=buy:2").out.splitlines()]
    assert ["Metrics", "this", "run", "baseline"] in lines
    command("run", market, "--set", "policy=random", "--out", "random")
    with load_run("random") as run:
        expected = run.metrics["bought"]
    assert ["bought", "8", str(expected)] in lines
    assert ["undefined", "–", "–"] in lines


def test_the_baseline_itself_has_no_baseline_beside_it(command: Any, market: str) -> None:
    assert "baseline" not in command("run", market, "--set", "policy=random").out


def test_quiet_prints_one_line(command: Any, market: str) -> None:
    told = command("run", market, "--set", "policy=buy", "--steps", "2", "--quiet")
    assert told.out.splitlines() == [
        "market, seed 0: 2 steps, finished (2 steps); no model asked; on record in runs/market-0",
    ]


def test_each_run_gets_a_folder_of_its_own(command: Any, market: str) -> None:
    for _ in range(3):
        assert command("run", market, "--set", "policy=buy", "--steps", "1", "--seed", "5", "--quiet").code == 0
    assert sorted(each.name for each in Path("runs").iterdir()) == ["market-5", "market-5-2", "market-5-3"]


def test_parameters_are_read_by_their_fields(command: Any, market: str) -> None:
    told = command(
        "run", market, "--set", "policy=buy", "--set", "coins=4", "--set", "price_note=07", "--steps=1", "--set", "coins=6"
    )
    assert told.code == 0
    with load_run("runs/market-0") as run:
        assert run.parameters == {"policy": "buy", "coins": 6, "price_note": "07"}


def test_a_dry_run_writes_nothing(command: Any, market: str) -> None:
    told = command("run", market, "--dry-run", "--steps", "4")
    assert told.code == 0
    for wanted in ("Cleo", "AskModel", "instructions, persona, observations", "the world Market", "Scenes", "4 steps: 12 calls"):
        assert wanted in told.out
    assert not Path("runs").exists()


def test_a_dry_run_of_a_scripted_run_counts_no_calls(command: Any, market: str) -> None:
    assert "6 steps: 0 calls" in command("run", market, "--dry-run", "--set", "policy=buy").out


def test_show_as_json_is_one_object(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy:2", "--seed", "3")
    told = command("show", "runs/market-3", "--json")
    shown = json.loads(told.out)
    assert shown == {
        "scenario": "market",
        "exit_code": 0,
        "parameters": {"policy": "buy:2"},
        "seed": 3,
        "model": "embedded",
        "agents": ["Bob", "Ann", "Cleo"],
        "steps": 6,
        "status": "finished",
        "stopped_by": "6 steps",
        "metrics": {"bought": 8, "sold": 8, "undefined": None},
        "failures": 0,
        "degraded": False,
        "refusals": {"Ann has only 2 coins": 4, "Cleo has only 2 coins": 4},
        "requests": 0,
        "tokens": 0,
        "folder": "runs/market-3",
    }


def test_show_prints_the_last_events_with_their_ids(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy:2")
    told = command("show", "runs/market-0", "--events", "2")
    assert told.code == 0
    assert "earlier events" in told.out
    assert "[6 00:05] Cleo is refused: Cleo has only 2 coins  (6/event/2)" in told.out
    assert "[6 00:05] Bob" not in told.out
    assert "bought" in told.out


def test_show_says_why(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy:2", "--steps", "1")
    told = command("show", "runs/market-0", "--why", "1/event/1")
    assert "How many apples does Ann buy?" in told.out
    assert "coins / Ann: " in told.out and " becomes " in told.out
    found = json.loads(command("show", "runs/market-0", "--why", "1/event/1", "--json").out)
    assert found["event"]["change"][0]["path"].startswith("/") and found["synthetic"] is True


def test_degraded_runs_are_marked(command: Any, tmp_path: Path) -> None:
    file = tmp_path / "unfit.py"
    file.write_text(
        '"""Wrong answers."""\n'
        "from gamemaster import *\n"
        "@scenario(steps=2)\n"
        "def unfit(parameters):\n"
        "    spec = ActionSpec.number('How many?', 0, 5)\n"
        "    return Simulation([Agent('Ann', actor=Scripted(lambda view: 9))], schedule=Simultaneous(spec), max_failures=1)\n"
    )
    told = command("run", str(file))
    assert told.code == 0
    assert "2 of 2 answers could not be used: more than 1 %, this run is degraded" in told.out
    assert ", degraded;" in told.out
    assert json.loads(command("show", "runs/unfit-0", "--json").out)["degraded"] is True


def test_too_many_failures_end_the_run_with_the_way_on(command: Any, tmp_path: Path) -> None:
    file = tmp_path / "unfit.py"
    file.write_text(
        '"""Wrong answers."""\n'
        "from gamemaster import *\n"
        "@scenario(steps=20)\n"
        "def unfit(parameters):\n"
        "    spec = ActionSpec.number('How many?', 0, 5)\n"
        "    return Simulation([Agent('Ann', actor=Scripted(lambda view: 9))], schedule=Simultaneous(spec), max_failures=0.1)\n"
    )
    told = command("run", str(file), "--quiet")
    assert told.code == 1
    assert "answers could not be used" in told.err
    assert f"gamemaster resume runs/unfit-0 {file}" in told.err


def test_verify_finds_a_whole_archive_and_a_changed_one(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy", "--steps", "2", "--quiet")
    assert command("verify", "runs/market-0").code == 0
    with sqlite3.connect("runs/market-0/run.sqlite") as connection:
        connection.execute("UPDATE events SET text = 'Ann buys nothing.' WHERE step = 1")
    connection.close()
    told = command("verify", "runs/market-0")
    assert told.code == 1
    assert "Step 1 is not what was committed" in told.out


def test_export_writes_the_same_bytes_for_the_same_run(command: Any, market: str) -> None:
    for name in ("a", "b"):
        command("run", market, "--set", "policy=random", "--quiet", "--out", name)
        assert command("export", name, "--format", "jsonl", "-o", f"{name}.jsonl").code == 0
    assert Path("a.jsonl").read_bytes() == Path("b.jsonl").read_bytes()
    lines = [json.loads(line) for line in Path("a.jsonl").read_text().splitlines()]
    assert lines[0]["table"] == "run" and lines[0]["synthetic"] is True
    assert not Path("a.jsonl.new").exists()


def test_export_does_not_write_over_the_run(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy", "--steps", "1", "--quiet", "--out", "a")
    told = command("export", "a", "-o", "a/run.sqlite")
    assert told.code == 2 and "part of the run itself" in told.err
    assert command("verify", "a").code == 0


def test_prompts_of_a_scenario_are_shown_without_asking(command: Any, market: str) -> None:
    told = command("prompts", market, "--agent", "Ann", "--set", "mood=loud")
    assert told.code == 0
    assert "Ann comes to a loud market." in told.out
    assert "How many apples does Ann buy?" in told.out
    assert "Cleo comes" not in told.out
    everybody = command("prompts", market).out
    assert all(f"{name} comes to a quiet market." in everybody for name in ("Ann", "Bob", "Cleo"))
    assert "step 3, Ann" in command("prompts", market, "--step", "3").out
    assert not Path("runs").exists()


def test_a_scripted_run_has_no_prompts(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy", "--steps", "1", "--quiet")
    assert "No model is asked for anybody." in command("prompts", "runs/market-0").out


def test_an_interview_leaves_no_trace(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy", "--steps", "2", "--quiet")
    before = Path("runs/market-0/run.sqlite").read_bytes()
    told = command("ask", "runs/market-0", "Bob", "What do you sell?", market)
    assert told.code == 0
    assert told.out == "Fresh apples!\n"
    assert Path("runs/market-0/run.sqlite").read_bytes() == before


def test_list_shows_parameters_with_type_default_and_bounds(command: Any, market: str) -> None:
    lines = [" ".join(line.split()) for line in command("list", market).out.splitlines()]
    assert lines[0] == "market One sells apples, the others buy them."
    assert "source: Nobody 1999" in lines
    assert "steps: 6" in lines
    assert "policies: buy, random" in lines
    assert "baseline: policy=random" in lines
    assert "coins whole number 10 >= 0, <= 1000 what each buyer has at the start" in lines
    assert "mood quiet|loud quiet how the market is" in lines
    assert any(line.startswith("policy policy none") for line in lines)
    assert any(line.startswith("model by name") for line in lines)


def test_list_names_what_is_installed(command: Any) -> None:
    told = command("list")
    assert told.code == 0
    assert any(line.startswith("commons ") for line in told.out.splitlines())


@pytest.mark.parametrize("arguments", [("--version",), ("run", "--help"), ("--help",)])
def test_help_and_version(command: Any, arguments: tuple[str, ...]) -> None:
    assert command(*arguments).code == 0


def test_patches_on_record_lead_from_the_start_to_the_end(command: Any, market: str) -> None:
    command("run", market, "--set", "policy=buy:2", "--quiet")
    with load_run("runs/market-0") as run:
        state = run.world(0)
        for event in run.events:
            if event.change:
                state = jsonpatch.apply_patch(state, event.change)
        assert state == run.world()
