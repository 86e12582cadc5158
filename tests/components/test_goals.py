"""Goals: each ends once, by an event that it declares or by a judgement, with evidence."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from gamemaster import ActionSpec, Agent
from gamemaster.components import Constant, Goal, Goals, Happening
from gamemaster.components.goal import after_happening, ended, past_deadline, read_goals
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, Observation

SELL = Goal(text="Sell two loaves.", priority=2, achieved_by=("sell_loaf",), impossible_by=("fire",), times=2)
FRIEND = Goal(text="Make friends with Bob.")


# --- the rule, without a model ---


def deed(action: str = "", at: int = 0, **more: Any) -> Happening:
    made: dict[str, Any] = {"actor": "Ann", "action": action, "kind": "act", **more}
    return Happening(id=f"1/event/{at}", time=0.0, text="", **made)


def test_events_count_until_it_is_achieved_with_their_ids() -> None:
    once = after_happening(SELL, deed("sell_loaf"), "Ann", "sold")
    twice = after_happening(once, deed("sell_loaf", 1), "Ann", "sold the second")
    assert (once.status, once.done, once.evidence) == ("open", 1, ("1/event/0",))
    assert (twice.status, twice.reason, twice.evidence) == ("achieved", "sold the second", ("1/event/0", "1/event/1"))
    assert after_happening(twice, deed("", tags=("fire",)), "Ann", "burnt") is twice, "it has ended"


def test_others_deeds_and_mere_words_do_not_count() -> None:
    assert after_happening(SELL, deed("sell_loaf", actor="Bob"), "Ann", "") is SELL
    assert after_happening(SELL, deed("sell_loaf", kind="speech"), "Ann", "") is SELL
    anyone = Goal(text="A loaf is sold.", achieved_by=("sell_loaf",), by_anyone=True)
    assert after_happening(anyone, deed("sell_loaf", actor="Bob"), "Ann", "").status == "achieved"
    assert after_happening(SELL, deed("", tags=("fire",), actor=""), "Ann", "burnt").status == "impossible"


def test_a_deadline_and_an_end_of_its_own() -> None:
    late = Goal(text="Be home by dark.", deadline=100.0)
    assert past_deadline(late, 100.0, "late") is late and past_deadline(late, 101.0, "late").status == "impossible"
    done = ended(late, "achieved", "Ann is\nhome.", ["a", "b", "a"])
    assert (done.reason, done.evidence) == ("Ann is home.", ("a", "b"))
    assert past_deadline(done, 101.0, "late") is done and ended(done, "abandoned", "no") is done


# --- a component among others ---


def heard(text: str, at: int = 0, **more: Any) -> Observation:
    made: dict[str, Any] = {"how": "heard", "speaker": "Bob", **more}
    return Observation(id=f"1/observation/{at}", event_id=f"1/event/{at}", to="Ann", time=0.0, text=text, **made)


async def lived(goals: Goals, *news: Observation, time: float = 0.0, model: Any = None) -> Any:
    for each in news:
        await goals.observe(each)
    turn = turn_for(goals, time=time, model=model, people=["Ann", "Bob"])
    await goals.react(turn)
    return turn


async def test_a_model_judges_those_that_declare_nothing_with_evidence() -> None:
    def rule(request: Any) -> Any:
        return {"reason": "Bob says so.", "evidence": [2]} if "why" in request.key.what else 1

    goals, model = Goals([SELL, FRIEND], asks=True), ScriptedModel(rule)
    await lived(goals, model=model)
    assert model.requests == [], "there is no news"
    turn = await lived(goals, heard("Good day."), heard("We are friends.", 1), model=model)
    friend = goals.goals[1]
    assert (friend.status, friend.reason, friend.evidence) == ("achieved", "Bob says so.", ("1/event/1",))
    assert (len(model.requests), model.rounds) == (2, 2), "the declared one is not asked about"
    assert [request.prompt.text for request in model.requests] == [
        '# What has just happened\n1. Bob said: "Good day."\n2. Bob said: "We are friends."\n\nAnn has this goal: Make friends '
        "with Bob.\nWhat has become of it by what has just happened?",
        '# What has just happened\n1. Bob said: "Good day."\n2. Bob said: "We are friends."\n\nAnn had this goal: Make friends '
        "with Bob.\nOf this goal it is true now: It is achieved. Give the reason in one short sentence, and the numbers of what "
        "shows it.",
    ]
    assert [(each.name, each.value) for each in turn._thinking.circumstances.measures] == [
        ("goal", "achieved"),
        ("goals_open", 1),
    ]
    turn.memory.store()
    assert turn.memory.recent(1)[0].text == "Achieved: Make friends with Bob. (Bob says so.)"


async def test_the_prompt_says_how_goals_stand_and_the_answer_changes() -> None:
    def rule(request: Any) -> str:
        return "Ann goes home." if "No longer possible" in request.prompt.text else "Ann calls out her loaves."

    goals = Goals([FRIEND, SELL], asks=False)
    assert await goals.context(turn_for(goals)) == "Sell two loaves. (0 of 2 so far)\nMake friends with Bob."
    without = Agent("Ann", [Constant("A shop.")], model=ScriptedModel(rule))
    agent = Agent("Ann", [Constant("A shop."), goals], model=ScriptedModel(rule))
    assert await agent.answer(ActionSpec.free("And?")) == "Ann calls out her loaves."
    await lived(goals, heard("The shop burns.", how="announced", speaker=None, tags=("fire",)))
    told = await goals.context(turn_for(goals))
    assert told == "Make friends with Bob.\nNo longer possible: Sell two loaves. (The shop burns.)"
    assert await agent.answer(ActionSpec.free("And?")) == "Ann goes home."
    assert await without.answer(ActionSpec.free("And?")) == "Ann calls out her loaves."
    text = agent.model.requests[-1].prompt.text  # type: ignore[union-attr]
    assert text.replace(f"# Your goals\n{told}\n\n", "") == without.model.requests[-1].prompt.text  # type: ignore[union-attr]


async def test_failed_answers() -> None:
    goals = Goals([FRIEND])
    await lived(goals, heard("Hm."), model=ScriptedModel(lambda request: "Hm."))
    assert goals.goals[0].is_open
    model = ScriptedModel(lambda request: "Hm." if "why" in request.key.what else 2)
    await lived(goals, heard("Never."), model=model)
    assert (goals.goals[0].status, goals.goals[0].reason) == ("abandoned", 'Bob said: "Never."'), "the news stands for the reason"


async def test_its_state_moves_to_another_and_another_version_is_refused() -> None:
    goals, other = Goals([SELL, FRIEND], asks=False), Goals([SELL, FRIEND, "A new one."], asks=False)
    await lived(goals, heard("Fire!", how="announced", speaker=None, tags=("fire",)))
    other.restore(goals.state())
    assert other.goals[:2] == goals.goals and other.goals[2].is_open
    with pytest.raises(DefinitionError, match="goals: the stored state has version 9"):
        Agent("Ann", [Goals(["a"])]).restore_states({"goals": (9, {})})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Goals("win"), "give a list of goals"),
        (lambda: Goals([3]), "the goal 3; give Goal"),  # type: ignore[list-item]
        (lambda: Goals([]), "0 goals; give 1 to 12"),
        (lambda: Goals(["a", "b", "a"]), "the goal 'a' twice"),
        (lambda: Goals(["a"], shown_ended=-1), "shown_ended=-1"),
        (lambda: Goal(text=" "), "A goal is empty"),
        (lambda: Goal(text="a", times=0), "times=0"),
        (lambda: Goal(text="a", achieved_by="sell"), "achieved_by='sell'; give a tuple"),  # type: ignore[arg-type]
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        make()
    assert read_goals(["a"], name="goals", most=1) == (Goal(text="a"),)


class TestGoals(ComponentSuite):
    """Goals that are judged, and one that counts."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Goals(["Make friends.", Goal(text="Buy bread often.", achieved_by=("act",), times=50)])
