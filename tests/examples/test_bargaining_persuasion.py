"""Persuasion: who praises what, who believes it, and what the buyer can't know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import Run
from gamemaster.agent import Scripted
from gamemaster.examples.bargaining import bargaining
from gamemaster.examples.bargaining_parts.equilibrium import lie_rate
from gamemaster.words import BadInput, View


def play(seed: int = 7, **values: Any) -> Run:
    given = {"game": "persuasion", **values}
    return bargaining.make(given, seed=seed).run(bargaining.steps_of(given))


def with_buyer(policy: Callable[[View], Any], **values: Any) -> Run:
    given = {"game": "persuasion", "policy": "honest", **values}
    simulation = bargaining.make(given, seed=7)
    simulation.max_failures = 1.0
    simulation.agents[1].actor = Scripted(policy)
    return simulation.run(bargaining.steps_of(given))


def high(run: Run) -> int:
    return sum(bool(value) for _, value in run.series("high quality"))


@pytest.mark.parametrize("seed", [1, 2])
def test_policies_exactly(seed: int) -> None:
    honest = play(seed, policy="honest", quality_value=3)
    n = high(honest)
    assert 0 < n < 20
    assert honest.cost["requests"] == 0
    assert honest.metrics["payoffs"] == [n, 2 * n]
    assert honest.metrics["efficiency"] == honest.metrics["fairness"] == honest.metrics["trust"] == 1
    assert honest.metrics["lies"] == honest.metrics["talk_deed_gap"] == 0
    always = play(seed, policy="always_buy", quality_value=3).metrics
    assert always["payoffs"] == [20, 3 * n - 20]
    assert (always["efficiency"], always["fairness"], always["lies"]) == (1, 0, 1)
    assert always["talk_deed_gap"] == (20 - n) / 20
    never = play(seed, policy="never_buy").metrics
    assert never["payoffs"] == [0, 0]
    assert (never["efficiency"], never["fairness"], never["trust"]) == (0, 1, 0)


@pytest.mark.parametrize(("value", "bought"), [(2, 20), (1.9, 0)])
def test_in_equilibrium_nothing_is_learnt_from_praise(value: float, bought: int) -> None:
    found = play(policy="equilibrium", quality_value=value).metrics
    assert found["lies"] == 1
    assert found["sales"] == bought  # all when an unseen product is worth its price on average, else none


@pytest.mark.parametrize(("prior", "value", "rate"), [(1 / 3, 2, 0.5), (0.5, 1.2, 0.2), (0.8, 2, 1), (1, 2, 1), (0, 5, 0)])
def test_the_rate_of_lies_under_commitment(prior: float, value: float, rate: float) -> None:
    assert lie_rate(prior, value) == pytest.approx(rate)


def test_commitment_leaves_the_buyer_nothing_on_average() -> None:
    """Words and claim of a round agree, and lies come at the rate that the theory gives."""
    run = play(policy="commitment", prior=1 / 3, rounds=200)
    assert run.metrics["lies"] == pytest.approx(0.5, abs=0.12)  # 2.8 standard errors of some 133 draws
    assert run.metrics["payoffs"][1] / 200 == pytest.approx(0, abs=0.2)
    words = [event.text for event in run.events if event.kind == "speech"]
    claims = [value for _, value in run.series("claimed high")]
    assert words == [f"The quality is {'high' if claim else 'low'}." for claim in claims]


def test_efficiency_is_the_joint_gain_of_the_best_possible() -> None:
    run = play(policy="random", quality_value=4, rounds=30)
    assert run.metrics["efficiency"] == pytest.approx(sum(run.metrics["payoffs"]) / (4 * high(run)))


def test_the_quality_does_not_depend_on_what_is_done_or_said() -> None:
    drawn = [play(policy=policy, talk=talk).series("high quality") for policy, talk in (("honest", "none"), ("random", "none"))]
    assert [value for _, value in drawn[0]] == [value for _, value in drawn[1]]
    plain = play(policy="random", talk="none").metrics
    assert play(policy="random").metrics == plain
    assert play(policy="random", myopic=True, characters=False).metrics == plain


def test_the_buyer_knows_the_quality_only_afterwards() -> None:
    seen: list[dict[str, Any]] = []
    told: list[str] = []

    def buyer(view: View) -> str:
        seen.append(dict(view.data))
        told.extend(each.text for each in view.observations)
        return "do without"

    run = with_buyer(buyer, rounds=6)
    assert all("quality" not in data for data in seen)
    assert not any("of this round is" in text for text in told)
    afterwards = [text for text in told if " was of " in text]
    assert len(afterwards) == 5  # of the rounds before the last question
    assert "is of low quality" in run.transcript("Alice")


def test_private_value() -> None:
    def prompts(informed: bool) -> str:
        given = {"game": "persuasion", "informed": informed, "quality_value": 2.71}
        return " ".join(str(call.prompt) for call in bargaining.make(given, seed=1).run(3).calls(agent="Alice"))

    assert "2.71" in prompts(True)
    assert "2.71" not in prompts(False)


def test_a_myopic_buyer_sees_numbers_in_place_of_the_past() -> None:
    run = play(1, rounds=3, myopic=True)
    asked = [str(call.prompt) for call in run.calls(agent="Bob", step=9)]
    assert asked
    assert all("In the 2 rounds before, 2 products were bought" in prompt for prompt in asked)
    assert all("product of round 3" in prompt and "product of round 2" not in prompt for prompt in asked)
    whole = play(1, rounds=3)
    assert all("product of round 2" in str(call.prompt) for call in whole.calls(agent="Bob", step=9))


def test_an_answer_that_is_none_buys_nothing() -> None:
    run = with_buyer(lambda view: "maybe", rounds=4, prior=1)
    assert len(run.failures) == 4
    assert run.metrics["payoffs"] == [0, 0]
    assert run.metrics["sales"] == 0
    assert run.metrics["fairness"] is run.metrics["lies"] is None  # there was no product of low quality


def test_everybody_silent() -> None:
    simulation = bargaining.make({"game": "persuasion", "policy": "honest", "rounds": 5}, seed=7)
    simulation.max_failures = 1.0
    for agent in simulation.agents:
        agent.actor = Scripted(lambda view: None)
    run = simulation.run(15)
    assert run.metrics["rounds_played"] == 5
    assert run.metrics["payoffs"] == [0, 0]
    assert run.metrics["talk_deed_gap"] is run.metrics["trust"] is None


def test_nothing_played_is_not_defined() -> None:
    found = bargaining.make({"game": "persuasion", "policy": "random"}).run(0).metrics
    assert found["payoffs"] is found["efficiency"] is found["talk_deed_gap"] is found["sales"] is None


def test_wrong_parameters() -> None:
    with pytest.raises(BadInput, match="'split' doesn't play game=persuasion; these do: always_buy"):
        bargaining.make({"game": "persuasion", "policy": "split"})
    with pytest.raises(BadInput, match="moves=free is for games of offers"):
        bargaining.make({"game": "persuasion", "moves": "free"})
    with pytest.raises(BadInput, match="quality_value can't be 1"):
        bargaining.make({"game": "persuasion", "quality_value": 1})


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(["random", "honest", "always_buy", "commitment"]), min_size=2, max_size=2),
    st.floats(0, 1),
    st.floats(1.01, 50),
    st.integers(0, 99),
)
def test_money_adds_up_at_every_step(policies: list[str], prior: float, value: float, seed: int) -> None:
    run = play(seed, policy=",".join(policies), prior=prior, quality_value=value, rounds=4)
    for step in range(run.last_step + 1):
        money: Any = run.world(step)["money"]
        prices = [entries.get("price", 0) for entries in money["entries"].values()]
        worth = sum(entries.get("product", 0) for entries in money["entries"].values())
        assert sum(prices) == 0
        assert sum(money["balances"].values()) == pytest.approx(worth)
    assert run.metrics["payoffs"][0] == run.metrics["sales"]


def test_the_facts_that_the_page_states() -> None:
    run = play(1)
    n = high(run)
    assert run.metrics["sales"] == 20
    assert run.metrics["payoffs"] == [20, 2 * n - 20]
    assert (run.metrics["lies"], run.metrics["trust"], run.metrics["fairness"]) == (1, 1, 0)
