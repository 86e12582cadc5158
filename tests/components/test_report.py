"""Report: what a function makes of the world's data, and nothing thought."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent
from gamemaster.components import Report
from gamemaster.language import Prompt
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, StepFailed


def coins(name: str, data: Any) -> str:
    return f"{name} has {data['coins']} coins." if "coins" in data else ""


async def test_it_says_what_the_function_returns() -> None:
    report = Report(coins)
    assert await report.context(turn_for(report, sees_data={"coins": 3})) == "Ann has 3 coins."
    assert await report.context(turn_for(report, sees_data={"coins": 4})) == "Ann has 4 coins."
    assert await report.context(turn_for(report)) == ""


async def test_its_section_is_all_that_it_changes() -> None:
    def rule(request: Any) -> str:
        return "I buy." if "has 5 coins" in request.prompt.text else "I wait."

    model = ScriptedModel(rule)
    report = Report(lambda name, data: f"{name} has 5 coins.", label="Your purse")
    assert await Agent("Ann", [report], model=model).answer("Well?") == "I buy."
    assert await Agent("Ann", model=model).answer("Well?") == "I wait."
    whole, without = [request.prompt for request in model.requests]
    assert whole.text == "# Your purse\nAnn has 5 coins.\n\nWell?"
    assert Prompt(sections=(), call=whole.call, name="Ann") == without


@pytest.mark.parametrize("wrong", ["coins", None])
def test_what_is_no_function_is_refused(wrong: Any) -> None:
    with pytest.raises(DefinitionError, match="give a function of a name and the world's data"):
        Report(wrong)


async def test_what_is_no_text_is_told_with_its_place() -> None:
    count: Any = lambda name, data: 5  # noqa: E731
    with pytest.raises(DefinitionError, match="Ann, report, step 1: its context returned 5"):
        await Agent("Ann", [Report(count)], model=ScriptedModel()).answer("Well?")
    lacking = Report(lambda name, data: data["coins"], name="purse")
    with pytest.raises(StepFailed, match="Ann, purse, step 1"):
        await Agent("Ann", [lacking], model=ScriptedModel()).answer("Well?")


class TestReport(ComponentSuite):
    def make(self) -> Component:
        return Report(lambda name, data: f"{name} has coins.")
