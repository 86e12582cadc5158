"""The edges of a run: its first and last step, its clock, its models, its interruptions, and two runs at a time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    Intervention,
    Probe,
    Puppet,
    RoundRobin,
    Run,
    Scene,
    Schedule,
    Scripted,
    Simulation,
    Simultaneous,
    load_run,
)
from gamemaster.components import Observations, Plan
from gamemaster.record import verify
from gamemaster.simulation.loop import run_plain
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import BadInput, Component, DefinitionError, StepFailed, Turn, UnknownName
from tests.simulation.market import build_market, market_rule
from tests.simulation.test_same_seed import exported

SAY = ActionSpec.speech()


def speakers(*names: str, parts: Any = list, policy: Any = None) -> list[Agent]:
    says = Scripted(policy or (lambda view: f"{view.name} speaks."))
    return [Agent(name, parts(), actor=says) for name in names]


def built(*names: str, **more: Any) -> Simulation:
    more.setdefault("schedule", Simultaneous(SAY))
    return Simulation(speakers(*(names or ("Ann", "Bob"))), **more)


# --- steps, start, step ---


def test_no_steps_is_a_run_of_the_preparation_alone(tmp_path: Path) -> None:
    probes = [Probe(["Ready?"], when="start", name="first"), Probe(["Done?"], name="last")]
    model = ScriptedModel(market_rule)
    run = build_market(probes=probes, model=model).run(0, archive=tmp_path / "run")
    assert (run.status, run.last_step, run.stopped_by) == ("finished", 0, "0 steps")
    assert [event.text for event in run.events] == ["Market day in Riverbend."]
    assert {each.text for each in run.memories("Ann")} == {
        "Ann was born in Riverbend.",
        "The mayor is called Dora.",
        "Market day in Riverbend.",
    }
    assert {(step, answer.probe) for step, answer in run.answers()} == {(0, "first"), (0, "last")}
    assert not run.attempts and verify(run.archive) == []
    assert build_market(probes=probes).run(2, archive=tmp_path / "run", resume=True).last_step == 2


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2023-02-13 07:00", "Monday, 13 February 2023, 07:00"),
        ("2023-02-13T07:00:30", "Monday, 13 February 2023, 07:00"),
        ("2023-02-13", "Monday, 13 February 2023, 00:00"),
        (datetime(2024, 12, 31, 23, 59), "Tuesday, 31 December 2024, 23:59"),
        (None, "Day 1, 00:00"),
    ],
)
def test_a_start_is_a_date_or_a_text(start: Any, expected: str) -> None:
    seen: list[str] = []
    policy = lambda view: seen.append(str(view.moment)) or "Hm."  # noqa: E731
    Simulation(speakers("Ann", policy=policy), schedule=Simultaneous(SAY), start=start).run(1)
    assert seen == [expected]


@pytest.mark.parametrize("start", ["yesterday", "13.2.2023", "", "2023-02-30"])
def test_a_start_that_is_no_date_is_refused(start: str) -> None:
    with pytest.raises(DefinitionError, match=r"is no date; write it as in '2023-02-13 07:00'"):
        built(start=start)


@pytest.mark.parametrize(
    ("step", "times"),
    [(60.0, [0, 60, 120]), (1, [0, 1, 2]), (timedelta(minutes=10), [0, 600, 1200]), (0, [0, 0, 0]), (timedelta(), [0, 0, 0])],
)
def test_a_step_is_seconds_or_a_timedelta(step: Any, times: list[float]) -> None:
    assert [event.time for event in built("Ann", step=step).run(3).events] == times


@pytest.mark.parametrize("step", [-1, timedelta(seconds=-1), float("nan"), float("inf")])
def test_a_step_takes_some_time_or_none(step: Any) -> None:
    with pytest.raises(DefinitionError, match="step="):
        built(step=step)


@pytest.mark.parametrize("steps", [-1, True])
def test_a_number_of_steps_that_is_none_is_refused(steps: Any) -> None:
    with pytest.raises(BadInput, match="at least 0 steps"):
        built().run(steps)


# --- premise and shared memories ---


def test_a_premise_is_for_all_or_for_each() -> None:
    run = built("Ann", "Bob", "Cid", premise={"Bob": "You are late.", "Ann": "Hide."}).run(0)
    assert [(event.text, event.witnesses) for event in run.events] == [("You are late.", ("Bob",)), ("Hide.", ("Ann",))]
    assert [(each.to, each.how, each.text) for each in run.observations()] == [
        ("Bob", "announced", "You are late."),
        ("Ann", "announced", "Hide."),
    ]
    assert not run.memories("Cid")


def test_shared_memories_are_everybodys_from_the_start_and_no_observation() -> None:
    run = built("Ann", "Bob", shared_memories=["The inn is old.", "Wolves howl."]).run(0)
    for name in ("Ann", "Bob"):
        assert [(each.text, each.kind) for each in run.memories(name)] == [
            ("The inn is old.", "formative"),
            ("Wolves howl.", "formative"),
        ]
    assert not run.observations() and not run.events
    assert not run.memories("Game master")


# --- interventions and probes ---


def test_an_intervention_may_come_whenever_a_function_says_so(tmp_path: Path) -> None:
    def build() -> Simulation:
        rain = Intervention(at=lambda simulation: simulation.clock.time >= 120 and simulation.step % 2 == 0, text="It rains.")
        return built(interventions=[rain])

    whole = build().run(7)
    assert [event.step for event in whole.events if event.kind == "intervention"] == [4, 6]
    for stop in (3, 4, 5):
        folder = tmp_path / str(stop)
        build().run(stop, archive=folder)
        assert exported(build().run(7, archive=folder, resume=True)) == exported(whole)


@pytest.mark.parametrize(
    ("when", "steps"),
    [
        ("start", [0]),
        ("end", [7]),
        ("every step", [1, 2, 3, 4, 5, 6, 7]),
        (3, [3, 6]),
        ([0, 2, 7, 99], [0, 2, 7]),
        (lambda simulation: simulation.clock.time >= 300, [5, 6, 7]),
    ],
)
def test_a_probe_is_asked_when_it_is_due(when: Any, steps: list[int]) -> None:
    run = built(probes=[Probe(["Well?"], to=["Bob"], when=when)]).run(7)
    assert [(step, answer.who) for step, answer in run.answers()] == [(step, "Bob") for step in steps]


def test_a_probe_at_the_end_is_asked_whatever_the_end_is() -> None:
    scenes = [Scene("talk", ["Ann"], SAY, rounds=2)]
    run = Simulation(speakers("Ann"), scenes=scenes, probes=[Probe(["Well?"])]).run(99)
    assert [step for step, _ in run.answers()] == [2]
    ended = GameMaster(ends=lambda world: "enough" if world is None else None)
    assert [step for step, _ in Simulation(speakers("Ann"), ended, probes=[Probe(["Well?"])]).run(9).answers()] == [0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"questions": "Well?"}, "give a list of questions"),
        ({"questions": []}, "no questions"),
        ({"questions": ["?"], "when": "sometimes"}, "when='sometimes'"),
        ({"questions": ["?"], "when": 0}, "when=0"),
        ({"questions": ["?"], "to": "Ann"}, "to='Ann'; give a list of names, or 'all'"),
    ],
)
def test_what_is_no_probe_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Probe(**given)


def test_probes_and_interventions_for_nobody_are_refused_before_the_run() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'Ann'.*the probe 'probe'"):
        built(probes=[Probe(["?"], to=["Anna"])])
    with pytest.raises(UnknownName, match=r"Did you mean 'Ann'.*intervention"):
        built(interventions=[Intervention(at=1, text="?", to=["Anna"])])
    with pytest.raises(UnknownName, match=r"Did you mean 'Ann'.*intervention"):
        built().intervene(text="?", to=["Anna"])
    with pytest.raises(DefinitionError, match="neither changes nor tells"):
        Intervention(at=1)
    with pytest.raises(DefinitionError, match="before step 0; the first step is 1"):
        Intervention(at=0, text="?")


def test_an_intervention_that_would_break_the_world_changes_nothing_and_can_be_mended(tmp_path: Path) -> None:
    def steal(world: Any) -> str:
        world.coins["Ann"] += 5
        return "Ann finds five coins."

    folder = tmp_path / "run"
    with pytest.raises(DefinitionError, match="intervention would break the world, and nothing was changed"):
        build_market(interventions=[Intervention(at=3, change=steal)]).run(4, archive=folder)
    with load_run(folder) as run:
        assert (run.status, run.last_step) == ("failed", 2)
    assert exported(build_market().run(4, archive=folder, resume=True)) == exported(build_market().run(4))


@pytest.mark.parametrize("what", ["at", "when", "change"])
def test_an_error_in_a_function_of_the_users_names_its_place(what: str, tmp_path: Path) -> None:
    def lost(_: Any) -> Any:
        raise KeyError("lost")

    more: dict[str, Any] = {
        "at": {"interventions": [Intervention(at=lost, text="?")]},
        "when": {"probes": [Probe(["?"], when=lost)]},
        "change": {"interventions": [Intervention(at=1, change=lost)]},
    }[what]
    with pytest.raises(StepFailed, match=r"(intervention|probe).*KeyError: 'lost'"):
        build_market(**more).run(1, archive=tmp_path / "run")


# --- at the same time ---


async def test_two_runs_at_the_same_time_do_not_disturb_each_other() -> None:
    embedder, model = HashEmbedder(), ScriptedModel(market_rule, delay=lambda request: 0.0005 * (request.seed % 3))

    def simulation(seed: int) -> Simulation:
        made = build_market(seed=seed, model=model)
        made._embedder = embedder
        return made

    runs = await asyncio.gather(simulation(1).arun(4), simulation(2).arun(4), simulation(1).arun(4, concurrent=2))
    alone = [exported(build_market(seed=seed).run(4)) for seed in (1, 2)]
    assert [exported(run) for run in runs] == [alone[0], alone[1], alone[0]]


async def test_a_plain_run_works_where_another_loop_is_running(tmp_path: Path) -> None:
    run = build_market().run(2, archive=tmp_path / "run")
    assert run.last_step == 2
    assert await asyncio.to_thread(lambda: build_market().run(1).last_step) == 1
    assert isinstance(run.ask("Ann", "Well?"), str)


async def test_the_loop_of_plain_runs_says_what_to_do_when_it_is_asked_to_wait_for_itself() -> None:
    async def inner() -> None:
        with pytest.raises(RuntimeError, match="await the coroutine"):
            build_market().run(1)

    await asyncio.to_thread(lambda: run_plain(inner()))


def test_runs_in_threads_do_not_disturb_each_other() -> None:
    async def all_of_them() -> list[Run]:
        return await asyncio.gather(*(asyncio.to_thread(build_market(seed=seed).run, 3) for seed in (1, 2, 1)))

    first, second, third = asyncio.run(all_of_them())
    assert exported(first) == exported(third) == exported(build_market(seed=1).run(3))
    assert exported(second) != exported(first)


# --- what a component adds ---


def test_memories_are_stored_in_the_order_of_the_list_whoever_answers_first() -> None:
    class Note(Component):
        shown = False

        def __init__(self, name: str) -> None:
            self.name = name

        async def context(self, turn: Turn) -> str:
            turn.memory.add(f"{self.name} was asked.", kind="thought")
            return self.name

    class Asks(Component):
        def __init__(self, name: str, note: Note) -> None:
            self.name = name
            self.given = [note]

        async def context(self, turn: Turn) -> str:
            await turn.text(f"What of {self.name}?")
            return await turn.context(self.given[0])

    def thoughts(slow: str) -> list[str]:
        one, two = Note("one"), Note("two")
        parts = [Asks("first", one), Asks("second", two), one, two]
        model = ScriptedModel(lambda request: "Hm.", delay=lambda request: 0.004 if request.key.component == slow else 0.0)
        run = Simulation([Agent("Ann", parts)], schedule=Simultaneous(SAY), model=model, embedder=HashEmbedder()).run(1)
        return [each.text for each in run.memories("Ann") if each.kind == "thought"]

    assert thoughts("first") == thoughts("second") == ["one was asked.", "two was asked."]


# --- rehearsals ---


def test_an_estimate_leaves_the_simulation_as_it_was() -> None:
    class Turns(Schedule):
        """Asks one after the other, and counts."""

        def __init__(self) -> None:
            self.count = 0

        def next(self, simulation: Simulation) -> Any:
            self.count += 1
            return RoundRobin(SAY).next(simulation)

    puppet, plan, schedule = Puppet(["One.", "Two.", "Three."]), Plan(), Turns()
    crowd = [Agent("Ann", [Observations()], actor=puppet), Agent("Bob", [plan])]
    model = ScriptedModel(lambda request: {"items": ["09:00 rest"]} if hasattr(request, "schema") else "Hm.")
    simulation = Simulation(crowd, schedule=schedule, model=model, embedder=HashEmbedder(), premise="It begins.")
    for _ in range(2):
        simulation.estimate(3)
        simulation.preview("Bob")
    assert (puppet.position, plan.state()["day"], schedule.count, simulation.step, simulation.clock.time) == (0, 0, 0, 0, 0.0)
    assert not model.requests and not len(crowd[0].memory)
    assert simulation.agents == tuple(crowd) and simulation.schedule is schedule
    assert simulation.run(3).last_step == 3
    assert puppet.position == 3
    with pytest.raises(BadInput, match="steps=-1"):
        simulation.estimate(-1)


def test_a_simulation_that_has_run_is_not_rehearsed() -> None:
    simulation = build_market()
    simulation.run(1)
    for rehearse in (lambda: simulation.estimate(1), lambda: simulation.preview("Ann")):
        with pytest.raises(BadInput, match="has run already, and stands where that ended; build it anew"):
            rehearse()
