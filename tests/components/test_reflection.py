"""Reflection: the budget of importance, the questions, and the thoughts that rest on memories."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import ActionSpec, Agent, RoundRobin, Scripted, Simulation
from gamemaster.agent import ComponentTurn
from gamemaster.components import ImportanceRating, Observations, Persona, Plan, Reflection, TheoryOfMind
from gamemaster.language import EmbeddedModel, LanguageModel
from gamemaster.memory import ImportanceTrigger
from gamemaster.testing import ComponentSuite, HashEmbedder, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, Observation

DAY = 86_400.0


def thinker(*insights: tuple[str, list[int]], questions: tuple[str, ...] = ("Who is Bob?",)) -> ScriptedModel:
    def rule(request: Any) -> Any:
        if request.key.what.endswith("questions"):
            return {"items": list(questions)}
        if "insights" in request.key.what:
            return {"insights": [{"insight": text, "evidence": evidence} for text, evidence in insights]}
        return {"ratings": [10] * len(request.prompt.sections[-1].text.splitlines())}

    return ScriptedModel(rule)


async def lived(part: Reflection, model: LanguageModel, *texts: str, **more: Any) -> ComponentTurn:
    """The turn at the end of a step in which these texts were observed."""
    turn = turn_for(part, model=model, observations=texts, **more)
    for at, text in enumerate(texts):
        await part.observe(Observation(id=f"1/observation/{at}", event_id="", to="Ann", time=0.0, how="saw", text=text))
    await part.react(turn)
    return turn


def measures(turn: ComponentTurn) -> list[tuple[str, Any]]:
    return [(each.name, each.value) for each in turn._thinking.circumstances.measures]  # pyright: ignore[reportPrivateUsage]


# --- the rule, without a model ---


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(1, 10)), max_size=20), max_size=20))
def test_the_budget_is_spent_once_a_step(steps: list[list[int | None]]) -> None:
    trigger, left = ImportanceTrigger(), 150.0
    for step in steps:
        left -= sum(5 if each is None else each for each in step)
        assert trigger.spend(step) == (left <= 0)
        left = 150.0 if left <= 0 else left
        assert trigger.left == left


async def test_it_reflects_at_zero_and_not_before() -> None:
    part, model = Reflection(threshold=15), thinker(("Bob is busy.", [1]))
    assert measures(await lived(part, model, "Bob digs.", "Bob hoes.")) == []
    assert part.state()["left"] == 5 and not model.requests
    turn = await lived(part, model, "Bob rakes.")
    assert measures(turn) == [("reflections", 1), ("insights", 1), ("reflection_depth", 1)]
    assert (part.state()["left"], part.state()["elements"]) == (15, 0)


async def test_ratings_of_the_step_are_taken_off() -> None:
    rating = ImportanceRating()
    part = Reflection(rating, threshold=20)
    model = thinker(("Bob is busy.", [1]))
    turn = await lived(part, model, "Bob digs.", "Bob hoes.")
    assert ("reflections", 1) in measures(turn), "10 each, where unrated would be 5"
    assert [request.key.component for request in model.requests] == ["importance_rating", "reflection", "reflection"]


async def test_insights_rest_on_memories_and_are_one_deeper() -> None:
    part, model = Reflection(threshold=5), thinker(("Bob farms.", [1, 3]), ("Bob is tired.", [2]))
    turn = await lived(part, model, "Bob digs.", "Bob yawns.", "Bob hoes.")
    turn.memory.store()
    records = {each.text: each for each in turn.memory.recent(9)}
    thought = records["Bob farms."]
    assert (thought.kind, thought.depth) == ("thought", 1)
    assert thought.rests_on == (records["Bob digs."].id, records["Bob hoes."].id)
    assert records["Bob is tired."].rests_on == (records["Bob yawns."].id,)
    deeper = thinker(("Farming tires.", [len(records)]))
    again = await lived(part, deeper, memories=[])
    assert not measures(again), "nothing new was noticed"


async def test_a_thought_on_a_thought_is_deeper() -> None:
    part, model = Reflection(threshold=5), thinker(("All is labour.", [1, 2]))
    turn = turn_for(part, model=model, observations=["Bob digs."])
    ground = turn.memory.recent(1)[0]
    turn.memory.add("Bob farms.", kind="thought", rests_on=[ground.id])
    turn.memory.store()
    await part.observe(Observation(id="1/observation/0", event_id="", to="Ann", time=0.0, how="saw", text="Bob digs."))
    await part.react(turn)
    turn.memory.store()
    assert [(each.text, each.depth) for each in turn.memory.recent(9)] == [
        ("Bob digs.", 0),
        ("Bob farms.", 1),
        ("All is labour.", 2),
    ]
    assert ("reflection_depth", 2) in measures(turn)


async def test_the_questions_read_like_this_and_take_two_rounds() -> None:
    persona = Persona("A farmer.")
    part = Reflection(threshold=5, given=[persona], questions=2, insights=3)
    model = thinker(("Bob farms.", [1]), questions=("Who is Bob?", "What is Ann?"))
    await lived(part, model, "Bob digs.")
    assert [request.prompt.text for request in model.requests[:2]] == [
        "# Who you are\nName: Ann\nA farmer.\n\n# What is remembered of late, oldest first\n1. Bob digs.\n\n"
        "Given only what stands above, what are the 2 most important questions that can be answered about Ann and the others "
        "in it? Give a list of 2 questions.",
        "# Who you are\nName: Ann\nA farmer.\n\n# What is remembered\n1. Bob digs.\n\n"
        "Who is Bob?\nWhat can be concluded from the numbered statements above, about this question? Give at most 3 insights, "
        "each in one sentence and with the numbers of the statements that it rests on.",
    ]
    assert (model.rounds, len(model.requests)) == (2, 3)


async def test_evidence_that_is_not_there_is_no_answer() -> None:
    part, model = Reflection(threshold=5), thinker(("Bob farms.", [2]))
    turn = await lived(part, model, "Bob digs.")
    assert ("insights", 0) in measures(turn) and not part.state()["insights"]


async def test_the_hundred_latest_memories_are_asked_about() -> None:
    part, model = Reflection(threshold=5), thinker(("Bob farms.", [1]))
    await lived(part, model, "Bob digs.", memories=[f"Memory {at}." for at in range(150)])
    lines = model.requests[0].prompt.sections[0].text.splitlines()
    assert (len(lines), lines[0], lines[-1]) == (100, "1. Memory 51.", "100. Bob digs.")
    assert len(model.requests[1].prompt.sections[0].text.splitlines()) == 30


async def test_none_never_reflects_and_bounded_so_often_a_day() -> None:
    model = thinker(("Bob farms.", [1]))
    never = Reflection(mode="none", threshold=5)
    assert measures(await lived(never, model, "Bob digs.")) == [] and not model.requests
    bounded = Reflection(mode="bounded", a_day=2, threshold=5)
    seen = [measures(await lived(bounded, model, "Bob digs.", time=hour * 3600.0))[0] for hour in (1, 2, 3, 4, 25, 26, 27)]
    assert [value for _, value in seen] == [1, 1, 0, 0, 1, 1, 0]


async def test_the_prompt_says_what_was_concluded_and_the_answer_changes() -> None:
    part = Reflection(threshold=5, last=2)
    assert await part.context(turn_for(part)) == ""
    await lived(part, thinker(("Bob farms.", [1]), ("Bob is kind.", [1]), ("Bob is late.", [1])), "Bob digs.")
    assert await part.context(turn_for(part)) == "- Bob is kind.\n- Bob is late."

    def rule(request: Any) -> str:
        return "Ann waits." if "Bob is late." in request.prompt.text else "Ann leaves."

    for reflection, answer in ((part, "Ann waits."), (None, "Ann leaves.")):
        model = ScriptedModel(rule)
        parts: list[Component] = [Persona("A farmer."), *([] if reflection is None else [reflection]), Observations()]
        assert await Agent("Ann", parts, model=model).answer(ActionSpec.free("And?")) == answer
        rest = model.requests[-1].prompt.text.replace("# What you have come to think\n- Bob is kind.\n- Bob is late.\n\n", "")
        assert rest == "# Who you are\nName: Ann\nA farmer.\n\nAnd?"


async def test_the_oldest_insights_give_way_to_the_budget() -> None:
    part = Reflection(threshold=5, last=20, budget=20)
    await lived(part, thinker(*((f"Bob has said it {at} times already.", [1]) for at in range(5))), "Bob digs.")
    assert await part.context(turn_for(part)) == "- Bob has said it 4 times already."


async def test_its_state_moves_to_another() -> None:
    part = Reflection(threshold=12)
    await lived(part, thinker(("Bob farms.", [1])), "Bob digs.", "Bob hoes.", "Bob yawns.")
    await lived(part, thinker(), "Bob sleeps.")
    other = Reflection(threshold=12)
    other.restore(part.state())
    assert other.state() == part.state()
    assert part.state() == {"left": 7.0, "elements": 1, "new": 0, "day": 1, "today": 1, "insights": ["Bob farms."]}


async def test_a_state_of_another_version_is_refused() -> None:
    with pytest.raises(DefinitionError, match="reflection: the stored state has version 7"):
        Agent("Ann", [Reflection()]).restore_states({"reflection": (7, {})})


def test_its_rating_must_stand_in_the_list() -> None:
    with pytest.raises(DefinitionError, match="'reflection' reads 'importance_rating'"):
        Agent("Ann", [Reflection(ImportanceRating())])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "some"}, "mode='some'; it is 'none', 'bounded' or 'full'"),
        ({"questions": 0}, "questions=0"),
        ({"a_day": 0}, "a_day=0"),
        ({"threshold": 0}, "threshold=0"),
        ({"last": 21}, "last=21"),
    ],
)
def test_what_is_no_reflection_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Reflection(**arguments)


async def test_the_embedded_model_reflects() -> None:
    part = Reflection(threshold=5)
    turn = await lived(part, EmbeddedModel(HashEmbedder()), "Bob digs in the garden.", "Bob sells three carrots.")
    assert dict(measures(turn))["insights"] >= 1


class TestReflection(ComponentSuite):
    """It keeps the rules of a component, with a rating."""

    def make(self) -> Component:
        return Reflection(ImportanceRating(), threshold=12)


class TestBoundedReflection(ComponentSuite):
    """The same with a bound and no rating."""

    def make(self) -> Component:
        return Reflection(threshold=12, mode="bounded", a_day=1, given=[Persona("A farmer.")])


def test_where_no_model_answers_none_is_asked_and_nothing_fails(tmp_path: Any) -> None:
    model = ScriptedModel()
    parts: list[Component] = [rating := ImportanceRating(), Reflection(rating, threshold=1), TheoryOfMind(), Plan(revises=True)]
    crowd = [Agent("Ann", parts, actor=Scripted(lambda view: "Hello.")), Agent("Bob", actor=Scripted(lambda view: "Good day."))]
    run = Simulation(crowd, schedule=RoundRobin(ActionSpec.speech()), model=model, embedder=HashEmbedder()).run(4)
    assert len(run.observations()) and not model.requests and not run.failures


async def test_what_it_has_just_come_to_think_is_no_news() -> None:
    part, model = Reflection(threshold=5), thinker(("Bob farms.", [1]))
    await lived(part, model, "Bob digs.")
    turn = await lived(part, model, "Bob hoes.")
    assert ("insights", 0) in measures(turn) and not turn.has_added
