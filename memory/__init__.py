"""The associative memory: what agents remember, and how they recall it."""

if __name__ == "memory":
    raise ImportError("Import this package by its public name: gamemaster.memory.")

from gamemaster.language import load_embedder
from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.memory_bank import MemoryBank
from gamemaster.memory.memory_changes import MemoryChanges
from gamemaster.memory.presets import PAPER, PLAIN, PRESETS, RECENT

__all__ = ["PAPER", "PLAIN", "PRESETS", "RECENT", "AssociativeMemory", "MemoryBank", "MemoryChanges", "load_embedder"]
