"""Public goods: the formula's figures exactly, money that adds up, and every edge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import Run, load_run
from gamemaster.agent import Scripted
from gamemaster.examples.public_goods import NAMES, metrics, public_goods
from gamemaster.examples.public_goods_parts.world import COSTS, payoffs
from gamemaster.words import BadInput, UnknownName, View


def play(seed: int = 7, **values: Any) -> Run:
    return public_goods.make(values, seed=seed).run(public_goods.steps_of(values))


def with_actor(policy: Callable[[View], Any], *names: str, **values: Any) -> Run:
    """A run in which some, or all, follow a rule of the test's own."""
    simulation = public_goods.make({"policy": "give:20/3", **values}, seed=7)
    simulation.max_failures = 1.0
    for agent in simulation.agents:
        if agent.name in names or not names:
            agent.actor = Scripted(policy)
    return simulation.run(public_goods.steps_of(values))


# --- the figures ---


def test_three_give_all_and_punish_the_fourth() -> None:
    run = play(policy="give:20/3,give:20/2,give:20/1,give:0", rounds=1)
    assert run.metrics == {
        "payoffs": [20.0, 22.0, 23.0, 17.6],
        "mean_payoff": 20.65,
        "contribution_rate": 0.75,
        "mean_gift_by_round": [15.0],
        "efficiency": 82.6 / 128,
        "points": 6.0,
        "antisocial_share": 0.0,
    }
    assert run.cost["requests"] == 0
    assert run.stopped_by == "round 1 is over"
    assert run.last_step == 4


def test_the_same_by_the_formula() -> None:
    gifts = {"a": 20, "b": 20, "c": 20, "d": 0}
    points = {"a": {"d": 3}, "b": {"d": 2}, "c": {"d": 1}}
    assert payoffs("abcd", gifts, points) == {"a": 20, "b": 22, "c": 23, "d": 17.6}


def test_rounds_add_up() -> None:
    found = play(policy="give:20/3,give:20/2,give:20/1,give:0").metrics
    assert found["payoffs"] == [200.0, 220.0, 230.0, 176.0]
    assert found["mean_gift_by_round"] == [15.0] * 10


@pytest.mark.parametrize("punishment", [True, False])
def test_all_give_all_or_nothing(punishment: bool) -> None:
    everything = play(policy="give:20/10", punishment=punishment).metrics
    assert everything["payoffs"] == [320.0] * 4
    assert everything["efficiency"] == 1
    nothing = play(policy="free_ride", punishment=punishment).metrics
    assert nothing["payoffs"] == [200.0] * 4
    assert nothing["efficiency"] == 0.625
    assert nothing["antisocial_share"] is None
    assert nothing["points"] == (0 if punishment else None)


def test_ten_points_take_everything_and_no_more() -> None:
    found = play(policy="give:1/10,give:1/10,give:1/10,free_ride", rounds=1).metrics
    income = 20 - 1 + 0.4 * 3
    assert found["payoffs"] == pytest.approx([income - COSTS[10]] * 3 + [0.0])


def test_conditional_cooperators_follow_the_others() -> None:
    assert play(policy="conditional:7", punishment=False, rounds=3).metrics["mean_gift_by_round"] == [7.0] * 3
    mixed = play(policy="conditional:20,conditional:20,conditional:20,free_ride", punishment=False, rounds=3).metrics
    assert mixed["mean_gift_by_round"] == [15.0, 9.75, 6.75]  # 20 -> 13 (40 / 3) -> 9 (26 / 3)


def test_points_against_those_who_gave_as_much_are_antisocial() -> None:
    def policy(view: View) -> int:
        return 5 if view.data["other"] is None else 2

    found = with_actor(policy, rounds=1).metrics
    assert found["points"] == 2 * 12
    assert found["antisocial_share"] == 1


@given(
    st.integers(2, 6),
    st.data(),
)
def test_money_adds_up_whatever_is_given(count: int, data: st.DataObject) -> None:
    names = NAMES[:count]
    gifts = {name: data.draw(st.integers(0, 20)) for name in names if data.draw(st.booleans())}
    points = {
        name: {other: data.draw(st.integers(0, 10)) for other in names if other != name and data.draw(st.booleans())}
        for name in names
    }
    earned = payoffs(names, gifts, points)
    for name in names:
        got = sum(points[other].get(name, 0) for other in names)
        income = 20 - gifts.get(name, 0) + 0.4 * sum(gifts.values())
        cost = sum(COSTS[each] for each in points[name].values())
        assert earned[name] == pytest.approx(income * (1 - min(1, 0.1 * got)) - cost)
    unpunished = payoffs(names, gifts, {})
    assert sum(unpunished.values()) == pytest.approx(20 * count + (0.4 * count - 1) * sum(gifts.values()))
    assert all(earned[name] <= unpunished[name] + 1e-9 for name in names)


@settings(max_examples=12)
@given(
    st.lists(st.sampled_from(["give:7/2", "conditional:12/3", "free_ride", "random"]), min_size=3, max_size=3), st.integers(0, 99)
)
def test_the_ledger_is_what_was_earned_at_every_step(policies: list[str], seed: int) -> None:
    run = public_goods.make({"policy": ",".join(policies), "agents": 3, "rounds": 3}, seed=seed).run(9)
    for step in range(10):
        world: Any = run.world(step)
        for name, balance in world["money"]["balances"].items():
            assert balance == pytest.approx(sum(world["money"]["entries"][name].values()))
    final: Any = run.world()
    assert [final["money"]["balances"][name] for name in NAMES[:3]] == pytest.approx(run.metrics["payoffs"])


# --- options ---


def test_options_do_not_shift_the_draws() -> None:
    plain = play(policy="random").metrics
    assert play(policy="random", talk=2).metrics == plain
    assert play(policy="random", payoffs_told=False).metrics == plain
    assert play(policy="random", characters=False).metrics == plain
    assert play(policy="random", punishment=False).metrics["mean_gift_by_round"] == plain["mean_gift_by_round"]


def test_earnings_are_told_or_not() -> None:
    told, kept = play(policy="give:5", rounds=2), play(policy="give:5", rounds=2, payoffs_told=False)
    assert "Earned in round 1: Ada 23 (0 points)" in told.transcript("Ben")
    assert "Earned" not in kept.transcript("Ben")
    assert "Round 1 is over." in kept.transcript("Ben")
    assert told.metrics == kept.metrics


def test_points_are_not_known_before_all_are_given() -> None:
    run = play(policy="give:20/3,give:0,give:0,give:0", rounds=1)
    before = [event.text for event in run.events if event.step < 4]
    assert all("point" not in text or "decided" in text for text in before)


def test_talk_comes_before_the_gifts_of_each_round() -> None:
    run = play(policy="give:5", rounds=2, talk=2)
    kinds = [event.kind for event in run.events if event.kind in ("speech", "act")]
    assert kinds == (["speech"] * 8 + ["act"] * 4) * 2


@pytest.mark.parametrize("agents", [2, 3, 7])
def test_other_numbers(agents: int) -> None:
    run = play(policy="give:10", agents=agents, rounds=2)
    assert run.metrics["payoffs"] == pytest.approx([2 * (10 + 0.4 * 10 * agents)] * agents)
    assert run.last_step == public_goods.steps_of({"agents": agents, "rounds": 2}) == 2 * agents


# --- what can't be used ---


def test_one_without_an_answer_keeps_the_endowment_and_is_no_zero() -> None:
    run = with_actor(lambda view: 99, "Dean", rounds=1)
    assert {attempt.actor for attempt in run.failures} == {"Dean"}
    assert len(run.failures) == 4
    assert run.metrics["contribution_rate"] == 1  # of those who answered
    assert run.metrics["payoffs"] == pytest.approx([24 - COSTS[3]] * 3 + [(20 + 24) * 0.1])
    assert "Dean no answer" in run.transcript()


def test_everybody_silent() -> None:
    run = with_actor(lambda view: None, rounds=2)
    assert run.metrics["payoffs"] == [40.0] * 4
    assert run.metrics["contribution_rate"] is None
    assert run.metrics["mean_gift_by_round"] == []
    assert run.metrics["antisocial_share"] is None
    assert len(run.failures) == len(run.attempts) == 32


def test_nothing_played_is_not_defined() -> None:
    found = public_goods.make({"policy": "random"}).run(0).metrics
    assert found["mean_payoff"] is found["efficiency"] is found["contribution_rate"] is None


def test_wrong_parameters() -> None:
    with pytest.raises(BadInput, match="GIFT/POINTS"):
        public_goods.make({"policy": "give:5/11"})
    with pytest.raises(BadInput, match="no argument"):
        public_goods.make({"policy": "free_ride:1"})
    with pytest.raises(UnknownName, match="Did you mean 'conditional'"):
        public_goods.make({"policy": "condition"})
    with pytest.raises(BadInput, match="agents can't be 1"):
        public_goods.make({"agents": 1})


# --- the record ---


def test_metrics_can_be_computed_again_and_a_stopped_run_goes_on(tmp_path: Any) -> None:
    def make() -> Any:
        return public_goods.make({"policy": "random", "talk": 1, "rounds": 3}, seed=5)

    whole = make().run(24)
    make().run(14, archive=tmp_path / "run").close()
    with make().run(24, archive=tmp_path / "run", resume=True) as resumed:
        assert resumed.transcript() == whole.transcript()
    with load_run(tmp_path / "run") as again:
        assert metrics(again) == again.metrics == whole.metrics


def test_the_embedded_model_plays_in_character() -> None:
    run = play(seed=7, rounds=1, talk=1)
    assert not run.failures
    said = [event.text for event in run.events if event.kind == "speech"]
    assert len(said) == 4
    assert all(text.strip() for text in said)


def test_the_facts_that_the_page_states() -> None:
    run = play(seed=1, rounds=3)
    gifts = {name: [value for _, value in run.series(f"gift of {name}")] for name in NAMES[:4]}
    assert gifts == {"Ada": [10] * 3, "Ben": [4] * 3, "Cora": [16] * 3, "Dean": [2] * 3}
    text = run.transcript()
    assert text.count("32 are in the pot, of which each gets 12.8.") == 3
    assert text.count("Ada 6.96 (3 points), Ben 20.16 (3 points), Cora 3.76 (3 points), Dean 15.4 (5 points).") == 3
    first = [each for each in run.attempts if each.step in (2, 3, 4)]
    given = {name: [each.answer["points"] for each in first if each.actor == name] for name in NAMES[:4]}
    assert {name: sum(points) for name, points in given.items()} == {"Ada": 7, "Ben": 0, "Cora": 7, "Dean": 0}
    assert [each.answer["points"] for each in run.attempts if each.actor == "Ada" and "to Cora" in each.spec.call] == [3] * 3
    assert round(run.metrics["antisocial_share"], 4) == 0.2143
