"""The agent that asks itself what is appropriate, with a plan for the day in view."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.appropriateness import appropriateness
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.plan import Plan
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of, reflecting
from gamemaster.components.recall import Recall
from gamemaster.components.reflection import ReflectionMode
from gamemaster.language import LanguageModel

__all__ = ["basic_with_plan"]


def basic_with_plan(
    name: str,
    persona: Who = None,
    *,
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    reflection: ReflectionMode = "none",
) -> Agent:
    """As `basic`, with a plan made once a day that the three questions know of: one call and one round more on a new day."""
    who = persona_of(persona)
    known = [*who, Plan(given=who), Observations(), Recall()]
    parts = [Instructions(), *known, *reflecting(reflection, who), *appropriateness(given=known)]
    return assembled(name, parts, memories=memories, model=model, without=without)
