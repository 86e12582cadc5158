"""SummaryOfSelf: three questions at once, and then none until the summary is old."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import Persona, SummaryOfSelf
from gamemaster.language import Answer, Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, prompt_texts

HOUR = 3600.0
MEMORIES = ["Ann bakes bread.", "Ann is glad of the summer."]


def rule(request: Any) -> str:
    return f"Ann, {request.key.what.removeprefix('act/')}, step {request.key.step}."


async def said(summary: SummaryOfSelf, model: ScriptedModel, *, hours: float = 0.0, step: int = 1) -> list[str]:
    turn = turn_for(summary, model=model, memories=MEMORIES, time=hours * HOUR, step=step)
    return (await summary.context(turn)).splitlines()


def test_when_it_is_due() -> None:
    summary = SummaryOfSelf(hours=2)
    assert summary.is_due(0.0)
    summary.restore({"made": 10.0, "lines": ["a", "b", "c"]})
    assert not summary.is_due(2 * HOUR)
    assert summary.is_due(2 * HOUR + 10.0)


async def test_three_questions_in_one_round_each_from_what_is_remembered() -> None:
    model = ScriptedModel(rule)
    lines = await said(SummaryOfSelf(memories=1), model)
    assert lines == ["Ann, core, step 1.", "Ann, occupation, step 1.", "Ann, feeling, step 1."]
    assert (model.rounds, len(model.requests)) == (1, 3)
    texts = [request.prompt.text for request in model.requests]
    assert all(text.startswith("# What you remember\nAnn ") for text in texts)
    assert texts[0].endswith("How would one describe Ann's core characteristics? One sentence, from what stands above.")


async def test_it_stands_until_it_is_old() -> None:
    model, summary = ScriptedModel(rule), SummaryOfSelf(hours=2)
    first = await said(summary, model)
    assert await said(summary, model, hours=1.9, step=2) == first
    assert len(model.requests) == 3
    assert await said(summary, model, hours=2, step=3) == [line.replace("step 1", "step 3") for line in first]


async def test_a_question_without_a_usable_answer_keeps_its_last() -> None:
    def half(request: Any) -> Any:
        failed = request.key.step == 2 and request.key.what == "act/core"
        return Answer(text="", finish="unparsable", failure="It mumbles.") if failed else rule(request)

    summary, model = SummaryOfSelf(hours=1), ScriptedModel(half)
    await said(summary, model)
    assert await said(summary, model, hours=1, step=2) == [
        "Ann, core, step 1.",
        "Ann, occupation, step 2.",
        "Ann, feeling, step 2.",
    ]


async def test_when_all_fail_it_is_asked_again_at_the_next_turn() -> None:
    summary = SummaryOfSelf()
    refusing = ScriptedModel(lambda request: Answer(text="", finish="unparsable", failure="It mumbles."))
    assert await said(summary, refusing) == []
    assert len(await said(summary, ScriptedModel(rule), step=2)) == 3


async def test_its_section_is_all_that_it_changes() -> None:
    def answers(request: Any) -> str:
        if request.key.component == "summary_of_self":
            return "Ann is bold."
        return "I dare." if "Ann is bold." in request.prompt.text else "I dare not."

    model = ScriptedModel(answers)
    persona = Persona("A baker.")
    assert await Agent("Ann", [persona, SummaryOfSelf(given=[persona])], model=model).answer("Well?") == "I dare."
    assert await Agent("Ann", [Persona("A baker.")], model=model).answer("Well?") == "I dare not."
    whole, without = [request.prompt for request in model.asked(component="actor")]
    assert whole.sections[1].label == "How you see yourself"
    kept = tuple(each for each in whole.sections if each.component != "summary_of_self")
    assert Prompt(sections=kept, call=whole.call, name="Ann") == without


async def test_its_state_goes_along_and_another_version_is_refused() -> None:
    summary = SummaryOfSelf()
    lines = await said(summary, ScriptedModel(rule))
    state = json.loads(json.dumps(summary.state()))
    other = SummaryOfSelf()
    other.restore(state)
    assert await said(other, ScriptedModel(answers=[]), hours=3, step=2) == lines
    with pytest.raises(DefinitionError, match="version 9"):
        Agent("Ann", [other]).restore_states({"summary_of_self": (9, state)})


def test_in_japanese_it_has_texts_too() -> None:
    assert prompt_texts("ja").label(SummaryOfSelf(), "Ann") == "あなたの自己認識"


@pytest.mark.parametrize("wrong", [{"memories": 0}, {"hours": 0.0}, {"hours": float("inf")}])
def test_what_is_wrong_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError, match="both must be above 0"):
        SummaryOfSelf(**wrong)


class TestSummaryOfSelf(ComponentSuite):
    turns = 30

    def make(self) -> Component:
        return SummaryOfSelf(given=[Persona("A baker.")], hours=6)
