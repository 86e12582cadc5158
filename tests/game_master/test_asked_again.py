"""An attempt that lost what it needed to another of the same step is grounded once more, all of these in one further batch."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Agent, GameMaster, Simulation
from gamemaster.components import Observations
from gamemaster.testing import HashEmbedder, ScriptedModel
from tests.simulation.market import Market
from tests.simulation.test_same_seed import exported


def crowded(count: int, *, apples: int, again: Any, asks_again: bool = True) -> tuple[Simulation, ScriptedModel]:
    """All want an apple of the first; `again` is what an attempt is taken for when it is asked about once more."""
    names = tuple(f"Agent {number}" for number in range(count))

    def rule(request: Any) -> Any:
        second = "meanwhile" in request.prompt.text
        if hasattr(request, "options"):
            wanted = again if second else "buy_apples"
            return next((i for i, each in enumerate(request.options) if each.startswith(wanted)), 0)
        return {"seller": "Agent 0", "count": 1} if hasattr(request, "schema") else "I buy an apple, or else I ponder."

    model = ScriptedModel(rule)
    world = Market(coins=dict.fromkeys(names, 10), apples=dict.fromkeys(names, 0) | {"Agent 0": apples})
    crowd = [Agent(name, [Observations()]) for name in names]
    master = GameMaster(world, asks_again=asks_again)
    return Simulation(crowd, master, model=model, embedder=HashEmbedder()), model


def test_who_lost_is_understood_anew_and_does_something_else() -> None:
    simulation, _ = crowded(4, apples=2, again="ponder")
    run = simulation.run(1)
    kinds = [(event.kind, event.action, event.actor) for event in run.events if event.actor]
    assert kinds == [
        ("act", "buy_apples", "Agent 0"),
        ("act", "buy_apples", "Agent 1"),
        ("act", "buy_apples", "Agent 2"),
        ("act", "ponder", "Agent 3"),
    ], "the first buys from itself, so two more are left"
    assert [each.call.action for each in run.archive.groundings() if each.call] == ["buy_apples"] * 3 + ["ponder"]


def test_who_can_do_nothing_else_is_refused_once() -> None:
    run = crowded(4, apples=2, again="buy_apples")[0].run(1)
    refused = [event for event in run.events if event.kind == "refusal"]
    assert [event.actor for event in refused] == ["Agent 3"]


def test_what_was_impossible_from_the_start_is_not_asked_about_again() -> None:
    simulation, model = crowded(4, apples=0, again="ponder")
    run = simulation.run(1)
    assert {event.kind for event in run.events if event.actor} == {"refusal"}
    assert not any("again" in request.key.what for request in model.requests)


@pytest.mark.parametrize("count", [5, 20, 80])
def test_one_further_batch_however_many_lost(count: int) -> None:
    simulation, model = crowded(count, apples=2, again="buy_apples")
    simulation.run(1)
    assert model.rounds == 5, "think, which and arguments; then which and arguments once more"


def test_the_same_seed_gives_the_same_run_and_without_it_nobody_is_asked_again() -> None:
    assert exported(crowded(6, apples=2, again="ponder")[0].run(2)) == exported(crowded(6, apples=2, again="ponder")[0].run(2))
    simulation, model = crowded(6, apples=2, again="ponder", asks_again=False)
    run = simulation.run(1)
    assert [event.kind for event in run.events].count("refusal") == 3
    assert not any("again" in request.key.what for request in model.requests)
