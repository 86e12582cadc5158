"""ProsAndCons: every option is weighed, at the same time, and then decided on."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import ActionSpec, Agent
from gamemaster.components import Options, Persona, ProsAndCons
from gamemaster.language import ChoiceRequest, ObjectRequest, Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, prompt_texts

SPEC = ActionSpec.choice("Does {name} go?", ["go", "stay"])


def rule(request: Any) -> Any:
    """Going is quick and wet, staying is dull; staying it is."""
    if isinstance(request, ObjectRequest):
        if request.key.component == "options":
            return {"items": ["go", "stay"]}
        if request.prompt.call.startswith("Ann could do this: go"):
            return {"advantages": ["quick"], "disadvantages": ["wet\nfeet", ""]}
        return {"advantages": [], "disadvantages": ["dull"]}
    if isinstance(request, ChoiceRequest):
        return "stay"
    return "I stay." if "You have decided for this: stay" in request.prompt.text else "I go."


SAID = """\
You have decided for this: stay
stay
  against it: dull
go
  for it: quick
  against it: wet feet"""


async def test_the_options_of_a_choice_are_weighed_in_two_rounds() -> None:
    model, component = ScriptedModel(rule), ProsAndCons()
    assert await component.context(turn_for(component, model=model, spec=SPEC)) == SAID
    assert model.rounds == 2
    assert [request.prompt.text for request in model.requests] == [
        "Ann could do this: go\nWhat would be its advantages and disadvantages for Ann? At most 3 of each, each in a few words.",
        "Ann could do this: stay\n"
        "What would be its advantages and disadvantages for Ann? At most 3 of each, each in a few words.",
        "# What speaks for and against it\ngo\n  for it: quick\n  against it: wet feet\nstay\n  against it: dull\n\n"
        "All this weighed, which of these should Ann do?",
    ]


async def test_or_those_of_the_options_component() -> None:
    model, options = ScriptedModel(rule), Options()
    component = ProsAndCons(options)
    assert await component.context(turn_for(component, model=model)) == SAID
    assert model.rounds == 3


async def test_with_nothing_to_weigh_it_says_nothing() -> None:
    model, component = ScriptedModel(rule), ProsAndCons()
    assert await component.context(turn_for(component, model=model)) == ""
    assert not model.requests


async def test_an_option_that_cannot_be_weighed_is_decided_on_nonetheless() -> None:
    def half(request: Any) -> Any:
        return "no idea" if isinstance(request, ObjectRequest) and ": go" in request.prompt.call else rule(request)

    component = ProsAndCons()
    text = await component.context(turn_for(component, model=ScriptedModel(half), spec=SPEC))
    assert text == "You have decided for this: stay\nstay\n  against it: dull\ngo"


async def test_its_section_is_all_that_it_changes() -> None:
    model = ScriptedModel(rule)
    persona, options = Persona("A baker."), Options()
    assert await Agent("Ann", [persona, options, ProsAndCons(options, given=[persona])], model=model).answer("Well?") == "I stay."
    assert await Agent("Ann", [Persona("A baker."), Options()], model=model).answer("Well?") == "I go."
    whole, without = [request.prompt for request in model.asked(component="actor")]
    kept = tuple(each for each in whole.sections if each.component != "pros_and_cons")
    assert Prompt(sections=kept, call=whole.call, name="Ann") == without
    assert whole.sections[-1].text == SAID


def test_in_japanese_it_has_texts_too() -> None:
    assert prompt_texts("ja").of(ProsAndCons(), "decided", name="Ann", option="行く") == "あなたは次のことに決めた: 行く"


def test_options_are_a_component() -> None:
    wrong: Any = ["go", "stay"]
    with pytest.raises(DefinitionError, match="give the agent's `Options` component"):
        ProsAndCons(wrong)


class TestProsAndCons(ComponentSuite):
    turns = 20

    def make(self) -> Component:
        persona = Persona("A baker.")
        return ProsAndCons(Options(given=[persona]), given=[persona])
