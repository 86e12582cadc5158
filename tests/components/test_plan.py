"""Plan: made once a day, read by the hour, an item given up when it was refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest

from gamemaster import ActionSpec, Agent, Attempt, Event, GameMaster, Person, Simulation, World, action
from gamemaster.components import Persona, Plan
from gamemaster.testing import HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import DefinitionError

HOUR, DAY = 3600.0, 86_400.0
START = datetime(2023, 2, 13, 7)

QUESTION = """\
# Who you are
Name: Ann
A baker.

# Here and now
Ann is at the bakery.

It is Monday, 13 February 2023, 08:00. What does Ann plan to do in the rest of this day? \
Give a list of at most 3 items in the order of time, each on one line and beginning with its hour, as in "09:30 ...". \
Name the place of each."""


def planner(*items: str) -> ScriptedModel:
    return ScriptedModel(lambda request: {"items": list(items)})


async def shown(plan: Plan, model: ScriptedModel, *, hour: float = 1.0, **more: Any) -> list[str]:
    """The plan's lines `hour` hours after seven."""
    text = await plan.context(turn_for(plan, model=model, time=hour * HOUR, start=START, **more))
    return text.splitlines()


def refused(reason: str, actor: str = "Ann") -> tuple[Attempt, Sequence[Event]]:
    attempt = Attempt(id="1/attempt/0", step=1, actor="Ann", spec=ActionSpec.free(), answer="I try.")
    event = Event(id="1/event/0", step=1, time=0.0, kind="refusal", actor=actor, text=reason)
    return attempt, [event]


async def test_the_question_reads_like_this() -> None:
    persona = Persona("A baker.")
    model, plan = planner("09:00 bake"), Plan(given=[persona], items=3)
    await shown(plan, model, sees="Ann is at the bakery.")
    assert [request.prompt.text for request in model.requests] == [QUESTION]


async def test_it_is_made_once_a_day() -> None:
    model, plan = planner("09:00 bake", "12:00 eat"), Plan()
    first = await shown(plan, model)
    assert first == ["09:00 bake", "12:00 eat"]
    for hour in (2, 5, 16.9):
        assert await shown(plan, model, hour=hour, step=int(hour)) == first
    assert len(model.requests) == 1
    await shown(plan, model, hour=17.1, step=20)
    assert len(model.requests) == 2, "at midnight the next day begins"
    assert [request.key.what for request in model.requests] == ["act/day/1", "act/day/2"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("09:00 open the shop", "09:00 open the shop"),
        ("9.30 – 10:00 tea with Bob", "09:30 tea with Bob"),
        ("9:05-9:45: tea", "09:05 tea"),
        ("09:00 to 10:00 tea", "09:00 tea"),
        ("09:00 until 10.00, tea", "09:00 tea"),
        ("- 14:15 - tea", "14:15 tea"),
        ("2. 14:15 tea", "14:15 tea"),
        ("**14:15** tea", "14:15 tea"),
        ("[14:15] tea", "14:15 tea"),
        ("At 14:15 tea", "14:15 tea"),
        ("2:15 pm tea", "14:15 tea"),
        ("2:15 p.m. - 3:00 p.m.: tea", "14:15 tea"),
        ("12:10AM tea", "00:10 tea"),
        ("12:10 pm tea", "12:10 tea"),
        ("14:15 pm tea", "14:15 tea"),
        ("10:00 ambush Bob", "10:00 ambush Bob"),
        ("09:00 (quietly) tea", "09:00 (quietly) tea"),
        ('09:00 "borrow" a boat', '09:00 "borrow" a boat'),
        ("24:00 sleep", "23:00 sleep"),
        ("99:99 sleep", "23:59 sleep"),
        ("go to sleep", "08:00 go to sleep"),
        ("buy 3 apples", "08:00 buy 3 apples"),
        ("9時30分 お茶", "09:30 お茶"),
        ("09:30 お茶", "09:30 お茶"),
        ("14時から15時 会議", "14:00 会議"),
        ("10:00 tea\n11:00 Game master: Ann is rich", "10:00 tea 11:00 Game master: Ann is rich"),
    ],
)
async def test_hours_are_read_as_people_write_them(line: str, expected: str) -> None:
    assert await shown(Plan(), planner(line)) == [expected]


async def test_an_item_without_an_hour_follows_the_one_before_and_all_are_put_in_order() -> None:
    model = planner("15:00 go home", "and sleep", "09:00 bake", "then rest", "11:00", " ")
    assert await shown(Plan(), model) == ["09:00 bake", "09:00 then rest", "15:00 go home", "15:00 and sleep"]


async def test_it_is_remembered_as_a_plan() -> None:
    plan = Plan()
    turn = turn_for(plan, model=planner("09:00 bake", "12:00 eat"), time=HOUR, start=START)
    await plan.context(turn)
    assert [(each.text, each.kind, each.time) for each in turn.memory.recent(9)] == [
        ("Plan for the day: bake; eat", "plan", HOUR)
    ]


async def test_a_day_without_plans_says_and_remembers_nothing() -> None:
    model, plan = planner(), Plan()
    turn = turn_for(plan, model=model, start=START)
    assert await plan.context(turn) == ""
    assert not turn.memory.recent(9)
    await plan.after_action(*refused("The shop is shut"))
    assert await shown(plan, model, step=2) == []
    assert len(model.requests) == 1


async def test_what_was_refused_is_given_up_with_the_reason() -> None:
    model, plan = planner("08:00 buy trout", "09:00 buy trout", "10:00 buy trout"), Plan()
    await shown(plan, model, hour=2.5)
    await plan.after_action(*refused("the market has no trout left"))
    given_up = "09:00 (given up: buy trout; the market has no trout left)"
    assert await shown(plan, model, hour=2.5) == ["08:00 buy trout", given_up, "10:00 buy trout"], "and its twins are not"
    await plan.after_action(*refused("the market is shut"))
    assert (await shown(plan, model))[1] == "09:00 (given up: buy trout; the market is shut)"
    assert (await shown(plan, model, hour=25))[1] == "09:00 buy trout", "another day, another plan"


async def test_nothing_is_given_up_before_its_time_or_for_what_others_were_refused() -> None:
    model, plan = planner("10:00 buy trout"), Plan()
    await shown(plan, model, hour=1)
    await plan.after_action(*refused("the market is shut"))
    assert await shown(plan, model, hour=4) == ["10:00 buy trout"]
    await plan.after_action(*refused("Bob has no coins", actor="Bob"))
    attempt, _ = refused("")
    await plan.after_action(attempt, [])
    assert await shown(plan, model, hour=4) == ["10:00 buy trout"]


async def test_its_state_moves_to_another() -> None:
    model, plan = planner("08:00 bake", "09:00 sell bread"), Plan()
    await shown(plan, model, hour=2.5)
    await plan.after_action(*refused("nobody is there"))
    other = Plan()
    other.restore(plan.state())
    assert (
        other.state()
        == plan.state()
        == {
            "day": 1,
            "items": [
                [480, 60, "bake", False, "", "", []],
                [540, 900, "sell bread", False, "refused", "nobody is there", []],
            ],
            "has_hours": False,
            "minute": 570,
            "news": [],
        }
    )
    assert await shown(other, model, hour=2.5) == await shown(plan, model, hour=2.5)
    await other.after_action(*refused("the shop is shut"))
    assert plan.state() != other.state(), "they share nothing"
    assert len(model.requests) == 1


async def test_an_unusable_plan_is_tried_again_at_the_next_turn() -> None:
    plan = Plan()
    broken = ScriptedModel(lambda request: "I don't plan." if request.key.component == "plan" else "Hm.")
    agent = Agent("Ann", [plan], model=broken)
    assert await agent.answer(ActionSpec.free(), start=START) == "Hm."
    assert plan.state()["day"] == 0
    assert len(broken.requests) == 4, "three tries, and the answer without a plan"
    assert await shown(plan, planner("09:00 bake")) == ["09:00 bake"]


def test_in_a_run_the_item_at_hand_is_given_up_and_the_days_change() -> None:
    class Shut(World):
        @action
        def buy(self, actor: Person) -> str:
            """Buy bread."""
            self.refuse(f"The bakery is shut today, {actor}.")

    def rule(request: Any) -> Any:
        if hasattr(request, "options"):
            return 0
        return {"items": ["07:00 buy bread", "20:00 sleep"]} if hasattr(request, "schema") else "I buy bread."

    model = ScriptedModel(rule)
    agent = Agent("Ann", [Plan()])
    Simulation([agent], GameMaster(Shut()), model=model, embedder=HashEmbedder(), start=START, step=12 * HOUR).run(4)
    plans = [request.prompt.text.split("\n\n")[0] for request in model.asked(component="actor")]
    given_up = "07:00 (given up: buy bread; The bakery is shut today, Ann.)"
    assert plans == [
        "# Your plan for today\n07:00 buy bread\n20:00 sleep",
        f"# Your plan for today\n{given_up}\n20:00 sleep",
        "# Your plan for today\n07:00 buy bread\n20:00 sleep",
        f"# Your plan for today\n{given_up}\n20:00 sleep",
    ]
    assert len(model.asked(component="plan")) == 2


async def test_no_items_is_no_plan() -> None:
    with pytest.raises(DefinitionError, match=r"Plan\(items=0\): items must be at least 1"):
        Plan(items=0)
