"""Interventions: before a step, at a simulated time, on a condition; each time, or once, also over a stop."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent, Intervention, Simulation
from gamemaster.components import Observations
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import DefinitionError
from tests.simulation.test_same_seed import exported


def crowd(*interventions: Intervention) -> Simulation:
    agents = [Agent(name, [Observations()]) for name in ("Ann", "Bob")]
    model = ScriptedModel(lambda request: "I wait.")
    return Simulation(agents, model=model, embedder=HashEmbedder(), interventions=interventions, step=60)


def steps_of(run: Any, text: str) -> list[int]:
    return [event.step for event in run.events if event.kind == "intervention" and event.text == text]


def late(simulation: Simulation) -> bool:
    return simulation.clock.time >= 120


def test_before_a_step_at_a_time_on_a_condition_each_time_or_once() -> None:
    run = crowd(
        Intervention(at=2, text="a step"),
        Intervention(time=90, text="a time"),
        Intervention(at=late, text="each time"),
        Intervention(at=late, once=True, text="once"),
        Intervention(at=late, once=True, text="once"),
    ).run(5)
    assert steps_of(run, "a step") == [2]
    assert steps_of(run, "a time") == [3], "steps begin at 0, 60 and 120 seconds"
    assert steps_of(run, "each time") == [3, 4, 5]
    assert steps_of(run, "once") == [3, 3], "two that are alike are two"


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_stop_does_not_make_it_happen_again_or_never(tmp_path: Any, at: int) -> None:
    def build() -> Simulation:
        return crowd(Intervention(time=90, text="a time"), Intervention(at=late, once=True, text="once"))

    whole = build().run(5)
    build().run(at, archive=tmp_path / "run")
    resumed = build().run(5, archive=tmp_path / "run", resume=True)
    assert exported(resumed) == exported(whole)
    forked = resumed.fork(at, tmp_path / "fork", simulation=build())
    assert steps_of(forked, "a time") == [3]
    assert steps_of(forked, "once") == [3]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"text": "Hm."}, "no moment, or two"),
        ({"text": "Hm.", "at": 1, "time": 3}, "no moment, or two"),
        ({"text": "Hm.", "time": -1}, "time=-1"),
        ({"text": "Hm.", "time": float("nan")}, "time=nan"),
        ({"at": 1}, "neither changes nor tells"),
        ({"at": 0, "text": "Hm."}, "the first step is 1"),
    ],
)
def test_what_is_none_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(DefinitionError, match=reason):
        Intervention(**options)
