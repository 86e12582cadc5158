"""Malformed answers at every question that a game master, its channels and its schedule can ask: no run ends by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Person, Scene, Simulation, World, action, conserved
from gamemaster.components import Observations
from gamemaster.components.game_master import (
    AccountForOthers,
    AskWhetherOver,
    Channel,
    JudgeSuccess,
    KeepDirectSpeech,
    ModelConsequences,
    Moderated,
    PointsOfView,
    PushOn,
    StoryGrounding,
    Translated,
)
from gamemaster.schedule import GameMasterChooses, Silence, Summarised, TalkIsOver, Written
from gamemaster.testing import HashEmbedder
from gamemaster.world.parts import Places
from gamemaster.world.parts.story import Story
from tests.components.game_master.test_malformed_answers import Garbled

NAMES = ("Ann", "Bob", "Cid")
FREE = ActionSpec.free()


class Mill(World):
    places: Places
    coins: dict[str, int]
    laws = (conserved("coins"),)

    @action
    def hand_coins(self, actor: Person, to: Person, count: int) -> str:
        """Hand coins to somebody."""
        if not 0 < count <= self.coins[actor]:
            self.refuse(f"{actor} can't hand {count} coins")
        self.coins[actor] -= count
        self.coins[to] += count
        return f"{actor} hands {to} {count} coins."

    @action(by="game_master")
    def spill_flour(self, actor: Person, how: str) -> str:
        """Flour is spilt."""
        self.later(90, "sweep_floor")
        return f"Flour is spilt: {how[:80]}"

    @action(offered=False)
    def sweep_floor(self) -> str:
        """The floor is swept."""
        return "The floor is swept."


def people() -> list[Agent]:
    return [Agent(name, [Observations(last=3)]) for name in NAMES]


def mill() -> Mapping[str, Any]:
    hooks = [Moderated("Nobody swears."), Translated({"Bob": "Danish"}), Moderated("Nobody lies.")]
    world = Mill(
        places=Places.joined({("mill", "yard"): 1}, whereabouts=dict.fromkeys(NAMES, "mill")), coins=dict.fromkeys(NAMES, 5)
    )
    masters = [
        GameMaster(
            world,
            consequences=ModelConsequences(most=2),
            narration=PointsOfView(),
            components=[Observations()],
            channels=[Channel("radio", delay=90, loss=0.2, overheard=0.3, hooks=hooks)],
        ),
        GameMaster(name="Yard", places=["yard"], consequences=ModelConsequences(), narration="model"),
    ]
    talk = [Silence(2), TalkIsOver()]
    scenes = [
        Scene("talk", NAMES, ActionSpec.speech(channel="radio"), rounds=4, premise=Written("How {person} comes in.")),
        Scene("work", NAMES, FREE, rounds=8, order="simultaneous", at=900, meanwhile=Summarised()),
        Scene("chat", NAMES, ActionSpec.speech(), rounds=8, order="who wants to", until=talk, game_master="Yard"),
    ]
    return {"game_master": masters, "scenes": scenes}


def story() -> Mapping[str, Any]:
    chain = [PushOn(every=2), JudgeSuccess(), AccountForOthers(), KeepDirectSpeech()]
    told = Story.told({"Bob": "Bob is late."}, places=["shop", "street"], whereabouts=dict.fromkeys(NAMES, "shop"))
    ends = AskWhetherOver("Is it over?", every=40)
    master = GameMaster(told, grounding=StoryGrounding(chain), components=[Observations()], ends=ends)
    return {"game_master": master}


@pytest.mark.parametrize("made", [mill, story, lambda: {**story(), "schedule": GameMasterChooses(FREE)}])
@pytest.mark.parametrize("seed", [1, 2])
def test_no_run_ends_by_a_malformed_answer(made: Callable[[], Mapping[str, Any]], seed: int) -> None:
    model = Garbled()
    simulation = Simulation(people(), **made(), model=model, embedder=HashEmbedder(), seed=seed, max_failures=1.0, step=60)
    with simulation.run(24) as run:
        assert run.status == "finished"
        if "coins" in (world := run.world()):
            coins: Any = world["coins"]
            assert sum(coins.values()) == 15
            assert min(coins.values()) >= 0
        else:
            facts: Any = world["facts"]
            assert all(len(fact) <= 240 for each in facts.values() for fact in each)
            assert max(map(len, facts.values())) <= 6
    assert sum(model.failed.values()) > 20
    assert sum(model.read.values()) > 20
