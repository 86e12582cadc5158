"""People who talk in turns; the game master only passes on what is said, word for word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gamemaster.agent import Agent
from gamemaster.schedule import Scene, SceneOrder
from gamemaster.simulation import Simulation
from gamemaster.words import ActionSpec

__all__ = ["dialogic"]


def dialogic(
    agents: Sequence[Agent],
    *,
    ask: str = "What does {name} say?",
    rounds: int = 5,
    order: SceneOrder = "fixed",
    until: Any = None,
    **simulation: Any,
) -> Simulation:
    """Everybody is asked in turn what to say, for `rounds` rounds; all hear it. No model is asked but the speakers'.

    `order` and `until` are those of a `Scene`; the rest are keyword arguments of `Simulation`.
    """
    talk = Scene("dialogue", [agent.name for agent in agents], ActionSpec.speech(ask), rounds=rounds, order=order, until=until)
    return Simulation(agents, scenes=[talk], **simulation)
