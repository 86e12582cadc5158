"""The three questions of appropriateness: three instances of Question, in the run's language."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from gamemaster import Agent
from gamemaster.components import Persona
from gamemaster.components.appropriateness import AppropriatenessQuestion, appropriateness
from gamemaster.components.question import Question
from gamemaster.language import Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel
from gamemaster.words import Component, DefinitionError, prompt_texts


async def asked(*parts: Component, language: str = "en") -> ScriptedModel:
    model = ScriptedModel(lambda request: f"answers {request.key.component}")
    agent = Agent("Ann", parts, model=model)
    agent.texts = prompt_texts(language)
    await agent.answer("Well?")
    return model


async def test_they_are_questions_and_take_two_rounds_before_the_answer() -> None:
    persona = Persona("A baker.")
    three = appropriateness(given=[persona])
    assert all(isinstance(each, Question) for each in three)
    model = await asked(persona, *three)
    assert [request.key.component for request in model.requests] == [
        "which_person",
        "which_situation",
        "which_deed",
        "actor",
    ]
    assert model.rounds == 3
    assert [request.answer_prefix for request in model.requests[:3]] == [  # type: ignore[union-attr]
        "Ann is",
        "Ann is in a situation in which",
        "Ann would",
    ]


async def test_the_last_is_answered_from_the_others_and_reads_like_this() -> None:
    persona = Persona("A baker.")
    model = await asked(persona, *appropriateness(given=[persona]))
    prompts = {request.key.component: request.prompt for request in model.requests}
    assert prompts["which_deed"].text == (
        "# Who you are\nName: Ann\nA baker.\n\n"
        "# The situation now\nAnn is in a situation in which answers which_situation\n\n"
        "# The kind of person you are\nAnn is answers which_person\n\n"
        "What does a person like Ann do in a situation like this?"
    )
    assert prompts["actor"].text.endswith("# What a person like you does in it\nAnn would answers which_deed\n\nWell?")


async def test_unshown_only_the_last_stands_in_the_prompt() -> None:
    model = await asked(*appropriateness(shown=False))
    assert model.requests[-1].prompt.text == ("# What a person like you does in it\nAnn would answers which_deed\n\nWell?")


async def test_removed_the_rest_of_the_prompt_stays() -> None:
    persona = Persona("A baker.")
    whole = (await asked(persona, *appropriateness(given=[persona], shown=False))).requests[-1].prompt
    without = (await asked(Persona("A baker."))).requests[-1].prompt
    kept = tuple(each for each in whole.sections if each.component != "which_deed")
    assert Prompt(sections=kept, call=whole.call, name=whole.name) == without


async def test_in_another_language_they_are_asked_in_it() -> None:
    model = await asked(*appropriateness(), language="ja")
    calls = [request.prompt.call for request in model.requests[:3]]
    assert calls == [
        "この場に関わる限りで、Annはどのような人ですか。",
        "Annは今、どのような状況にいますか。",
        "Annのような人は、このような状況で何をしますか。",
    ]
    assert "Ann would" not in model.requests[-1].prompt.text
    labels = [each.label for each in model.requests[-1].prompt.sections]
    assert labels == ["今の状況", "あなたの人となり", "あなたのような人がここですること"]


async def test_a_heading_of_ones_own_stands() -> None:
    question = AppropriatenessQuestion("person", label="Oneself")
    model = await asked(question)
    assert [each.label for each in model.requests[-1].prompt.sections] == ["Oneself"]


def test_another_question_is_refused() -> None:
    wrong: Any = "mood"
    with pytest.raises(DefinitionError, match="no question of appropriateness 'mood'; it is one of situation, person, deed"):
        AppropriatenessQuestion(wrong)


class TestAppropriateness(ComponentSuite):
    """The last, with the others before it."""

    turns: ClassVar[int] = 20

    def make(self) -> Component:
        return appropriateness(given=[Persona("A baker.")], memories=3, remember=True)[-1]
