"""Affect: events push it, time draws it back; the prompt says how the agent feels."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import ActionSpec, Agent
from gamemaster.components import Affect, Constant, Feeling
from gamemaster.components.emotion import EMOTIONS, Emotion, drawn_back, faded, felt, moved, sector
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, Observation, UnknownName, prompt_texts

HOUR = 3600.0
ANGRY = Feeling(emotion="anger", strength=1.0)


# --- the rule, without a model ---


def test_half_of_a_deviation_is_gone_after_a_half_life() -> None:
    assert drawn_back(0.8, 0.2, HOUR, HOUR) == pytest.approx(0.5)
    assert drawn_back(0.8, 0.2, 2 * HOUR, HOUR) == pytest.approx(0.35)
    assert drawn_back(0.8, 0.2, 0, HOUR) == drawn_back(0.8, 0.2, -5, HOUR) == 0.8


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(0, 1e6), st.floats(0, 1e6))
def test_it_does_not_matter_how_often_one_looks(x: float, base: float, one: float, other: float) -> None:
    twice = drawn_back(drawn_back(x, base, one, HOUR), base, other, HOUR)
    assert twice == pytest.approx(drawn_back(x, base, one + other, HOUR))
    assert min(x, base) - 1e-9 <= twice <= max(x, base) + 1e-9


@given(st.lists(st.floats(-2, 2), max_size=20))
def test_a_mood_stays_in_bounds(pushes: list[float]) -> None:
    x = 0.0
    for push in pushes:
        x = moved(x, push)
        assert -1 <= x <= 1


def test_an_emotion_moves_by_its_place_times_its_strength() -> None:
    assert Feeling(emotion="anger", strength=0.5).push == (-0.255, 0.295)
    assert Feeling(valence=0.25).push == (0.25, 0.0)
    assert len(EMOTIONS) == 22 and all(-1 <= each <= 1 for place in EMOTIONS.values() for each in place)


def test_emotions_add_up_fade_and_the_weakest_goes_first() -> None:
    once = felt((), Feeling(emotion="anger", strength=0.7), "a")
    twice = felt(once, Feeling(emotion="anger", strength=0.7), "b")
    assert twice == (Emotion(name="anger", strength=1.0, cause="b"),)
    assert faded(twice, HOUR, HOUR)[0].strength == 0.5 and faded(twice, 5 * HOUR, HOUR) == ()
    held = twice
    for name in ("joy", "hope", "fear", "pride", "love", "pity"):
        held = felt(held, Feeling(emotion=name, strength=0.3), "")
    assert [each.name for each in held] == ["anger", "hope", "fear", "pride", "love", "pity"]
    assert felt(held, Feeling(valence=0.3), "") == held


def test_the_eight_sectors_go_round_the_circle() -> None:
    assert sector(0.05, 0.05) == 0
    assert [sector(math.cos(math.radians(45 * at)), math.sin(math.radians(45 * at))) for at in range(8)] == [*range(1, 9)]


def test_every_language_has_words_for_all() -> None:
    for language in ("en", "ja"):
        texts = prompt_texts(language)
        assert (len(texts.texts("affect", "moods")), len(texts.texts("affect", "emotions"))) == (9, len(EMOTIONS))


# --- a component among others ---


def noticed(text: str, step: int = 1, **more: Any) -> Observation:
    made: dict[str, Any] = {"how": "saw", "event_id": f"{step}/event/0", "time": 0.0, **more}
    return Observation(id=f"{step}/observation/0", to="Ann", text=text, **made)


async def lived(affect: Affect, *news: Observation, time: float = 0.0, model: Any = None) -> Any:
    for each in news:
        await affect.observe(each)
    turn = turn_for(affect, time=time, model=model, people=["Ann", "Bob"])
    await affect.react(turn)
    return turn


async def test_declared_rules_move_it_and_time_draws_it_back() -> None:
    affect = Affect(rules={"theft": ANGRY}, half_life=HOUR, emotion_half_life=HOUR)
    turn = await lived(affect, noticed("Bob takes the loaf.", tags=("theft",)))
    assert affect.mood(0.0) == (-0.51, 0.59)
    assert affect.mood(HOUR) == (pytest.approx(-0.255), pytest.approx(0.295))
    measured = [(each.name, each.value) for each in turn._thinking.circumstances.measures]
    assert measured == [("valence", -0.51), ("arousal", 0.59), ("emotion", "anger")]
    await lived(affect, noticed("Nothing much.", 2), time=HOUR)
    assert affect.mood(HOUR)[0] == pytest.approx(-0.255) and affect.emotions(HOUR)[0].strength == pytest.approx(0.5)
    assert affect.emotions(9 * HOUR) == []


async def test_the_prompt_says_how_it_feels_and_the_answer_changes() -> None:
    def rule(request: Any) -> str:
        return "Ann shouts." if "anger, because" in request.prompt.text else "Ann nods."

    affect = Affect(rules={"theft": ANGRY})
    assert await affect.context(turn_for(affect)) == "You feel neither good nor bad."
    await lived(affect, noticed("Bob takes the loaf.", tags=("theft",)))
    told = await affect.context(turn_for(affect))
    assert told == "You feel tense and upset.\nanger, because of this: Bob takes the loaf."
    with_affect = Agent("Ann", [Constant("A shop."), affect], model=ScriptedModel(rule))
    without = Agent("Ann", [Constant("A shop.")], model=ScriptedModel(rule))
    assert await with_affect.answer(ActionSpec.free("And?")) == "Ann shouts."
    assert await without.answer(ActionSpec.free("And?")) == "Ann nods."
    text = with_affect.model.requests[-1].prompt.text  # type: ignore[union-attr]
    assert text.replace(f"# How you feel\n{told}\n\n", "") == without.model.requests[-1].prompt.text  # type: ignore[union-attr]


async def test_a_model_appraises_what_concerns_the_agent_in_one_round() -> None:
    place = [*EMOTIONS].index("gratitude") + 1
    model = ScriptedModel(lambda request: place if request.key.what.endswith("which") else {"number": 5})
    affect = Affect()
    await lived(affect, noticed("Bob waves to Cy."), model=model)
    assert model.requests == [], "it doesn't concern Ann"
    await lived(affect, noticed("Take this loaf.", how="heard", speaker="Bob"), model=model)
    assert (len(model.requests), model.rounds) == (2, 1)
    assert affect.mood(0.0) == (0.2, 0.1)
    assert affect.emotions(0.0) == [Emotion(name="gratitude", strength=0.5, cause='Bob said: "Take this loaf."')]
    assert [request.prompt.text for request in model.requests] == [
        '# What has just happened\nBob said: "Take this loaf."\n\nHow strongly does what has just happened move Ann, from 0 (not '
        "at all) to 10 (as strongly as can be)?",
        '# What has just happened\nBob said: "Take this loaf."\n\nWhich of these does Ann feel most about what has just '
        "happened?",
    ]


async def test_a_failed_answer_and_nothing_felt_change_nothing() -> None:
    for rule in (lambda request: "Hm.", lambda request: 0 if "which" in request.key.what else {"number": 9}):
        affect = Affect(base=(0.3, 0.0))
        await lived(affect, noticed("Hello.", how="heard", speaker="Bob"), model=ScriptedModel(rule))
        assert affect.mood(0.0) == (0.3, 0.0) and affect.emotions(0.0) == []


async def test_its_state_moves_to_another_and_another_version_is_refused() -> None:
    affect, other = Affect(rules={"theft": ANGRY}), Affect(rules={"theft": ANGRY})
    await lived(affect, noticed("Bob takes the loaf.", tags=("theft",)))
    other.restore(affect.state())
    assert other.mood(HOUR) == affect.mood(HOUR) and other.emotions(HOUR) == affect.emotions(HOUR)
    with pytest.raises(DefinitionError, match="affect: the stored state has version 9"):
        Agent("Ann", [Affect()]).restore_states({"affect": (9, {})})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"base": (0, 2)}, r"base=\(0, 2\)"),
        ({"half_life": 0}, "half_life=0"),
        ({"emotion_half_life": math.inf}, "emotion_half_life=inf"),
        ({"shown_emotions": -1}, "shown_emotions=-1"),
        ({"rules": {"theft": "anger"}}, "give Feeling"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Affect(**arguments)
    with pytest.raises(UnknownName, match=r"There is no emotion 'angry'.*Did you mean 'anger'"):
        Feeling(emotion="angry")
    with pytest.raises(DefinitionError, match="strength is 0 to 1"):
        Feeling(emotion="anger", strength=2)
    with pytest.raises(DefinitionError, match="both are -1 to 1"):
        Feeling(valence=2)


class TestAppraisedAffect(ComponentSuite):
    """Feelings appraised by a model."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Affect()


class TestDeclaredAffect(ComponentSuite):
    """Feelings by rules."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Affect(rules={"refusal": Feeling(emotion="disappointment"), "speech": Feeling(valence=0.1)})
