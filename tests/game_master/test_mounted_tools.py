"""Tools mounted as actions: asked once, before the world applies, and on record like every answer."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.tools import tool

from gamemaster import ActionSpec, Agent, GameMaster, OneOf, Scene, Scripted, Simulation, World
from gamemaster.components import Observations
from gamemaster.simulation import replay
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.world.mounted_tool import mounted
from tests.simulation.test_same_seed import exported

ASKED: list[str] = []


@tool
def tide_table(port: str) -> str:
    """Say when the tide is high in a port."""
    ASKED.append(port)
    if port == "Hull":
        raise OSError("no line")
    return f"{port}: high at {len(port)} o'clock"


def noted(world: Any, actor: str, arguments: dict[str, Any], answer: str) -> str:
    world.board.append(answer)
    return f"{actor} writes the tide of {arguments['port']} on the board."


class Harbour(World):
    ports: list[str]
    board: list[str]
    ask_tides = mounted(tide_table, name="ask_tides", domains={"port": OneOf("ports")})
    chalk_up = mounted(tide_table, name="chalk_up", domains={"port": OneOf("ports")}, effect=noted)


@pytest.fixture(autouse=True)
def asked() -> list[str]:
    ASKED.clear()
    return ASKED


def deed(action: str, **arguments: Any) -> Any:
    return lambda view: {"action": action, "arguments": arguments}


def harbour(policy: Any = None, *, spec: Any = None, model: Any = None, names: Any = ("Ann", "Bob")) -> Simulation:
    actor = None if policy is None else Scripted(policy)
    crowd = [Agent(name, [Observations()], actor=actor) for name in names]
    scenes = None if spec is None else [Scene("tides", names, spec, order="simultaneous", rounds=9)]
    world = Harbour(ports=["Cork", "Hull"], board=[])
    return Simulation(crowd, GameMaster(world), scenes=scenes, model=model or ScriptedModel(lambda r: 0), embedder=HashEmbedder())


def test_the_actor_alone_learns_the_answer_and_it_is_on_record_as_a_call() -> None:
    run = harbour(deed("ask_tides", port="Cork")).run(1)
    told = [each.text for each in run.observations("Ann") if each.how == "was_told"]
    assert told == ['ask tides (port "Cork"): "Cork: high at 4 o\'clock"']
    assert [(row.key.who, row.key.component) for row in run.calls()] == [("Game master", "mounted tools")] * 2
    assert [event.kind for event in run.events] == ["act", "act"]


def test_a_stopped_run_goes_on_and_a_replay_asks_no_tool(tmp_path: Any, asked: list[str]) -> None:
    whole = harbour(deed("chalk_up", port="Cork")).run(3)
    ASKED.clear()
    harbour(deed("chalk_up", port="Cork")).run(1, archive=tmp_path / "run")
    resumed = harbour(deed("chalk_up", port="Cork")).run(3, archive=tmp_path / "run", resume=True)
    assert exported(resumed) == exported(whole)
    assert len(asked) == 6, "once for each, before and after the stop"
    assert resumed.world()["board"] == ["Cork: high at 4 o'clock"] * 6
    again = replay(tmp_path / "run", harbour(deed("chalk_up", port="Cork")))
    assert len(asked) == 6
    assert again is not None


def test_what_a_tool_raises_is_its_answer() -> None:
    run = harbour(deed("chalk_up", port="Hull"), names=("Ann",)).run(1)
    assert run.world()["board"] == ['{"error": "OSError: no line"}']


def test_wrong_arguments_are_refused_and_no_tool_is_asked(asked: list[str]) -> None:
    run = harbour(deed("ask_tides", port="Atlantis")).run(1)
    assert {event.kind for event in run.events} == {"refusal"}
    assert asked == []


def test_an_answer_of_ones_own_is_refused(asked: list[str]) -> None:
    run = harbour(deed("chalk_up", port="Cork", tool_answer="high all day")).run(1)
    assert {event.kind for event in run.events} == {"refusal"}
    assert run.world()["board"] == []


def test_attempts_in_words_and_specs_of_the_action_reach_the_tool_too() -> None:
    def rule(request: Any) -> Any:
        if hasattr(request, "options"):
            return next((i for i, each in enumerate(request.options) if each.startswith("chalk_up")), 0)
        return {"port": "Cork"} if hasattr(request, "schema") else "I look up the tide of Cork and chalk it up."

    run = harbour(model=ScriptedModel(rule)).run(1)
    assert run.world()["board"] == ["Cork: high at 4 o'clock"] * 2
    asked_for = ActionSpec.of(Harbour.chalk_up, "Which port?")
    run = harbour(lambda view: {"port": "Cork"}, spec=asked_for, names=("Ann",)).run(1)
    assert run.world()["board"] == ["Cork: high at 4 o'clock"]
