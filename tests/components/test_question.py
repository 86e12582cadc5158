"""Question: what the agent asks itself before it acts."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import Constant, Persona, Question
from gamemaster.testing import ScriptedModel, turn_for
from gamemaster.words import DefinitionError

ASKED = "What kind of person is {name}?"


async def thought(question: Question, rule: Any = "A kind one.", **more: Any) -> tuple[str, str]:
    """What it says, and the prompt from which it was answered."""
    model = ScriptedModel(lambda request: rule)
    text = await question.context(turn_for(question, model=model, **more))
    (request,) = model.requests
    return text, request.prompt.text


async def test_question_and_answer_stand_under_no_heading() -> None:
    text, prompt = await thought(Question(ASKED, name="kind"))
    assert text == "What kind of person is Ann?\nA kind one."
    assert prompt == "What kind of person is Ann?"


async def test_under_a_heading_the_answer_is_enough() -> None:
    text, _ = await thought(Question(ASKED, name="kind", label="Character"))
    assert text == "A kind one."


async def test_the_answer_goes_on_from_its_prefix() -> None:
    question = Question(ASKED, name="kind", label="Character", answer_prefix="{name} is")
    model = ScriptedModel(lambda request: "Ann is a kind person.")
    assert await question.context(turn_for(question, model=model)) == "Ann is a kind person."
    (request,) = model.requests
    assert request.answer_prefix == "Ann is"  # type: ignore[union-attr]


async def test_it_is_answered_from_what_it_is_given() -> None:
    persona, rules = Persona("A baker."), Constant("No baking at night.", changes="shared")
    _, prompt = await thought(Question(ASKED, name="kind", given=[persona, rules]))
    assert prompt == "No baking at night.\n\n# Who you are\nName: Ann\nA baker.\n\nWhat kind of person is Ann?"


async def test_what_it_reads_must_be_in_the_agents_list() -> None:
    persona = Persona("A baker.")
    with pytest.raises(DefinitionError, match="'kind' reads 'persona', which isn't in Ann's list"):
        Agent("Ann", [Question(ASKED, name="kind", given=[persona])])


async def test_memories_are_recalled_by_the_question_oldest_first() -> None:
    memories: list[Any] = [
        {"text": "Ann is a person of a rare kind, they said.", "time": 60.0},
        "What kind of person Ann is, her mother knew.",
        {"text": "Flour rose.", "time": 30.0},
    ]
    _, prompt = await thought(Question(ASKED, name="kind", memories=2), memories=memories, time=120.0)
    assert prompt == (
        "# What you remember\nWhat kind of person Ann is, her mother knew.\nAnn is a person of a rare kind, they said."
        "\n\nWhat kind of person is Ann?"
    )


async def test_without_memories_there_is_no_heading_for_them() -> None:
    _, prompt = await thought(Question(ASKED, name="kind", memories=2))
    assert prompt == "What kind of person is Ann?"


async def test_an_answer_may_be_remembered_as_a_thought() -> None:
    for remember, kept in ((True, [("Ann is kind.", "thought")]), (False, [])):
        question = Question(ASKED, name="kind", answer_prefix="{name} is", remember=remember)
        turn = turn_for(question, model=ScriptedModel(lambda request: "kind."))
        await question.context(turn)
        turn.memory.store()
        assert [(each.text, each.kind) for each in turn.memory.recent(9)] == kept


async def test_the_answer_is_no_longer_than_its_budget() -> None:
    model = ScriptedModel()
    question = Question(ASKED, name="kind", budget=7)
    await question.context(turn_for(question, model=model))
    assert model.requests[0].sampling.max_tokens == 7


async def test_three_questions_build_on_each_other_and_each_is_asked_once() -> None:
    situation = Question("What situation is this?", name="situation", shown=False)
    kind = Question(ASKED, name="kind", given=[situation], shown=False)
    deed = Question("What does such a person do?", name="deed", given=[situation, kind])
    model = ScriptedModel(lambda request: f"Answer of {request.key.component}.")
    agent = Agent("Ann", [situation, kind, deed], model=model)
    await agent.answer("Well?")
    assert [request.key.component for request in model.requests] == ["situation", "kind", "deed", "actor"]
    assert "Answer of situation." in model.requests[2].prompt.text and "Answer of kind." in model.requests[2].prompt.text
    assert "Answer of deed." in model.requests[3].prompt.text and "Answer of kind." not in model.requests[3].prompt.text


async def test_an_unusable_answer_leaves_it_silent() -> None:
    model = ScriptedModel(lambda request: "" if request.key.component == "kind" else "Fine.")
    agent = Agent("Ann", [Question(ASKED, name="kind", remember=True)], model=model)
    assert await agent.answer("Well?") == "Fine."
    assert model.requests[-1].prompt.text == "Well?"
    assert not len(agent.memory)


@pytest.mark.parametrize(
    ("given", "message"),
    [({"question": " "}, "'kind' asks nothing"), ({"question": ASKED, "memories": -1}, "memories=-1; it must be at least 0")],
)
def test_what_is_no_question_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Question(**given, name="kind")
