"""The agent whose answers are laid down beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gamemaster.agent import Agent, Puppet
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of

__all__ = ["puppet"]


def puppet(name: str, persona: Who = None, *, answers: Sequence[Any] | Mapping[str, Any], memories: Memories = ()) -> Agent:
    """Gives `answers` in the order of its turns, or by what it is asked (a mapping from a call to its answer)."""
    return assembled(name, persona_of(persona), memories=memories, actor=Puppet(answers))
