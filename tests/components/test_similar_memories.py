"""SimilarMemories: what is put into words brings to mind what is like it."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import Constant, SimilarMemories
from gamemaster.language import Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, prompt_texts

MEMORIES = ["The mill burned down in May.", "Bob likes pears and plums.", "The well behind the mill is deep."]


def about(text: str) -> Constant:
    return Constant(text, name="about")


async def test_without_a_summary_what_is_given_is_the_query() -> None:
    for text, first in (("pears plums", MEMORIES[1]), ("the well is deep", MEMORIES[2])):
        similar = SimilarMemories(given=[about(text)], k=1, summary=False)
        model = ScriptedModel()
        assert await similar.context(turn_for(similar, model=model, memories=MEMORIES)) == first
        assert not model.requests


async def test_a_summary_is_one_question_and_its_answer_the_query() -> None:
    model = ScriptedModel(lambda request: "Bob wants\npears and plums.")
    similar = SimilarMemories(given=[about("Bob is hungry.")], k=1)
    assert await similar.context(turn_for(similar, model=model, memories=MEMORIES)) == MEMORIES[1]
    assert [request.prompt.text for request in model.requests] == [
        "Bob is hungry.\n\nPut into one sentence what is going on for Ann now."
    ]
    assert [request.key.what for request in model.requests] == ["act/summary"]


async def test_they_stand_in_the_order_of_time_with_their_times() -> None:
    similar = SimilarMemories(given=[about("mill")], k=3, summary=False)
    seen = [{"text": f"The mill turns, {at}.", "time": 3600.0 * at} for at in (3, 1, 2)]
    text = await similar.context(turn_for(similar, memories=seen, time=4 * 3600.0))
    assert text.splitlines() == [f"[0{at}:00] The mill turns, {at}." for at in (1, 2, 3)]


async def test_nothing_to_remember_asks_nothing() -> None:
    model = ScriptedModel()
    similar = SimilarMemories(given=[about("mill")])
    assert await similar.context(turn_for(similar, model=model)) == ""
    assert not model.requests


async def test_its_section_is_all_that_it_changes() -> None:
    def rule(request: Any) -> str:
        return "Pears!" if MEMORIES[1] in request.prompt.text else "Hm."

    model = ScriptedModel(rule)
    given = about("pears plums")
    similar = SimilarMemories(given=[given], k=1, summary=False)
    assert await Agent("Ann", [given, similar], memories=MEMORIES, model=model).answer("Well?") == "Pears!"
    assert await Agent("Ann", [about("pears plums")], memories=MEMORIES, model=model).answer("Well?") == "Hm."
    whole, without = [request.prompt for request in model.requests]
    assert whole.text == f"pears plums\n\n# What comes to your mind\n{MEMORIES[1]}\n\nWell?"
    assert Prompt(sections=whole.sections[:1], call=whole.call, name="Ann") == without


def test_in_japanese_it_has_texts_too() -> None:
    assert prompt_texts("ja").label(SimilarMemories(given=[about("x")]), "Ann") == "あなたの心に浮かぶこと"


@pytest.mark.parametrize(("given", "says"), [({"given": []}, "is given nothing"), ({"given": [about("x")], "k": 0}, "k=0")])
def test_what_is_wrong_is_told(given: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        SimilarMemories(**given)


class TestSimilarMemories(ComponentSuite):
    turns = 30

    def make(self) -> Component:
        return SimilarMemories(given=[about("The market of Mill Lane.")], k=4)
