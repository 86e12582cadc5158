"""ChainOfQuestions: each question is asked with the answers before it in view."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import ChainOfQuestions, Persona
from gamemaster.language import Answer, Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, prompt_texts

QUESTIONS = ["What does {name} want?", "Who has it?", "What follows?"]


async def test_each_is_asked_after_the_answers_before_it() -> None:
    model = ScriptedModel(answers=["Bread.", "Bob.", "Ann asks\nBob."])
    chain = ChainOfQuestions(QUESTIONS)
    assert await chain.context(turn_for(chain, model=model)) == "Ann asks Bob."
    assert [request.prompt.text for request in model.requests] == [
        "What does Ann want?",
        "# Thought so far\nWhat does Ann want? Bread.\n\nWho has it?",
        "# Thought so far\nWhat does Ann want? Bread.\nWho has it? Bob.\n\nWhat follows?",
    ]
    assert model.rounds == 3


async def test_all_answers_may_be_shown() -> None:
    chain = ChainOfQuestions(QUESTIONS[:2], shows="all")
    model = ScriptedModel(answers=["Bread.", "Bob."])
    assert await chain.context(turn_for(chain, model=model)) == "What does Ann want? Bread.\nWho has it? Bob."


async def test_half_a_chain_says_nothing() -> None:
    def rule(request: Any) -> Any:
        failed = request.key.what.endswith("/1")
        return Answer(text="", finish="unparsable", failure="It mumbles.") if failed else "Bread."

    model = ScriptedModel(rule)
    await Agent("Ann", [ChainOfQuestions(QUESTIONS)], model=model).answer("Well?")
    assert model.requests[-1].prompt.text == "Well?"
    assert not any(request.key.what.endswith("/2") for request in model.requests)


async def test_its_section_is_all_that_it_changes() -> None:
    def rule(request: Any) -> str:
        if request.key.component == "chain_of_questions":
            return "Ann should wait."
        return "I wait." if "Ann should wait." in request.prompt.text else "I go."

    model = ScriptedModel(rule)
    persona = Persona("A baker.")
    assert await Agent("Ann", [persona, ChainOfQuestions(given=[persona])], model=model).answer("Well?") == "I wait."
    assert await Agent("Ann", [Persona("A baker.")], model=model).answer("Well?") == "I go."
    whole, without = [request.prompt for request in model.asked(component="actor")]
    assert whole.text == "# Who you are\nName: Ann\nA baker.\n\n# What you have thought through\nAnn should wait.\n\nWell?"
    assert Prompt(sections=whole.sections[:1], call=whole.call, name="Ann") == without


async def test_without_questions_of_ones_own_they_are_those_of_the_language() -> None:
    for language, first in (
        ("en", "What matters most to Ann in what is going on now?"),
        ("ja", "今起きていることの中で、Annにとって最も大切なことは何ですか。"),
    ):
        model = ScriptedModel()
        agent = Agent("Ann", [ChainOfQuestions()], model=model)
        agent.texts = prompt_texts(language)
        await agent.answer("Well?")
        assert model.requests[0].prompt.text == first
        assert len(model.requests) == 4


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"questions": "What?"}, "give a list of texts"),
        ({"questions": ["What?", " "]}, "none of them empty"),
        ({"shows": "some"}, "shows='some'; it is 'all' or 'last'"),
    ],
)
def test_what_is_wrong_is_told(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        ChainOfQuestions(**wrong)


class TestChainOfQuestions(ComponentSuite):
    turns = 20

    def make(self) -> Component:
        return ChainOfQuestions(given=[Persona("A baker.")], shows="all")
