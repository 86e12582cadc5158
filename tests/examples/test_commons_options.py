"""Each option of the commons does what it says, leaves the draws of the others alone, and keeps stock and gains adding up."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster import Run
from gamemaster.examples.commons import NAMES, commons
from gamemaster.examples.commons_parts.texts import Texts, read_texts
from gamemaster.words import UnknownName


def play(seed: int = 7, **values: Any) -> Run:
    return commons.make(values, seed=seed).run(commons.steps_of(values))


# --- the newcomer ---


def test_a_newcomer_joins_at_the_start_of_round_three() -> None:
    run = play(policy="share", newcomer=True)
    metrics = run.metrics
    assert metrics["stock_after"] == [52, 52, *[50] * 13]
    assert sum(metrics["gain"]) == 746
    assert metrics["gain"] == [154] * 4 + [130]
    assert (metrics["survival_time"], metrics["over_usage"]) == (15, 0.0)
    joined = [each.step for each in run.events if "joins" in each.text]
    assert joined == [2 * 9 + 1]


def test_who_has_not_joined_is_not_asked_and_hears_nothing() -> None:
    run = play(policy="enforce", newcomer=True, sanctions=True, imitation=True)
    new = NAMES[4]
    joined = next(each.step for each in run.events if f"{new} joins" in each.text)
    assert joined > 1
    assert min(each.step for each in run.attempts if each.actor == new) == joined
    assert min(int(each.id.split("/")[0]) for each in run.observations(new)) == joined
    assert not any(new in each.text for each in run.events if each.step < joined)
    assert not any(new in (each.answer or {}).values() for each in run.attempts if each.step < joined and each.spec.action)


def test_a_newcomers_policy_is_one_more_of_the_list() -> None:
    metrics = play(policy="share,share,share,share,take:0", newcomer=True).metrics
    assert metrics["gain"][4] == 0
    assert metrics["stock_after"][2] == 60  # four take their fifth of 50
    assert play(policy="share", newcomer=True, rounds=2).metrics["gain"] == [24, 24, 24, 24, 0]  # the run ends before it comes


# --- draws ---

ODD = "take:50,take:30,take:30,take:10,take:5"


@pytest.mark.parametrize("allocation", ["stochastic", "proportional"])
@pytest.mark.parametrize(
    "option",
    [
        {"discussion": False},
        {"talk": 3},
        {"payoffs_told": False},
        {"universalization": True},
        {"sanctions": True},
        {"skin": "pollution"},
        {"language": "ja"},
        {"personas": "selfish"},
        {"without": "recall"},
    ],
    ids=str,
)
def test_an_option_leaves_the_draws_of_rationing_alone(option: dict[str, Any], allocation: str) -> None:
    def catches(**values: Any) -> list[Any]:
        run = play(seed=3, policy=ODD, allocation=allocation, start=99, **values)
        return [run.world(step)["catches"] for step, _ in run.series("stock after")]

    assert catches(**option) == catches()


def test_an_option_leaves_random_answers_and_the_order_of_talk_alone() -> None:
    def talk(**values: Any) -> list[list[str]]:
        run = play(policy="take:3", **values)
        said: dict[str, list[str]] = {}
        for each in run.attempts:
            if each.spec.kind == "speech":
                said.setdefault(each.spec.tag, []).append(each.actor)
        return list(said.values())

    plain = talk()
    assert talk(sanctions=True) == talk(imitation=True) == talk(payoffs_told=False) == plain
    assert len({str(each) for each in plain}) > 1

    def asked(**values: Any) -> list[Any]:
        return [each.answer for each in play(policy="random", **values).attempts if each.spec.action == "harvest"]

    assert asked() == asked(discussion=False) == asked(universalization=True)


# --- agreements ---


def test_an_agreement_is_what_more_than_half_name_in_private() -> None:
    run = play(policy="pledge:9,pledge:9,pledge:9/20,take:8,take:12")
    assert run.metrics["agreements"] == len(run.metrics["stock_after"]) - 1
    rounds = run.metrics["agreements"]
    assert run.metrics["agreement_kept"] == 3 / 5  # of 9, 9, 20, 8, 12
    assert rounds >= 1
    assert play(policy="pledge:9,pledge:9,take,take,take").metrics["agreements"] == 0  # a minority
    assert play(policy="pledge:9,pledge:9,pledge:8,pledge:8,take").metrics["agreements"] == 0  # a tie


def test_with_a_burden_an_agreement_is_kept_by_bearing_as_much() -> None:
    # Of a load of 20 a share of 10 is borne; the agreement names what is borne.
    assert play(policy="pledge:10", burden=True, rounds=3).metrics["agreement_kept"] == 1.0
    assert play(policy="pledge:10/11", burden=True, rounds=3).metrics["agreement_kept"] == 0.0


def test_the_probe_leaves_no_trace() -> None:
    values: dict[str, Any] = {"policy": "pledge:9", "newcomer": True}
    with_it = commons.make(values, seed=5).run(60)
    other = commons.make(values, seed=5)
    other.probes = ()
    without = other.run(60)
    assert with_it.transcript() == without.transcript()
    asked = with_it.answers("agreement")
    assert asked and not without.answers()
    who: dict[int, list[str]] = {}
    for step, each in asked:
        who.setdefault(step, []).append(each.who)
    # The newcomer isn't asked about a talk that it did not hear.
    assert list(who.values())[:4] == [list(NAMES[:4])] * 2 + [list(NAMES[:5])] * 2


# --- sanctions, imitation, burden, 2 x 2 ---


def test_whoever_takes_more_than_the_share_is_sanctioned() -> None:
    run = play(policy="enforce:2,enforce:2,enforce:2,enforce:2,take:20", sanctions=True, rounds=1)
    assert run.world()["catches"] == dict(zip(NAMES, [10, 10, 10, 10, 20], strict=False))
    assert run.metrics["gain"] == [8, 8, 8, 8, 0]  # the fifth owes 24 and has 20
    assert run.metrics["points_spent"] == 8
    assert run.metrics["efficiency"] == 32 / 50
    assert "Kate spends 2 points on Luke" in run.transcript()


def test_nobody_is_sanctioned_where_all_take_the_share() -> None:
    metrics = play(policy="enforce", sanctions=True).metrics
    assert (metrics["gain"], metrics["points_spent"]) == ([120] * 5, 0)


def test_strategies_are_stated_and_spread() -> None:
    run = play(policy="take:12,share,share,share,take:20", imitation=True, rounds=6)
    first = run.attempts[0]
    assert (first.spec.action, first.answer) == ("state_strategy", {"text": "take:12"})
    strategies: list[Any] = [run.world(step)["imitation"] for step, _ in run.series("stock after")]
    assert run.metrics["adoptions"] == strategies[-1]["adopted"]
    told = [each.text for each in run.observations("Kate") if "sees the strategy" in each.text]
    assert len(told) == len(strategies)
    assert all(re.search(r'"(take:12|take:20|share)" Kate (takes it over|keeps to the old one)\.', each) for each in told)
    assert not any("sees the strategy" in each.text and "Kate sees" not in each.text for each in run.observations("Kate"))


def test_where_all_have_one_strategy_imitation_changes_nothing() -> None:
    assert play(policy="take:11", imitation=True).metrics["stock_after"] == play(policy="take:11").metrics["stock_after"]


@pytest.mark.parametrize("policy", ["take:10", "take:12", "share", "take:3,take:7,take:10,take:10,share"])
def test_a_burden_has_the_figures_of_its_mirror(policy: str) -> None:
    good, burden = play(policy=policy).metrics, play(policy=policy, burden=True).metrics
    assert burden == good


def test_the_two_by_two() -> None:
    rich, scarce = play(policy="share").metrics, play(policy="share", resources="scarce").metrics
    assert (rich["stock_before"][0], scarce["stock_before"][0]) == (100, 50)
    assert scarce["stock_after"][0] == 50 - 5 * (16 // 5)
    assert scarce["stock_before"][1] == 52  # 35 x 1.5
    assert scarce["survived"] and scarce["over_usage"] == 0.0
    personas = [commons.make({"personas": each}).preview("Kate") for each in ("plain", "altruistic", "selfish")]
    assert len(set(personas)) == 3
    assert "Cares more for what becomes of everybody" in personas[1] and "Cares for an own advantage" in personas[2]


# --- what is told ---


def test_payoffs_are_told_or_not() -> None:
    told, untold = (commons.make({"payoffs_told": each, "sanctions": True}).preview("Kate") for each in (True, False))
    for words in ("has gained 0 so far", "grows by a factor of 2", "Below 5", "holds 100", "is one's gain", "gain as much"):
        assert words in told and words not in untold
    for words in ("100 tons of fish are in the lake", "it is announced what each one got"):
        assert words in told and words in untold


def test_universalization_tells_what_happens_if_everyone_takes_more_than_the_share() -> None:
    prompt = commons.make({"universalization": True}).preview("Kate")
    assert "If each of the 5 takes 10, 50 in all, 50 of 100 tons of fish are left, and 100 are there" in prompt
    assert "If each of the 5 takes 11, 55 in all, 45 of 100 tons of fish are left, and 90 are there" in prompt
    assert "If everyone takes more than 10, there is less in the next round than now." in prompt
    assert "If everyone" not in commons.make().preview("Kate")
    assert "If everyone bears less than 10" in commons.make({"universalization": True, "burden": True}).preview("Kate")


def test_both_languages_say_the_same_things_with_the_same_blanks() -> None:
    english, japanese = read_texts("en"), read_texts("ja")
    assert list(english) == list(japanese)
    # The words of the skin need not all stand in the sentence in both languages.
    words = {"resource", "unit", "deed", "done", "role"}
    for place, text in english.items():
        blanks = {each for each in re.findall(r"{(\w+)}", text) if each not in words}
        assert blanks == {each for each in re.findall(r"{(\w+)}", japanese[place]) if each not in words}, place


@pytest.mark.parametrize("skin", ["fishing", "pasture", "pollution"])
@pytest.mark.parametrize("burden", [False, True])
def test_a_japanese_run_says_nothing_in_english(skin: str, burden: bool) -> None:
    values: dict[str, Any] = {"language": "ja", "skin": skin, "burden": burden, "sanctions": True, "imitation": True}
    values |= {"newcomer": True, "universalization": True, "policy": "enforce,enforce,take:9,pledge:9,take:3"}
    run = play(**values)
    said = re.sub("|".join([*NAMES, "take:3", "take:9", "share"]), "", run.transcript() + run.stopped_by)
    assert not re.findall("[A-Za-z{}]{2,}", said)
    prompt = re.sub("|".join(NAMES), "", commons.make({**values, "policy": None}).preview("Kate").split("\n", 1)[1])
    assert not re.findall("[A-Za-z{}]{2,}", prompt)


def test_an_unknown_text_or_skin_is_named() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'events\.harvest'"):
        Texts.of("en").say("events.harvst")
    with pytest.raises(UnknownName, match="pasture"):
        Texts.of("en", "pastur")


# --- everything adds up ---


@settings(max_examples=40, deadline=None)
@given(
    values=st.fixed_dictionaries(
        {
            "allocation": st.sampled_from(["stochastic", "proportional"]),
            "newcomer": st.booleans(),
            "sanctions": st.booleans(),
            "imitation": st.booleans(),
            "burden": st.booleans(),
            "discussion": st.booleans(),
            "start": st.sampled_from([0, 4, 5, 7, 50, 99, 100]),
            "growth": st.sampled_from([1.0, 1.5, 2.0, 3.0]),
            "policy": st.sampled_from(["random", "take:9", "take:17", "share", "enforce,random", "share:1.2,enforce,random"]),
        }
    ),
    seed=st.integers(0, 1000),
)
def test_stock_and_gains_add_up_at_every_step(values: dict[str, Any], seed: int) -> None:
    simulation = commons.make({**values, "talk": 1, "rounds": 5}, seed=seed)
    for agent in simulation.agents[values["policy"].count(",") + 1 :] if "," in values["policy"] else ():
        agent.actor = simulation.agents[0].actor  # who has no policy of the list plays the first
    run = simulation.run(100)
    worlds: list[Any] = [run.world(step) for step in range(run.last_step + 1)]
    for world in worlds:
        pool = world["pool"]
        assert 0 <= pool["stock"] <= 100
        assert pool["stock"] + sum(pool["taken"].values()) + pool["nature"] == values["start"]
        for name, gain in world["gain"].items():
            assert gain == pool["taken"].get(name, 0) - world["sanctions"]["lost"].get(name, 0) >= 0
    for before, after in pairwise(worlds):
        harvested = sum(after["pool"]["taken"].values()) - sum(before["pool"]["taken"].values())
        grown = before["pool"]["nature"] - after["pool"]["nature"]
        assert after["pool"]["stock"] == before["pool"]["stock"] - harvested + grown
    metrics = run.metrics
    assert metrics["gain"][: len(worlds[-1]["gain"])] == list(worlds[-1]["gain"].values())
    assert metrics["over_usage"] is None or 0 <= metrics["over_usage"] <= 1
    assert metrics["equality"] is None or 0 <= metrics["equality"] <= 1
    assert metrics["efficiency"] is None or 0 <= metrics["efficiency"] <= 1
