"""Relationships: closeness and trust are moved by deeds, and what was told never overwrites what was seen."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import ActionSpec, Agent
from gamemaster.components import Constant, Fact, Relationship, RelationshipChange, Relationships
from gamemaster.components.relationship import after_change, fewer, knowing, met
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Component, DefinitionError, Observation

GIFT = RelationshipChange(closeness=0.5, trust=0.2, fact=Fact(text="Bob has bread.", topic="bread"))


# --- the rule, without a model ---


@given(st.lists(st.tuples(st.floats(-2, 2), st.floats(-1, 1)), max_size=20))
def test_closeness_and_trust_stay_in_bounds(changes: list[tuple[float, float]]) -> None:
    held = Relationship()
    for closeness, trust in changes:
        held = after_change(held, RelationshipChange(closeness=closeness, trust=trust))
        assert -1 <= held.closeness <= 1 and 0 <= held.trust <= 1


def test_a_change_moves_figures_and_a_tie_stays_until_another_begins() -> None:
    held = after_change(Relationship(tie="neighbour"), RelationshipChange(closeness=0.3, trust=-0.2))
    assert (held.closeness, held.trust, held.tie) == (0.3, 0.3, "neighbour")
    assert after_change(held, RelationshipChange(tie="a\nfriend")).tie == "a friend"
    assert met(met(held, 9.0), 4.0).last_met == 9.0


def test_at_most_six_facts_stay() -> None:
    held = Relationship()
    for at in range(8):
        held = knowing(held, Fact(text=f"fact {at}", how="told" if at % 2 else "seen"))
    assert [each.text for each in held.facts] == ["fact 0", "fact 2", "fact 4", "fact 5", "fact 6", "fact 7"]


def test_who_has_no_tie_and_was_met_longest_ago_goes_first() -> None:
    held = {
        "Old": Relationship(last_met=1.0, tie="mother"),
        "Rumour": Relationship(),
        "New": Relationship(last_met=9.0),
        "Mid": Relationship(last_met=5.0),
    }
    assert list(fewer(held, 3)) == ["Old", "New", "Mid"]
    assert list(fewer(held, 2)) == ["Old", "New"]
    assert list(fewer(held, 1)) == ["Old"]


# --- a component among others ---


def noticed(text: str, at: int = 0, time: float = 0.0, **more: Any) -> Observation:
    made: dict[str, Any] = {"how": "saw", **more}
    return Observation(id=f"1/observation/{at}", event_id=f"1/event/{at}", to="Ann", time=time, text=text, **made)


PEOPLE = ("Ann", "Bob", "Cy", "Di")


async def lived(part: Relationships, *news: Observation, model: Any = None) -> Any:
    for each in news:
        await part.observe(each)
    turn = turn_for(part, model=model, people=PEOPLE)
    await part.react(turn)
    return turn


async def test_declared_rules_move_it_and_measure_it() -> None:
    part = Relationships({"Bob": Relationship(tie="baker")}, rules={"gift": GIFT})
    turn = await lived(part, noticed("Bob gives bread.", time=60.0, tags=("gift",)), noticed("Cy waves.", 1, time=70.0))
    assert (part.to("Bob").closeness, part.to("Bob").trust, part.to("Bob").last_met) == (0.5, 0.7, 60.0)
    assert part.known() == ["Cy", "Bob"]
    measured = [(each.name, each.value) for each in turn._thinking.circumstances.measures]
    assert measured == [("closeness: Bob", 0.5), ("trust: Bob", 0.7)]
    assert part.to("Nobody") == Relationship()


async def test_the_prompt_speaks_of_those_present_first_and_the_answer_changes() -> None:
    def rule(request: Any) -> str:
        return "Ann greets Bob." if "Bob (baker): liked" in request.prompt.text else "Ann passes."

    part = Relationships({"Bob": Relationship(tie="baker")}, rules={"gift": GIFT}, shown=1)
    await lived(part, noticed("Bob gives bread.", tags=("gift",)), noticed("Cy waves.", 1, time=70.0))
    assert (await part.context(turn_for(part))) == "Cy: neither close nor distant, trusted in some things; last met 00:01"
    told = await part.context(turn_for(part, sees="Bob is in the shop. Cyprus is far."))
    assert told == "Bob (baker): liked, trusted; last met 00:00\n  Bob has bread."
    part.most_shown = 5
    told = await part.context(turn_for(part))
    assert [line.split(":")[0] for line in told.splitlines()] == ["Cy", "Bob (baker)", "  Bob has bread."]
    with_part = Agent("Ann", [Constant("A street."), part], model=ScriptedModel(rule))
    without = Agent("Ann", [Constant("A street.")], model=ScriptedModel(rule))
    assert await with_part.answer(ActionSpec.free("And?")) == "Ann greets Bob."
    assert await without.answer(ActionSpec.free("And?")) == "Ann passes."
    text = with_part.model.requests[-1].prompt.text  # type: ignore[union-attr]
    section = f"# What others are to you\n{told}\n\n"
    assert text.replace(section, "") == without.model.requests[-1].prompt.text  # type: ignore[union-attr]


async def test_a_model_says_what_changes_for_all_others_in_one_round() -> None:
    def rule(request: Any) -> Any:
        if "What Bob has just" in request.prompt.text:
            learnt = [{"about": "Di", "fact": "Di has no bread.", "on": 1, "against": 1}]
            return {"closeness": 3, "trust": -2, "learnt": learnt}
        return {"closeness": 0, "trust": 0, "learnt": [{"about": "Cy", "fact": "Cy limps.", "on": 1, "against": 0}]}

    part, model = Relationships({"Di": Relationship(facts=(Fact(text="Di has bread."),))}), ScriptedModel(rule)
    await lived(part, noticed("Ann waits.", how="own"), noticed("Rain falls.", 1), model=model)
    assert model.requests == []
    said = noticed("Di has no bread.", 1, how="heard", speaker="Bob")
    turn = await lived(part, said, noticed("Cy limps by.", 2), model=model)
    assert (len(model.requests), model.rounds) == (2, 1)
    assert (part.to("Bob").closeness, part.to("Bob").trust) == (pytest.approx(0.3), pytest.approx(0.4))
    assert [(each.text, each.how, each.source, each.disputes) for each in part.to("Di").facts] == [
        ("Di has bread.", "seen", "", ""),
        ("Di has no bread.", "told", "Bob", "Di has bread."),
    ]
    assert part.to("Di").last_met is None, "she was only spoken of"
    assert [(each.text, each.how) for each in part.to("Cy").facts] == [("Cy limps.", "seen")]
    measured = [each.name for each in turn._thinking.circumstances.measures]
    assert measured == ["closeness: Bob", "trust: Bob", "disputed_facts"]
    assert "  Bob says: Di has no bread. You have seen otherwise: Di has bread." in await part.context(turn_for(part))
    assert model.requests[0].prompt.text == (
        '# What is known so far\n1. Di: Di has bread.\n\n# What Bob has just done and said\n1. Bob said: "Di has no bread."\n\n'
        "What does this change between Ann and Bob? Say by how many points closeness and trust change for Ann, each from -3 (far "
        "less) over 0 (as before) to 3 (far more). Then give at most 3 things that Ann newly learns, or none, each in one "
        "sentence: about whom, the number of what has just been done or said that it rests on, and the number of what is known "
        "so far that it contradicts (0 for none)."
    )


async def test_a_failed_answer_leaves_the_meeting() -> None:
    part = Relationships()
    await lived(part, noticed("Bob waves.", time=5.0), model=ScriptedModel(lambda request: "Hm."))
    assert part.to("Bob") == Relationship(last_met=5.0)


async def test_its_state_stays_small_moves_to_another_and_another_version_is_refused() -> None:
    def rule(happening: Any) -> list[RelationshipChange]:
        return [RelationshipChange(fact=f"{at} ながい話 " * 30, about=f"Person {at}") for at in range(40) for _ in range(9)]

    part, other = Relationships(rules=rule), Relationships(rules={})
    await lived(part, noticed("Bob talks.", how="heard", speaker="Bob"))
    import json

    assert len(part.known()) == 24 and len(json.dumps(part.state(), ensure_ascii=False).encode()) < 16_000
    other.restore(part.state())
    assert other.known() == part.known() and other.state() == part.state()
    with pytest.raises(DefinitionError, match="relationships: the stored state has version 9"):
        Agent("Ann", [Relationships()]).restore_states({"relationships": (9, {})})


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Relationships(others="Bob"), "others='Bob'; give a list"),
        (lambda: Relationships({"Bob": 3}), "given 3 for Bob"),  # type: ignore[dict-item]
        (lambda: Relationships(shown=9, most=3), "shown=9 and most=3"),
        (lambda: Relationships({"a": Relationship(), "b": Relationship()}, shown=1, most=1), "2 relationships"),
        (lambda: Relationships(rules={"gift": 0.5}), "give RelationshipChange"),  # type: ignore[dict-item]
        (lambda: Relationship(closeness=2), "closeness=2"),
        (lambda: Relationship(trust=-1), "trust=-1"),
        (lambda: RelationshipChange(closeness=3), "closeness changes by -2 to 2"),
    ],
)
def test_what_makes_no_sense_is_refused(make: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        make()


class TestJudgedRelationships(ComponentSuite):
    """Changes by a model."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Relationships()


class TestDeclaredRelationships(ComponentSuite):
    """Changes by rules."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Relationships(rules={"speech": RelationshipChange(closeness=0.01, fact="Bob talks of bread.")})
