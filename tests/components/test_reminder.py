"""Reminder: the persona again, at its turns and at no others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import Persona, Reminder
from gamemaster.language import Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, prompt_texts


def reminder(**more: Any) -> Reminder:
    return Reminder(given=[Persona("A baker.")], **more)


async def due(component: Reminder, steps: range) -> list[int]:
    """The steps in which it says something."""
    return [step for step in steps if await component.context(turn_for(component, step=step))]


@pytest.mark.parametrize(("every", "steps"), [(1, [2, 3, 4, 5, 6, 7]), (2, [3, 5, 7]), (3, [4, 7]), (8, [])])
async def test_it_is_said_at_every_so_many_turns_and_never_at_the_first(every: int, steps: list[int]) -> None:
    assert await due(reminder(every=every), range(1, 8)) == steps


async def test_asked_twice_in_a_step_is_one_turn() -> None:
    component = reminder(every=2)
    for step in (1, 2, 3):
        said = [await component.context(turn_for(component, step=step)) for _ in range(3)]
        assert said == [said[0]] * 3
    assert said[0] == "You are still this person:\nName: Ann\nA baker."


async def test_a_long_persona_is_cut_at_a_line() -> None:
    component = Reminder(given=[Persona("A baker.", traits=[f"trait number {at}" for at in range(60)])], every=1, budget=30)
    assert not await component.context(turn_for(component, step=1))
    assert await component.context(turn_for(component, step=2)) == "You are still this person:\nName: Ann\nA baker."


async def test_its_section_stands_last_and_is_all_that_it_changes() -> None:
    def rule(request: Any) -> str:
        return "I bake." if "still this person" in request.prompt.text else "I sit."

    model = ScriptedModel(rule)
    persona = Persona("A baker.")
    agent = Agent("Ann", [Reminder(given=[persona], every=1), persona], model=model)
    assert [await agent.answer("Well?") for _ in range(2)] == ["I sit.", "I bake."]
    first, second = [request.prompt for request in model.requests]
    assert second.text == (
        "# Who you are\nName: Ann\nA baker.\n\n# Remember\nYou are still this person:\nName: Ann\nA baker.\n\nWell?"
    )
    assert Prompt(sections=second.sections[:1], call=second.call, name="Ann") == first


async def test_its_state_goes_along_and_another_version_is_refused() -> None:
    component = reminder(every=3)
    await due(component, range(1, 3))
    state = json.loads(json.dumps(component.state()))
    other = reminder(every=3)
    other.restore(state)
    assert await due(other, range(3, 8)) == [4, 7]
    with pytest.raises(DefinitionError, match="version 9"):
        Agent("Ann", [*other.given, other]).restore_states({"reminder": (9, state)})


def test_in_japanese_it_has_texts_too() -> None:
    assert prompt_texts("ja").of(reminder(), "reminder", name="Ann", text="X") == "あなたは今もこの人物です:\nX"


@pytest.mark.parametrize(("wrong", "says"), [({"given": []}, "is given nothing"), ({"every": 0}, "every=0")])
def test_what_is_wrong_is_told(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        reminder(**wrong) if "given" not in wrong else Reminder(**wrong)


class TestReminder(ComponentSuite):
    turns = 30

    def make(self) -> Component:
        return reminder(every=2)
