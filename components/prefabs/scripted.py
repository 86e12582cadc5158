"""The agent that plays by a rule: no component is asked and no model called."""

from __future__ import annotations

from gamemaster.agent import Agent, Scripted
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of
from gamemaster.words import Policy

__all__ = ["scripted"]


def scripted(name: str, persona: Who = None, *, policy: Policy, memories: Memories = ()) -> Agent:
    """Answers by `policy`, a function from a view (name, spec, observations, history, data, random) to an answer.

    Persona and memories stand in no prompt; they are there for who replaces the actor later.
    """
    return assembled(name, persona_of(persona), memories=memories, actor=Scripted(policy))
