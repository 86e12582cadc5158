"""Which model answers whom: the most particular name counts."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import (
    ActionSpec,
    Agent,
    Simulation,
    Simultaneous,
)
from gamemaster.components import Plan
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import DefinitionError, UnknownName

SAY = ActionSpec.speech()

# --- which model answers ---


def named(name: str) -> ScriptedModel:
    return ScriptedModel(
        lambda request: {"items": [f"09:00 {name}"]} if hasattr(request, "schema") else f"Says {name}.", name=name
    )


def asked(**models: Any) -> dict[str, set[str]]:
    """Who was asked by which model, for Ann with a model of her own and Bob without."""
    own, default = named("own"), named("default")
    crowd = [Agent("Ann", [Plan()], model=own), Agent("Bob", [Plan()])]
    simulation = Simulation(
        crowd,
        schedule=Simultaneous(SAY),
        model=default,
        models={key.replace("_", "."): value for key, value in models.items()},
        embedder=HashEmbedder(),
    )
    out: dict[str, set[str]] = {}
    for call in simulation.run(1).calls():
        out.setdefault(call.model, set()).add(f"{call.key.who}.{call.key.component}")
    return out


def test_an_agents_own_model_goes_before_the_simulations() -> None:
    assert asked() == {"own": {"Ann.plan", "Ann.actor"}, "default": {"Bob.plan", "Bob.actor"}}


def test_the_most_particular_name_is_the_one_that_counts() -> None:
    assert asked(Ann=named("x")) == {"x": {"Ann.plan", "Ann.actor"}, "default": {"Bob.plan", "Bob.actor"}}
    many = asked(Ann=named("ann"), Ann_plan=named("ann's plan"), **{"*_plan": named("plans")})
    assert many == {"ann's plan": {"Ann.plan"}, "ann": {"Ann.actor"}, "plans": {"Bob.plan"}, "default": {"Bob.actor"}}
    plans = asked(Ann=named("ann"), **{"*_plan": named("plans")})
    assert plans == {"plans": {"Ann.plan", "Bob.plan"}, "ann": {"Ann.actor"}, "default": {"Bob.actor"}}
    assert asked(**{"Bob_*": named("bob")}) == {"own": {"Ann.plan", "Ann.actor"}, "bob": {"Bob.plan", "Bob.actor"}}


@pytest.mark.parametrize("name", ["Anne", "Anne.plan", "Ann.plans", "*.plans", "Ann."])
def test_a_model_for_nobody_is_refused(name: str) -> None:
    crowd = [Agent("Ann", [Plan()])]
    with pytest.raises(UnknownName, match=r"\(in models="):
        Simulation(crowd, models={name: named("x")}, model=named("y")).run(1)


@pytest.mark.parametrize("name", ["*", "*.*"])
def test_a_model_for_everybody_is_the_simulations(name: str) -> None:
    with pytest.raises(DefinitionError, match="means everybody; give that model to the simulation"):
        Simulation([Agent("Ann", [Plan()])], models={name: named("x")}, model=named("y")).run(1)


def test_a_name_with_a_dot_is_a_name() -> None:
    def by(key: str) -> set[str]:
        crowd = [Agent("Dr. Ann", [Plan()])]
        simulation = Simulation(
            crowd, schedule=Simultaneous(SAY), models={key: named("x")}, model=named("y"), embedder=HashEmbedder()
        )
        return {call.key.component for call in simulation.run(1).calls() if call.model == "x"}

    assert by("Dr. Ann") == {"plan", "actor"}
    assert by("Dr. Ann.plan") == {"plan"}
