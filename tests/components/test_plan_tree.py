"""The plan as a tree: the rule without a model, the finer levels, and what changes a plan."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import ActionSpec, Agent, Attempt, Event
from gamemaster.agent import ComponentTurn
from gamemaster.components import Observations, Persona, Plan
from gamemaster.components.plan_item import DAY, PlanItem, read_items
from gamemaster.components.plan_tree import (
    acted,
    at_hand,
    dropped,
    fitted,
    refused,
    revised,
    settled,
    with_actions,
    with_hours,
)
from gamemaster.language import EmbeddedModel, LanguageModel
from gamemaster.testing import ComponentSuite, HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, Observation

START = datetime(2023, 2, 13, 7)
HOUR = 3600.0


def spans(items: Any) -> list[tuple[int, int, str]]:
    return [(item.start, item.length, item.what) for item in items]


def endings(items: Any) -> list[tuple[str, str, str]]:
    return [(item.what, item.ended, item.reason) for item in items]


DAY_PLAN = read_items(["09:00 bake", "12:00 eat", "13:00 sell"], start=480)


# --- the rule, without a model ---


def test_items_last_until_the_next_or_as_they_say() -> None:
    assert spans(DAY_PLAN) == [(540, 180, "bake"), (720, 60, "eat"), (780, 660, "sell")]
    assert spans(read_items(["09:00-10:30 bake", "10:00 eat", "11:00 to 11:45 sell"], start=480, end=900)) == [
        (540, 60, "bake"),
        (600, 60, "eat"),
        (660, 45, "sell"),
    ]


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 59)), max_size=12), st.integers(0, DAY - 1))
def test_items_never_overlap_and_one_is_at_hand(hours: list[tuple[int, int]], minute: int) -> None:
    items = read_items([f"{hour:02d}:{least:02d} thing {at}" for at, (hour, least) in enumerate(hours)], start=0)
    assert all(one.end <= other.start for one, other in pairwise(items))
    now = at_hand(items, minute)
    assert (now is None) == all(item.start > minute for item in items)
    if now is not None:
        assert items[now].start <= minute < items[now].end


def test_what_is_over_is_done_where_something_was_done() -> None:
    plan = acted(DAY_PLAN, 700)
    assert endings(settled(plan, 790)) == [("bake", "done", ""), ("eat", "passed", ""), ("sell", "", "")]
    assert settled(plan, 600) == plan
    assert settled(settled(plan, 790), 800) == settled(plan, 790)


def test_what_has_an_end_of_its_own_is_over_then() -> None:
    plan = read_items(["09:00-10:00 bake", "12:00 eat"], start=480)
    assert endings(settled(plan, 660)) == [("bake", "passed", ""), ("eat", "", "")]


def test_refused_is_the_lowest_at_hand() -> None:
    hours = read_items(["09:00 knead", "10:00 heat the oven"], start=480)
    plan = with_hours(DAY_PLAN, hours, 480)
    after = refused(plan, 610, "there is no wood")
    assert endings(after) == endings(DAY_PLAN)
    assert endings(after[0].parts) == [("knead", "", ""), ("heat the oven", "refused", "there is no wood")]
    assert endings(refused(plan, 730, "the inn is shut"))[1] == ("eat", "refused", "the inn is shut")
    assert refused(plan, 500, "too early") == plan


def test_dropped_is_the_stroke_at_hand() -> None:
    assert endings(dropped(DAY_PLAN, 730, "not hungry")) == [("bake", "", ""), ("eat", "dropped", "not hungry"), ("sell", "", "")]
    assert dropped(DAY_PLAN, 500, "x") == DAY_PLAN


def test_a_new_plan_keeps_what_is_past() -> None:
    plan = settled(acted(DAY_PLAN, 600), 730)
    after = revised(plan, 730, read_items(["12:00 run to the mill", "14:00 sleep"], start=730), "the mill burns")
    assert endings(after) == [
        ("bake", "done", ""),
        ("eat", "dropped", "the mill burns"),
        ("run to the mill", "", ""),
        ("sleep", "", ""),
    ]
    assert spans(after)[1:] == [(720, 10, "eat"), (730, 110, "run to the mill"), (840, 600, "sleep")]


def test_what_goes_on_is_not_broken_off() -> None:
    after = revised(DAY_PLAN, 730, read_items(["12:00 Eat.", "12:30 sleep"], start=730), "tired")
    assert spans(after) == [(540, 180, "bake"), (720, 30, "eat"), (750, 690, "sleep")]
    assert endings(after)[1] == ("eat", "", "")


def test_what_is_refused_already_stays_refused() -> None:
    after = revised(refused(DAY_PLAN, 730, "the inn is shut"), 730, read_items(["12:15 sleep"], start=730), "tired")
    assert endings(after)[1] == ("eat", "refused", "the inn is shut")


def test_hours_stand_in_the_stroke_in_which_they_begin() -> None:
    plan = with_hours(DAY_PLAN, read_items(["08:00 nothing", "09:00 knead", "11:30 bake", "13:30 sell"], start=480), 480)
    assert [spans(item.parts) for item in plan] == [[(540, 150, "knead"), (690, 30, "bake")], [], [(810, 630, "sell")]]
    past = with_hours(settled(DAY_PLAN, 730), read_items(["09:30 knead"], start=480), 730)
    assert past[0].parts == ()


def test_actions_outside_their_hour_are_left_out() -> None:
    plan = with_hours(DAY_PLAN, read_items(["09:00 knead", "10:00 bake"], start=480), 480)
    hour = plan[0].parts[0]
    after = with_actions(plan, hour, read_items(["08:50 dress", "09:00 fetch flour", "09:20 add water", "10:05 wait"], start=540))
    assert spans(after[0].parts[0].parts) == [(540, 20, "fetch flour"), (560, 40, "add water")]
    assert with_actions(plan, hour, read_items(["11:00 rest"], start=540)) == plan
    assert settled(after, 730)[0].parts[0].parts == (), "what is over needs no steps"


@given(st.integers(1, 60), st.integers(0, 200), st.integers(0, DAY))
def test_a_plan_that_is_too_large_loses_its_oldest(count: int, length: int, minute: int) -> None:
    items = tuple(PlanItem(start=at * 20, length=20, what="語" * length, reason="語" * length) for at in range(count))
    kept = fitted(items, minute)
    assert kept and len(str([item.as_json() for item in kept]).encode()) < 14_000
    if len(kept) < len(items) and kept[-1] == items[-1]:
        assert kept == items[-len(kept) :] and items[len(items) - len(kept) - 1].start < minute


# --- the finer levels ---


def planner(news: int = 0, **lists: list[str]) -> ScriptedModel:
    """Answers each list by the first part of its name, and whether news changes the plan by `news`."""

    def rule(request: Any) -> Any:
        what = request.key.what.split("/")[1]
        if what == "changed":
            return news
        if what == "why":
            return "The mill burns."
        return {"items": lists.get(what, [])}

    return ScriptedModel(rule)


async def shown(plan: Plan, model: LanguageModel, hour: float, **more: Any) -> list[str]:
    return (await plan.context(turn_for(plan, model=model, time=hour * HOUR, start=START, **more))).splitlines()


STROKES = ["08:00 bake", "12:00 eat", "13:00 sell"]
HOURS = ["08:00 knead", "10:00 heat the oven", "13:00 open the shop"]
ACTIONS = ["08:00 fetch flour", "08:30 add water", "10:00 fetch wood"]


async def test_two_levels_take_two_questions_a_day() -> None:
    plan, model = Plan(levels=2), planner(day=STROKES, hours=HOURS)
    assert await shown(plan, model, 1.5) == ["08:00 bake", "  08:00 knead", "  10:00 heat the oven", "12:00 eat", "13:00 sell"]
    assert await shown(plan, model, 5.5) == ["08:00 bake", "12:00 eat", "13:00 sell"]
    assert await shown(plan, model, 7) == ["08:00 bake", "12:00 eat", "13:00 sell", "  13:00 open the shop"]
    assert [request.key.what for request in model.requests] == ["act/day/1", "act/hours/1/510"]
    assert model.requests[1].prompt.text == (
        "# Your plan for today\n08:00 bake\n12:00 eat\n13:00 sell\n\n"
        "It is Monday, 13 February 2023, 08:30. The day stands above in broad strokes. What does Ann plan to do in the rest of "
        "it, hour by hour? Give a list of at most 16 items in the order of time, each on one line and beginning with its hour, "
        'as in "09:30 ...". Name the place of each.'
    )


async def test_three_levels_divide_the_near_future_alone() -> None:
    plan, model = Plan(levels=3, ahead=30), planner(day=STROKES, hours=HOURS, actions=ACTIONS)
    assert await shown(plan, model, 1.25) == [
        "08:00 bake",
        "  08:00 knead",
        "    08:00 fetch flour",
        "    08:30 add water",
        "  10:00 heat the oven",
        "12:00 eat",
        "13:00 sell",
    ]
    assert [each.what for each in plan.tree[0].parts[1].parts] == []
    await shown(plan, model, 2.75)
    assert [each.what for each in plan.tree[0].parts[1].parts] == ["fetch wood"]
    assert [request.key.what for request in model.requests] == [
        "act/day/1",
        "act/hours/1/495",
        "act/actions/1/480",
        "act/actions/1/600",
    ]
    assert model.requests[2].prompt.text == (
        "From 08:00 to 10:00 Ann plans this: knead. What are the steps, of 5 to 15 minutes each? Give a list of at most 12 items "
        'in the order of time, each on one line and beginning with its hour, as in "08:00 ...".'
    )


async def test_one_level_asks_once_a_day_whatever_happens() -> None:
    plan, model = Plan(), planner(day=STROKES)
    await shown(plan, model, 1.5)
    await hear(plan, model, "The mill burns!", hour=2)
    await shown(plan, model, 3)
    assert len(model.requests) == 1


async def test_the_past_gives_way_to_the_budget_before_the_future() -> None:
    plan, model = Plan(budget=10), planner(day=STROKES)
    assert await shown(plan, model, 1) == ["08:00 bake", "12:00 eat"], "30 characters"
    assert await shown(plan, model, 6.5) == ["12:00 eat", "13:00 sell"]
    plan.budget = 4
    assert await shown(plan, model, 7) == ["13:00 sell"]


# --- what changes a plan ---


async def hear(
    plan: Plan, model: LanguageModel, text: str, *, hour: float, how: Any = "heard", speaker: str | None = "Bob"
) -> ComponentTurn:
    observation = Observation(
        id="1/observation/0",
        event_id="1/event/0",
        to="Ann",
        time=0.0,
        how=how,
        text=text,
        speaker=speaker if how == "heard" else None,
    )
    await plan.observe(observation)
    turn = turn_for(plan, model=model, time=hour * HOUR, start=START)
    await plan.react(turn)
    return turn


def measures(turn: ComponentTurn) -> list[tuple[str, Any]]:
    return [(each.name, each.value) for each in turn._thinking.circumstances.measures]  # pyright: ignore[reportPrivateUsage]


async def test_news_is_a_reason_to_ask_and_sights_are_not() -> None:
    plan, model = Plan(revises=True), planner(day=STROKES)
    await shown(plan, model, 1.5)
    for how in ("saw", "own"):
        await hear(plan, model, "Bob waves.", hour=2, how=how)
    assert len(model.requests) == 1
    await hear(plan, model, "Bob waves to Anna.", hour=2, how="saw")
    assert len(model.requests) == 1
    for how in ("heard", "was_told", "announced"):
        assert measures(await hear(plan, model, "The mill burns.", hour=2, how=how)) == [("plan", "kept")]
    assert measures(await hear(plan, model, "Bob waves to Ann.", hour=2, how="saw")) == [("plan", "kept")]
    assert len(model.requests) == 5
    assert model.requests[1].prompt.text == (
        '# Your plan for today\n08:00 bake\n12:00 eat\n13:00 sell\n\n# What is new\nBob said: "The mill burns."\n\n'
        "Does what is new change what Ann plans for the rest of the day?"
    )
    assert await shown(plan, model, 3) == STROKES


async def test_what_counts_as_news_is_yours_to_say() -> None:
    plan = Plan(revises=True, worth=lambda observation: "burns" in observation.text)
    model = planner(day=STROKES)
    await shown(plan, model, 1.5)
    await hear(plan, model, "The sun shines.", hour=2)
    assert len(model.requests) == 1
    await hear(plan, model, "The mill burns.", hour=2, how="saw")
    assert len(model.requests) == 2


async def test_the_rest_of_the_day_is_planned_anew_with_the_reason() -> None:
    plan = Plan(revises=True)
    model = planner(2, day=STROKES, anew=["12:30 carry water to the mill", "18:00 sleep"])
    await shown(plan, model, 1.5)
    await plan.after_action(*deed("act", "Ann bakes."))
    turn = await hear(plan, model, "The mill burns!", hour=5.5)
    assert measures(turn) == [("plan_item", "done"), ("plan", "revised")]
    assert await shown(plan, model, 6) == [
        "08:00 bake",
        "12:00 (given up: eat; The mill burns.)",
        "12:30 carry water to the mill",
        "18:00 sleep",
    ]
    assert [each.ended for each in plan.tree] == ["done", "dropped", "", ""]
    turn.memory.store()
    assert [(each.text, each.kind) for each in turn.memory.recent(1)] == [
        ("Plan changed (The mill burns.): carry water to the mill; sleep", "plan")
    ]
    assert (model.rounds, len(model.requests)) == (3, 4), "the reason and the new plan are asked for at the same time"


async def test_what_is_at_hand_is_dropped_and_the_rest_stays() -> None:
    plan, model = Plan(revises=True), planner(1, day=STROKES)
    await shown(plan, model, 1.5)
    assert measures(await hear(plan, model, "The mill burns!", hour=2)) == [("plan", "dropped")]
    assert await shown(plan, model, 3) == ["08:00 (given up: bake; The mill burns.)", "12:00 eat", "13:00 sell"]


async def test_a_change_that_finds_no_words_keeps_the_plan() -> None:
    plan, model = Plan(revises=True), planner(2, day=STROKES, anew=[])
    await shown(plan, model, 1.5)
    assert measures(await hear(plan, model, "The mill burns!", hour=2)) == [("plan", "kept")]
    assert await shown(plan, model, 3) == STROKES


async def test_nothing_is_asked_where_there_is_nothing_left_to_change() -> None:
    plan, model = Plan(revises=True), planner(day=["07:30-08:00 bake"])
    assert measures(await hear(plan, model, "The mill burns!", hour=0.1)) == []
    await shown(plan, model, 0.5)
    await hear(plan, model, "The mill burns!", hour=2)
    assert len(model.requests) == 1


async def test_after_a_change_the_hours_are_made_anew() -> None:
    plan = Plan(levels=2)
    model = planner(2, day=STROKES, hours=HOURS, anew=["09:00 carry water"])
    await shown(plan, model, 1.5)
    await hear(plan, model, "The mill burns!", hour=2)
    await shown(plan, model, 2.5)
    assert [request.key.what.split("/")[1] for request in model.requests] == ["day", "hours", "changed", "anew", "why", "hours"]


def deed(kind: Any, text: str) -> tuple[Attempt, list[Event]]:
    attempt = Attempt(id="1/attempt/0", step=1, actor="Ann", spec=ActionSpec.free(), answer="I try.")
    return attempt, [Event(id="1/event/0", step=1, time=0.0, kind=kind, actor="Ann", text=text)]


async def test_how_items_end_is_measured() -> None:
    plan, model = Plan(), planner(day=STROKES)
    await shown(plan, model, 1.5)
    await plan.after_action(*deed("act", "Ann bakes."))
    await shown(plan, model, 5.5)
    await plan.after_action(*deed("refusal", "the inn is shut"))
    turn = turn_for(plan, model=model, time=7 * HOUR, start=START)
    await plan.context(turn)
    assert measures(turn) == []
    assert [each.ended for each in plan.tree] == ["done", "refused", ""]


async def test_removed_it_takes_its_section_and_nothing_else() -> None:
    def rule(request: Any) -> Any:
        if request.key.component == "plan":
            return {"items": ["00:00 bake"]}
        return "Ann bakes." if "00:00 bake" in request.prompt.text else "Ann waits."

    texts: list[str] = []
    for parts in ([Persona("A baker."), Plan(), Observations()], [Persona("A baker."), Observations()]):
        model = ScriptedModel(rule)
        agent = Agent("Ann", parts, model=model)
        await agent.observe("The sun rises.")
        texts += [await agent.answer(ActionSpec.free("And?")), model.requests[-1].prompt.text]
    assert texts[0] == "Ann bakes." and texts[2] == "Ann waits."
    assert texts[1].replace("# Your plan for today\n00:00 bake\n\n", "") == texts[3]


async def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(DefinitionError, match="plan: the stored state has version 1, this code has version 2"):
        Agent("Ann", [Plan()]).restore_states({"plan": (1, {"day": 1, "lines": [], "refused": {}, "current": 0})})


@pytest.mark.parametrize(("arguments", "message"), [({"levels": 4}, r"Plan\(levels=4\)"), ({"ahead": 0}, r"Plan\(ahead=0\)")])
def test_what_is_no_plan_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Plan(**arguments)


def persona() -> Persona:
    return Persona("Ann bakes.", goals=["sell bread"], routine=["opens the bakery at 07:00", "sells bread at 12:00"])


class TestPlanOfThreeLevels(ComponentSuite):
    """All levels, with the model that answers without weights."""

    def make(self) -> Component:
        part = persona()
        return Plan(levels=3, given=[part])

    def model(self) -> LanguageModel:
        return EmbeddedModel(HashEmbedder())


class TestPlanThatChanges(ComponentSuite):
    """Long items, and plans that change every time."""

    def make(self) -> Component:
        return Plan(levels=2, budget=200)

    def model(self) -> LanguageModel:
        lines = [f"{hour:02d}:00 " + "walk along the river and back again, with a pause at the mill, " * 3 for hour in range(24)]
        return planner(2, day=lines[:8], hours=lines[:16], anew=lines[8:16])
