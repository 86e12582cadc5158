"""Each benchmark runs, at a tiny size, and measures what it says; how fast is no matter here."""

from __future__ import annotations

import json
import sys

import pytest

from benchmarks.agent_steps import agent_steps
from benchmarks.catalogue import BENCHMARKS
from benchmarks.command_line import main
from benchmarks.concordia_engine import Environment, concordia
from benchmarks.embedder import embedder
from benchmarks.import_time import import_time
from benchmarks.measurement import Measurement, at_least, at_most
from benchmarks.recording import recording
from benchmarks.riverbend import riverbend
from benchmarks.rounds import rounds
from benchmarks.square import Square, square
from benchmarks.world_action import world_action
from gamemaster.testing import HashEmbedder


def test_everybody_on_the_square_waves_once_a_step():
    run = square(3).run(4)
    assert run.world(4)["waves"] == {"a0000": 4, "a0001": 4, "a0002": 4}
    assert run.cost["requests"] == 12


def test_agent_steps_are_measured_without_and_with_an_archive():
    without, recorded = agent_steps(True)
    assert without.value is not None
    assert recorded.value is not None
    assert without.target == at_least(10_000)
    assert recorded.target is None


def test_recording_measures_calls_events_and_agent_steps():
    assert [row.unit for row in recording(True)] == ["us / call", "us / call", "us / event", "us / agent-step"]


def test_an_action_has_a_cost_at_each_size():
    *sizes, growth = world_action(True)
    assert all(row.value is not None and row.value > 0 for row in sizes)
    assert growth.unit == "times"


def test_as_many_rounds_for_many_attempts_as_for_one():
    found = list(rounds(True))
    assert all(row.is_met for row in found)
    assert found[0].value
    assert found[0].value >= 2  # what everyone does, and what that is


def test_the_import_loads_nothing_heavy():
    assert [row.value for row in import_time(True) if row.unit == "packages"] == [0, 0]


def test_an_idle_agent_is_not_asked():
    (row,) = BENCHMARKS["idle"](True)
    assert row.value is not None


def test_an_embedder_is_measured_singly_and_in_a_batch():
    given = HashEmbedder()
    singly, at_once = embedder(True, given)
    assert singly.value
    assert at_once.value
    assert (given.calls, given.texts) == (10, 17)  # the first sentence, eight alone, eight together


def test_a_rival_that_cannot_be_installed_is_a_row_that_says_so(tmp_path):
    place = Environment(version="2.4.0", interpreter=str(tmp_path / "no python"), folder=tmp_path / "environment")
    (row,) = concordia(True, place)
    assert row.value is None
    assert row.note.startswith("not measured: ")
    assert not place.folder.exists()


def test_a_rival_that_fails_tells_its_error(tmp_path):
    place = Environment(version="2.4.0", interpreter=sys.executable, folder=tmp_path / "environment")
    place.python.parent.mkdir(parents=True)
    place.python.write_text("#!/bin/sh\necho 'ERROR: no such release' >&2\nexit 1\n", encoding="utf-8")
    place.python.chmod(0o755)
    (place.folder / "ready").touch()
    (row,) = concordia(True, place)
    assert "ERROR: no such release" in row.note


def test_a_target_is_kept_from_its_own_side():
    row = Measurement(what="", value=5, unit="", target=at_most(5))
    assert row.is_met
    assert Measurement(what="", value=5.1, unit="", target=at_most(5)).is_met is False
    assert Measurement(what="", value=4.9, unit="", target=at_least(5)).is_met is False
    assert Measurement(what="", value=None, unit="", target=at_least(5)).is_met is None
    assert row.without_target().is_met is None


def test_the_table_is_printed_and_kept(capsys, tmp_path):
    assert main(["world", "--out", str(tmp_path), "--quick"]) == 0
    printed = capsys.readouterr().out
    kept = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))
    assert kept["command"] == "python -m benchmarks world --quick"
    assert kept["machine"]["cores"]
    for row in kept["measurements"]:
        assert row["what"] in printed
        assert row["what"] in (tmp_path / "latest.md").read_text(encoding="utf-8")


def test_a_benchmark_that_is_not_there(capsys):
    with pytest.raises(SystemExit) as exit:
        main(["nothing"])
    assert exit.value.code == 2
    assert "There is no benchmark 'nothing'; there are steps," in capsys.readouterr().err


@pytest.mark.slow
def test_riverbend_runs_as_a_command():
    (row,) = riverbend(True)
    assert row.value is not None


@pytest.mark.slow
def test_concordia_waves_too():
    (row,) = concordia(True)
    assert row.value is None or "1 model calls an agent-step" in row.note


def test_the_square_has_one_action():
    assert list(Square().definitions) == ["wave"]
