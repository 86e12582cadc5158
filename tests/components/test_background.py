"""A background: drafted, checked against what is known, drafted again, never kept when it fails."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import Background, Component, Persona, Profile
from gamemaster.components.background import WrittenBackground
from gamemaster.language import Answer, ObjectRequest
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import DefinitionError, prompt_texts

ANN = Profile(name="Ann", age=41, occupation="baker", private=("She robbed the mill.",))
GOOD = "Ann, 41, has been a baker since she left school."


class Writer:
    """Gives these drafts in turn, and says that those with the word "sailor" contradict the second fact."""

    def __init__(self, *drafts: Any) -> None:
        self.drafts = list(drafts)
        self.model = ScriptedModel(self)

    def __call__(self, request: Any) -> Any:
        if isinstance(request, ObjectRequest):
            wrong = "sailor" in request.prompt.text
            return {"fact_1": "agrees", "fact_2": "contradicts" if wrong else "silent"}
        return self.drafts.pop(0)


async def written(*drafts: Any, profile: Profile = ANN, **given: Any) -> tuple[WrittenBackground, Background, ScriptedModel]:
    background = Background(**given)
    model = Writer(*drafts).model
    return await background.write(turn_for(background, model=model), profile), background, model


async def test_the_first_draft_that_passes_is_kept() -> None:
    result, background, model = await written(GOOD)
    assert (result.text, result.rejected, result.failure, background.text) == (GOOD, (), "", GOOD)
    draft, check = model.requests
    assert draft.prompt.text == (
        "# What is known of Ann\nName: Ann\nAge: 41\nOccupation: baker\n\n"
        "Write about the life of Ann so far, in at most 80 words, in the third person: where Ann comes from, and what led to the "
        "present. Keep to what is known above and contradict none of it; what is left open, make up. These stand in it, word for "
        "word: 41."
    )
    assert check.prompt.text.endswith(
        f"# The text\n{GOOD}\n\nCompare the text above with what is known of Ann. Say of each fact whether the text agrees with "
        "it, is silent on it, or contradicts it:\n1. age: 41\n2. occupation: baker"
    )


async def test_what_is_private_is_not_told_to_whoever_writes_it() -> None:
    _, _, model = await written(GOOD)
    assert not [request for request in model.requests if "robbed" in request.prompt.text]


async def test_a_draft_that_leaves_a_fact_out_is_written_anew_with_the_reason() -> None:
    result, _, model = await written("Ann is 410 years a baker.", GOOD)
    assert result.text == GOOD and result.rejected == (("it does not mention age (41)",),)
    assert [request.key.what.rpartition("/")[2] for request in model.requests] == ["draft", "draft", "check"]
    assert "An earlier draft could not be used: it does not mention age (41). Write another one." in model.requests[1].prompt.text
    assert len({request.key for request in model.requests}) == 3


async def test_a_draft_that_contradicts_a_fact_is_written_anew() -> None:
    result, _, _ = await written("Ann, 41, is a sailor.", GOOD)
    assert result.text == GOOD and result.rejected == (("it contradicts occupation (baker)",),)


async def test_what_fails_every_time_is_not_kept_and_says_why() -> None:
    result, background, _ = await written("Ann bakes.", "Ann, 41, is a sailor.", "word " * 41 + "41 " + "word " * 100, drafts=3)
    assert (result.text, background.text) == ("", "")
    assert result.failure == (
        "draft 1: it does not mention age (41); draft 2: it contradicts occupation (baker); draft 3: it is longer than 80 words"
    )


async def test_an_answer_that_cannot_be_used_is_a_failed_draft() -> None:
    empty = Answer(text="", failure="The answer is empty.", finish="unparsable")
    result, _, _ = await written(empty, empty, empty, GOOD, drafts=2)
    assert result.text == GOOD and "no usable answer" in result.rejected[0][0]


async def test_without_facts_there_is_nothing_to_check() -> None:
    result, _, model = await written("Ann grew up by the sea.", profile=Profile(name="Ann", traits=("calm",)), mention=["name"])
    assert result.text == "Ann grew up by the sea." and len(model.requests) == 1


async def test_its_section_stands_in_the_prompt_and_changes_the_answer() -> None:
    def rule(request: Any) -> str:
        return "To the sea." if "by the sea" in request.prompt.text else "Nowhere."

    answers: list[Any] = []
    prompts: list[str] = []
    for parts in ([Background("Ann grew up by the sea.")], [Background()], []):
        model = ScriptedModel(rule)
        answers.append(await Agent("Ann", [Persona("A baker."), *parts], model=model).answer("Where to?"))
        prompts.append(model.requests[0].prompt.text)
    assert answers == ["To the sea.", "Nowhere.", "Nowhere."]
    assert prompts[0].replace("# Your life so far\nAnn grew up by the sea.\n\n", "") == prompts[1] == prompts[2]


def test_its_state_is_the_text() -> None:
    background, other = Background("Ann grew up by the sea."), Background()
    other.restore(background.state())
    assert other.text == background.text
    agent = Agent("Ann", [other])
    with pytest.raises(DefinitionError, match="the stored state has version 2, this code has version 1"):
        agent.restore_states({"background": (2, {"text": ""})})


async def test_in_japanese_the_questions_are_japanese() -> None:
    background = Background(mention=["age"])
    model = Writer("Ann.", GOOD).model
    turn = turn_for(background, model=model)
    turn._thinking.circumstances.texts = prompt_texts("ja")
    await background.write(turn, ANN)
    asked = "\n".join(request.prompt.text for request in model.requests)
    assert "これまでの人生" in asked and "前の案は使えませんでした" in asked and "文章がそれと一致するか" in asked
    assert not [word for word in ("Write", "draft", "known", "mention", "Compare") if word in asked]


@pytest.mark.parametrize("given", [{"words": 0}, {"drafts": 0}, {"mention": "age"}])
def test_wrong_arguments_are_refused(given: Any) -> None:
    with pytest.raises(DefinitionError, match=r"Background\("):
        Background(**given)


class TestBackground(ComponentSuite):
    def make(self) -> Background:
        return Background("Ann grew up by the sea.")

    def advance(self, part: Component, move: int) -> None:
        """In a run its text is written once; here it is written again, so that there is something to restore."""
        assert isinstance(part, Background)
        part.text = f"Ann grew up in house {move}."
