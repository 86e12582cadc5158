"""A replay makes the run again from its record, and names the first thing that changed code makes otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gamemaster import Agent, Scripted, Simulation, Simultaneous
from gamemaster.components import Persona
from gamemaster.simulation import replay
from gamemaster.testing import ScriptedModel
from gamemaster.words import ActionSpec, BadInput, Turn
from tests.simulation.village import Mood, build_village, village_rule


class Refusing(ScriptedModel):
    """A model that must not be asked."""

    async def answer(self, request: Any) -> Any:
        raise AssertionError("a replay asks no model")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("replay") / "run"
    build_village().run(3, archive=place).close()
    build_village().run(7, archive=place, resume=True).close()
    return place


def test_the_same_code_makes_the_same_run_without_a_model(folder: Path) -> None:
    before = (folder / "run.sqlite").read_bytes()
    found = replay(folder, build_village(Refusing()))
    assert found.same
    assert found.steps == 7
    assert found.requests > 30
    assert (folder / "run.sqlite").read_bytes() == before


def test_the_first_request_that_differs_is_named_with_expected_and_got(folder: Path) -> None:
    simulation = build_village(Refusing())
    ben = simulation.agents[1]
    ben.set_components([Persona("Ben lives in the town.") if each.name == "persona" else each for each in ben.components])
    found = replay(folder, simulation)
    assert not found.same
    assert found.steps == -1
    assert found.place.startswith("step 0, Ben, ")
    (difference,) = found.differences
    assert "Ben lives in the village." in difference.expected
    assert "Ben lives in the town." in difference.got
    assert difference.where.startswith("section ")


class Asking(Mood):
    """A mood that asks in other steps."""

    asks_in: tuple[int, ...] = ()
    name = "mood"

    async def react(self, turn: Turn) -> None:
        if turn.step in self.asks_in:
            self.thought = await turn.text(f"What does {turn.agent} make of it?")
            turn.memory.add(f"{turn.agent} thought: {self.thought} {turn.random('mood').randrange(9)}", kind="thought")


@pytest.mark.parametrize(
    ("asks_in", "step", "said"), [((), 2, "is on record, but was not made"), ((1, 2, 4, 6), 1, "is not on record")]
)
def test_a_request_that_is_missing_or_new(folder: Path, asks_in: tuple[int, ...], step: int, said: str) -> None:
    changed = build_village(Refusing())
    ada = changed.agents[0]
    mood = Asking()
    mood.asks_in = asks_in
    ada.set_components([mood if each.name == "mood" else each for each in ada.components])
    found = replay(folder, changed)
    assert found.place.startswith(f"step {step}, Ada, mood")
    assert said in found.message
    assert "What does Ada make of it?" in found.message
    assert found.steps == step - 1


def test_what_the_code_does_without_asking_is_held_against_the_record_too(tmp_path: Path) -> None:
    def built(text: str) -> Simulation:
        says = Scripted(lambda view: text if view.moment.step == 2 else "Good day.")
        return Simulation([Agent("Ann", actor=says), Agent("Bob", actor=says)], schedule=Simultaneous(ActionSpec.speech()))

    built("Hm.").run(3, archive=tmp_path / "run").close()
    assert replay(tmp_path / "run", built("Hm.")).same
    found = replay(tmp_path / "run", built("Ha."))
    assert (found.steps, found.place) == (1, "step 2, attempts, row 0")
    (difference,) = found.differences
    assert (difference.where, difference.expected, difference.got) == ("answer", '"Hm."', '"Ha."')


def test_what_was_done_by_hand_between_steps_is_done_again(tmp_path: Path) -> None:
    simulation = build_village()
    for step in simulation.steps(6, archive=tmp_path / "run"):
        if step.number == 2:
            simulation.intervene(lambda world: setattr(world, "rung", 7), text="It thunders.", to=["Ada"])
        if step.number == 3:
            simulation.intervene(lambda world: world.sacks.update(Ada=world.sacks["Ada"] + 2, Cleo=world.sacks["Cleo"] - 2))
        if step.number == 4:
            simulation.intervene(text="Night falls.")
    found = replay(tmp_path / "run", build_village(Refusing()))
    assert found.same, (found.place, found.message, found.differences)


def test_forks_are_replayed_with_what_they_were_told(folder: Path, tmp_path: Path) -> None:
    from gamemaster import load_run

    def sulk(simulation: Any) -> None:
        simulation.agents[1].components[2].temper = "sulking"

    with load_run(folder) as run:
        run.fork(4, tmp_path / "fork", simulation=build_village(seed=5), tell={"Ben": "Fire!"}, change=sulk).close()
    found = replay(tmp_path / "fork", build_village(Refusing()), build_village(Refusing(), seed=5))
    assert found.same, (found.place, found.message, found.differences)


def test_another_run_altogether_is_refused(folder: Path) -> None:
    with pytest.raises(BadInput, match="its seed is 11, here it is 12"):
        replay(folder, build_village(seed=12))
    with pytest.raises(BadInput, match="2 simulations are given for a run of 1 phases"):
        replay(folder, build_village(), build_village())
    with pytest.raises(BadInput, match="built by hand"):
        replay(folder)


def test_a_run_that_was_cut_short_is_replayed_up_to_there(tmp_path: Path) -> None:
    run = build_village(ScriptedModel(village_rule)).run(9, archive=tmp_path / "run", budget={"calls": 30})
    assert run.status == "stopped"
    run.close()
    found = replay(tmp_path / "run", build_village(Refusing()))
    assert found.same
    assert found.steps == run.last_step if run.folder is None else found.steps > 2
