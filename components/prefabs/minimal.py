"""The smallest agent that plays a part: who it is, and what it noticed of late."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of, reflecting
from gamemaster.components.reflection import ReflectionMode
from gamemaster.language import LanguageModel

__all__ = ["minimal"]


def minimal(
    name: str,
    persona: Who = None,
    *,
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    reflection: ReflectionMode = "none",
) -> Agent:
    """Instructions, persona and observations: one call a turn, and no memory beyond the latest observations."""
    who = persona_of(persona)
    parts = [Instructions(), *who, *reflecting(reflection, who), Observations()]
    return assembled(name, parts, memories=memories, model=model, without=without)
