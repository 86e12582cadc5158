"""Building: the simulation that a scenario gives, with its models looked at before anything is written.

What is wrong with a scenario, a parameter or a model is told here, so that no folder is made for a run that can't begin.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Generator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from rich.status import Status

from gamemaster.agent import Puppet, RandomActor, Scripted
from gamemaster.report.terminal import open_console
from gamemaster.scenarios import Scenario
from gamemaster.simulation import Simulation
from gamemaster.words import BadInput, GamemasterError, ModelError

__all__ = ["build", "check_steps", "load_models", "needs_model", "read_steps", "refuse_raising"]


def build(scenario: Scenario, values: Mapping[str, Any], *, model: Any = "embedded", seed: int = 0) -> Simulation:
    """The simulation. Raises: BadInput, also when the scenario's own code raises; the message names the line."""
    with refuse_raising(scenario.path or scenario.name):
        simulation = scenario.make(values, model=model, seed=seed)
        _ = simulation.models  # checks the names of agents and components that are given models
        return simulation


def read_steps(scenario: Scenario, values: Mapping[str, Any], steps: int | None) -> int:
    """How many steps the run is to have: those asked for, else the scenario's own number."""
    if steps is not None:
        return check_steps(steps)
    with refuse_raising(scenario.path or scenario.name):
        return scenario.steps_of(values)


@contextmanager
def refuse_raising(path: str) -> Generator[None]:
    """Make what a scenario's own code raises a BadInput that names the file and the line."""
    try:
        yield
    except GamemasterError:
        raise
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(Path(path).resolve())]
        at = f", line {lines[-1]}," if lines else ""
        raise BadInput(f"{path}{at} raises {type(error).__name__}: {error}") from error


def check_steps(steps: int) -> int:
    """The number as it is. Raises: BadInput when it is below 0."""
    if steps < 0:
        raise BadInput(f"--steps {steps}: a run has at least 0 steps; give how many it is to have in all.")
    return steps


def needs_model(simulation: Simulation) -> bool:
    """Whether some agent's answers come from anything but a rule."""
    return any(not isinstance(agent.actor, Scripted | Puppet | RandomActor) for agent in simulation.agents)


def load_models(simulation: Simulation, *, only_names: bool = False) -> None:
    """Load every model that the run may ask; with `only_names`, or when all agents are scripted, look at the names alone.

    Raises: BadInput, UnknownName for a model that isn't there or can't be loaded.
    """
    for choice in (simulation.model, *simulation.model_choices.values()):
        _check_name(choice)
    if only_names or not needs_model(simulation):
        return
    waiting = Status("loading the model …", console=open_console(sys.stderr)) if sys.stderr.isatty() else nullcontext()
    try:
        with waiting:
            _load(simulation)
    except ModelError as error:
        raise BadInput(str(error)) from error


def _load(simulation: Simulation) -> None:
    models = simulation.models
    for agent in simulation.agents:
        if not isinstance(agent.actor, Scripted | Puppet | RandomActor):
            for part in ("actor", *(component.name for component in agent.components)):
                models.plain(agent.name, part)
    for master in simulation.game_masters:
        for part in ("actor", "grounding", "plausibility", "narration", "scheduling", *(each.name for each in master.parts)):
            models.plain(master.name, part)
    if any(model.name == "embedded" for model in models.in_use):
        _ = simulation.embedder.name


def _check_name(choice: Any) -> None:
    from gamemaster.language import load_model

    if not isinstance(choice, str):
        return
    named = choice.startswith("hf:") and choice[3:].strip()
    if choice != "embedded" and not named:  # what is named is looked at when it is loaded
        load_model(choice)
