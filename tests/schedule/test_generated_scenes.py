"""Scenes that the model makes up: of what exists only, at most so many, and the same ones after a stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Run, Scripted, Simulation, World
from gamemaster.language import ObjectRequest
from gamemaster.language.embedded import EmbeddedModel
from gamemaster.schedule import GeneratedScenes, Silence
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import DefinitionError
from tests.schedule.stopping import stopped_after_each_step
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid")
TALK, VOTE = ActionSpec.speech(), ActionSpec.choice("Agreed?", ["yes", "no"])


class Valley(World):
    """With two places, and one who leaves."""

    gone: bool = False
    steps: int = 0

    def place_names(self) -> Sequence[str]:
        return ["mill", "inn"]

    def present_people(self) -> Sequence[str]:
        return [name for name in self.people if name != "Cid" or self.steps < 2]

    def end_of_step(self) -> None:
        self.steps += 1


def answer(number: int, **given: Any) -> dict[str, Any]:
    return {"who": ["Bob", "Ann"], "place": "inn", "premise": f"Scene {number} begins.", "ask": "talk", **given}


def built(rule: Any, *, world: World | None = None, model: Any = None, **given: Any) -> tuple[Simulation, Any]:
    model = model or ScriptedModel(rule)
    given.setdefault("ask", {"talk": TALK, "vote": VOTE})
    given.setdefault("most", 4)
    agents = [Agent(name, actor=Scripted(lambda view: "yes" if view.spec.options else "Hello.")) for name in NAMES]
    scenes = GeneratedScenes(**given)
    return Simulation(agents, world or Valley(), scenes=scenes, model=model, embedder=HashEmbedder(), seed=3), model


def number_of(request: Any) -> int:
    return int(request.key.what.split("/")[2])


def asked(run: Run) -> list[tuple[int, str, str]]:
    return [(step, ask.agent, ask.scene) for step, ask in run.archive.asks()]


def test_a_scene_is_asked_for_when_the_one_before_has_ended() -> None:
    def rule(request: Any) -> Any:
        number = number_of(request)
        return answer(number, ask="vote" if number else "talk", who=["Bob"] if number else ["Cid", "Ann"], ends=number == 2)

    simulation, model = built(rule)
    run = simulation.run(99)
    assert asked(run) == [(1, "Ann", "scene 1"), (2, "Cid", "scene 1"), (3, "Bob", "scene 2")], "in the order of the agents"
    assert [event.place for event in run.events if event.kind == "speech"] == ["inn", "inn"]
    assert [(event.step, event.text) for event in run.events if event.kind == "narration"] == [
        (1, "Scene 0 begins."),
        (3, "Scene 1 begins."),
    ]
    assert run.stopped_by == "the schedule has nothing more to ask" and len(model.requests) == 3


def test_the_answer_can_name_nothing_but_what_there_is() -> None:
    simulation, model = built(lambda request: answer(0))
    simulation.run(5)
    first, later = [request.schema.model_json_schema() for request in model.requests][:: len(model.requests) - 1]
    assert first["properties"]["who"]["items"]["enum"] == ["Ann", "Bob", "Cid"]
    assert later["properties"]["who"]["items"]["enum"] == ["Ann", "Bob"], "Cid has left"
    assert first["properties"]["place"]["enum"] == ["mill", "inn"] and first["properties"]["ask"]["enum"] == ["talk", "vote"]
    assert all(isinstance(request, ObjectRequest) for request in model.requests)


def test_it_is_shown_what_was_said_and_which_scenes_there_were() -> None:
    simulation, model = built(lambda request: answer(0), question="What then?")
    simulation.run(5)
    assert model.requests[0].prompt.sections == () and model.requests[0].prompt.call == "What then?"
    assert "scene 1 (1)" in model.requests[1].prompt.text and 'Ann: "Hello."' in model.requests[1].prompt.text


def test_at_most_so_many_scenes() -> None:
    simulation, model = built(lambda request: answer(0, who=["Ann"]), most=3)
    run = simulation.run(99)
    assert len(asked(run)) == 3 == len(model.requests) and run.last_step == 3


def test_an_answer_that_cannot_be_used_ends_the_story() -> None:
    simulation, model = built(lambda request: answer(0, who=["Zoe"]) if number_of(request) else answer(0))
    run = simulation.run(99)
    assert {scene for _, _, scene in asked(run)} == {"scene 1"}
    assert len(model.requests) == 1 + 3, "asked three times"


def test_without_places_and_with_one_question_it_is_asked_for_less() -> None:
    class Bare(World):
        pass

    rule = lambda request: {"who": ["Ann"], "premise": "Once more."}  # noqa: E731
    simulation, model = built(rule, world=Bare(), ask=TALK, most=2, rounds=2, order="simultaneous", until=Silence(3))
    run = simulation.run(99)
    assert len(asked(run)) == 4
    assert sorted(model.requests[0].schema.model_fields) == ["ends", "premise", "who"]


def test_the_embedded_model_makes_scenes_up() -> None:
    simulation, _ = built(None, model=EmbeddedModel(HashEmbedder()), most=3)
    run = simulation.run(12)
    assert asked(run) and {name for _, name, _ in asked(run)} <= set(NAMES)


def test_a_run_goes_on_with_the_same_scenes_after_a_stop(tmp_path: Any) -> None:
    def rule(request: Any) -> Any:
        number, who = number_of(request), [name for at, name in enumerate(NAMES[:2]) if request.seed >> at & 1] or ["Ann"]
        return answer(number, who=who, ends=number == 3, ask=("talk", "vote")[request.seed % 2])

    whole = built(rule, rounds=2)[0].run(99)
    assert whole.last_step > 4
    models: list[Any] = []

    def again() -> Simulation:
        simulation, model = built(rule, rounds=2)
        models.append(model)
        return simulation

    assert exported(stopped_after_each_step(again, 99, tmp_path)) == exported(whole)
    assert sum(len(model.requests) for model in models) == 4, "the scene at hand is not asked for again"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"most": 0, "ask": TALK}, "most=0"),
        ({"most": 1, "ask": {}}, "at least one question"),
        ({"most": 1, "ask": TALK, "order": "shuffled"}, "order='shuffled'"),
        ({"most": 1, "ask": TALK, "agents": []}, "name at least one"),
    ],
)
def test_what_is_no_sequence_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        GeneratedScenes(**given)
