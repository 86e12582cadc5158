"""The agent that a person at the keyboard plays."""

from __future__ import annotations

from collections.abc import Callable

from gamemaster.agent import Agent, Human
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of

__all__ = ["human"]


def human(name: str, persona: Who = None, *, ask: Callable[[str], str] = input, memories: Memories = ()) -> Agent:
    """Shows what is new and what is asked, and answers with the line typed; asked again until it fits.

    `ask` is given the text to show and returns the line.
    """
    return assembled(name, persona_of(persona), memories=memories, actor=Human(ask))
