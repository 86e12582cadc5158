"""Commons gives the published figures, exactly, and asks no model when it is scripted."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster import Run
from gamemaster.examples.commons import Commons, commons, ration, share, sustainable
from gamemaster.words import BadInput, UnknownName


def play(seed: int = 7, **values: Any) -> Run:
    return commons.make(values, seed=seed).run(commons.steps_of(values))


@pytest.mark.parametrize("discussion", [True, False])
@pytest.mark.parametrize("allocation", ["proportional", "stochastic"])
def test_all_take_ten(discussion: bool, allocation: str) -> None:
    run = play(policy="take:10", discussion=discussion, allocation=allocation)
    assert run.metrics == {
        "survival_time": 12,
        "survived": True,
        "gain": [120] * 5,
        "efficiency": 1.0,
        "equality": 1.0,
        "over_usage": 0.0,
        "stock_before": [100] * 12,
        "stock_after": [50] * 12,
    }
    assert run.cost["requests"] == 0
    assert run.stopped_by == "round 12 is over"


def test_all_take_twelve() -> None:
    metrics = play(policy="take:12").metrics
    assert metrics["stock_before"] == [100, 80, 40]
    assert metrics["stock_after"] == [40, 20, 0]
    assert metrics["survival_time"] == 3
    assert metrics["survived"] is False
    assert metrics["gain"] == [32] * 5
    assert round(metrics["efficiency"], 4) == 0.2667
    assert metrics["over_usage"] == 1.0


def test_nobody_takes_anything() -> None:
    metrics = play(policy="take:0").metrics
    assert metrics["equality"] is None
    assert metrics["efficiency"] == 0
    assert metrics["survived"] is True


def test_the_share_keeps_the_stock() -> None:
    metrics = play(policy="share").metrics
    assert metrics["stock_after"] == [50] * 12
    twice = play(policy="share:2").metrics
    assert twice["stock_after"] == [0]
    assert twice["gain"] == [20] * 5


def test_policies_by_agent() -> None:
    metrics = play(policy="take:20,take:0,take:10,take:10,take:10").metrics
    assert metrics["gain"] == [240, 0, 120, 120, 120]
    assert metrics["over_usage"] == 12 / 60
    apart = 2 * (240 - 0) + 2 * 3 * (240 - 120) + 2 * 3 * (120 - 0)
    assert metrics["equality"] == 1 - apart / (2 * 5 * 600)


@pytest.mark.parametrize(("stock", "expected"), [(100, 10), (60, 6), (50, 5), (20, 2), (9, 0), (0, 0)])
def test_the_share_of_five(stock: int, expected: int) -> None:
    assert share(stock, 5) == expected
    assert sustainable(stock) == stock // 2


@pytest.mark.parametrize("allocation", ["proportional", "stochastic"])
@pytest.mark.parametrize("stock", [0, 1, 4, 5, 37, 99])
def test_rationing_gives_out_all_there_is_and_nobody_more_than_wanted(allocation: Any, stock: int) -> None:
    wants = {"Ann": 40, "Bob": 7, "Cid": 53, "Dan": 0}
    world = Commons(
        stock=stock, capacity=100, growth=2.0, rounds=1, names=list(wants), allocation=allocation, gain=dict.fromkeys(wants, 0)
    )
    seen: set[tuple[int, ...]] = set()
    for seed in range(6):
        world.prepare(seed=seed, people=list(wants))
        got = ration(world, wants)
        assert sum(got.values()) == stock
        assert all(0 <= got[name] <= want for name, want in wants.items())
        if allocation == "proportional":
            assert all(got[name] >= stock * want // 100 for name, want in wants.items())
        assert got == ration(world, wants)
        seen.add(tuple(got.values()))
    assert len(seen) > 1 or stock in (0, 1, 99) or allocation == "proportional"


def test_the_draws_of_rationing_do_not_depend_on_the_discussion() -> None:
    values: dict[str, Any] = {"policy": "take:50,take:30,take:30,take:10,take:5", "allocation": "stochastic", "seed": 3}
    assert play(**values, discussion=True).metrics == play(**values, discussion=False).metrics


def test_below_five_the_resource_is_lost() -> None:
    lost = play(policy="take:19,take:19,take:19,take:19,take:20", rounds=2).metrics
    assert (lost["stock_after"], lost["survived"], lost["survival_time"]) == ([4], False, 1)
    kept = play(policy="take:19", rounds=2, agents=5, discussion=False).metrics
    assert kept["stock_after"][0] == 5
    assert kept["survival_time"] == 2


def test_the_last_round_counts() -> None:
    metrics = play(policy="take:20", rounds=1).metrics
    assert (metrics["survival_time"], metrics["survived"], metrics["stock_after"]) == (1, False, [0])


def test_a_random_run_is_reproducible_and_asks_no_model() -> None:
    one, other = play(policy="random"), play(policy="random")
    assert one.metrics == other.metrics
    assert one.cost["requests"] == 0
    assert not one.failures
    assert play(policy="random", seed=8).metrics != one.metrics


def test_wrong_parameters_name_what_would_do() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'rounds'"):
        commons.make({"round": 3})
    with pytest.raises(BadInput, match="allocation can't be 'fair'"):
        commons.make({"allocation": "fair"})
    with pytest.raises(UnknownName, match="Did you mean 'share'"):
        commons.make({"policy": "shares"})
    with pytest.raises(BadInput, match="can't take the argument 'x'"):
        commons.make({"policy": "take:x"})
    with pytest.raises(BadInput, match="6 policies for 5 agents"):
        commons.make({"policy": "take,take,take,take,take,take"})


def test_any_component_can_be_left_out() -> None:
    simulation = commons.make({"without": "recall,rules"})
    assert [each.name for each in simulation.agents[0].components] == ["instructions", "persona", "observations"]
    with pytest.raises(UnknownName, match="component"):
        commons.make({"without": "recal"})


@pytest.mark.parametrize("skin", ["fishing", "pasture", "pollution"])
def test_skins_differ_in_words_alone(skin: str) -> None:
    run = play(policy="take:10", skin=skin)
    assert run.metrics["gain"] == [120] * 5
    assert "units" not in run.transcript()
