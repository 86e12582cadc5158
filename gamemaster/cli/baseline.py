"""The null baseline: the metrics of the same scenario played by the rule that it names for comparison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gamemaster.language import Answer, Request
from gamemaster.scenarios import Scenario
from gamemaster.simulation import Run
from gamemaster.words import GamemasterError, ModelError

__all__ = ["baseline_metrics"]


class _NoModel:
    """Stands where no model may be asked."""

    name = "none"
    deterministic = True
    fingerprint: Mapping[str, str] = {}

    async def answer(self, request: Request) -> Answer:
        raise ModelError(f"The baseline asks a model ({request.key}).")


def baseline_metrics(scenario: Scenario, run: Run, steps: int) -> dict[str, Any] | None:
    """The metrics of a run in memory with the scenario's baseline, the same seed and, else, the same parameters.

    None where the scenario has no metrics or no baseline, where the run is the baseline itself, and where the baseline
    can't be played without asking a model.
    """
    if scenario.metrics is None or not scenario.baseline:
        return None
    parameters = {name: value for name, value in run.parameters.items() if name != "model"}
    values = {**parameters, **scenario.baseline}
    try:
        simulation = scenario.make(values, model=_NoModel(), seed=run.seed)
        if simulation.scenario["parameters"] == run.parameters:
            return None
        simulation.use_only(_NoModel())
        with simulation.run(steps) as played:
            return played.metrics
    except GamemasterError:
        return None
