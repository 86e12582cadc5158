"""Selling cookies and haggling: two set-ups of Concordia's, each in forty lines, and the figures of their games."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gamemaster import Run, Scripted
from gamemaster.examples import haggling as haggling_file
from gamemaster.examples import selling_cookies as cookies_file
from gamemaster.examples.haggling import haggling
from gamemaster.examples.selling_cookies import selling_cookies
from gamemaster.testing import ScriptedModel

SELLER, BUYER = cookies_file.SELLER, cookies_file.BUYER


def play(scenario: Any, policy: Callable[[Any], Any], *, seed: int = 1, **values: Any) -> Run:
    simulation = scenario.make(values, model=ScriptedModel(answers=[]), seed=seed)
    for agent in simulation.agents:
        agent.actor = Scripted(policy)
    return simulation.run(99)


@pytest.mark.parametrize("module", [cookies_file, haggling_file])
def test_each_has_at_most_forty_lines(module: Any) -> None:
    source = Path(module.__file__).read_text("utf-8")
    docstring = ast.parse(source).body[0]
    of_it = range(docstring.lineno, (docstring.end_lineno or 0) + 1)
    assert len([line for number, line in enumerate(source.splitlines(), 1) if line.strip() and number not in of_it]) <= 40


# --- selling cookies ---


@pytest.mark.parametrize(("answer", "sold"), [("Yes", True), ("No", False)])
def test_what_is_said_is_heard_and_what_is_chosen_is_done(answer: str, sold: bool) -> None:
    run = play(selling_cookies, lambda view: answer if view.spec.kind == "choice" else "Fresh from the oven!", rounds=2)
    assert run.metrics == {"sold": sold, "sellers_words": 8}
    assert run.world()["coins"] == {SELLER: 5 * sold, BUYER: 20 - 5 * sold}
    assert run.world()["tins"] == {SELLER: 1 - sold, BUYER: 0 + sold}
    heard = [each.text for each in run.observations() if each.to == BUYER and each.how == "heard"]
    assert heard == ["Fresh from the oven!"] * 2
    assert run.events[-1].witnesses == (SELLER, BUYER)
    assert run.last_step == 5 and run.cost["requests"] == 0


def test_undecided_is_neither_sold_nor_unsold() -> None:
    simulation = selling_cookies.make({"policy": "random"}, seed=1)
    assert simulation.run(2).metrics["sold"] is None


# --- haggling ---


def offering(price: int, accepts: bool) -> Callable[[Any], Any]:
    return lambda view: {"coins": price} if view.spec.kind == "action" else "Accept" if accepts else "Reject"


def test_a_deal_earns_worth_minus_price_and_price_minus_cost() -> None:
    run = play(haggling, offering(6, True), days=1)
    worth = [_perceived(run, name) for name in (haggling_file.BUYER, haggling_file.SELLER)]
    assert run.metrics == {"deals": 1, "earned": {haggling_file.BUYER: worth[0] - 6, haggling_file.SELLER: 6 - worth[1]}}
    assert 5 <= worth[0] <= 10 and 1 <= worth[1] <= 6
    assert [event.text for event in run.events] == ["Femi Ade proposes 6 coins.", "Gusti Roth accepts 6 coins."]
    assert all(event.witnesses == ("Femi Ade", "Gusti Roth") for event in run.events)


def test_without_a_deal_nobody_earns() -> None:
    assert play(haggling, offering(0, False)).metrics == {"deals": 0, "earned": {"Femi Ade": 0, "Gusti Roth": 0}}


def test_worth_and_cost_are_private_and_drawn_anew_each_day() -> None:
    seen: dict[str, list[str]] = {"Femi Ade": [], "Gusti Roth": []}
    model = ScriptedModel(lambda request: None)
    for seed in range(3):
        run = haggling.make({"days": 6}, model=model, seed=seed).run(99)
        assert run.last_step == 12
    for request in model.requests:
        here = next(section.text for section in request.prompt.sections if section.kind == "situation")
        seen[request.key.who].append(here)
        assert ("costs Gusti Roth" in here) == (request.key.who == "Gusti Roth")
        assert ("is worth to Femi Ade" in here) == (request.key.who == "Femi Ade")
    assert all(len(set(each)) > 3 for each in seen.values())


def _perceived(run: Run, name: str) -> int:
    world = haggling_file.Fruit()
    world.prepare(seed=run.seed, people=[haggling_file.BUYER, haggling_file.SELLER])
    return world.worth(name)
