"""An action spec accepts what is asked for and says what would have been allowed."""

from __future__ import annotations

import math

import pytest
from pydantic import BaseModel, Field

from gamemaster.words import ActionSpec, DefinitionError, InvalidAnswer


class Offer(BaseModel):
    price: int = Field(ge=1)
    words: str


def test_the_question_fills_in_name_and_time_only() -> None:
    spec = ActionSpec.free("{name} at {time}: {other} {0} {}")
    assert spec.question(name="Ann", time="08:00") == "Ann at 08:00: {other} {0} {}"


@pytest.mark.parametrize("answer", ["", "  ", None, 3, ["x"]])
def test_words_are_wanted(answer: object) -> None:
    with pytest.raises(InvalidAnswer, match="wants words"):
        ActionSpec.speech().check(answer)


def test_a_choice_is_one_of_its_options() -> None:
    spec = ActionSpec.choice("Tea?", ["Yes", "No"])
    assert spec.check("No") == "No"
    with pytest.raises(InvalidAnswer, match="'Yes', 'No'"):
        spec.check("Maybe")


@pytest.mark.parametrize("options", [[], ["a", "a"], ["a", ""], {}])
def test_options_are_checked(options: list[str]) -> None:
    with pytest.raises(DefinitionError, match="option"):
        ActionSpec.choice("?", options)


@pytest.mark.parametrize("answer", [True, "3", None, math.nan, math.inf, 2.5, -1, 11])
def test_a_whole_number_in_its_bounds(answer: object) -> None:
    spec = ActionSpec.number("How many?", 0, 10)
    assert spec.check(3.0) == 3 and isinstance(spec.check(3.0), int)
    with pytest.raises(InvalidAnswer):
        spec.check(answer)


def test_a_real_number_stays_one() -> None:
    assert ActionSpec.number("How much?", 0.0, 1.0).check(0.25) == 0.25
    assert ActionSpec.number("How much?").check(-7.5) == -7.5


def test_bounds_are_checked() -> None:
    with pytest.raises(DefinitionError, match="low must be at most high"):
        ActionSpec.number("?", 3, 1)


def test_an_object_fits_its_schema() -> None:
    spec = ActionSpec.object("Your offer?", Offer)
    assert spec.check({"price": 3, "words": "please"}) == {"price": 3, "words": "please"}
    with pytest.raises(InvalidAnswer, match="price"):
        spec.check({"price": 0, "words": "please"})


def test_the_order_shown_is_drawn_by_key_and_bound_actions_go_along() -> None:
    spec = ActionSpec.choice("?", {"a": "x", "b": "y", "c": None, "d": "z"}, shuffle=True)
    shown = spec.shown(1, 5, "Ann")
    assert shown == spec.shown(1, 5, "Ann")
    assert sorted(shown.options) == ["a", "b", "c", "d"]
    assert shown.actions is not None and spec.actions is not None
    assert dict(zip(shown.options, shown.actions, strict=True)) == dict(zip(spec.options, spec.actions, strict=True))
    assert len({spec.shown(1, step, "Ann").options for step in range(20)}) > 3
    assert ActionSpec.choice("?", ["a", "b"]).shown(1, 5, "Ann").options == ("a", "b")


def test_what_is_no_action_cannot_be_asked_for() -> None:
    with pytest.raises(DefinitionError, match="decorate it with @action"):
        ActionSpec.of(len, "How?")


@pytest.mark.parametrize("answer", [{"action": "run", "arguments": [1]}, {"action": 3}, {"arguments": {}}])
def test_an_action_in_place_of_words_is_a_name_and_arguments(answer: object) -> None:
    assert ActionSpec.free().check({"action": "run"}) == {"action": "run", "arguments": {}}
    with pytest.raises(InvalidAnswer, match="is no action; write it as"):
        ActionSpec.free().check(answer)
