"""Prefabs of whole simulations: game master, world and schedule that fit each other; the agents are yours.

Each is a function that returns a `Simulation`, and hands keyword arguments on to it: take one as it is, or copy its lines and
change them. `SIMULATION_PREFABS` has them by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from gamemaster.scenarios.prefabs.conversation import conversation
from gamemaster.scenarios.prefabs.dialogic import dialogic
from gamemaster.scenarios.prefabs.digital import Phones, digital
from gamemaster.scenarios.prefabs.experiment import Trial, experiment, responses
from gamemaster.scenarios.prefabs.game import Payoffs, PlayedGame, game
from gamemaster.scenarios.prefabs.interviewer import InterviewQuestion, interviewer
from gamemaster.scenarios.prefabs.narrator import narrator
from gamemaster.scenarios.prefabs.script import script
from gamemaster.scenarios.prefabs.town import Town, town
from gamemaster.simulation import Simulation

__all__ = [
    "SIMULATION_PREFABS",
    "InterviewQuestion",
    "Payoffs",
    "Phones",
    "PlayedGame",
    "SimulationPrefab",
    "Town",
    "Trial",
    "conversation",
    "dialogic",
    "digital",
    "experiment",
    "game",
    "interviewer",
    "narrator",
    "responses",
    "script",
    "town",
]

SimulationPrefab: TypeAlias = Callable[..., Simulation]
"""Makes a simulation of agents and what else it takes."""

SIMULATION_PREFABS: Mapping[str, SimulationPrefab] = MappingProxyType(
    {
        "narrator": narrator,
        "dialogic": dialogic,
        "town": town,
        "game": game,
        "conversation": conversation,
        "digital": digital,
        "interviewer": interviewer,
        "experiment": experiment,
        "script": script,
    }
)
"""Every prefab of a simulation by its name."""
