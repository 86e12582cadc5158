"""The agent that asks itself what is appropriate: what situation this is, what kind of person it is, what such a person does.

Source: Vezhnevets et al. 2023 (Concordia), whose default agent it is; March & Olsen 2011, The logic of appropriateness.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.appropriateness import appropriateness
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of, reflecting
from gamemaster.components.recall import Recall
from gamemaster.components.reflection import ReflectionMode
from gamemaster.language import LanguageModel

__all__ = ["basic"]


def basic(
    name: str,
    persona: Who = None,
    *,
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    reflection: ReflectionMode = "none",
) -> Agent:
    """The three questions of appropriateness, from persona, observations and what is recalled: four calls in three rounds."""
    who = persona_of(persona)
    known = [*who, Observations(), Recall()]
    parts = [Instructions(), *known, *reflecting(reflection, who), *appropriateness(given=known)]
    return assembled(name, parts, memories=memories, model=model, without=without)
