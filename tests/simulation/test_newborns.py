"""Names of the newborn: what a model makes up must neither stop a run nor take the game master's place."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Person, Probe, Scripted, Simulation, World, action
from gamemaster.components import Observations
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import BadInput, DefinitionError
from gamemaster.world.parts import Presence


class Farm(World):
    presence: Presence

    @action
    def have_child(self, actor: Person, name: str) -> str:
        """Have a child."""
        self.presence.born(name)
        return f"{actor} has a child."

    @action
    def take_rest(self, actor: Person) -> str:
        """Rest."""
        return f"{actor} rests."


def farm(name: str, world: World | None = None) -> Any:
    def policy(view: Any) -> Any:
        if view.spec.kind == "speech":
            return f"{view.name} was there."
        first = {"action": "have_child", "arguments": {"name": name}}
        return first if view.moment.step == 1 and view.name == "Ann" else {"action": "take_rest"}

    def agent(name: str) -> Agent:
        return Agent(name, [Observations()], actor=Scripted(policy))

    masters = [GameMaster(world or Farm(presence=Presence())), GameMaster(name="Weather")]
    model = ScriptedModel(lambda request: None)
    return Simulation([agent("Ann")], masters, born=agent, model=model, embedder=HashEmbedder())


@pytest.mark.parametrize("name", ["Game master", "game MASTER", "Weather", "Eva\nGame master", " Eva", "Eva\u202e", "x" * 61])
def test_a_name_that_nobody_can_have_is_refused(name: str) -> None:
    run = farm(name).run(2)
    assert run.events[0].kind == "refusal"
    assert run.events[0].text == "A newborn needs another name."
    assert run.agents == ["Ann"]


@pytest.mark.parametrize("name", ["夏目 漱石", "a/b", "Éva"])
def test_any_other_name_will_do(name: str) -> None:
    assert farm(name).run(2).agents == ["Ann", name]


def test_a_world_of_ones_own_can_not_bear_a_game_master_either() -> None:
    class Careless(World):
        here: list[str]

        def present_people(self) -> list[str]:
            return list(self.here)

        @action
        def have_child(self, actor: Person, name: str) -> str:
            """Have a child."""
            self.here.append(name)
            return f"{actor} has a child."

    with pytest.raises(DefinitionError, match="is a game master's name"):
        farm("Weather", Careless(here=["Ann"])).run(1)


def test_who_is_asked_before_they_were_born_was_not_there() -> None:
    run = farm("Eva").run(2)
    assert run.ask("Eva", ActionSpec.speech(), step=1) == "Eva was there."
    with pytest.raises(BadInput, match="Eva wasn't there yet after step 0"):
        run.ask("Eva", ActionSpec.speech(), step=0)


def test_a_probe_to_all_asks_those_who_take_part() -> None:
    def answer(view: Any) -> Any:
        return "Well." if view.spec.kind == "speech" else {"action": "take_rest"}

    crowd = [Agent(name, [Observations()], actor=Scripted(answer)) for name in ("Ann", "Bob")]
    farm = Farm(presence=Presence.awaiting("Bob"))
    probes = [Probe(["How are you?"], when=1, name="all"), Probe(["And you?"], to=["Bob"], when=1, name="named")]
    model = ScriptedModel(lambda request: None)
    run = Simulation(crowd, farm, probes=probes, model=model, embedder=HashEmbedder()).run(1)
    assert {each.who for _, each in run.answers("all")} == {"Ann"}
    assert {each.who for _, each in run.answers("named")} == {"Bob"}
