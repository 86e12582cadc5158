"""Configuration: what a run is made from, and what it is made with.

The first is part of what two identical runs share; the second, versions, is not.
"""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["configuration_of", "environment"]

PINNED = ("gamemaster", "pydantic", "numpy", "torch", "transformers", "sentence-transformers", "faiss-cpu", "langchain-core")


def configuration_of(simulation: Simulation) -> dict[str, Any]:
    """What the run is made from, as JSON values: what two identical runs share."""
    gm = simulation.game_master
    components = [each for agent in simulation.agents for each in agent.components]
    components += [part for master in simulation.game_masters for part in master.parts]
    return {
        "scenario": simulation.scenario,
        "seed": simulation.seed,
        "language": simulation.language,
        "perspective": simulation.texts.perspective,
        "prompt_texts": simulation.texts.digest(components),
        "start": None if simulation.start is None else simulation.start.isoformat(),
        "step": simulation.step_seconds,
        "model": _named(simulation.model),
        "models": {name: _named(model) for name, model in simulation.model_choices.items()},
        "order": list(simulation.names),  # the archive sorts the keys of what stands in braces
        "agents": {
            agent.name: {
                "components": [[each.name, type(each).__name__] for each in agent.components],
                "actor": type(agent.actor).__name__,
                "model": None if agent.model is None else _named(agent.model),
            }
            for agent in simulation.agents
        },
        "game_master": {
            "name": gm.name,
            "world": None if gm.world is None else type(gm.world).__name__,
            "grounding": type(gm.grounding).__name__,
            "plausibility": type(gm.plausibility).__name__,
            "narration": "world" if gm.narration is None else type(gm.narration).__name__,
            **({"others": list(simulation.game_masters.names[1:])} if len(simulation.game_masters) > 1 else {}),
        },
        "schedule": type(simulation.schedule).__name__,
        "preparation": [[each.name, type(each).__name__] for each in simulation.preparation],
        "max_failures": simulation.max_failures,
    }


def environment() -> dict[str, Any]:
    """What the run is made with: versions, which are no part of what two identical runs share."""
    versions: dict[str, str] = {}
    for package in PINNED:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {"python": sys.version.split()[0], "platform": sys.platform, "packages": versions}


def _named(model: Any) -> str:
    if isinstance(model, str):
        return model
    return str(getattr(model, "name", None) or type(model).__name__)
