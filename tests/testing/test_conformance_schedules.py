"""Every schedule of the library keeps all rules; for each rule there is one schedule that breaks it and no other."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any, ClassVar

import pytest

from gamemaster.schedule import (
    ByChance,
    ByTime,
    GameMasterChooses,
    GeneratedScenes,
    Past,
    RoundRobin,
    Scene,
    Scenes,
    Schedule,
    SelfExciting,
    Silence,
    Simultaneous,
    Summarised,
    TalkIsOver,
    Wake,
    Written,
)
from gamemaster.testing import ScheduleSuite
from gamemaster.words import ActionSpec, Ask, JsonValue
from gamemaster.world import World, action

CHOICE = ActionSpec.choice("Tea or coffee?", ["tea", "coffee"], shuffle=True)
TALK = ActionSpec.speech("What does {name} say?")


def scenes() -> Scenes:
    return Scenes(
        [
            Scene("breakfast", ["Ann", "Bob"], CHOICE, rounds=2, premise="Good morning.", place="the inn"),
            Scene("work", ["Ann", "Bob", "Cyn"], TALK, order="random", rounds=2, at=36_000),
            Scene("market", ["Dan", "Cyn"], {"Dan": CHOICE}, order="simultaneous", premise={"Dan": "You are late."}),
            Scene("evening", ["Ann", "Bob", "Cyn", "Dan"], TALK, order="who wants to", rounds=3),
        ]
    )


def next_scene(world: World | None, past: Sequence[Past]) -> Scene | None:
    if len(past) == 4:
        return None
    return Scene(f"round {len(past)}", ["Ann", "Bob"] if len(past) % 2 else ["Cyn", "Dan"], CHOICE, order="random")


def asking_scenes() -> Scenes:
    return Scenes(
        [
            Scene("morning", ["Ann", "Bob"], TALK, rounds=3, premise=Written("Begin."), until=[TalkIsOver(), Silence(2)]),
            Scene("evening", ["Cyn", "Dan", "Ann"], TALK, rounds=3, at=36_000, meanwhile=Summarised(), until=TalkIsOver()),
            Scene("night", ["Ann", "Bob", "Cyn", "Dan"], CHOICE, rounds=3, order="simultaneous", applied="random"),
        ]
    )


BUILT_IN: dict[str, Any] = {
    "simultaneous": Simultaneous,
    "simultaneous in random order": lambda: Simultaneous(CHOICE, order="random"),
    "by chance": lambda: ByChance(CHOICE, chance={"Ann": 0.9, "Cyn": 0.4}),
    "self-exciting": lambda: SelfExciting(TALK, baseline=20.0, excitation=20.0, noticed=10.0, decay=60.0),
    "when woken": lambda: ByTime(TALK, every=None, wake={"Ann": Wake.speech(), "Bob": Wake.speech(by=["Ann", "Cyn"])}, pause=30),
    "by time or when woken": lambda: ByTime(TALK, every=400, wake=Wake.speech(), pause=150, order="random"),
    "scenes that ask a model": asking_scenes,
    "generated scenes": lambda: Scenes(GeneratedScenes(most=9, ask={"tea": CHOICE, "talk": TALK}, rounds=2)),
    "round robin": lambda: RoundRobin(CHOICE),
    "round robin of some": lambda: RoundRobin(TALK, agents=["Cyn", "Ann"]),
    "game master chooses": lambda: GameMasterChooses(CHOICE),
    "by time": lambda: ByTime(TALK, every=90, end=700),
    "scenes": scenes,
    "scenes from a function": lambda: Scenes(next_scene),
}


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_schedule_of_the_library_keeps_all_rules(name: str) -> None:
    assert ScheduleSuite.broken_rules(BUILT_IN[name]) == {}


class Town(World):
    """Where some are busier than others."""

    walks: dict[str, int]

    def busy_until(self, name: str) -> float:
        return self.now + len(name) * 100 * self.walks.get(name, 0)

    @action
    def end_of_walk(self) -> str:
        """Rest a little."""
        return "A rest."

    def end_of_step(self) -> None:
        self.walks["Bob"] = self.walks.get("Bob", 0) + 1


class TestByTimeInAWorld(ScheduleSuite):
    """The world says who is busy until when."""

    def make(self) -> Schedule:
        return ByTime(CHOICE, every=120)

    def world(self) -> World:
        return Town(walks={"Ann": 1})


# --- one that breaks each rule ---


class Good(Schedule):
    """Two agents a step, over and over."""

    def __init__(self) -> None:
        self.turns = 0

    def names(self, simulation: Any) -> list[str]:
        self.turns += 1
        return [simulation.names[self.turns % 4], simulation.names[(self.turns + 1) % 4]]

    def next(self, simulation: Any) -> Any:
        known, here = simulation.names, simulation.present
        return [Ask(name, CHOICE) for name in self.names(simulation) if name in here or name not in known]

    def state(self) -> dict[str, JsonValue]:
        return {"turns": self.turns}

    def restore(self, state: dict[str, JsonValue]) -> None:
        self.turns = int(str(state["turns"]))


class TestGood(ScheduleSuite):
    def make(self) -> Schedule:
        return Good()


class Tuples(Good):
    def next(self, simulation: Any) -> Any:
        return tuple(super().next(simulation))


class AsksStrangers(Good):
    def names(self, simulation: Any) -> list[str]:
        return [*super().names(simulation), "Zoe"]


class AsksTwice(Good):
    def names(self, simulation: Any) -> list[str]:
        return super().names(simulation) * 2


class AsksNobody(Good):
    def names(self, simulation: Any) -> list[str]:
        return super().names(simulation)[:0]


class Numbered(Good):
    numbers: ClassVar[Any] = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.number = next(self.numbers) % 4

    def names(self, simulation: Any) -> list[str]:
        super().names(simulation)
        return [simulation.names[self.number]]


class AsksWhoIsAway(Good):
    def next(self, simulation: Any) -> Any:
        return [Ask(name, CHOICE) for name in self.names(simulation)]


class OverIsAText(Good):
    def is_over(self, simulation: Any) -> Any:
        return ""


class RollsDice(Good):
    def names(self, simulation: Any) -> list[str]:
        random.random()  # noqa: TID251
        return super().names(simulation)


class CountsInSecret(Good):
    count = 0

    def names(self, simulation: Any) -> list[str]:
        self.count += 1
        super().names(simulation)
        return [simulation.names[self.count % 4]]


class NoTrace(Good):
    def names(self, simulation: Any) -> list[str]:
        return [simulation.names[simulation.step % 4]]


BROKEN: dict[str, type[Good]] = {
    "asks_are_a_list": Tuples,
    "agents_exist": AsksStrangers,
    "nobody_is_asked_twice": AsksTwice,
    "somebody_is_asked": AsksNobody,
    "who_is_away_is_not_asked": AsksWhoIsAway,
    "same_run_same_asks": Numbered,
    "it_says_what_it_keeps": OverIsAText,
    "global_randomness_is_left_alone": RollsDice,
    "it_goes_on_alike": CountsInSecret,
    "something_happens": NoTrace,
}

# What it shares with everything that has a state is broken one by one in test_conformance_stateful.py.
OWN_RULES = [name for name in ScheduleSuite.rules() if f"test_{name}" in vars(ScheduleSuite)]


@pytest.mark.parametrize("rule", OWN_RULES)
def test_a_schedule_that_breaks_one_rule_is_told_which(rule: str) -> None:
    assert list(ScheduleSuite.broken_rules(BROKEN[rule], steps=5, moves=2)) == [rule]


@pytest.mark.parametrize("given", [None, "Ann", [("Ann", CHOICE)], {"Ann": CHOICE}])
def test_asks_of_a_wrong_form_are_shown(given: Any) -> None:
    class Odd(Good):
        def next(self, simulation: Any) -> Any:
            super().next(simulation)
            return given

    broken = ScheduleSuite.broken_rules(Odd, "asks_are_a_list", steps=2)
    assert repr(given)[:10] in broken["asks_are_a_list"].found
