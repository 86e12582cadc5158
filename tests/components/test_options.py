"""Options and BestOption: several things, and the best of them."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import BestOption, Options, Persona
from gamemaster.language import Answer, ChoiceRequest, ObjectRequest, Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, prompt_texts

FOUND = ["Ann sells bread.", "Ann waits\nfor Bob.", "Ann sells bread."]


def rule(request: Any) -> Any:
    """Finds these, takes the last, and does what it is told is best."""
    if isinstance(request, ObjectRequest):
        return {"items": FOUND}
    if isinstance(request, ChoiceRequest):
        return len(request.options) - 1
    return next((each.text for each in request.prompt.sections if each.component == "best_option"), "Hm.")


def parts(**more: Any) -> list[Component]:
    persona = Persona("A baker.")
    options = Options(given=[persona], **more)
    return [persona, options, BestOption(options, given=[persona])]


async def test_no_two_options_are_alike() -> None:
    model, options = ScriptedModel(rule), Options(n=3)
    assert await options.context(turn_for(options, model=model)) == "- Ann sells bread.\n- Ann waits for Bob."
    assert [request.prompt.call for request in model.requests] == [
        "What could Ann do now? Give at most 3 different things, each in one short sentence, in the third person and by name."
    ]


async def test_the_best_is_chosen_and_the_answer_follows_it() -> None:
    model = ScriptedModel(rule)
    assert await Agent("Ann", parts(), model=model).answer("Well?") == "Ann waits for Bob."
    assert [request.key.component for request in model.requests] == ["options", "best_option", "actor"]
    assert model.requests[1].prompt.text == ("# Who you are\nName: Ann\nA baker.\n\nWhich of these serves Ann's goals best?")
    assert model.requests[2].prompt.text == (
        "# Who you are\nName: Ann\nA baker.\n\n# What you could do\n- Ann sells bread.\n- Ann waits for Bob.\n\n"
        "# What would be best for you\nAnn waits for Bob.\n\nWell?"
    )


async def test_removed_only_its_own_section_goes() -> None:
    model = ScriptedModel(rule)
    await Agent("Ann", parts(), model=model).answer("Well?")
    await Agent("Ann", parts()[:2], model=model).answer("Well?")
    whole, without = [request.prompt for request in model.asked(component="actor")]
    kept = tuple(each for each in whole.sections if each.component != "best_option")
    assert Prompt(sections=kept, call=whole.call, name="Ann") == without


async def test_one_option_is_no_choice_and_none_says_nothing() -> None:
    for found, best in ((["Ann waits."], "Ann waits."), ([], "")):
        model = ScriptedModel(lambda request, found=found: {"items": found})
        options = Options()
        component = BestOption(options)
        assert await component.context(turn_for(component, model=model)) == best
        assert len(model.requests) == 1


async def test_with_the_options_left_out_there_is_no_best() -> None:
    _, _, best = parts()
    best.given = ()
    model = ScriptedModel(rule)
    assert await best.context(turn_for(best, model=model)) == ""
    assert not model.requests


async def test_without_a_usable_answer_nothing_is_said() -> None:
    refusing = ScriptedModel(lambda request: Answer(text="Hm.", finish="unparsable", failure="It mumbles."))
    _, options, best = parts()
    agent = Agent("Ann", [*best.given, best], model=ScriptedModel(rule))
    assert options in agent.components
    assert await best.context(turn_for(best, model=refusing)) == ""


def test_in_japanese_it_has_texts_too() -> None:
    assert prompt_texts("ja").of(Options(), "question", name="Ann", n=3).startswith("Annは今、何ができますか。")


def test_a_choice_needs_two() -> None:
    with pytest.raises(DefinitionError, match="n=1; there is a choice between at least 2"):
        Options(n=1)


class TestOptions(ComponentSuite):
    turns = 20

    def make(self) -> Component:
        return Options(given=[Persona("A baker.")])


class TestBestOption(ComponentSuite):
    turns = 20

    def make(self) -> Component:
        return parts()[-1]
