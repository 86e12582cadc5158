"""The agent that is nothing but a model with a system prompt: the baseline that all others are held against."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.constant import Constant
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of
from gamemaster.language import LanguageModel
from gamemaster.words import Component

__all__ = ["assistant"]


def assistant(
    name: str,
    persona: Who = None,
    *,
    system: str = "",
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
) -> Agent:
    """`system` as it is written, and the persona where there is one; one call a turn.

    No observation and no memory stands in its prompt: it knows what it is asked, and what the world shows it.
    """
    told: list[Component] = [Constant(system, name="system", kind="instruction")] if system.strip() else []
    return assembled(name, [*told, *persona_of(persona)], memories=memories, model=model, without=without)
