"""PREFABS: the prefabs by name, for scenario files, tables of conditions and tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from gamemaster.agent import Agent
from gamemaster.components.prefabs.assistant import assistant
from gamemaster.components.prefabs.basic import basic
from gamemaster.components.prefabs.basic_with_plan import basic_with_plan
from gamemaster.components.prefabs.bdi import bdi
from gamemaster.components.prefabs.conversational import conversational
from gamemaster.components.prefabs.generative import generative
from gamemaster.components.prefabs.human import human
from gamemaster.components.prefabs.mind_reader import mind_reader
from gamemaster.components.prefabs.minimal import minimal
from gamemaster.components.prefabs.puppet import puppet
from gamemaster.components.prefabs.rational import rational
from gamemaster.components.prefabs.scripted import scripted

__all__ = ["PREFABS", "Prefab"]

Prefab: TypeAlias = Callable[..., Agent]
"""Makes an agent from a name, a persona and what else it takes."""

PREFABS: Mapping[str, Prefab] = MappingProxyType(
    {
        "minimal": minimal,
        "basic": basic,
        "basic_with_plan": basic_with_plan,
        "conversational": conversational,
        "rational": rational,
        "generative": generative,
        "mind_reader": mind_reader,
        "bdi": bdi,
        "assistant": assistant,
        "scripted": scripted,
        "puppet": puppet,
        "human": human,
    }
)
"""Every prefab by name. Those that ask a model take `name, persona, memories, model, without`."""
