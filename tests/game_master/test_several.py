"""Several game masters: one per place or scene, one world, one order of application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Person, Scene, Scripted, Simulation, World, action
from gamemaster.components import Observations
from gamemaster.game_master import GameMasters
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Attempt, Component, DefinitionError, Grounding, Observation, Turn, UnknownName
from gamemaster.words.grounding import ActionCall
from gamemaster.world import OfferedAction
from gamemaster.world.parts import Places
from tests.simulation.test_same_seed import exported


class Island(World):
    """Two places a way of no time apart, and a shell that only one can pick up."""

    places: Places
    shell: str = ""

    @action
    def take_shell(self, actor: Person) -> str:
        """Pick up the shell."""
        if self.shell:
            self.refuse(f"{self.shell} has it")
        self.shell = actor
        return f"{actor} picks up the shell."


class Takes(Component):
    """Grounds every attempt as taking the shell, or as going where the attempt says; says who grounded it."""

    def __init__(self, log: list[tuple[str, str]]) -> None:
        self.name = "grounding"
        self.log = log

    async def ground(self, attempt: Attempt, offers: Sequence[OfferedAction], sees: str, turn: Turn) -> Grounding:
        self.log.append((turn.agent, attempt.actor))
        words = str(attempt.answer)
        call = ActionCall(action="take_shell")
        if words.startswith("to "):
            call = ActionCall(action="places.go_to", arguments={"to": words.removeprefix("to ")})
        return Grounding(attempt_id=attempt.id, call=call)


class Can(Component):
    name = "plausibility"

    async def judge(self, attempt: Attempt, sees: str, turn: Turn) -> str:
        return ""


class Sees(Component):
    """Notes what its game master observes."""

    version = 1

    def __init__(self) -> None:
        self.name = "sees"
        self.seen: list[str] = []

    async def observe(self, observation: Observation) -> None:
        self.seen.append(observation.text)

    def state(self) -> dict[str, Any]:
        return {"seen": list(self.seen)}

    def restore(self, state: dict[str, Any]) -> None:
        self.seen = list(state["seen"])


NAMES = ("Ann", "Bob", "Cid")


def island(words: dict[str, list[str]]) -> tuple[Simulation, list[tuple[str, str]]]:
    log: list[tuple[str, str]] = []
    world = Island(places=Places.joined({("beach", "hut"): 0}, whereabouts={"Ann": "beach", "Bob": "hut", "Cid": "beach"}))

    def master(name: str, **options: Any) -> GameMaster:
        return GameMaster(name=name, grounding=Takes(log), plausibility=Can(), components=[Sees()], asks_again=False, **options)

    def policy(view: Any) -> str:
        return words[view.name][view.moment.step - 1]

    masters = [
        GameMaster(world, name="Sea", grounding=Takes(log), plausibility=Can(), components=[Sees()], asks_again=False),
        master("Hut keeper", places=["hut"]),
    ]
    crowd = [Agent(name, [Observations()], actor=Scripted(policy)) for name in NAMES]
    return Simulation(crowd, masters, model=ScriptedModel(lambda request: "."), embedder=HashEmbedder(), seed=3), log


def test_each_is_in_the_charge_of_the_one_whose_place_it_is_in_and_handed_over_at_the_next_step() -> None:
    simulation, log = island({"Ann": ["to hut", "shell"], "Bob": ["shell", "shell"], "Cid": ["shell", "shell"]})
    run = simulation.run(2)
    assert set(log[:3]) == {("Sea", "Ann"), ("Sea", "Cid"), ("Hut keeper", "Bob")}
    assert set(log[3:]) == {("Hut keeper", "Ann"), ("Sea", "Cid"), ("Hut keeper", "Bob")}
    charges = [(step, measure.who, measure.value) for step, measure in run.archive.measures("in charge")]
    assert (1, "Ann", "Sea") in charges
    assert (2, "Ann", "Hut keeper") in charges


def test_what_is_applied_is_in_the_order_of_masters_then_of_asks() -> None:
    simulation, _ = island({"Ann": ["to hut"], "Bob": ["shell"], "Cid": ["shell"]})
    run = simulation.run(1)
    assert [(event.actor, event.kind) for event in run.events] == [("Ann", "act"), ("Cid", "act"), ("Bob", "refusal")]
    assert run.events[-1].text == "Cid has it"


def test_each_remembers_the_events_in_its_charge_and_goes_on_after_a_stop(tmp_path: Any) -> None:
    words = {"Ann": ["to hut", "shell", "shell"], "Bob": ["shell", "shell", "to beach"], "Cid": ["shell", "shell", "to hut"]}
    simulation, _ = island(words)
    run = simulation.run(3)
    sea, hut = simulation.game_masters
    seen: dict[str, Any] = {each.name: each.components[0].state()["seen"] for each in (sea, hut)}
    assert seen["Sea"][:2] == ["Ann goes to the hut.", "Cid picks up the shell."]
    assert seen["Hut keeper"][0] == "Cid has it"
    assert "Cid has it" not in seen["Sea"][:2]
    stopped, _ = island(words)
    stopped.run(2, archive=tmp_path / "run")
    again, _ = island(words)
    assert exported(again.run(3, archive=tmp_path / "run", resume=True)) == exported(run)


def test_a_scene_names_who_is_in_charge() -> None:
    simulation, log = island({name: ["shell", "shell"] for name in NAMES})
    spec = ActionSpec.free()
    scenes = [
        Scene("storm", NAMES, spec, order="simultaneous", game_master="Hut keeper"),
        Scene("calm", NAMES, spec, order="simultaneous"),
    ]
    crowd = [Agent(name, actor=Scripted(lambda view: "shell")) for name in NAMES]
    masters = [
        GameMaster(simulation.world, name="Sea", grounding=Takes(log), plausibility=Can(), asks_again=False),
        GameMaster(name="Hut keeper", grounding=Takes(log), plausibility=Can(), places=["hut"], asks_again=False),
    ]
    Simulation(crowd, masters, scenes=scenes, model=ScriptedModel(lambda request: "."), embedder=HashEmbedder()).run(2)
    assert {master for master, _ in log[:3]} == {"Hut keeper"}
    assert set(log[3:]) == {("Sea", "Ann"), ("Hut keeper", "Bob"), ("Sea", "Cid")}


def test_what_does_not_go_together_is_refused() -> None:
    def places(**whereabouts: str) -> Island:
        return Island(places=Places.joined({("beach", "hut"): 0}, whereabouts=whereabouts))

    with pytest.raises(DefinitionError, match="Two game masters are named 'Sea'"):
        GameMasters([GameMaster(name="Sea"), GameMaster(name="Sea")])
    with pytest.raises(DefinitionError, match="a run has one world"):
        GameMasters([GameMaster(places(), name="Sea"), GameMaster(places(), name="Hut keeper")])
    with pytest.raises(DefinitionError, match="'hut' is in the charge of A and of B"):
        GameMasters([GameMaster(name="A", places=["hut"]), GameMaster(name="B", places=["hut"])])
    with pytest.raises(DefinitionError, match="empty list of game masters"):
        GameMasters([])
    with pytest.raises(DefinitionError, match="like the game master"):
        Simulation([Agent("Sea")], [GameMaster(name="Sky"), GameMaster(name="Sea")])
    scene = Scene("storm", ["Ann"], ActionSpec.speech(), game_master="Nobody")
    alone = Simulation([Agent("Ann")], scenes=[scene], model=ScriptedModel(lambda request: "."), embedder=HashEmbedder())
    with pytest.raises(UnknownName, match="There is no game master 'Nobody'"):
        alone.run(1)
