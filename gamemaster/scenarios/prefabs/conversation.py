"""A conversation: whoever wants to speak may, one at a time, and when nobody does it is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gamemaster.agent import Agent
from gamemaster.schedule import Scene
from gamemaster.simulation import Simulation
from gamemaster.words import ActionSpec

__all__ = ["conversation"]


def conversation(
    agents: Sequence[Agent], *, ask: str = "What does {name} say?", most: int = 30, until: Any = None, **simulation: Any
) -> Simulation:
    """Before each contribution all are asked in private whether they want to speak; one of those who do is drawn, by key.

    It ends when nobody wants to, after `most` contributions, or by `until` (see `Scene`). The rest are keyword arguments of
    `Simulation`.
    """
    names = [agent.name for agent in agents]
    talk = Scene("conversation", names, ActionSpec.speech(ask), rounds=most, order="who wants to", until=until)
    return Simulation(agents, scenes=[talk], **simulation)
