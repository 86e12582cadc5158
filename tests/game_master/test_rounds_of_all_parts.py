"""A step with every part of a game master that asks a model takes as many rounds for a hundred attempts as for ten."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, GameMaster, Person, Scene, Scripted, Simulation, World, action
from gamemaster.components import Observations
from gamemaster.components.game_master import AskWhetherOver, Channel, ModelConsequences, Moderated, PointsOfView, Translated
from gamemaster.testing import HashEmbedder, ScriptedModel


class Hall(World):
    @action
    def wave_flag(self, actor: Person) -> str:
        """Wave a flag."""
        return f"{actor} waves a flag."

    @action(by="game_master")
    def crack_jar(self, actor: Person, how: str) -> str:
        """A jar cracks."""
        return "A jar cracks."

    def witnesses(self, event: Any) -> set[str]:
        return set(self.people[:3])


def answer(request: Any) -> Any:
    what = request.key.what
    return 0 if what.endswith(("over", "can it be", "which")) or "moderate" in what else None


def rounds(count: int) -> tuple[int, set[str]]:
    """How many rounds a step of so many takes, and which parts were asked."""
    names = [f"P{number:03}" for number in range(count)]
    hooks = [Moderated("Nobody swears."), Translated(dict.fromkeys(names, "Danish"))]
    master = GameMaster(
        Hall(),
        consequences=ModelConsequences(most=2),
        narration=PointsOfView(),
        components=[Observations()],
        ends=AskWhetherOver(),
        channels=[Channel("radio", graph={name: [names[0], names[-1]] for name in names}, hooks=hooks)],
    )
    asks = {name: ActionSpec.speech(channel="radio") if at % 2 else ActionSpec.free() for at, name in enumerate(names)}
    crowd = [Agent(name, [Observations()], actor=Scripted(lambda view: "I wave a flag.")) for name in names]
    model = ScriptedModel(answer)
    scenes = [Scene("all", names, asks, order="simultaneous")]
    Simulation(crowd, master, scenes=scenes, model=model, embedder=HashEmbedder()).run(1)
    return model.rounds, {request.key.component for request in model.requests}


@pytest.mark.parametrize("count", [1, 10, 100])
def test_rounds_do_not_grow_with_the_attempts(count: int) -> None:
    number, asked = rounds(count)
    assert number <= 8, "which, arguments; what follows, its arguments; views beside moderation, translation; whether it is over"
    if count > 1:
        assert number == rounds(10)[0]
        assert asked == {"grounding", "plausibility", "consequences", "narration", "channel radio", "termination"}
