"""Generative agent-based modelling: language-model agents in a world that a game master keeps.

What stands here is what a simulation is built of; components are in `gamemaster.components`, models in
`gamemaster.language`, memory in `gamemaster.memory`, what helps in tests in `gamemaster.testing`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gamemaster.agent import Agent, AskModel, BestOf, Human, Puppet, Scripted
    from gamemaster.cli import main
    from gamemaster.game_master import GameMaster
    from gamemaster.scenarios import PolicySpec, ScenarioParameters, scenario
    from gamemaster.schedule import (
        ByChance,
        ByTime,
        Conversations,
        GameMasterChooses,
        GeneratedScenes,
        RoundRobin,
        Scene,
        Schedule,
        SelfExciting,
        Silence,
        Simultaneous,
        Summarised,
        TalkIsOver,
        Wake,
        Written,
    )
    from gamemaster.simulation import (
        Backgrounds,
        Backstories,
        FormativeMemories,
        Intervention,
        Preparation,
        Price,
        Probe,
        Replay,
        Run,
        RunBudget,
        Simulation,
        backstories_of,
        load_backstories,
        load_run,
        replay,
        write_backgrounds,
        write_backstories,
    )
    from gamemaster.words import (
        ActionSpec,
        Ask,
        Attempt,
        Between,
        Event,
        Observation,
        OneOf,
        Person,
        Place,
        View,
    )
    from gamemaster.world import World, action, bounded, conserved, invariant, unique_place

__version__ = "0.1.0"

__all__ = [
    "ActionSpec",
    "Agent",
    "Ask",
    "AskModel",
    "Attempt",
    "Backgrounds",
    "Backstories",
    "BestOf",
    "Between",
    "ByChance",
    "ByTime",
    "Conversations",
    "Event",
    "FormativeMemories",
    "GameMaster",
    "GameMasterChooses",
    "GeneratedScenes",
    "Human",
    "Intervention",
    "Observation",
    "OneOf",
    "Person",
    "Place",
    "PolicySpec",
    "Preparation",
    "Price",
    "Probe",
    "Puppet",
    "RoundRobin",
    "Replay",
    "Run",
    "RunBudget",
    "ScenarioParameters",
    "Scene",
    "Schedule",
    "Scripted",
    "SelfExciting",
    "Silence",
    "Simulation",
    "Simultaneous",
    "Summarised",
    "TalkIsOver",
    "View",
    "Wake",
    "World",
    "Written",
    "action",
    "backstories_of",
    "bounded",
    "conserved",
    "invariant",
    "load_backstories",
    "load_run",
    "replay",
    "main",
    "scenario",
    "unique_place",
    "write_backgrounds",
    "write_backstories",
]

# Each name is imported when it is first used: `import gamemaster` stays light, and the layers stay layers.
_HOME = {
    "ActionSpec": "gamemaster.words",
    "Agent": "gamemaster.agent",
    "Ask": "gamemaster.words",
    "AskModel": "gamemaster.agent",
    "Attempt": "gamemaster.words",
    "Backgrounds": "gamemaster.simulation",
    "Backstories": "gamemaster.simulation",
    "BestOf": "gamemaster.agent",
    "Between": "gamemaster.words",
    "ByChance": "gamemaster.schedule",
    "GeneratedScenes": "gamemaster.schedule",
    "SelfExciting": "gamemaster.schedule",
    "Silence": "gamemaster.schedule",
    "Summarised": "gamemaster.schedule",
    "TalkIsOver": "gamemaster.schedule",
    "Wake": "gamemaster.schedule",
    "Written": "gamemaster.schedule",
    "ByTime": "gamemaster.schedule",
    "Conversations": "gamemaster.schedule",
    "Event": "gamemaster.words",
    "FormativeMemories": "gamemaster.simulation",
    "GameMaster": "gamemaster.game_master",
    "GameMasterChooses": "gamemaster.schedule",
    "Human": "gamemaster.agent",
    "Intervention": "gamemaster.simulation",
    "Observation": "gamemaster.words",
    "OneOf": "gamemaster.words",
    "Person": "gamemaster.words",
    "Place": "gamemaster.words",
    "PolicySpec": "gamemaster.scenarios",
    "Preparation": "gamemaster.simulation",
    "Probe": "gamemaster.simulation",
    "Puppet": "gamemaster.agent",
    "RoundRobin": "gamemaster.schedule",
    "Price": "gamemaster.simulation",
    "Replay": "gamemaster.simulation",
    "RunBudget": "gamemaster.simulation",
    "replay": "gamemaster.simulation",
    "Run": "gamemaster.simulation",
    "ScenarioParameters": "gamemaster.scenarios",
    "Scene": "gamemaster.schedule",
    "Schedule": "gamemaster.schedule",
    "Scripted": "gamemaster.agent",
    "Simulation": "gamemaster.simulation",
    "Simultaneous": "gamemaster.schedule",
    "View": "gamemaster.words",
    "World": "gamemaster.world",
    "action": "gamemaster.world",
    "backstories_of": "gamemaster.simulation",
    "bounded": "gamemaster.world",
    "conserved": "gamemaster.world",
    "invariant": "gamemaster.world",
    "load_backstories": "gamemaster.simulation",
    "load_run": "gamemaster.simulation",
    "main": "gamemaster.cli",
    "scenario": "gamemaster.scenarios",
    "unique_place": "gamemaster.world",
    "write_backgrounds": "gamemaster.simulation",
    "write_backstories": "gamemaster.simulation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_HOME[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
