"""Budgets: a run that reaches one ends at a step's end, says which, and goes on from there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gamemaster.simulation import Price, RunBudget
from gamemaster.testing import ScriptedModel
from gamemaster.words import BadInput
from tests.simulation.market import build_market, market_rule
from tests.simulation.test_same_seed import exported


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (RunBudget(calls=20), "of 20 calls"),
        (RunBudget(tokens=900), "of 900 tokens"),
        (RunBudget(money=0.001, prices=Price(prompt=1.5, generated=3)), "of 0.001 money"),
        (RunBudget(money=0.001, prices={"scripted": Price(prompt=1.5, generated=3)}), "of 0.001 money"),
        (RunBudget(seconds=0), "of 0 seconds"),
    ],
)
def test_a_bound_that_is_reached_ends_the_run_at_a_steps_end(tmp_path: Path, budget: RunBudget, said: str) -> None:
    models = [ScriptedModel(market_rule) for _ in range(2)]
    run = build_market(model=models[0]).run(4, archive=tmp_path / "run", budget=budget)
    assert (run.status, run.stopped_by.startswith("budget: "), said in run.stopped_by) == ("stopped", True, True)
    assert run.last_step < 4
    asked = len(models[0].requests)
    assert asked == len([call for call in run.calls() if call.key.step <= run.last_step]), "nothing was begun in vain"
    run.close()
    again = build_market(model=models[1]).run(4, archive=tmp_path / "run", resume=True)
    assert exported(again) == exported(build_market().run(4))
    assert asked + len(models[1].requests) == again.cost["requests"]


def test_what_was_spent_before_a_stop_counts(tmp_path: Path) -> None:
    run = build_market().run(5, archive=tmp_path / "run", budget=RunBudget(calls=12))
    stands, asked = run.last_step, run.cost["requests"]
    run.close()
    again = build_market().run(5, archive=tmp_path / "run", resume=True, budget=RunBudget(calls=12))
    assert (again.last_step, again.cost["requests"]) == (stands, asked)
    again.close()
    more = build_market().run(5, archive=tmp_path / "run", resume=True, budget=RunBudget(calls=asked + 1))
    assert more.last_step == stands + 1


def test_a_run_that_ends_anyway_is_finished() -> None:
    whole = build_market().run(3)
    run = build_market().run(3, budget=RunBudget(calls=whole.cost["requests"]))
    assert (run.status, run.stopped_by) == ("finished", "3 steps")


def test_a_strict_budget_is_never_exceeded(tmp_path: Path) -> None:
    model = ScriptedModel(market_rule)
    run = build_market(model=model).run(4, archive=tmp_path / "run", budget=RunBudget(calls=13, strict=True))
    assert run.status == "stopped"
    assert len(model.requests) <= 13


class Paid(ScriptedModel):
    """A model behind a service, which promises nothing; its metadata may say what it costs."""

    def __init__(self, metadata: Any = None) -> None:
        super().__init__(market_rule, name="paid")
        self.metadata = metadata

    @property
    def deterministic(self) -> bool:
        return False


def test_prices_stand_in_a_models_metadata() -> None:
    run = build_market(model=Paid({"price": {"prompt": 2, "generated": 0}})).run(4, budget=RunBudget(money=0.001))
    assert "of 0.001 money" in run.stopped_by
    with pytest.raises(BadInput, match="nobody has said what the model 'paid' costs"):
        build_market(model=Paid()).run(4, budget=RunBudget(money=0.001))
    with pytest.raises(BadInput, match="per million tokens"):
        build_market(model=Paid({"price": {"prompt": "much"}})).run(4, budget=RunBudget(money=0.001))


def test_what_runs_here_costs_nothing() -> None:
    assert build_market().run(2, budget=RunBudget(money=0.001)).status == "finished"


def test_bounds_that_are_none_are_refused() -> None:
    with pytest.raises(BadInput, match="tokens=-1"):
        RunBudget(tokens=-1)
    with pytest.raises(BadInput, match="a million tokens cost 0 or more"):
        Price(prompt=-1, generated=0)
    with pytest.raises(BadInput, match="'dollars'"):
        build_market().run(1, budget={"dollars": 3})
