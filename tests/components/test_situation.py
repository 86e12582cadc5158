"""Situation: one paragraph, revised when there is news and at no other time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import Persona, Situation
from gamemaster.language import Answer, Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, prompt_texts


def teller(*said: str) -> ScriptedModel:
    return ScriptedModel(answers=said)


async def test_it_is_written_from_the_news_and_then_revised() -> None:
    model, situation = teller("It is calm.", "It burns."), Situation()
    assert await situation.context(turn_for(situation, model=model, observations=["Ann wakes."])) == "It is calm."
    assert await situation.context(turn_for(situation, model=model, observations=["Fire!"], step=2)) == "It burns."
    assert [request.prompt.text for request in model.requests] == [
        "# What is new\n[00:00] Ann wakes.\n\n"
        "Describe in one short paragraph the situation that Ann is in. Keep to what stands above.",
        "# The situation so far\nIt is calm.\n\n# What is new\n[00:00] Fire!\n\n"
        "Bring the paragraph on Ann's situation up to date with what is new: one short paragraph. "
        "Leave out what no longer matters, and keep to what stands above.",
    ]


async def test_without_news_it_stands_and_nothing_is_asked() -> None:
    model, situation = teller("It is calm."), Situation()
    assert await situation.context(turn_for(situation, model=model)) == ""
    await situation.context(turn_for(situation, model=model, observations=["Ann wakes."]))
    assert await situation.context(turn_for(situation, model=model, step=2)) == "It is calm."
    assert len(model.requests) == 1


async def test_the_news_are_at_most_the_last_ones() -> None:
    model, situation = teller("Hm."), Situation(news=2)
    await situation.context(turn_for(situation, model=model, observations=["One.", "Two.", "Three."]))
    assert model.requests[0].prompt.sections[0].text == "[00:00] Two.\n[00:00] Three."


async def test_without_a_usable_answer_the_paragraph_stands() -> None:
    situation = Situation()
    await situation.context(turn_for(situation, model=teller("It is calm."), observations=["Ann wakes."]))
    refusing = ScriptedModel(lambda request: Answer(text="", finish="unparsable", failure="It mumbles."))
    assert await situation.context(turn_for(situation, model=refusing, observations=["Fire!"], step=2)) == "It is calm."


async def test_its_section_is_all_that_it_changes() -> None:
    def rule(request: Any) -> str:
        if request.key.component == "situation":
            return "It burns."
        return "I run." if "It burns." in request.prompt.text else "I sit."

    model = ScriptedModel(rule)
    persona = Persona("A baker.")
    assert await Agent("Ann", [persona, Situation(given=[persona])], model=model).answer("Well?") == "I run."
    assert await Agent("Ann", [Persona("A baker.")], model=model).answer("Well?") == "I sit."
    whole, without = [request.prompt for request in model.asked(component="actor")]
    assert whole.text == "# Who you are\nName: Ann\nA baker.\n\n# The situation\nIt burns.\n\nWell?"
    kept = tuple(each for each in whole.sections if each.component != "situation")
    assert Prompt(sections=kept, call=whole.call, name="Ann") == without


async def test_its_state_goes_along_and_another_version_is_refused() -> None:
    situation = Situation()
    await situation.context(turn_for(situation, model=teller("It is calm."), observations=["Ann wakes."]))
    state = json.loads(json.dumps(situation.state()))
    other = Situation()
    other.restore(state)
    assert await other.context(turn_for(other, model=ScriptedModel(), step=2)) == "It is calm."
    with pytest.raises(DefinitionError, match="version 9"):
        Agent("Ann", [other]).restore_states({"situation": (9, state)})


def test_in_japanese_it_has_texts_too() -> None:
    assert prompt_texts("ja").label(Situation(), "Ann") == "状況"


def test_no_news_at_all_are_refused() -> None:
    with pytest.raises(DefinitionError, match="news=0"):
        Situation(news=0)


class TestSituation(ComponentSuite):
    turns = 30

    def make(self) -> Component:
        return Situation(given=[Persona("A baker.")])
