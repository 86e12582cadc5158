"""For your own tests: a model and an embedder without weights, a turn without a simulation, and conformance suites.

A suite holds the rules of a protocol. Subclass it in a test file, and pytest runs each rule on your implementation:

    class TestMyModel(LanguageModelSuite):
        def make(self) -> LanguageModel:
            return MyModel()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gamemaster.testing.conformance import ConformanceSuite, RuleBroken, does_not_apply, expect, rule
from gamemaster.testing.hash_embedder import HashEmbedder
from gamemaster.testing.scripted_model import ScriptedModel

if TYPE_CHECKING:
    from gamemaster.testing.component_suite import ComponentSuite
    from gamemaster.testing.embedder_suite import EmbedderSuite
    from gamemaster.testing.language_model_suite import LanguageModelSuite
    from gamemaster.testing.schedule_suite import ScheduleSuite
    from gamemaster.testing.stateful_suite import StatefulSuite
    from gamemaster.testing.trial_turn import turn_for

__all__ = [
    "ComponentSuite",
    "ConformanceSuite",
    "EmbedderSuite",
    "HashEmbedder",
    "LanguageModelSuite",
    "RuleBroken",
    "ScheduleSuite",
    "ScriptedModel",
    "StatefulSuite",
    "does_not_apply",
    "expect",
    "rule",
    "turn_for",
]

# What a suite needs (agents, memory, simulations) is imported when it is first named.
_HOME = {
    "ComponentSuite": "component_suite",
    "EmbedderSuite": "embedder_suite",
    "LanguageModelSuite": "language_model_suite",
    "ScheduleSuite": "schedule_suite",
    "StatefulSuite": "stateful_suite",
    "turn_for": "trial_turn",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found
