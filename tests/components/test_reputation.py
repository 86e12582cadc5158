"""Reputation: opinions with their sources, each discounted by the hands that it went through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import ActionSpec, Agent
from gamemaster.components import Constant, Opinion, Relationship, RelationshipChange, Relationships, Reputation
from gamemaster.components.testimony import Testimony as Said
from gamemaster.components.testimony import score, weight, with_testimony
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, Observation

# --- the rule, without a model ---


def own(value: float, id: str) -> Said:
    return Said(value=value, event_id=id)


def told(value: float, source: str, hands: int = 1, **more: Any) -> Said:
    return Said(value=value, hands=hands, source=source, **more)


def test_the_golden_values() -> None:
    assert score([]) == 0
    assert score([own(1, "a")]) == 0.5
    assert score([own(1, "a"), own(1, "b")]) == pytest.approx(2 / 3)
    assert score([told(1, "Bob")]) == pytest.approx(0.5 / 1.5)
    assert score([told(1, "Bob", 3)]) == pytest.approx(0.125 / 1.125)
    assert score([own(1, "a"), told(-1, "Bob")]) == pytest.approx(0.5 / 2.5), "own experience outweighs hearsay"
    assert weight(told(1, "Bob", 2, trust=0.4), 0.5) == pytest.approx(0.1)
    assert weight(Said(value=1, trust=0.4), 0.5) == 1, "one's own experience isn't a matter of trust"


@given(st.lists(st.tuples(st.floats(-1, 1), st.integers(0, 9)), max_size=12))
def test_a_score_lies_within_its_values_and_zero(given_: list[tuple[float, int]]) -> None:
    values = [value for value, _ in given_]
    found = score([Said(value=value, hands=hands) for value, hands in given_])
    assert min([0.0, *values]) - 1e-12 <= found <= max([0.0, *values]) + 1e-12


@given(st.integers(0, 8))
def test_each_hand_counts_less(hands: int) -> None:
    assert score([told(1, "Bob", hands + 1)]) < score([told(1, "Bob", hands)])


def test_who_repeats_a_thing_is_not_heard_twice() -> None:
    held = with_testimony([told(1, "Bob")], told(-1, "Bob"), 8)
    assert held == (told(-1, "Bob"),)
    assert with_testimony(held, told(1, "Bob", 3), 8) == held, "a word through more hands doesn't replace one through fewer"
    assert len(with_testimony(held, told(-1, "Cy"), 8)) == 2
    assert (
        with_testimony([own(1, "a")], own(-1, "a"), 8) == (own(1, "a"),)
        and len(with_testimony([own(1, "a")], own(1, "b"), 8)) == 2
    )


def test_what_went_through_most_hands_goes_first() -> None:
    held = [own(1, "a"), told(1, "Bob", 2), told(1, "Cy", 3), told(1, "Di", 3)]
    assert [each.source for each in with_testimony(held, told(1, "Ed"), 4)] == ["", "Bob", "Di", "Ed"]


# --- a component among others ---


def noticed(text: str, at: int = 0, **more: Any) -> Observation:
    made: dict[str, Any] = {"how": "saw", **more}
    return Observation(id=f"1/observation/{at}", event_id=f"1/event/{at}", to="Ann", time=0.0, text=text, **made)


async def lived(part: Reputation, *news: Observation, model: Any = None) -> Any:
    for each in news:
        await part.observe(each)
    turn = turn_for(part, model=model, people=("Ann", "Bob", "Cy", "Di"))
    await part.react(turn)
    return turn


def gossip(happening: Any) -> Opinion | None:
    """Words of the form "<name> is bad" are an opinion; theft is an experience."""
    if happening.is_speech:
        name = happening.text.split(" is bad")[0]
        return Opinion(value=-1, about=name) if name != happening.text else None
    return Opinion(value=-1) if "theft" in happening.tags else None


async def test_deeds_are_experience_and_words_are_told() -> None:
    part = Reputation(rules=gossip)
    turn = await lived(part, noticed("Bob takes the purse.", tags=("theft",)), noticed("Cy is bad", 1, how="heard", speaker="Di"))
    assert part.of("Bob") == -0.5 and part.of("Cy") == pytest.approx(-1 / 3)
    assert part.testimonies("Cy")[0].source == "Di" and part.testimonies("Bob")[0].source == ""
    measured = [(each.name, each.value) for each in turn._thinking.circumstances.measures]
    assert measured == [("reputation: Bob", -0.5), ("reputation: Cy", -0.333333)]
    await lived(part, noticed("Cy is bad", 2, how="heard", speaker="Cy"), noticed("Ann is bad", 3, how="heard", speaker="Cy"))
    assert len(part.testimonies("Cy")) == 1 and part.known() == ["Cy", "Bob"], "nobody witnesses for themselves, or to Ann of Ann"


async def test_trust_in_the_source_counts_when_it_is_told() -> None:
    bonds = Relationships({"Di": Relationship(trust=0.2)}, rules={})
    part = Reputation(rules=gossip, relationships=bonds)
    assert part.given == (bonds,)
    await lived(part, noticed("Cy is bad", how="heard", speaker="Di"))
    assert part.of("Cy") == pytest.approx(-0.1 / 1.1)


async def test_the_prompt_says_what_and_from_whom_and_the_answer_changes() -> None:
    def rule(request: Any) -> str:
        return "Ann shuts the shop." if "Bob: of very bad repute" in request.prompt.text else "Ann opens the shop."

    part = Reputation(rules=gossip)
    await lived(part, noticed("Bob takes the purse.", tags=("theft",)), noticed("Bob is bad", 1, how="heard", speaker="Di"))
    heard_again = Opinion(value=-1, about="Bob", hands=3)
    part.rules = lambda happening: heard_again
    await lived(part, noticed("They say so.", 2, how="heard", speaker="Cy"))
    text = "Bob: of very bad repute (your own experience (1); told by Di, who was there; told by Cy, at 3 hands)"
    assert await part.context(turn_for(part)) == text
    with_part = Agent("Ann", [Constant("A street."), part], model=ScriptedModel(rule))
    without = Agent("Ann", [Constant("A street.")], model=ScriptedModel(rule))
    assert await with_part.answer(ActionSpec.free("And?")) == "Ann shuts the shop."
    assert await without.answer(ActionSpec.free("And?")) == "Ann opens the shop."
    prompt = with_part.model.requests[-1].prompt.text  # type: ignore[union-attr]
    section = f"# What you think of others' conduct\n{text}\n\n"
    assert prompt.replace(section, "") == without.model.requests[-1].prompt.text  # type: ignore[union-attr]


async def test_a_model_judges_deeds_and_listens_to_words_in_one_round() -> None:
    def rule(request: Any) -> Any:
        if "judge" in request.key.what:
            return {"number": 5}
        return {"opinions": [{"about": "Di", "points": -5, "hands": 2}]}

    part, model = Reputation(), ScriptedModel(rule)
    said = noticed("They say that Di cheats.", 1, how="heard", speaker="Cy")
    await lived(part, noticed("Bob saves a child."), said, noticed("Good day.", 2, how="heard", speaker="Bob"), model=model)
    assert (len(model.requests), model.rounds) == (2, 1), "a greeting holds no opinion of anybody"
    assert part.of("Bob") == 0.5 and part.of("Di") == pytest.approx(-0.25 / 1.25)
    assert [request.prompt.text for request in model.requests] == [
        "# What Bob has just done\nBob saves a child.\n\nHow does this speak for Bob? Answer with a number from -5 (very badly) "
        "over 0 (neither way) to 5 (very well).",
        '# What Cy has just said\n"They say that Di cheats."\n\nWhat opinions of others do these words of Cy hold? It is asked '
        "about: Di. Give for each opinion, or for none, whom it is about, its points from -5 (very bad) to 5 (very good), and "
        "through how many hands it comes: 1 where Cy was there, 2 where Cy has it from one who was, 3 where that one has it from "
        "another again, and so on.",
    ]


async def test_a_failed_answer_changes_nothing() -> None:
    part = Reputation()
    await lived(part, noticed("Bob saves a child."), model=ScriptedModel(lambda request: "Hm."))
    assert part.known() == [] and part.of("Bob") == 0


async def test_its_state_stays_small_moves_to_another_and_another_version_is_refused() -> None:
    def rule(happening: Any) -> list[Opinion]:
        return [Opinion(value=0.123456789, about=f"Person {at}") for at in range(30)]

    part, other = Reputation(rules=rule), Reputation(rules=rule)
    await lived(part, *[noticed("ながい話 " * 50, at, how="heard", speaker=f"Teller {at}") for at in range(12)])
    import json

    assert part.known()[0] == "Person 29" and len(json.dumps(part.state(), ensure_ascii=False).encode()) < 16_000
    other.restore(part.state())
    assert other.known() == part.known() and other.of("Person 29") == part.of("Person 29")
    with pytest.raises(DefinitionError, match="reputation: the stored state has version 9"):
        Agent("Ann", [Reputation()]).restore_states({"reputation": (9, {})})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Reputation(others="Bob"), "others='Bob'; give a list"),
        (lambda: Reputation(discount=0), "discount=0"),
        (lambda: Reputation(doubt=0), "doubt=0"),
        (lambda: Reputation(shown=0), "shown=0"),
        (lambda: Reputation(rules={"theft": -1}), "give Opinion"),  # type: ignore[dict-item]
        (lambda: Opinion(value=2), "a value is -1"),
        (lambda: Opinion(value=1, hands=-1), "hands are 0"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        make()


class TestJudgedReputation(ComponentSuite):
    """Opinions by a model."""

    turns: ClassVar[int] = 30
    also: ClassVar[Sequence[str]] = ["Bob counts his coins."]

    def make(self) -> Component:
        return Reputation()


class TestDeclaredReputation(ComponentSuite):
    """Opinions by rules, with trust."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        bonds = Relationships(rules={"speech": RelationshipChange(trust=0.01)})
        return Reputation(rules={"speech": Opinion(value=0.5, about="Cy")}, relationships=bonds)
