"""Activation by probability and by self-exciting rates: drawn by key, with the rates that theory gives."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import ActionSpec, Agent, Run, Scripted, Simulation, World
from gamemaster.schedule import ByChance, SelfExciting
from gamemaster.schedule.self_exciting import Excitations
from gamemaster.words import DefinitionError, StepFailed, derive_seed
from tests.schedule.stopping import stopped_after_each_step
from tests.simulation.test_same_seed import exported

NAMES = ("Ann", "Bob", "Cid")
SAY = ActionSpec.speech(to=[])


def built(schedule: Any, *, names: Any = NAMES, world: World | None = None, **more: Any) -> Simulation:
    crowd = [Agent(name, actor=Scripted(lambda view: "Hm.")) for name in names]
    more.setdefault("seed", 5)
    return Simulation(crowd, world, schedule=schedule, **more)


def asked(run: Run) -> list[tuple[int, str]]:
    return [(step, ask.agent) for step, ask in run.archive.asks()]


def test_each_acts_with_a_probability_of_its_own() -> None:
    steps, rates = 1200, {"Ann": 0.7, "Bob": 0.1}
    found = asked(built(ByChance(SAY, chance=rates)).run(steps))
    for name, rate in rates.items():
        count = sum(agent == name for _, agent in found)
        assert abs(count - steps * rate) < 4 * math.sqrt(steps * rate * (1 - rate)), (name, count)
    assert not any(agent == "Cid" for _, agent in found), "who isn't named never acts"


def test_whether_one_acts_hangs_on_nobody_else() -> None:
    alone = asked(built(ByChance(SAY, chance=0.5), names=["Bob"]).run(60))
    among = asked(built(ByChance(SAY, chance=0.5)).run(60))
    assert [each for each in among if each[1] == "Bob"] == alone
    assert among != asked(built(ByChance(SAY, chance=0.5), seed=6).run(60))


def test_bounds_are_kept() -> None:
    assert len(asked(built(ByChance(SAY, chance=1)).run(20))) == 60
    run = built(ByChance(SAY, chance=0)).run(20)
    assert (asked(run), run.last_step) == ([], 20), "steps pass in which nobody acts"


def test_the_probability_may_be_the_worlds_to_say() -> None:
    class Weather(World):
        rain: bool = True

        def end_of_round(self) -> None:
            self.rain = not self.rain

    chance = lambda world, name: 1.0 if name == "Ann" and world.rain else 0.0  # noqa: E731
    assert asked(built(ByChance(SAY, chance=chance), world=Weather()).run(5)) == [(1, "Ann"), (3, "Ann"), (5, "Ann")]


@pytest.mark.parametrize("chance", [-0.1, 1.5, float("nan"), {"Ann": 2.0}])
def test_what_is_no_probability_is_refused(chance: Any) -> None:
    with pytest.raises(DefinitionError, match="a probability is a number from 0 to 1"):
        ByChance(chance=chance)


def test_a_function_that_gives_none_is_named() -> None:
    with pytest.raises(DefinitionError, match=r"chance of Ann is 3.0"):
        built(ByChance(chance=lambda world, name: 3)).run(1)
    with pytest.raises(StepFailed, match=r"chance of Ann, step 1: KeyError"):
        built(ByChance(chance=lambda world, name: {}["lost"])).run(1)


# --- self-exciting ---


@given(
    st.lists(st.tuples(st.floats(0.01, 5), st.floats(0, 3)), max_size=6),
    st.floats(0.05, 4),
    st.floats(0.01, 5),
)
@settings(max_examples=60, deadline=None)
def test_one_number_stands_for_the_whole_past(past: list[tuple[float, float]], decay: float, span: float) -> None:
    held, now, whole = Excitations(decay), 0.0, list[tuple[float, float]]()
    for gap, size in past:
        now += gap
        held.add("Ann", size, now)
        whole.append((now, size))
    at = now + 1.0
    assert held.at("Ann", at) == pytest.approx(sum(size * math.exp(-decay * (at - then)) for then, size in whole))
    # The integral of a sum of exponentials, one by one.
    integral = sum(
        size * (math.exp(-decay * (at - then)) - math.exp(-decay * (at + span - then))) / decay for then, size in whole
    )
    assert held.expected("Ann", at, span) == pytest.approx(integral, abs=1e-12)


def test_the_probability_of_a_step_is_exact() -> None:
    schedule = SelfExciting(SAY, baseline=2.0, excitation=1.0, decay=4.0, per=3600)
    simulation = built(schedule, step=360.0)
    assert schedule.probability("Ann", simulation) == pytest.approx(1 - math.exp(-2.0 * 0.1))
    schedule.restore({"excited": {"Ann": [1.5, 0.0]}})
    simulation.clock.set(720.0)
    integral = 2.0 * 0.1 + 1.5 * (math.exp(-4.0 * 0.2) - math.exp(-4.0 * 0.3)) / 4.0
    assert schedule.probability("Ann", simulation) == pytest.approx(1 - math.exp(-integral))
    assert schedule.probability("Bob", simulation) == pytest.approx(1 - math.exp(-0.2))


def test_the_mean_rate_is_what_theory_says() -> None:
    """mu / (1 - alpha / beta); the count of a stationary Hawkes process has the variance mu T / (1 - n)^3."""
    mu, alpha, beta, span, steps = 0.3, 0.6, 1.0, 0.05, 120_000
    held, count = Excitations(beta), 0
    for step in range(steps):
        now = step * span
        probability = -math.expm1(-(mu * span + held.expected("Ann", now, span)))
        if derive_seed(11, "acts in this step", step, "Ann") < probability * 2**63:
            count += 1
            held.add("Ann", alpha, now + span)
    ratio, time = alpha / beta, steps * span
    expected, deviation = mu * time / (1 - ratio), math.sqrt(mu * time / (1 - ratio) ** 3)
    # One deed a step at the most: of a rate r a share of about r * span / 2 is lost, and what it would have excited.
    lost = expected * (mu / (1 - ratio)) * span
    assert abs(count - expected) < 4 * deviation + lost, (count, expected, deviation)
    assert abs(count - expected) < 0.1 * expected
    assert count > 1.5 * mu * time, "without excitation there would be a fraction of it"


def test_in_a_run_deeds_bring_about_deeds() -> None:
    steps, rate = 1500, 6.0
    calm = SelfExciting(SAY, baseline=rate, excitation=0.0, decay=10.0)
    heated = SelfExciting(SAY, baseline=rate, excitation=6.0, decay=10.0)
    few, many = (len(asked(built(each, names=["Ann"], step=60.0).run(steps))) for each in (calm, heated))
    hours = steps / 60
    assert abs(few - rate * hours) < 4 * math.sqrt(rate * hours)
    expected, deviation = rate * hours / 0.4, math.sqrt(rate * hours / 0.4**3)
    lost = 0.15 * expected  # 15 an hour in steps of a minute
    assert expected - 4 * deviation - lost < many < expected + 4 * deviation, (many, expected)


def test_what_others_do_excites_those_who_notice_it() -> None:
    schedule = SelfExciting(ActionSpec.speech(to=["Bob"]), baseline={"Ann": 1e9}, excitation=0.0, noticed=1.0, decay=4.0)
    simulation = built(schedule, step=60.0)
    simulation.run(1)
    assert schedule.state() == {"excited": {"Bob": [1.0, 60 / 3600]}}, "Ann spoke, Bob heard it, Cid did not"


def test_who_is_calm_again_is_no_part_of_the_state() -> None:
    held = Excitations(2.0)
    held.add("Ann", 1.0, 0.0)
    held.add("Bob", 1.0, 20.0)
    held.forget_spent(21.0)
    assert list(held.state()) == ["Bob"] and len(held) == 1  # type: ignore[arg-type]


@pytest.mark.parametrize("schedule", ["chance", "exciting"])
def test_a_run_goes_on_after_a_stop_at_any_step(schedule: str, tmp_path: Any) -> None:
    def simulation() -> Simulation:
        if schedule == "chance":
            return built(ByChance(ActionSpec.speech(to=NAMES), chance=0.4, order="random"))
        rates: dict[str, Any] = {"excitation": 20.0, "noticed": 4.0, "decay": 40.0}
        return built(SelfExciting(ActionSpec.speech(to=NAMES), baseline=12.0, **rates), step=60.0)

    whole = simulation().run(12)
    assert 3 < len(asked(whole)) < 36
    assert exported(stopped_after_each_step(simulation, 12, tmp_path)) == exported(whole)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"excitation": 2.0, "decay": 2.0}, r"bring about 1 more in the mean \(excitation 2, over decay 2\).*below 1"),
        ({"excitation": 0.5, "noticed": 0.5, "hearers": 3, "decay": 2.0}, r"noticed 0.5 \* 3 hearers.*state how many `hearers`"),
        ({"excitation": -1.0, "decay": 2.0}, "excitation is -1.0; a rate is a number from 0"),
        ({"excitation": 0.5, "decay": 0.0}, "decay is 0.0; it is a number, more than 0"),
        ({"excitation": 0.5, "decay": 1.0, "baseline": {"Ann": float("nan")}}, r"baseline\['Ann'\] is nan"),
    ],
)
def test_rates_that_are_none_or_grow_without_end_are_refused(given: dict[str, Any], message: str) -> None:
    given.setdefault("baseline", 1.0)
    with pytest.raises(DefinitionError, match=message):
        SelfExciting(**given)


def test_a_crowd_that_would_excite_itself_without_end_is_refused_when_the_run_begins() -> None:
    simulation = built(SelfExciting(SAY, baseline=1.0, excitation=0.0, noticed=0.5, decay=1.0))
    with pytest.raises(DefinitionError, match=r"noticed 0.5 \* 2 hearers"):
        simulation.run(1)


def test_rates_need_steps_that_take_time() -> None:
    with pytest.raises(DefinitionError, match="give the simulation a step="):
        built(SelfExciting(SAY, baseline=1.0, excitation=0.0, decay=1.0), step=0).run(1)
