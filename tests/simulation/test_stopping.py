"""A run that is stopped, left, out of budget or broken stands at its last step and goes on from there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    Attempt,
    Event,
    Observation,
    Probe,
    Scene,
    Scripted,
    Simulation,
    Simultaneous,
    load_run,
)
from gamemaster.record import verify
from gamemaster.simulation.loop import run_plain
from gamemaster.simulation.running import Running
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import BadInput, Component, StepFailed, Turn
from tests.simulation.market import build_market, market_rule
from tests.simulation.test_same_seed import exported

SAY = ActionSpec.speech()


def speakers(*names: str, parts: Any = list, policy: Any = None) -> list[Agent]:
    says = Scripted(policy or (lambda view: f"{view.name} speaks."))
    return [Agent(name, parts(), actor=says) for name in names]


def built(*names: str, **more: Any) -> Simulation:
    more.setdefault("schedule", Simultaneous(SAY))
    return Simulation(speakers(*(names or ("Ann", "Bob"))), **more)


# --- stopping and going on ---


@pytest.mark.parametrize("calls", [1, 7, 20])
def test_a_spent_budget_stops_a_run_that_can_go_on(tmp_path: Path, calls: int) -> None:
    models = [ScriptedModel(market_rule) for _ in range(2)]
    folder = tmp_path / "run"
    run = build_market(model=models[0]).run(4, archive=folder, budget={"calls": calls})
    assert run.status == "stopped" and run.stopped_by.startswith("budget: The budget of")
    assert run.last_step < 4 and len(models[0].requests) <= calls
    run.close()
    run = build_market(model=models[1]).run(4, archive=folder, resume=True)
    whole = build_market().run(4)
    assert exported(run) == exported(whole)
    assert len(models[0].requests) + len(models[1].requests) == whole.cost["requests"], "nothing was asked twice"


def test_a_budget_of_nothing_stops_before_the_first_step_even_with_a_probe(tmp_path: Path) -> None:
    for probes in ([], [Probe(["Ready?"], when="start")]):
        folder = tmp_path / str(len(probes))
        run = build_market(probes=probes).run(2, archive=folder, budget={"tokens": 0})
        assert (run.status, run.last_step) == ("stopped", 0)
        assert run.stopped_by.startswith("budget:")
        run.close()
        again = build_market(probes=probes).run(2, archive=folder, resume=True)
        assert exported(again) == exported(build_market(probes=probes).run(2))


def test_a_budget_with_a_wrong_name_is_refused() -> None:
    with pytest.raises(BadInput, match=r"budget.*'dollars'"):
        build_market().run(1, budget={"dollars": 3})


def test_who_asks_to_stop_gets_the_step_at_hand_finished(tmp_path: Path) -> None:
    folder = tmp_path / "run"

    def rule(request: Any) -> Any:
        if request.key.step == 3:
            running.stop()
        return market_rule(request)

    running = Running(build_market(model=ScriptedModel(rule)), archive=folder, resume=False)
    run = run_plain(running.all(6), on_interrupt=running.stop)
    assert (run.status, run.last_step, run.stopped_by) == ("stopped", 3, "interrupt")
    run.close()
    assert exported(build_market().run(6, archive=folder, resume=True)) == exported(build_market().run(6))


def test_who_asks_to_stop_in_the_last_step_has_finished() -> None:
    running = Running(
        build_market(model=ScriptedModel(lambda request: running.stop() or market_rule(request))), archive=None, resume=False
    )
    run = run_plain(running.all(1))
    assert (run.status, run.stopped_by) == ("finished", "1 steps")


def test_an_archive_may_lie_in_folders_that_are_not_there_yet(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b" / "c"
    assert built().run(1, archive=folder).folder == folder
    with load_run(folder) as run:
        assert run.last_step == 1


def test_walking_step_by_step_can_be_left_at_any_step(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    simulation = build_market()
    for step in simulation.steps(6, archive=folder):
        if step.number == 2:
            break
    assert simulation.last_run is not None
    assert (simulation.last_run.status, simulation.last_run.stopped_by) == ("stopped", "the caller")
    simulation.last_run.close()
    assert exported(build_market().run(6, archive=folder, resume=True)) == exported(build_market().run(6))


# --- errors in components ---


@pytest.mark.parametrize("hook", ["context", "observe", "after_action", "react"])
def test_an_error_in_a_component_names_agent_component_and_step_and_the_run_goes_on(hook: str, tmp_path: Path) -> None:
    class Fragile(Component):
        def __init__(self, breaks: bool) -> None:
            self.breaks = breaks
            self.seen = 0

        def look(self, where: str, step: int) -> None:
            if self.breaks and where == hook and step == 3:
                raise ZeroDivisionError("it broke")
            self.seen += 1

        async def context(self, turn: Turn) -> str:
            self.look("context", turn.step)
            return f"Seen {self.seen}."

        async def observe(self, observation: Observation) -> None:
            self.look("observe", int(observation.id.split("/")[0]))

        async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
            self.look("after_action", attempt.step)

        async def react(self, turn: Turn) -> None:
            self.look("react", turn.step)

        def state(self) -> dict[str, Any]:
            return {"seen": self.seen}

        def restore(self, state: dict[str, Any]) -> None:
            self.seen = state["seen"]

    def build(breaks: bool) -> Simulation:
        crowd = [Agent("Ann"), Agent("Bob", [Fragile(breaks)])]
        model = ScriptedModel(lambda request: f"{request.prompt.text.count('Seen')} and {request.seed % 9}")
        return Simulation(
            crowd,
            scenes=[Scene("talk", ["Ann", "Bob"], SAY, rounds=9, order="simultaneous")],
            model=model,
            embedder=HashEmbedder(),
        )

    folder = tmp_path / "run"
    with pytest.raises(StepFailed) as caught:
        build(True).run(5, archive=folder)
    message = str(caught.value)
    where = "fragile" if hook in ("context", "react") else f"fragile.{hook}"
    assert message.startswith(f"Bob, {where}, step 3, scene 'talk': ZeroDivisionError: it broke")
    assert f"The run stands at step 2. Mend it, and go on with: gamemaster resume {folder}" in message
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    with load_run(folder) as run:
        assert (run.status, run.last_step) == ("failed", 2)
        assert verify(run.archive) == []
    assert exported(build(False).run(5, archive=folder, resume=True)) == exported(build(False).run(5))
