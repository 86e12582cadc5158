"""Prefabs: whole agents, made of components that stand ready.

Each is a function from a name and a persona to an `Agent`, some ten lines long: take one as it is, or copy it and change it.
`PREFABS` has them by name.
"""

if __name__ == "components.prefabs":
    raise ImportError("Import this package by its public name: gamemaster.components.prefabs.")

from gamemaster.components.prefabs.as_memories import as_memories
from gamemaster.components.prefabs.assembled import assembled, left_out, persona_of, reflecting
from gamemaster.components.prefabs.assistant import assistant
from gamemaster.components.prefabs.basic import basic
from gamemaster.components.prefabs.basic_with_plan import basic_with_plan
from gamemaster.components.prefabs.bdi import bdi
from gamemaster.components.prefabs.by_name import PREFABS, Prefab
from gamemaster.components.prefabs.conversational import conversational
from gamemaster.components.prefabs.genagents_agent import genagents_agent
from gamemaster.components.prefabs.generative import generative
from gamemaster.components.prefabs.human import human
from gamemaster.components.prefabs.mind_reader import mind_reader
from gamemaster.components.prefabs.minimal import minimal
from gamemaster.components.prefabs.puppet import puppet
from gamemaster.components.prefabs.rational import rational
from gamemaster.components.prefabs.scripted import scripted
from gamemaster.components.prefabs.smallville_agent import known_places, smallville_agent

__all__ = [
    "PREFABS",
    "Prefab",
    "as_memories",
    "assembled",
    "assistant",
    "basic",
    "basic_with_plan",
    "bdi",
    "conversational",
    "genagents_agent",
    "generative",
    "human",
    "known_places",
    "left_out",
    "mind_reader",
    "minimal",
    "persona_of",
    "puppet",
    "rational",
    "reflecting",
    "scripted",
    "smallville_agent",
]
