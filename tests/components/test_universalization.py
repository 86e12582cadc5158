"""Universalization tells what the figures say, and only where it is asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from gamemaster import ActionSpec
from gamemaster.components.universalization import Universalization
from gamemaster.testing import turn_for
from gamemaster.words import DefinitionError


def told(component: Universalization, data: Mapping[str, Any], spec: ActionSpec | None = None) -> str:
    turn = turn_for(component, agent="Ann", sees_data=data, spec=spec)
    return asyncio.run(component.context(turn))


def left(data: Mapping[str, Any], choice: int) -> str:
    return "" if choice < 0 else f"If all take {choice}, {data['stock'] - 4 * choice} are left."


def test_a_line_for_each_choice_worked_out_from_the_world() -> None:
    component = Universalization([1, 2, -1, 2], left)
    assert told(component, {"stock": 20}) == "If all take 1, 16 are left.\nIf all take 2, 12 are left."
    assert told(component, {"stock": 9}) == "If all take 1, 5 are left.\nIf all take 2, 1 are left."
    assert told(component, {}) == ""


def test_the_choices_may_follow_from_the_world() -> None:
    component = Universalization(lambda data: [data["stock"] // 4], left)
    assert told(component, {"stock": 20}) == "If all take 5, 0 are left."


def test_it_speaks_where_its_action_is_asked_for() -> None:
    component = Universalization([1], left, when=["draw_water"])
    assert told(component, {"stock": 20}, ActionSpec.of("draw_water", "How much?"))
    assert told(component, {"stock": 20}, ActionSpec.speech()) == ""


def test_no_choices_are_a_mistake() -> None:
    with pytest.raises(DefinitionError, match="no choices"):
        Universalization([], left)
