"""Ablation: what each component asks for, and what the run without it comes to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gamemaster.agent import Agent
from gamemaster.cli import main
from gamemaster.components import Constant, Question
from gamemaster.experiment.ablation import Spent, ablate
from gamemaster.scenarios.scenario import leave_out
from gamemaster.schedule import Simultaneous
from gamemaster.simulation import Simulation
from gamemaster.testing import ScriptedModel
from gamemaster.words import ActionSpec, UnknownName


def answer(request: Any) -> str:
    """Loud where the prompt says so, from the second step on."""
    if request.key.component == "mood":
        return "calm"
    loud = "Be loud." in request.prompt.text and request.key.step > 1
    return "HELLO" if loud else "hello"


def make(name: str) -> Simulation:
    parts = [Constant("Be loud.", name="voice"), Constant("It rains.", name="weather"), Question("What mood?", name="mood")]
    simulation = Simulation(
        [Agent("Ann", parts)], schedule=Simultaneous(ActionSpec.speech("What does Ann say?")), model=ScriptedModel(answer)
    )
    if name:
        leave_out(simulation.agents, [name])
    return simulation


def test_each_component_is_priced_and_left_out_once() -> None:
    whole, metrics, rows = ablate(make, 3)
    assert (whole.calls, metrics) == (6, {})
    assert [(row.component, row.own.calls, row.without.calls, row.events, row.first) for row in rows] == [
        ("voice", 0, 6, 4, 2),  # two events of each run are in that run only
        ("weather", 0, 6, 0, None),
        ("mood", 3, 3, 0, None),
    ]
    assert rows[2].own.prompt_tokens > 0


def test_what_can_not_be_left_out_says_why() -> None:
    def stubborn(name: str) -> Simulation:
        if name == "voice":
            raise UnknownName.of("component", "voice", ["weather"])
        return make(name)

    rows = ablate(stubborn, 1)[2]
    assert rows[0].problem.startswith("There is no component 'voice'")
    assert rows[0].without == Spent()


def test_an_unknown_component_is_told() -> None:
    with pytest.raises(UnknownName, match=r"There is no component 'vice'.*voice"):
        ablate(make, 1, ["vice"])


def test_the_command_prints_a_table_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["ablation", "commons", "--steps", "2", "--set", "policy=share", "--components", "persona,rules"]
    assert main(arguments) == 0
    table = capsys.readouterr().out
    assert "persona" in table and "nothing" in table
    assert main([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [row["component"] for row in told["ablations"]] == ["persona", "rules"]
    assert all(row["first"] is None for row in told["ablations"])  # scripted agents read no prompt
    assert main([*arguments[:-1], "hat"]) == 2
    assert "There is no component 'hat'" in capsys.readouterr().err
