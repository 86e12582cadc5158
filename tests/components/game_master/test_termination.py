"""Whether it is over: asked every so many steps, of all that happened since."""

from __future__ import annotations

from typing import Any

from gamemaster import Agent, GameMaster, Scripted, Simulation
from gamemaster.components import Observations
from gamemaster.components.game_master import AskWhetherOver
from gamemaster.testing import HashEmbedder, ScriptedModel
from tests.simulation.test_same_seed import exported


def played(model: ScriptedModel, every: int) -> Simulation:
    ann = Agent("Ann", [Observations()], actor=Scripted(lambda view: f"Deed {view.moment.step}."))
    ends = AskWhetherOver("Is it over?", every=every)
    return Simulation([ann], GameMaster(ends=ends), model=model, embedder=HashEmbedder())


def asked(model: ScriptedModel) -> list[list[int]]:
    """Of which steps each question tells."""
    return [[step for step in range(1, 9) if f"Deed {step}." in each.prompt.text] for each in model.requests]


def test_what_happened_since_the_last_question_stands_in_the_next() -> None:
    model = ScriptedModel(lambda request: 0)
    played(model, 3).run(7)
    assert asked(model) == [[1, 2, 3], [4, 5, 6]]
    model = ScriptedModel(lambda request: 0)
    played(model, 1).run(2)
    assert asked(model) == [[1], [2]]


def test_a_stop_in_between_loses_nothing(tmp_path: Any) -> None:
    whole = played(ScriptedModel(lambda request: 0), 3).run(6)
    for steps in range(6):
        played(ScriptedModel(lambda request: 0), 3).run(steps, archive=tmp_path / "run", resume=steps > 0)
    assert exported(played(ScriptedModel(lambda request: 0), 3).run(6, archive=tmp_path / "run", resume=True)) == exported(whole)
