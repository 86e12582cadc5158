"""Prefabs: whole agents, made of components that stand ready."""

if __name__ == "components.prefabs":
    raise ImportError("Import this package by its public name: gamemaster.components.prefabs.")

from gamemaster.components.prefabs.as_memories import as_memories
from gamemaster.components.prefabs.genagents_agent import genagents_agent
from gamemaster.components.prefabs.smallville_agent import known_places, smallville_agent

__all__ = ["as_memories", "genagents_agent", "known_places", "smallville_agent"]
