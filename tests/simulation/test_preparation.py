"""What is prepared is step 0: on record under its keys, asked once, and not again after a stop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    Backgrounds,
    Backstories,
    Simulation,
    Simultaneous,
    backstories_of,
    load_backstories,
    load_run,
    write_backgrounds,
)
from gamemaster.components import Background, Persona, Profile, Recall
from gamemaster.components.population import sample_population
from gamemaster.language import ObjectRequest
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import AnswerFailed, DefinitionError, StepFailed


def rule(request: Any) -> Any:
    name = request.prompt.name
    if isinstance(request, ObjectRequest):
        fields = request.schema.model_fields
        return {field: "agrees" if field.startswith("fact") else f"{name} broke a jar ({field})." for field in fields}
    if request.key.component == "background":
        return f"{name}, 20, was a baker all along."
    return f"{name} rests."


def build(model: Any, *, preparation: Sequence[Any] = (), seed: int = 3, names: Sequence[str] = ("Ann", "Bob")) -> Simulation:
    agents = [Agent(name, [Persona("A baker.", age=20), Background(), Recall()]) for name in names]
    return Simulation(
        agents,
        preparation=preparation or [Backgrounds(), Backstories(shared=["The mill burned."], episodes_at=[7, 13])],
        schedule=Simultaneous(ActionSpec.free()),
        model=model,
        embedder=HashEmbedder(),
        seed=seed,
    )


def test_prepared_calls_are_step_0_and_what_came_of_them_is_remembered() -> None:
    run = build(ScriptedModel(rule)).run(1)
    assert [str(call.key) for call in run.calls(step=0)] == [
        "step 0, Ann, background, prepare/check #0",
        "step 0, Ann, background, prepare/draft #0",
        "step 0, Ann, backstory, prepare/episodes #0",
        "step 0, Bob, background, prepare/check #0",
        "step 0, Bob, background, prepare/draft #0",
        "step 0, Bob, backstory, prepare/episodes #0",
    ]
    assert [each.text for each in run.memories("Ann", step=0)] == [
        "The mill burned.",
        "At the age of 7: Ann broke a jar (at_7).",
        "At the age of 13: Ann broke a jar (at_13).",
    ]
    assert run.series("background drafts", who="Bob") == [(0, 1)]
    asked = run.calls(agent="Ann", component="actor", step=1)[0].prompt.text
    assert "# Your life so far\nAnn, 20, was a baker all along." in asked and "At the age of 7: Ann broke a jar" in asked
    # The later preparation is told what the earlier one made.
    assert "was a baker all along" in run.calls(agent="Ann", component="backstory")[0].prompt.text


def test_a_run_stopped_in_its_preparation_asks_nothing_again(tmp_path: Path) -> None:
    class Stops:
        name = "stops"

        def __init__(self, stopping: bool) -> None:
            self.stopping = stopping

        async def prepare(self, agents: Sequence[Agent], circumstances: Any) -> None:
            if self.stopping:
                raise RuntimeError("the power went")

    parts = [Backgrounds(), Backstories(episodes_at=[7])]
    whole = build(ScriptedModel(rule), preparation=[*parts, Stops(False)]).run(1, archive=tmp_path / "whole")
    first, second = ScriptedModel(rule), ScriptedModel(rule)
    with pytest.raises(StepFailed, match="preparation stops, step 0: RuntimeError: the power went"):
        build(first, preparation=[*parts, Stops(True)]).run(1, archive=tmp_path / "run")
    run = build(second, preparation=[*parts, Stops(False)]).run(1, archive=tmp_path / "run", resume=True)
    assert len(first.requests) == 6 and {request.key.step for request in second.requests} == {1}
    assert [call.key for call in run.calls()] == [call.key for call in whole.calls()]
    assert [run.memories(name) for name in ("Ann", "Bob")] == [whole.memories(name) for name in ("Ann", "Bob")]


def test_a_run_that_goes_on_is_not_prepared_again(tmp_path: Path) -> None:
    build(ScriptedModel(rule)).run(1, archive=tmp_path / "run").close()
    model = ScriptedModel(rule)
    run = build(model).run(3, archive=tmp_path / "run", resume=True)
    assert {request.key.step for request in model.requests} == {2, 3}
    asked = run.calls(agent="Ann", component="actor", step=3)[0].prompt.text
    assert "Ann, 20, was a baker all along." in asked  # the text is state, and came back
    assert [each.kind for each in run.memories("Ann")].count("formative") == 3


def test_preparation_is_the_same_with_the_same_seed() -> None:
    runs = [build(ScriptedModel(rule), seed=5).run(2) for _ in range(2)]
    assert [call.seed for call in runs[0].calls()] == [call.seed for call in runs[1].calls()]
    assert runs[0].memories("Bob") == runs[1].memories("Bob")


def test_what_a_run_prepared_can_be_frozen_and_given_to_another(tmp_path: Path) -> None:
    run = build(ScriptedModel(rule)).run(0, archive=tmp_path / "run")
    backstories_of(load_run(tmp_path / "run")).write(tmp_path / "stories.jsonl")
    model = ScriptedModel(rule)
    again = build(model, preparation=[load_backstories(tmp_path / "stories.jsonl")]).run(0)
    assert not model.requests
    for name in ("Ann", "Bob"):
        assert [(each.text, each.time, each.tags) for each in again.memories(name)] == [
            (each.text, each.time, each.tags) for each in run.memories(name)
        ]
    with pytest.raises(DefinitionError, match="there is no backstory of Cid; there are those of Ann, Bob"):
        build(model, preparation=[load_backstories(tmp_path / "stories.jsonl")], names=["Ann", "Cid"]).run(0)


def test_a_rehearsal_counts_what_is_prepared_and_leaves_nothing() -> None:
    simulation = build(ScriptedModel(rule))
    assert simulation.estimate(1).calls_by_component["backstory"] == 2
    assert [
        component.text for agent in simulation.agents for component in agent.components if isinstance(component, Background)
    ] == [
        "",
        "",
    ]
    assert not simulation.agents[0].memories


def test_a_model_may_be_chosen_for_a_preparation() -> None:
    own, common = ScriptedModel(rule, name="own"), ScriptedModel(rule, name="common")
    agents = [Agent("Ann", [Persona("A baker.", age=20)])]
    Simulation(
        agents, preparation=[Backstories(episodes_at=[7])], model=common, models={"*.backstory": own}, embedder=HashEmbedder()
    ).run(1)
    assert {request.key.component for request in own.requests} == {"backstory"}
    assert "backstory" not in {request.key.component for request in common.requests}


def test_two_preparations_of_one_name_are_refused() -> None:
    with pytest.raises(DefinitionError, match="Two preparations are named 'backstory'"):
        build(ScriptedModel(rule), preparation=[Backstories(shared=["a"]), Backstories(shared=["b"])])


def test_a_background_that_cannot_be_had_stops_the_run_or_is_measured() -> None:
    def silent(request: Any) -> Any:
        return "Somebody." if request.key.component == "background" and request.prompt.name == "Bob" else rule(request)

    with pytest.raises(AnswerFailed, match=r"No background could be used: Bob: draft 1: it does not mention age \(20\)"):
        build(ScriptedModel(silent), preparation=[Backgrounds()]).run(1)
    run = build(ScriptedModel(silent), preparation=[Backgrounds(on_failure="go on")]).run(1)
    ((step, why),) = run.series("background failed", who="Bob")
    assert step == 0 and str(why).count("it does not mention age (20)") == 3
    assert "Your life so far" not in run.calls(agent="Bob", component="actor", step=1)[0].prompt.text


def test_backgrounds_need_somebody_to_write_of() -> None:
    with pytest.raises(DefinitionError, match=r"put a Background\(\) among its components"):
        Simulation([Agent("Ann", [Persona("A baker.")])], preparation=[Backgrounds()], model=ScriptedModel()).run(1)
    with pytest.raises(DefinitionError, match="Ann has a Background to be written from a Persona, and has none"):
        Simulation([Agent("Ann", [Background()])], preparation=[Backgrounds()], model=ScriptedModel()).run(1)


async def test_a_population_gets_its_backgrounds_in_one_batch() -> None:
    people = sample_population(30, {"age": {range(20, 21): 1}, "occupation": {"baker": 0.5, "smith": 0.5}}, seed=2).profiles()

    def wrong(request: Any) -> Any:
        if isinstance(request, ObjectRequest):
            smith = "occupation: smith" in request.prompt.call
            return {"fact_1": "agrees", "fact_2": "contradicts" if smith and request.key.index < 3 else "agrees"}
        return rule(request)

    model = ScriptedModel(wrong)
    written = await write_backgrounds(people, model=model, seed=4)
    assert model.rounds == 4  # draft and check, and once more for the smiths
    assert written.failures == {} and sum(written.drafts.values()) == 45
    assert [each.facts for each in written.profiles] == [each.facts for each in people]
    assert written.profiles[0].description.endswith("was a baker all along.")
    assert str(written) == "30 backgrounds of 30, in 45 drafts"


async def test_who_has_no_background_is_among_the_failures_and_as_before() -> None:
    ann = Profile(name="Ann", age=41)
    written = await write_backgrounds([ann], model=ScriptedModel(rule), drafts=2)
    assert written.profiles == (ann,)
    assert written.failures == {"Ann": "draft 1: it does not mention age (41); draft 2: it does not mention age (41)"}
    assert "none of Ann: draft 1" in str(written)
    with pytest.raises(DefinitionError, match="give each profile a name of its own"):
        await write_backgrounds([ann, ann], model=ScriptedModel(rule))
