"""Schedules and scenes where people come and go: who isn't there is not asked, and nobody waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    ByTime,
    GameMasterChooses,
    RoundRobin,
    Run,
    Scene,
    Scripted,
    Simulation,
    Simultaneous,
    World,
)
from gamemaster.schedule import ByChance, Schedule, SelfExciting, Wake
from gamemaster.testing import HashEmbedder, ScriptedModel
from tests.schedule.stopping import stopped_after_each_step
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid", "Dan")
SAY = ActionSpec.speech()


class Hall(World):
    """Who is away from which step to which; `born` come into the run when their step has come."""

    away: dict[str, list[int]] = {}
    born: dict[str, int] = {}
    steps: int = 0
    rounds: int = 0

    def present_people(self) -> Sequence[str]:
        children = [name for name, step in self.born.items() if self.steps >= step]
        names = [*[name for name in self.people if name not in self.born], *children]
        return [name for name in names if not (name in self.away and self.away[name][0] <= self.steps < self.away[name][1])]

    def witnesses(self, event: Any) -> set[str]:
        return set(self.present_people())

    def end_of_step(self) -> None:
        self.steps += 1

    def end_of_round(self) -> None:
        self.rounds += 1


def built(
    schedule: Schedule | None = None, *, away: dict[str, list[int]], born: dict[str, int] | None = None, **more: Any
) -> Simulation:
    crowd = [Agent(name, actor=Scripted(lambda view: f"{view.name} speaks.")) for name in NAMES]
    more.setdefault("model", ScriptedModel())
    newborn = lambda name: Agent(name, actor=Scripted(lambda view: "Hello."))  # noqa: E731
    world = Hall(away=away, born=born or {})
    return Simulation(crowd, world, schedule=schedule, embedder=HashEmbedder(), born=newborn, seed=5, **more)


def asked(run: Run) -> list[str]:
    """Who was asked in each step, by their first letters."""
    found = [""] * run.last_step
    for step, ask in run.archive.asks():
        found[step - 1] += ask.agent[0]
    return found


def test_everybody_who_is_there_is_asked() -> None:
    assert asked(built(Simultaneous(SAY), away={"Bob": [1, 3], "Ann": [2, 9]}).run(4)) == ["ABCD", "ACD", "CD", "BCD"]
    assert asked(built(ByChance(SAY, chance=1.0), away={"Bob": [1, 3]}).run(3)) == ["ABCD", "ACD", "ACD"]
    exciting = SelfExciting(SAY, baseline=1e9, excitation=0.0, decay=1.0)
    assert asked(built(exciting, away={"Bob": [1, 3]}).run(3)) == ["ABCD", "ACD", "ACD"]


def test_round_robin_passes_over_who_is_away_and_rounds_end_all_the_same() -> None:
    run = built(RoundRobin(SAY), away={"Bob": [0, 4], "Dan": [2, 7]}).run(9)
    assert asked(run) == ["A", "C", "A", "C", "A", "B", "C", "D", "A"]
    # Dan has left when Cid has spoken, and twice the round ends with that; then he is back.
    assert [run.world(step)["rounds"] for step in range(10)] == [0, 0, 1, 1, 2, 2, 2, 2, 3, 3]


def test_the_game_master_chooses_among_those_who_are_there() -> None:
    simulation = built(GameMasterChooses(SAY), away={"Ann": [0, 2], "Bob": [0, 9], "Cid": [0, 9], "Dan": [3, 9]})
    run = simulation.run(4)
    assert asked(run)[:2] == ["D", "D"] and asked(run)[3] == "A"


def test_by_time_who_comes_back_is_due_at_once() -> None:
    run = built(ByTime(SAY, every=60), away={"Bob": [1, 3]}).run(5)
    assert asked(run) == ["ABCD", "ACD", "ACD", "B", "ABCD"]
    assert [step.time for step in run.archive.steps] == [0, 0, 60, 120, 120, 180]


def test_by_time_who_is_born_is_due_at_once_and_who_is_away_is_not_woken() -> None:
    schedule = ByTime(SAY, every=60, wake={"Bob": Wake.speech()}, pause=10)
    run = built(schedule, away={"Bob": [1, 2]}, born={"Eve": 2}).run(4)
    assert asked(run) == ["ABCD", "ACD", "BE", "B"]


def test_nobody_there_is_a_step_without_asks() -> None:
    away = {name: [1, 3] for name in NAMES}
    for schedule in (Simultaneous(SAY), RoundRobin(SAY), GameMasterChooses(SAY)):
        found = asked(built(schedule, away=away).run(4))
        assert found[1:3] == ["", ""] and found[3] != ""


def scenes(**given: Any) -> Any:
    return built(away=given.pop("away"), scenes=[Scene("talk", NAMES, SAY, **given), Scene("end", ["Ann"], SAY)]).run(9)


def test_a_queue_and_a_vote_shrink() -> None:
    assert asked(scenes(away={"Bob": [0, 2], "Dan": [2, 9]}, rounds=2)) == ["A", "C", "A", "B", "C", "A"]
    assert asked(scenes(away={"Bob": [0, 1], "Dan": [1, 9]}, rounds=2, order="simultaneous")) == ["ACD", "ABC", "A"]


@pytest.mark.parametrize(
    ("ends_round", "rounds"), [("each", [0, 0, 1, 1, 1, 1, 2, 3]), ("last", [0, 0, 0, 0, 0, 0, 1, 2]), ("never", [0] * 8)]
)
def test_a_round_ends_when_all_have_left_who_were_still_to_be_asked(ends_round: Any, rounds: list[int]) -> None:
    # Both leave when Bob has spoken, and are back in time for their turn in the second round.
    away = {"Cid": [2, 3], "Dan": [2, 3]}
    talk = Scene("talk", NAMES, SAY, rounds=2, ends_round=ends_round)
    run = built(away=away, scenes=[talk, Scene("end", ["Ann"], SAY, ends_round=ends_round)]).run(99)
    assert asked(run) == ["A", "B", "A", "B", "C", "D", "A"]
    assert [run.world(step)["rounds"] for step in range(8)] == rounds


def test_who_is_away_hears_nothing_and_is_told_nothing() -> None:
    run = scenes(away={"Dan": [0, 99]}, premise="It begins.", hears=NAMES)
    assert {each.to for each in run.observations()} == {"Ann", "Bob", "Cid"}


def test_a_scene_of_those_who_are_away_is_passed_over() -> None:
    plan = [Scene("gone", ["Dan"], SAY, premise="For nobody."), Scene("here", ["Ann"], SAY)]
    run = built(away={"Dan": [0, 99]}, scenes=plan).run(9)
    assert asked(run) == ["A"] and not [event for event in run.events if event.kind == "narration" and event.witnesses]


@pytest.mark.parametrize("order", ["fixed", "random", "simultaneous", "by time", "round robin"])
def test_a_run_of_people_who_come_and_go_goes_on_after_a_stop(order: Any, tmp_path: Any) -> None:
    away = {"Bob": [1, 4], "Dan": [3, 5], "Ann": [6, 7]}

    def simulation() -> Simulation:
        if order == "by time":
            return built(ByTime(SAY, every=60, wake=Wake.speech(by="Ann"), pause=20), away=away, born={"Eve": 3})
        if order == "round robin":
            return built(RoundRobin(SAY), away=away, born={"Eve": 3})
        return built(away=away, scenes=[Scene("talk", NAMES, SAY, rounds=4, order=order), Scene("end", ["Ann"], SAY)])

    whole = simulation().run(9)
    assert exported(stopped_after_each_step(simulation, 9, tmp_path)) == exported(whole)
