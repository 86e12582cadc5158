"""BDI: one intention, kept until done, impossible, given up or displaced; beliefs with their sources."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from gamemaster import ActionSpec, Agent
from gamemaster.components import BDI, Constant, Fact, Goal
from gamemaster.components.fact import dropped_facts, with_fact
from gamemaster.components.intention import Intention, displacing, ends_by_desire, may_end
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, Observation

CROSS = Goal(text="Cross the river.", priority=2, achieved_by=("cross_river",))
REST = Goal(text="Have a rest.", priority=1)
GONE = Fact(text="The bridge is gone.", topic="bridge")


# --- the rules, without a model ---


def fact(text: str, how: Any = "seen", topic: str = "", source: str = "") -> Fact:
    return Fact(text=text, how=how, topic=topic, source=source)


def test_what_is_told_never_overwrites_what_was_seen() -> None:
    seen, told = fact("It stands.", topic="bridge"), fact("It fell.", "told", "bridge", "Bob")
    held = with_fact([seen], told)
    assert [(each.text, each.disputes) for each in held] == [("It stands.", ""), ("It fell.", "It stands.")]
    assert with_fact([fact("It fell.", "told", source="Cy")], fact("It stands.", "told"), None)[0].text == "It fell."


def test_what_is_seen_overwrites_both_and_settles_the_dispute() -> None:
    held = with_fact([fact("It stands.", topic="bridge")], fact("It fell.", "told", "bridge", "Bob"))
    now = with_fact(held, fact("It fell.", topic="bridge"))
    assert [(each.text, each.how, each.source, each.disputes) for each in now] == [("It fell.", "seen", "", "")]
    third = with_fact(held, fact("It burns.", topic="bridge"))
    assert [each.text for each in third] == ["It burns."]


def test_told_replaces_told_and_the_same_is_not_known_twice() -> None:
    one, other = fact("a", "told", "t", "Bob"), fact("b", "told", "t", "Cy")
    assert with_fact([one], other) == (other,)
    assert with_fact([one], fact("a", "told", "t", "Cy")) == (one,)
    assert with_fact([fact("a")], fact("a", "told")) == (fact("a"),)
    unrelated, named = fact("x"), fact("b", "told")
    assert with_fact([unrelated, fact("a", "told")], named, fact("a", "told")) == (unrelated, named)


def test_disputed_then_told_then_oldest_are_dropped_first() -> None:
    held = [fact("a"), fact("b", "told"), Fact(text="c", how="told", disputes="a"), fact("d"), fact("e", "told")]
    assert [each.text for each in dropped_facts(held, 4)] == ["a", "b", "d", "e"]
    assert [each.text for each in dropped_facts(held, 2)] == ["a", "d"]
    assert [each.text for each in dropped_facts(held, 1)] == ["d"]


def test_commitment_says_what_may_end_an_intention() -> None:
    assert may_end("blind") == ("done",) and may_end("single_minded") == ("done", "impossible")
    assert displacing((REST, CROSS), REST) == [CROSS] and displacing((REST, CROSS), CROSS) == []
    assert ends_by_desire(REST) is None
    assert ends_by_desire(Goal(text="a", status="abandoned")) == "given_up"
    assert Intention.from_json(Intention(desire="a", text="b", since=3.0).as_json()).since == 3.0


# --- a component among others ---


def saw(text: str, at: int = 0, **more: Any) -> Observation:
    made: dict[str, Any] = {"how": "saw", **more}
    return Observation(id=f"1/observation/{at}", event_id=f"1/event/{at}", to="Ann", time=0.0, text=text, **made)


async def lived(bdi: BDI, *news: Observation, model: Any = None, time: float = 0.0) -> Any:
    for each in news:
        await bdi.observe(each)
    turn = turn_for(bdi, model=model, time=time, people=["Ann", "Bob"])
    await bdi.react(turn)
    return turn


def measures(turn: Any) -> list[tuple[str, Any]]:
    return [(each.name, each.value) for each in turn._thinking.circumstances.measures]


def model(kept: int = 0) -> ScriptedModel:
    def rule(request: Any) -> Any:
        what = request.key.what.split("/")[-1]
        return {"which": 0, "what": "Ann walks to the bridge.", "is_kept": kept, "why": "The bridge fell."}[what]

    return ScriptedModel(rule)


async def test_an_intention_is_formed_once_and_kept() -> None:
    bdi, asked = BDI([REST, CROSS], rules={"flood": GONE}), model()
    turn = turn_for(bdi, model=asked)
    assert await bdi.context(turn) == (
        "You intend this: Ann walks to the bridge. (for: Cross the river.)\nYou want: Cross the river.\nYou want: Have a rest."
    )
    assert [request.prompt.call for request in asked.requests] == [
        "Which of these does Ann set about now?",
        "Ann sets about this: Cross the river.\nWhat exactly does Ann intend to do for it? Answer in one short sentence.",
    ]
    assert measures(turn) == [("intention", "formed")]
    await bdi.context(turn_for(bdi, model=asked))
    await lived(bdi, saw("A bird sings."), model=asked)
    assert len(asked.requests) == 2, "news that changes no belief is no reason to think it over"
    turn = await lived(bdi, saw("The river rises.", tags=("flood",)), model=asked)
    assert measures(turn) == [("beliefs", 1), ("intention", "kept")]
    assert len(asked.requests) == 3


async def test_it_ends_as_impossible_with_the_reason_and_the_next_is_formed() -> None:
    bdi, asked = BDI([CROSS, REST], rules={"flood": GONE}), model(kept=2)
    await bdi.context(turn_for(bdi, model=asked))
    turn = await lived(bdi, saw("The river rises.", tags=("flood",)), model=asked)
    assert bdi.intention is None and bdi.desires[0].status == "impossible"
    assert measures(turn)[-1] == ("intention", "impossible")
    turn.memory.store()
    assert turn.memory.recent(1)[0].text == "Let go of as impossible: Ann walks to the bridge. (The bridge fell.)"
    told = await bdi.context(turn_for(bdi, model=asked))
    assert told.splitlines()[:2] == [
        "You intend this: Ann walks to the bridge. (for: Have a rest.)",
        "Let go of as impossible: Ann walks to the bridge. (The bridge fell.)",
    ]
    assert told.splitlines()[-1] == "You believe: The bridge is gone."


@pytest.mark.parametrize(
    ("commitment", "options"),
    [
        ("blind", 2),
        ("single_minded", 3),
        ("open_minded", 5),
    ],
)
async def test_commitment_says_which_ends_are_offered(commitment: Any, options: int) -> None:
    bdi, asked = BDI([REST], rules={"flood": GONE}, commitment=commitment), model()
    await bdi.context(turn_for(bdi, model=asked))
    bdi._desires = (REST, CROSS)  # pyright: ignore[reportPrivateUsage]
    await lived(bdi, saw("The river rises.", tags=("flood",)), model=asked)
    assert len(asked.requests[-1].options) == options  # type: ignore[union-attr]


async def test_displaced_by_a_desire_of_higher_priority() -> None:
    bdi, asked = BDI([REST], rules={"flood": GONE}), model(kept=4)
    await bdi.context(turn_for(bdi, model=asked))
    bdi._desires = (REST, CROSS)  # pyright: ignore[reportPrivateUsage]
    turn = await lived(bdi, saw("The river rises.", tags=("flood",)), model=asked)
    assert bdi.intention is not None and bdi.intention.desire == CROSS.text and REST.text in [each.text for each in bdi.desires]
    assert measures(turn)[-2:] == [("intention", "displaced"), ("intention", "formed")]


async def test_without_deliberation_no_model_is_asked() -> None:
    bdi, asked = BDI([REST, CROSS], rules={}, deliberates=False), model()
    await bdi.context(turn_for(bdi, model=asked))
    assert bdi.intention is not None and bdi.intention.desire == CROSS.text
    await lived(bdi, saw("Ann crosses.", how="own"), model=asked)
    assert bdi.intention is not None, "a sentence alone does not say which action it was"
    from gamemaster.words import Attempt, Event

    attempt = Attempt(id="2/attempt/0", step=2, actor="Ann", spec=ActionSpec.free())
    crossed = Event(id="2/event/0", step=2, time=0.0, kind="act", actor="Ann", text="Ann crosses.", action="cross_river")
    await bdi.after_action(attempt, [crossed])
    turn = await lived(bdi, _own("2/event/0"), model=asked)
    assert measures(turn) == [("intention", "done"), ("beliefs", 0)]
    await bdi.context(turn_for(bdi, model=asked))
    assert bdi.intention is not None and bdi.intention.desire == REST.text and asked.requests == []


def _own(event_id: str) -> Observation:
    return Observation(id="2/observation/0", event_id=event_id, to="Ann", time=0.0, how="own", text="Ann crosses.")


async def test_a_model_revises_beliefs_and_the_source_is_a_rule() -> None:
    answers = {"beliefs": [{"belief": "The bridge fell.", "on": 1, "instead_of": 1}]}
    bdi = BDI([REST], beliefs=[Fact(text="The bridge stands.")])
    asked = ScriptedModel(lambda request: answers if "revise" in request.key.what else 0)
    await lived(bdi, saw("The bridge fell.", how="heard", speaker="Bob"), model=asked)
    assert [(each.text, each.how, each.source, each.disputes) for each in bdi.beliefs] == [
        ("The bridge stands.", "seen", "", ""),
        ("The bridge fell.", "told", "Bob", "The bridge stands."),
    ]
    assert asked.requests[0].prompt.text == (
        '# What has just happened\n1. Bob said: "The bridge fell."\n\n# What you believe\n1. You believe: The bridge stands.\n\n'
        "What does Ann newly believe by what has just happened? Give at most 4 beliefs, or none, each in one sentence, with the "
        "number of the piece of news that it rests on, and the number of the belief that it takes the place of (0 for none)."
    )
    told = await bdi.context(turn_for(bdi))
    assert "Bob says: The bridge fell. But you have seen for yourself: The bridge stands." in told
    await lived(bdi, saw("The water took the bridge."), model=asked)
    assert [(each.text, each.how) for each in bdi.beliefs] == [("The bridge fell.", "seen")]


async def test_the_prompt_makes_the_answer_another_and_is_all_that_changes() -> None:
    def rule(request: Any) -> str:
        return "Ann walks." if "You intend this" in request.prompt.text else "Ann waits."

    bdi = BDI([CROSS], rules={}, deliberates=False)
    with_bdi = Agent("Ann", [Constant("A river."), bdi], model=ScriptedModel(rule))
    without = Agent("Ann", [Constant("A river.")], model=ScriptedModel(rule))
    assert await with_bdi.answer(ActionSpec.free("And?")) == "Ann walks."
    assert await without.answer(ActionSpec.free("And?")) == "Ann waits."
    text = with_bdi.model.requests[-1].prompt.text  # type: ignore[union-attr]
    section = f"# What you believe, want and intend\n{await bdi.context(turn_for(bdi))}\n\n"
    assert text.replace(section, "") == without.model.requests[-1].prompt.text  # type: ignore[union-attr]


async def test_its_state_moves_to_another_and_another_version_is_refused() -> None:
    bdi, other, asked = BDI([CROSS, REST], rules={"flood": GONE}), BDI([CROSS, REST], rules={"flood": GONE}), model(kept=2)
    await bdi.context(turn_for(bdi, model=asked))
    await lived(bdi, saw("The river rises.", tags=("flood",)), model=asked)
    await bdi.context(turn_for(bdi, model=asked))
    other.restore(bdi.state())
    assert (other.beliefs, other.desires, other.intention) == (bdi.beliefs, bdi.desires, bdi.intention)
    with pytest.raises(DefinitionError, match="bdi: the stored state has version 9"):
        Agent("Ann", [BDI(["a"])]).restore_states({"bdi": (9, {})})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: BDI([]), "0 goals; give 1 to 8"),
        (lambda: BDI(["a"], commitment="half"), "commitment='half'; it is one of 'blind'"),  # type: ignore[arg-type]
        (lambda: BDI(["a"], beliefs=[3]), "the belief 3; give Fact"),  # type: ignore[list-item]
        (lambda: BDI(["a"], beliefs="b"), "beliefs is a list"),
        (lambda: BDI(["a"], rules={"x": "y"}), "give Fact"),  # type: ignore[dict-item]
        (lambda: Fact(text=""), "A fact is empty"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        make()


class TestBDI(ComponentSuite):
    """Desires that compete, and beliefs by a model."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return BDI(["Sell bread.", Goal(text="Rest.", priority=2)], beliefs=["Bob sells loaves."])


class TestDeclaredBDI(ComponentSuite):
    """Beliefs by rules, and no deliberation."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        rules = {"speech": Fact(text="Bob talks.")}
        return BDI([Goal(text="Buy bread.", achieved_by=("act",), times=40)], rules=rules, deliberates=False)
