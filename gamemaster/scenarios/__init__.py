"""Scenarios: simulations that can be made by name."""

from gamemaster.scenarios.finding import find_scenario, list_scenarios, rebuild
from gamemaster.scenarios.parameters import PolicySpec, ScenarioParameters
from gamemaster.scenarios.scenario import Metrics, PolicyMaker, Scenario, scenario

__all__ = [
    "Metrics",
    "PolicyMaker",
    "PolicySpec",
    "Scenario",
    "ScenarioParameters",
    "find_scenario",
    "list_scenarios",
    "rebuild",
    "scenario",
]
