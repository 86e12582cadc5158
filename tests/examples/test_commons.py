"""Commons gives the published figures, exactly, and asks no model when it is scripted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gamemaster import Agent, Run, Scripted, Simulation, View, load_run
from gamemaster.examples.commons import Parameters, commons
from gamemaster.testing import ScriptedModel
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
        "agreements": 0 if discussion else None,
        "agreement_kept": None,
        "points_spent": None,
        "adoptions": None,
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


@pytest.mark.parametrize("allocation", ["proportional", "stochastic"])
@pytest.mark.parametrize("start", [0, 4, 5])
def test_the_edge_of_collapse(start: int, allocation: str) -> None:
    kept = play(policy="take:0", start=start, rounds=2, allocation=allocation).metrics
    assert kept["stock_after"] == ([5, 10] if start == 5 else [start])
    assert (kept["survived"], kept["survival_time"]) == ((True, 2) if start == 5 else (False, 1))
    assert kept["equality"] is None
    taken = play(policy="take:3", start=start, rounds=2, allocation=allocation).metrics
    assert sum(taken["gain"]) == start
    assert (taken["stock_after"], taken["survived"], taken["survival_time"]) == ([0], False, 1)


def test_a_run_that_was_stopped_early_is_not_decided() -> None:
    metrics = commons.make({"policy": "take:10"}).run(14).metrics
    assert metrics["stock_after"] == [50, 50]
    assert metrics["survival_time"] is metrics["survived"] is metrics["efficiency"] is None
    assert metrics["gain"] == [20] * 5


def test_metrics_can_be_computed_again_from_the_archive(tmp_path: Path) -> None:
    values: dict[str, Any] = {"policy": "pledge:9/11", "newcomer": True, "sanctions": True}
    with commons.make(values, seed=2).run(commons.steps_of(values), archive=tmp_path / "run") as run:
        stored = run.metrics
    with load_run(tmp_path / "run") as loaded:
        assert commons.metrics is not None
        assert dict(commons.metrics(loaded)) == stored == loaded.metrics


def scripted(simulation: Simulation, name: str, policy: Callable[[View], Any]) -> None:
    agent: Agent = next(each for each in simulation.agents if each.name == name)
    agent.actor = Scripted(policy)


@pytest.mark.parametrize("wrong", [101, -1, "many", None, 3.5, True])
def test_an_invalid_answer_of_one_of_many_is_nobodys_zero(wrong: Any) -> None:
    simulation = commons.make({"policy": "take:10", "discussion": False, "rounds": 3}, seed=1)
    scripted(simulation, "Emma", lambda view: wrong)
    run = simulation.run(3)
    assert run.metrics["stock_after"] == [60, 60, 60]
    assert run.metrics["gain"] == [30, 30, 0, 30, 30]
    assert run.metrics["over_usage"] == 0.0
    assert len(run.failures) == 3
    assert run.degraded
    assert "Emma" not in next(each.text for each in run.events if each.action == "harvest")


def test_everybody_silent() -> None:
    simulation = commons.make({"policy": "take:10", "rounds": 2, "talk": 1}, seed=1)
    simulation.max_failures = 1.0
    for name in simulation.names:
        scripted(simulation, name, lambda view: None)
    run = simulation.run(12)
    metrics = run.metrics
    assert metrics["stock_after"] == [100, 100]
    assert metrics["gain"] == [0] * 5
    assert metrics["over_usage"] is metrics["equality"] is metrics["agreement_kept"] is None
    assert (metrics["survived"], metrics["efficiency"]) == (True, 0.0)
    assert run.events[0].kind == "failure"
    assert "Nobody takes part" in run.transcript()


def test_a_model_of_ones_own_for_each_agent() -> None:
    asked: list[str] = []

    def answering(name: str) -> ScriptedModel:
        def answer(request: Any) -> Any:
            asked.append(f"{name} for {request.key.who}")
            return {"amount": 7} if name == "default" else {"amount": 10}

        return ScriptedModel(answer, name=name)

    simulation = commons.make({"discussion": False, "rounds": 1}, model=answering("default"), seed=1)
    simulation.model_choices["Kate"] = answering("other")
    assert simulation.run(1).metrics["gain"] == [10, 7, 7, 7, 7]
    assert sorted(asked) == [*(f"default for {name}" for name in ("Emma", "Jack", "John", "Luke")), "other for Kate"]
    named = commons.make({"model.Kate": "embedded", "model.Jack": "hf:somewhere"})
    assert named.model_choices == {"Kate": "embedded", "Jack": "hf:somewhere"}


def test_a_resumed_run_is_the_run_in_one_go(tmp_path: Path) -> None:
    values: dict[str, Any] = {"policy": "random", "newcomer": True, "sanctions": True, "imitation": True, "burden": True}
    whole = commons.make(values, seed=4).run(60)
    commons.make(values, seed=4).run(23, archive=tmp_path / "run").close()
    commons.make(values, seed=4).run(37, archive=tmp_path / "run", resume=True).close()
    resumed = commons.make(values, seed=4).run(60, archive=tmp_path / "run", resume=True)
    assert resumed.transcript() == whole.transcript()
    assert resumed.world() == whole.world()


def test_the_number_of_steps_is_what_a_run_that_survives_takes() -> None:
    for values in (
        {"policy": "take:1"},
        {"policy": "take:1", "discussion": False},
        {"policy": "take:1", "newcomer": True, "imitation": True, "sanctions": True},
        {"policy": "take:1", "agents": 3, "talk": 3, "rounds": 4},
    ):
        run = commons.make(values).run(10_000)
        assert run.last_step == commons.steps_of(values), values


def test_options_say_what_others_are_when_nobody_says() -> None:
    plain = Parameters.model_validate({})
    assert (plain.agents, plain.rounds, plain.start) == (5, 12, 100)
    newcomer = Parameters.model_validate({"newcomer": True, "rounds": 7})
    assert (newcomer.agents, newcomer.rounds, len(newcomer.names)) == (4, 7, 5)
    scarce = Parameters.model_validate({"resources": "scarce", "growth": 3})
    assert (scarce.start, scarce.growth) == (50, 3)
    assert Parameters.model_validate({"capacity": 30}).start == 30
    again = Parameters.model_validate(newcomer.model_dump(exclude_defaults=True))
    assert again == newcomer
    with pytest.raises(BadInput, match=r"the scenario 'commons': start=31 is more than the capacity, 30\.$"):
        commons.make({"capacity": 30, "start": 31})


def test_what_the_page_says_of_the_embedded_model() -> None:
    """Its three facts, but for figures that hang on the embedder's last digits."""
    lake = commons.make({}, seed=0).run(132)
    wants = [each.answer["amount"] for each in lake.attempts if each.spec.action == "harvest"]
    assert len(wants) == 5 and all(40 <= want <= 60 for want in wants)
    assert lake.metrics["survival_time"] == 1 and lake.metrics["stock_after"] == [0]
    assert all(19 <= gain <= 21 for gain in lake.metrics["gain"])
    said = [each for each in lake.events if each.kind == "speech"]
    assert len(said) == 10 and {each.step for each in said} == set(range(2, 12))
    burden = commons.make({"burden": True, "discussion": False}, seed=0).run(12).metrics
    assert burden["survived"] and all(40 <= stock <= 55 for stock in burden["stock_after"])
