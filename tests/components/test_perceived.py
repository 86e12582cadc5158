"""Perceived: one thing that the world shows, under a heading of its own."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent, GameMaster, Simulation, World
from gamemaster.components.perceived import Perceived
from gamemaster.testing import ScriptedModel
from gamemaster.words import DefinitionError


class Play(World):
    def perceive_data(self, name: str) -> dict[str, Any]:
        return {"hand": {"Ann": ["ace", "ten"], "Bob": "nothing but a knave"}.get(name)}


def prompts() -> dict[str, str]:
    model = ScriptedModel(lambda request: "waits")
    agents = [Agent(name, [Perceived("hand", label="Your cards")]) for name in ("Ann", "Bob", "Cleo")]
    Simulation(agents, GameMaster(Play()), model=model).run(1)
    return {request.prompt.name: request.prompt.text for request in model.requests if request.key.component == "actor"}


def test_a_text_a_list_or_nothing() -> None:
    shown = prompts()
    assert "# Your cards\nace\nten" in shown["Ann"]
    assert "# Your cards\nnothing but a knave" in shown["Bob"]
    assert "Your cards" not in shown["Cleo"]


def test_it_is_named_by_its_key() -> None:
    assert Perceived("hand").name == "hand"
    assert Perceived("hand", name="cards").name == "cards"
    with pytest.raises(DefinitionError, match="no key"):
        Perceived(" ")
