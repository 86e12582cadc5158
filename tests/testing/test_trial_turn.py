"""A component is tried with a turn of its own: the real one, without a simulation."""

from __future__ import annotations

import pytest

from gamemaster.components import Observations, Persona, Plan, Question, Recall
from gamemaster.testing import ScriptedModel, turn_for
from gamemaster.words import ActionSpec, AnswerFailed, Observation, StepFailed, Turn


async def test_a_turn_has_what_it_is_given() -> None:
    persona = Persona("bakes bread")
    turn: Turn = turn_for(
        persona,
        agent="Bob",
        memories=["has a mill", {"text": "slept well", "time": 60.0, "kind": "thought"}],
        observations=["Ann waves.", Observation(id="1", event_id="", to="Bob", time=90.0, how="heard", text="hi", speaker="Ann")],
        sees="Bob is at the mill.",
        sees_data={"flour": 3},
        offers="grind(count)",
        people=["Ann", "Bob"],
        spec=ActionSpec.speech("What does {name} say?"),
        step=4,
        time=120.0,
    )
    assert (turn.agent, turn.step, turn.time, turn.people) == ("Bob", 4, 120.0, ("Ann", "Bob"))
    assert (turn.sees, turn.sees_data, turn.offers) == ("Bob is at the mill.", {"flour": 3}, "grind(count)")
    assert (turn.spec.kind, len(turn.memory)) == ("speech", 4)
    assert [each.text for each in turn.memory.recent(2)] == ['Ann said: "hi"', "Ann waves."]
    assert [each.sentence for each in turn.news] == ["Ann waves.", 'Ann said: "hi"']
    assert str(turn.moment) == "Day 1, 00:02"
    assert (await persona.context(turn)).splitlines() == ["Name: Bob", "bakes bread"]


async def test_a_component_asks_the_model_that_is_given() -> None:
    persona = Persona("bakes bread")
    model = ScriptedModel(answers=["is content"])
    question = Question("How is {name}?", name="mood", given=[persona], label="Mood")
    assert await question.context(turn_for(question, model=model)) == "is content"
    (asked,) = model.requests
    assert (asked.prompt.call, asked.key.who, asked.key.component) == ("How is Ann?", "Ann", "mood")
    assert "bakes bread" in asked.prompt.text


async def test_memories_are_recalled_and_added() -> None:
    recall = Recall(1, skip_latest=0, query="party")
    turn = turn_for(recall, memories=["The party is on Friday.", "Bread has risen."])
    assert await recall.context(turn) == "The party is on Friday."
    turn.memory.add("Bob comes too.")
    assert (len(turn.memory), turn.has_added) == (3, True)
    turn.memory.store()
    assert not turn.has_added
    assert [each.text for each in turn.memory.recent(1)] == ["Bob comes too."]


async def test_equal_turns_give_equal_words_and_seeds_others() -> None:
    observations, plan = Observations(), Plan()
    assert await observations.context(turn_for(observations, observations=["It rains."])) == "[00:00] It rains."
    first, again, other = [turn_for(plan, seed=seed).random("luck").random() for seed in (1, 1, 2)]
    assert first == again != other


async def test_what_goes_wrong_is_raised() -> None:
    class Careless(Persona):
        async def context(self, turn: Turn) -> str:
            return str(1 / len(turn.news))

    careless, question = Careless("x"), Question("Why?", name="why")
    with pytest.raises(ZeroDivisionError):
        await careless.context(turn_for(careless))
    with pytest.raises(StepFailed, match="Ann, persona, step 3: ZeroDivisionError"):
        await turn_for(question, step=3).context(careless)
    with pytest.raises(AnswerFailed, match="Ann, why"):
        await question.context(turn_for(question, model=ScriptedModel(lambda request: "  ")))
