"""Every prefab, and one simulation with all that a game master has: stopped after each step, it comes to the same run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Intervention, Person, Scene, Scripted, Simulation, World, action
from gamemaster.components import Observations
from gamemaster.components.game_master import AskWhetherOver, Channel, Delayed, ModelConsequences, Moderated, PointsOfView
from gamemaster.scenarios.prefabs import (
    Trial,
    conversation,
    dialogic,
    digital,
    experiment,
    game,
    interviewer,
    narrator,
    script,
    town,
)
from gamemaster.schedule import Silence, Summarised, TalkIsOver, Written
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.world.parts import Places, Presence
from gamemaster.world.parts.story import Story
from tests.simulation.test_same_seed import exported

TRIALS = [Trial("one", "A", ActionSpec.speech()), Trial("two", "B", ActionSpec.choice("?", ["x", "y"]))]


class Mill(World):
    places: Places
    presence: Presence

    @action
    def grind_corn(self, actor: Person) -> str:
        """Grind corn."""
        return f"{actor} grinds corn."

    @action(by="game_master")
    def spill_flour(self, actor: Person) -> str:
        """Flour is spilt."""
        self.later(70, "sweep_floor")
        return "Flour is spilt."

    @action(offered=False)
    def sweep_floor(self) -> str:
        """The floor is swept."""
        return "The floor is swept."


def anybody(name: str) -> Agent:
    def policy(view: Any) -> Any:
        if view.spec.kind == "choice":
            return view.spec.options[view.random.randrange(len(view.spec.options))]
        if view.spec.kind == "free" and view.random.random() < 0.5:
            return {"action": "places.go_to", "arguments": {"to": view.random.choice(["mill", "yard"])}}
        return f"{view.name} hums a song at {view.moment.step}."

    return Agent(name, [Observations()], actor=Scripted(policy))


def presence_of(world: World) -> Presence:
    assert isinstance(world, Mill)
    return world.presence


def everything(**common: Any) -> Simulation:
    def radio() -> Channel:
        return Channel("radio", delay=90, loss=0.2, overheard=0.3, hooks=[Moderated("Nobody swears."), Delayed(7)])

    names = ["Ann", "Bob", "Cid"]
    places = Places.joined({("mill", "yard"): 1}, whereabouts=dict.fromkeys(names, "mill"))
    ends = AskWhetherOver(every=2)
    masters = [
        GameMaster(
            Mill(places=places, presence=Presence()),
            consequences=ModelConsequences(),
            narration=PointsOfView(),
            components=[Observations()],
            channels=[radio()],
            ends=ends,
        ),
        GameMaster(name="Yard", places=["yard"], channels=[radio()], narration="model"),
    ]
    scenes = [
        Scene("talk", ["Ann", "Bob"], ActionSpec.speech(channel="radio"), premise=Written("How {person} comes in.")),
        Scene("work", names, ActionSpec.free(), rounds=4, order="simultaneous", at=900, meanwhile=Summarised()),
        Scene("chat", names, ActionSpec.speech(), rounds=3, order="who wants to", until=[Silence(2), TalkIsOver()]),
    ]
    comings = [
        Intervention(at=3, change=lambda world: presence_of(world).born("Éva", place="yard")),
        Intervention(at=4, change=lambda world: presence_of(world).die("Bob")),
        Intervention(at=5, change=lambda world: presence_of(world).leave("Cid")),
        Intervention(at=6, change=lambda world: presence_of(world).enter("Cid", place="mill")),
    ]
    agents = [anybody(name) for name in names]
    return Simulation(agents, masters, scenes=scenes, born=anybody, interventions=comings, **common)


def pair() -> list[Agent]:
    return [Agent(name, [Observations()]) for name in ("Ann", "Bob")]


HOMES = {"Ann": "home", "Bob": "mill"}
MADE: dict[str, Callable[..., Simulation]] = {
    "everything": everything,
    "narrator": lambda **more: narrator(pair(), Story.told(places=["a", "b"], whereabouts={"Ann": "a", "Bob": "b"}), **more),
    "dialogic": lambda **more: dialogic(pair(), rounds=3, order="random", **more),
    "conversation": lambda **more: conversation(pair(), most=5, **more),
    "town": lambda **more: town(pair(), {("home", "mill"): 30}, homes=HOMES, pastimes={"mill": ["rest"]}, **more),
    "game": lambda **more: game(pair(), ["stay", "go"], lambda moves: dict.fromkeys(moves, 1.0), rounds=2, talk=1, **more),
    "digital": lambda **more: digital(pair(), **more),
    "interviewer": lambda **more: interviewer(pair(), ["How are you?", "Why?"], **more),
    "experiment": lambda **more: experiment(pair(), TRIALS, order="rotated", conditions=["c", "d"], **more),
    "script": lambda **more: script("Ann: Who?\nBob: Me.\nAnn: Oh.", **more),
}


@pytest.mark.parametrize("name", list(MADE))
def test_a_stop_after_each_step_changes_nothing(name: str, tmp_path: Path) -> None:
    def answer(request: Any) -> Any:
        what = request.key.what
        return 0 if what.endswith("over") or "wants to speak" in what or "moderate" in what else None

    def made() -> Simulation:
        return MADE[name](model=ScriptedModel(answer), embedder=HashEmbedder(), seed=3)

    steps = 7
    whole = made().run(steps)
    assert whole.last_step >= 2
    for at in range(whole.last_step + 1):
        made().run(at, archive=tmp_path / "run", resume=at > 0).close()
    with made().run(steps, archive=tmp_path / "run", resume=True) as resumed:
        assert exported(resumed) == exported(whole)
        with resumed.fork(1, tmp_path / "fork", simulation=made(), steps=steps) as forked:
            assert [(event.kind, event.text) for event in forked.events] == [(event.kind, event.text) for event in whole.events]
