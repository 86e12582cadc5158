"""SelfConsistency: what is answered most often, in options, numbers and words."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import ActionSpec, Agent
from gamemaster.components import Persona, SelfConsistency
from gamemaster.language import Answer, ChoiceRequest, ObjectRequest, Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, prompt_texts

TRIES = 3
"""The indexes of one sample: the first and two more tries."""


def says(*answers: Any) -> ScriptedModel:
    """The sample of this place answers this; reasons are numbered."""

    def rule(request: Any) -> Any:
        at = request.key.index // TRIES
        if isinstance(request, ChoiceRequest):
            return answers[at]
        if isinstance(request, ObjectRequest):
            return {"number": answers[at]}
        return f"Reason {at}."

    return ScriptedModel(rule)


async def test_the_option_found_most_often_in_two_rounds() -> None:
    model = says("stay", "go", "go")
    component = SelfConsistency("Shall {name} go?", options=["go", "stay"], n=3)
    assert await component.context(turn_for(component, model=model)) == "go (in 2 of 3 tries)"
    assert (model.rounds, len(model.requests)) == (2, 6)
    assert [request.prompt.text for request in model.requests[2:4]] == [
        "Shall Ann go?\nBefore Ann answers: what speaks for which answer? Think it through in a few sentences.",
        "# What you thought\nReason 0.\n\nShall Ann go?",
    ]
    assert len({request.seed for request in model.requests[:3]}) == 3


@pytest.mark.parametrize(("answers", "found"), [((4, 4, 9), "4 (in 2 of 3 tries)"), ((1, 7, 9), "7 (in 1 of 3 tries)")])
async def test_numbers(answers: tuple[int, ...], found: str) -> None:
    component = SelfConsistency("How many?", low=0, high=10, n=3)
    assert await component.context(turn_for(component, model=says(*answers))) == found


async def test_by_default_it_is_about_what_is_being_asked() -> None:
    spec = ActionSpec.choice("Does {name} go?", ["go", "stay"])
    model = says("stay", "stay", "go")
    component = SelfConsistency(n=3)
    assert await component.context(turn_for(component, model=model, spec=spec)) == "stay (in 2 of 3 tries)"
    assert model.requests[-1].prompt.call.startswith("Does Ann go?")
    number = ActionSpec.number("How many?", 0, 10)
    assert await component.context(turn_for(component, model=says(2, 2, 3), spec=number)) == "2 (in 2 of 3 tries)"


async def test_words_are_not_counted_but_compared() -> None:
    drawn = ["I go\nhome.", "I stay.", "I walk home.", "I stay."]

    def rule(request: Any) -> Any:
        return 2 if isinstance(request, ChoiceRequest) else drawn[request.key.index // TRIES]

    model = ScriptedModel(rule)
    component = SelfConsistency("What does {name} do?", n=4)
    assert await component.context(turn_for(component, model=model)) == "I walk home."
    choice = model.requests[-1]
    assert isinstance(choice, ChoiceRequest)
    assert (choice.options, choice.unsure) == (("I go home.", "I stay.", "I walk home."), 1)
    assert len(model.requests) == 5


async def test_a_try_without_a_usable_answer_is_not_counted() -> None:
    def rule(request: Any) -> Any:
        at = request.key.index // TRIES
        if isinstance(request, ChoiceRequest):
            return "no idea" if at == 0 else "go"
        return "Reason."

    component = SelfConsistency("Go?", options=["go", "stay"], n=3)
    assert await component.context(turn_for(component, model=ScriptedModel(rule))) == "go (in 2 of 2 tries)"
    refusing = ScriptedModel(lambda request: Answer(text="", finish="unparsable", failure="It mumbles."))
    assert await component.context(turn_for(component, model=refusing)) == ""


async def test_its_section_is_all_that_it_changes() -> None:
    def rule(request: Any) -> Any:
        if request.key.component == "actor":
            return "I go." if "go (in 2 of 2 tries)" in request.prompt.text else "I stay."
        return "go" if isinstance(request, ChoiceRequest) else "Reason."

    model = ScriptedModel(rule)
    persona = Persona("A baker.")
    component = SelfConsistency("Go?", options=["go", "stay"], n=2, given=[persona])
    assert await Agent("Ann", [persona, component], model=model).answer("Well?") == "I go."
    assert await Agent("Ann", [Persona("A baker.")], model=model).answer("Well?") == "I stay."
    whole, without = [request.prompt for request in model.asked(component="actor")]
    assert whole.sections[1].label == "What you come to, time and again"
    assert Prompt(sections=whole.sections[:1], call=whole.call, name="Ann") == without


def test_in_japanese_it_has_texts_too() -> None:
    text = prompt_texts("ja").of(SelfConsistency(), "verdict", answer="行く", votes=2, n=3)
    assert text == "行く(3回中2回)"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n": 1}, "n=1; there is nothing to count"),
        ({"temperature": 0.0}, "all tries would be the same"),
        ({"options": ["a", "b"]}, "give a question"),
        ({"low": 1}, "give a question"),
        ({"question": "Go?", "options": ["a"]}, "at least two"),
        ({"question": "Go?", "options": "ab"}, "give a list"),
        ({"question": "Go?", "options": ["a", "b"], "low": 1}, "give one of them"),
        ({"question": "Go?", "low": 3, "high": 1}, "must not be above"),
    ],
)
def test_what_is_wrong_is_told(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        SelfConsistency(**wrong)


class TestSelfConsistency(ComponentSuite):
    turns = 20

    def make(self) -> Component:
        return SelfConsistency("Shall {name} go?", options=["go", "stay"], n=3, given=[Persona("A baker.")])


class TestSelfConsistencyInWords(ComponentSuite):
    turns = 20

    def make(self) -> Component:
        return SelfConsistency(n=2)
