"""Needs: levels rise with time and fall by deeds; the prompt names the pressing one."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster import ActionSpec, Agent
from gamemaster.components import Constant, Need, Needs, Relief
from gamemaster.components.need import maslow, most_pressing, relieved, risen
from gamemaster.testing import ComponentSuite, ScriptedModel, turn_for
from gamemaster.words import Attempt, Component, DefinitionError, Event, prompt_texts

HOUR = 3600.0
HUNGER = Need(name="hunger", rise=0.1, start=0.2)
COMPANY = Need(name="company", rise=0.02)
FED = {"eat_supper": Relief(need="hunger", by=0.7)}


# --- the rule, without a model ---


def test_a_level_rises_by_the_hour_and_falls_by_deeds() -> None:
    assert risen(0.2, 0.1, 3 * HOUR) == pytest.approx(0.5)
    assert risen(0.2, 0.1, 99 * HOUR) == 1
    assert risen(0.2, 0.1, -HOUR) == 0.2, "time that runs backwards changes nothing"
    assert relieved(0.5, 0.7) == 0 and relieved(0.5, -0.7) == 1 and relieved(0.5, 0.2) == pytest.approx(0.3)


@given(st.floats(0, 1), st.floats(0, 5), st.lists(st.floats(0, 9 * HOUR), max_size=9))
def test_it_does_not_matter_how_often_one_looks(start: float, rise: float, spans: list[float]) -> None:
    level = start
    for seconds in spans:
        level = risen(level, rise, seconds)
    assert level == pytest.approx(risen(start, rise, sum(spans)))


def test_the_most_pressing_counts_weight_and_the_first_of_ties() -> None:
    needs = [Need(name="a", rise=0), Need(name="b", rise=0, weight=2), Need(name="c", rise=0)]
    assert most_pressing(needs, {"a": 0.9, "b": 0.5, "c": 0.9}).name == "b"  # type: ignore[union-attr]
    assert most_pressing(needs, {"a": 0.9, "b": 0.4, "c": 0.9}).name == "a"  # type: ignore[union-attr]
    assert most_pressing(needs, {"a": 0.9, "b": 0.5, "c": 0.9}, 0.9) is None


def test_the_default_set_has_words_in_every_language() -> None:
    assert len(maslow()) == 5
    for language in ("en", "ja"):
        assert all(prompt_texts(language).has("needs", need.name) for need in maslow())


# --- a component among others ---


async def lived(needs: Needs, action: str | None = None, *, time: float, model: Any = None, kind: Any = "act") -> Any:
    attempt = Attempt(id="1/attempt/0", step=1, actor="Ann", spec=ActionSpec.free())
    done = Event(
        id="1/event/0",
        step=1,
        time=time,
        kind=kind,
        actor="Ann",
        text=f"Ann: {action}",
        action=action,
        attempt_id=attempt.id,
    )
    await needs.after_action(attempt, [done] if action else [])
    turn = turn_for(needs, time=time, model=model)
    await needs.react(turn)
    return turn


async def test_own_deeds_relieve_and_a_refused_one_does_not() -> None:
    needs = Needs([HUNGER, COMPANY], rules=FED)
    turn = await lived(needs, "eat_supper", time=4 * HOUR, kind="refusal")
    assert needs.levels(4 * HOUR)["hunger"] == pytest.approx(0.6)
    measured = [(each.name, each.value) for each in turn._thinking.circumstances.measures]
    assert measured == [("need: hunger", 0.6), ("need: company", 0.08), ("pressing_need", "hunger")]
    await lived(needs, "eat_supper", time=5 * HOUR)
    assert needs.levels(5 * HOUR)["hunger"] == pytest.approx(0)
    assert needs.levels(6 * HOUR)["hunger"] == pytest.approx(0.1)


async def test_the_prompt_says_what_presses_and_the_answer_changes() -> None:
    def eats(request: Any) -> str:
        return "Ann eats." if "need most now: hunger" in request.prompt.text else "Ann works."

    def agent(parts: list[Component]) -> Agent:
        return Agent("Ann", [Constant("A kitchen."), *parts], model=ScriptedModel(eats))

    needs = Needs([Need(name="hunger", rise=0.1, start=0.9), COMPANY], rules=FED)
    told = await needs.context(turn_for(needs))
    assert told == "What you need most now: hunger.\nhunger: an urgent need\ncompany: no need"
    with_needs, without = agent([needs]), agent([])
    assert await with_needs.answer(ActionSpec.free("And?")) == "Ann eats."
    assert await without.answer(ActionSpec.free("And?")) == "Ann works."
    text = with_needs.model.requests[-1].prompt.text  # type: ignore[union-attr]
    assert text.replace(f"# What you need\n{told}\n\n", "") == without.model.requests[-1].prompt.text  # type: ignore[union-attr]


async def test_a_model_judges_own_deeds_in_one_question() -> None:
    model = ScriptedModel(lambda request: {"met": [10, 5]})
    needs = Needs([HUNGER, Need(name="company", rise=0, start=0.8)])
    await lived(needs, None, time=0.0, model=model)
    assert model.requests == [], "nothing was done"
    await lived(needs, "eat_supper", time=0.0, model=model)
    assert needs.levels(0.0) == {"hunger": 0, "company": pytest.approx(0.3)}
    (request,) = model.requests
    assert request.prompt.text == (
        "# What you did\nAnn: eat_supper\n\nHere are 2 needs:\n1. hunger\n2. company\nHow far was each of them met by what Ann "
        "did just now? Give a list of 2 whole numbers in this order, each from 0 (not at all) to 10 (wholly)."
    )


async def test_a_failed_answer_changes_nothing() -> None:
    needs = Needs([HUNGER])
    await lived(needs, "eat_supper", time=0.0, model=ScriptedModel(lambda request: "Hm."))
    assert needs.levels(0.0) == {"hunger": 0.2}


async def test_its_state_moves_to_another_and_another_version_is_refused() -> None:
    needs, other = Needs([HUNGER], rules=FED), Needs([HUNGER], rules=FED)
    await lived(needs, "eat_supper", time=2 * HOUR)
    other.restore(needs.state())
    assert other.levels(3 * HOUR) == needs.levels(3 * HOUR) == {"hunger": pytest.approx(0.1)}
    with pytest.raises(DefinitionError, match="needs: the stored state has version 9"):
        Agent("Ann", [Needs()]).restore_states({"needs": (9, {})})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"needs": []}, "give 1 to 12"),
        ({"needs": [HUNGER, HUNGER]}, "no two of one name"),
        ({"pressing": 1.0}, "pressing=1.0"),
        ({"rules": {"eat": Relief(need="hungr", by=0.5)}}, "rule 'eat': there is no need 'hungr'; there is: physiological"),
        ({"rules": {"eat": 0.5}}, "give Relief"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        Needs(**arguments)
    with pytest.raises(DefinitionError, match="rise=-1"):
        Need(name="a", rise=-1)
    with pytest.raises(DefinitionError, match="start=2"):
        Need(name="a", rise=0, start=2)
    with pytest.raises(DefinitionError, match="by is -1 to 1"):
        Relief(need="a", by=3)


class TestJudgedNeeds(ComponentSuite):
    """The default set, judged by a model."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Needs()


class TestDeclaredNeeds(ComponentSuite):
    """Needs of one's own, by rules."""

    turns: ClassVar[int] = 30

    def make(self) -> Component:
        return Needs([HUNGER, COMPANY], rules={"act": Relief(need="hunger", by=0.1)})
