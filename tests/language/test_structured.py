"""What a plain model is told about the form of its answer, and how its words are read."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, computed_field, field_validator

from gamemaster.language import (
    Answer,
    ChoiceRequest,
    ObjectRequest,
    Prompt,
    Sampling,
    TextRequest,
    Usage,
    instructions,
    parse_answer,
)
from gamemaster.language.option_reading import lettered, read_option
from gamemaster.words import CallKey


class Purchase(BaseModel):
    item: Literal["apples", "bread"]
    count: Annotated[int, Field(ge=1, le=9)]
    note: str = ""


def choice(*options: str, **rest: Any) -> ChoiceRequest:
    prompt = Prompt.of([], "What now?", name="Ann")
    return ChoiceRequest(prompt=prompt, key=CallKey(1, "Ann", "actor", "act"), seed=1, options=options, **rest)


def fill(schema: type[BaseModel], **rest: Any) -> ObjectRequest:
    prompt = Prompt.of([], "What now?", name="Ann")
    return ObjectRequest(prompt=prompt, key=CallKey(1, "Ann", "actor", "act"), seed=1, schema=schema, **rest)


def words(**rest: Any) -> TextRequest:
    prompt = Prompt.of([], "What now?", name="Ann")
    return TextRequest(prompt=prompt, key=CallKey(1, "Ann", "actor", "act"), seed=1, **rest)


# Text


@pytest.mark.parametrize(
    ("given", "request_options", "expected"),
    [
        ("  Ann goes home.\n", {}, "Ann goes home."),
        ("Ann goes home.", {"answer_prefix": "Ann goes"}, "home."),
        (" home.", {"answer_prefix": "Ann goes"}, "home."),
        ("home.\nThen she sleeps. END", {"sampling": Sampling(stop=("\n", "END"))}, "home."),
        ("A </b> tag stays.", {}, "A </b> tag stays."),
        ("\ud83d\ude00 and \ud800.", {}, "😀 and \ufffd."),
    ],
)
def test_text_is_stripped_cut_and_without_its_prefix(given: str, request_options: dict[str, Any], expected: str) -> None:
    answer = parse_answer(words(**request_options), given)
    assert (answer.text, answer.failure, answer.finish) == (expected, None, "stop")


@pytest.mark.parametrize("given", ["", "  \n", "\nEND of it", "<think>hm</think>  "])
def test_no_words_are_a_failure(given: str) -> None:
    answer = parse_answer(words(sampling=Sampling(stop=("END",))), given)
    assert answer.failure == "The answer is empty."
    assert answer.text == given


def test_text_cut_off_at_the_limit_is_still_text() -> None:
    answer = parse_answer(words(), "Ann goes", finish="length")
    assert (answer.text, answer.finish, answer.failure) == ("Ann goes", "length", None)


def test_a_refusal_is_taken_from_the_provider_and_not_from_the_words() -> None:
    assert parse_answer(words(), "I can't help with that.").failure is None
    answer = parse_answer(words(), "", finish="refused", usage=Usage(prompt_tokens=5))
    assert (answer.finish, answer.usage.prompt_tokens) == ("refused", 5)
    assert "refused" in (answer.failure or "")


# Reasoning


@pytest.mark.parametrize(
    ("given", "reasoning", "text"),
    [
        ("<think>She is hungry.</think>\n\nAnn eats.", "She is hungry.", "Ann eats."),
        ("She is hungry.\n</think>\nAnn eats.", "She is hungry.", "Ann eats."),
        ("\n<think>\na\n</think>\n<think>b</think>c", "a\nb", "c"),
        ("<think></think>Ann eats.", "", "Ann eats."),
        ("Ann writes <think>x</think>.", "", "Ann writes <think>x</think>."),
        ("<think>a</think>b</think>c", "a", "b</think>c"),
    ],
)
def test_reasoning_is_kept_apart(given: str, reasoning: str, text: str) -> None:
    answer = parse_answer(words(), given)
    assert (answer.reasoning, answer.text) == (reasoning, text)


def test_reasoning_given_apart_stands_before_what_is_found() -> None:
    assert parse_answer(words(), "<think>b</think>c", reasoning="a").reasoning == "a\nb"


@pytest.mark.parametrize("request_", [words(), choice("Buy", "Refuse"), fill(Purchase)])
def test_an_answer_that_never_stopped_thinking_is_a_failure(request_: Any) -> None:
    answer = parse_answer(request_, "<think>Buy or", finish="length")
    assert "still thinking" in (answer.failure or "")
    assert (answer.finish, answer.reasoning, answer.index, answer.value) == ("length", "Buy or", None, None)


# Choices


@pytest.mark.parametrize(
    "given",
    [
        "Refuse",
        " refuse. ",
        '"Refuse"',
        "**Refuse**",
        "b",
        "B",
        "(b)",
        "b)",
        "B.",
        "b) Refuse",
        "(B) refuse",
        "**b)** Refuse",
        "b: Refuse.",
        "b) Refuse\n\nBecause bread is dear, and to buy is unwise.",
        "Let me think about it.\n\nRefuse",
        "<think>Buy?</think>Refuse",
        "Refuse\nRefuse",
    ],
)
def test_a_choice_is_read_where_it_is_clear(given: str) -> None:
    answer = parse_answer(choice("Buy", "Refuse", "Wait a while"), given)
    assert (answer.index, answer.failure) == (1, None)
    assert answer.probabilities is None


@pytest.mark.parametrize(
    "given",
    [
        "",
        "no idea",
        "I won't buy.",
        "Buy or Refuse",
        "Buy\nRefuse",
        "a) Buy\nb) Refuse\nc) Wait a while",
        "a) Refuse",
        "d",
        "2",
        "Refuse to answer",
        "1) Refuse",
        "ab",
        "*",
    ],
)
def test_a_choice_that_is_not_clear_is_a_failure_and_never_the_first(given: str) -> None:
    answer = parse_answer(choice("Buy", "Refuse", "Wait a while"), given)
    assert answer.failure
    assert (answer.index, answer.finish, answer.text) == (None, "unparsable", given)


def test_the_last_line_of_a_cut_off_answer_is_not_read() -> None:
    request = choice("Buy", "Buy two")
    assert parse_answer(request, "Buy", finish="length").failure
    assert parse_answer(request, "Buy\nBecause I am hun", finish="length").index == 0


@pytest.mark.parametrize(
    ("options", "given", "place"),
    [
        (("Buy", "buy"), "buy", 1),
        (("Buy", "buy"), "BUY", None),
        (("b", "a"), "a", 1),
        (("b", "a"), "b", 0),
        (("b", "a"), "a)", None),
        (("No", "Yes"), "no", 0),
        (("a) Buy", "b) Buy"), "b) Buy", 1),
        (("one\ntwo", "three"), "one\ntwo", 0),
        (("one\ntwo", "three"), "a", 0),
        (("...", "!"), "!", 1),
        (("...", "!"), "?", None),
        (("nothing",), "", None),
    ],
)
def test_odd_options(options: tuple[str, ...], given: str, place: int | None) -> None:
    answer = parse_answer(choice(*options), given)
    assert answer.index == place
    assert (answer.failure is None) is (place is not None)


def test_a_prefix_may_be_repeated() -> None:
    assert parse_answer(choice("Buy", "Refuse", answer_prefix="I choose:"), "I choose: Refuse").index == 1


OPTIONS = st.lists(st.text(min_size=1, max_size=8).filter(lambda text: bool(text.strip())), min_size=1, max_size=40, unique=True)


@given(OPTIONS, st.data())
def test_an_option_given_as_it_is_shown_is_that_option_or_refused_as_unclear(options: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(options) - 1))
    assert read_option(options, lettered(options)[place]) in (place, *_unclear(options, lettered(options)[place]))
    assert read_option(options, options[place]) == _exact(options, place) or isinstance(read_option(options, options[place]), str)


def _unclear(options: list[str], given: str) -> tuple[str, ...]:
    read = read_option(options, given)
    return (read,) if isinstance(read, str) else ()


def _exact(options: list[str], place: int) -> int:
    # An option with blanks around it may be another's stripped form.
    stripped = options[place].strip()
    return options.index(stripped) if stripped in options else place


@given(OPTIONS, st.text(max_size=30))
def test_what_is_read_is_in_the_words(options: list[str], given: str) -> None:
    read = read_option(options, given)
    if isinstance(read, int):
        option = "".join(char for char in options[read].casefold() if char.isalnum())
        letter = lettered(options)[read].partition(")")[0]
        said = "".join(char for char in given.casefold() if char.isalnum())
        assert option in said or letter in said or not option or not option.isascii()


@given(st.lists(st.sampled_from(["Buy", "Sell", "Wait"]), min_size=1, unique=True), st.data())
def test_plain_options_are_read_by_word_and_by_letter(options: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(options) - 1))
    shown = lettered(options)[place]
    for said in (shown, shown.upper(), shown.partition(" ")[0], options[place], f"'{options[place]}'."):
        assert read_option(options, said) == place


# Objects

GOOD = '{"item": "apples", "count": 2}'


@pytest.mark.parametrize(
    "given",
    [
        GOOD,
        f"\n {GOOD} \n",
        f"```json\n{GOOD}\n```",
        f"Here it is:\n\n```\n{GOOD}\n```\nAnything else?",
        f"<think>two?</think>{GOOD}",
        '{"item": "apples", "count": 2, "note": "", "extra": [1, {"a": null}]}',
    ],
)
def test_an_object_is_read_and_validated(given: str) -> None:
    answer = parse_answer(fill(Purchase), given)
    assert (answer.value, answer.failure) == ({"item": "apples", "count": 2, "note": ""}, None)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "empty"),
        ("two apples", "not JSON"),
        (GOOD + GOOD, "not JSON"),
        (f"Sure! {GOOD}", "not JSON"),
        (GOOD[:-1], "not JSON"),
        (GOOD.replace("2", "NaN"), "NaN"),
        (GOOD.replace("2", "-Infinity"), "Infinity"),
        (GOOD.replace("2", "1e999"), "too large"),
        (GOOD.replace("2", "9" * 5000), "too large"),
        (GOOD.replace("}", ', "count": 3}'), "'count' twice"),
        (GOOD.replace("2", "0"), "count: Input should be greater than or equal to 1"),
        (GOOD.replace("apples", "gold"), "item: Input should be 'apples' or 'bread'"),
        ('{"item": "apples"}', "count: Field required"),
        ("[1]", "list"),
        ("null", "null"),
        ("true", "truth value"),
        (f"```\n{GOOD}\n```\n```\n{GOOD}\n```", "2 fenced blocks"),
        (f"```\n{GOOD}", "not JSON"),
        ("{'item': 'apples', 'count': 2}", "not JSON"),
        ("[" * 10_000, "deeper than 64"),
        ('{"note": ' * 10_000, "deeper than 64"),
        ('{"item": "apples", "count": 2, "note": "' + "x" * 1_000_001 + '"}', "1,000,000 bytes"),
        ('{"item": "apples", "count": 2, "note": "' + "é" * 600_000 + '"}', "1,000,000 bytes"),
    ],
)
def test_anything_else_is_a_failure_that_says_why(given: str, reason: str) -> None:
    answer = parse_answer(fill(Purchase), given)
    assert reason in (answer.failure or "")
    assert len(answer.failure or "") < 300
    assert (answer.value, answer.text) == (None, given)


def test_deep_nesting_within_a_string_is_text() -> None:
    note = '[{"\\' * 1000
    answer = parse_answer(fill(Purchase), json.dumps({"item": "bread", "count": 1, "note": note}))
    assert answer.value is not None
    assert answer.value["note"] == note


@pytest.mark.parametrize(
    "hostile",
    [
        '"\\' * 400_000,
        '{"a":"' + '\\"' * 400_000,
        "{" * 70 + '"\\"' * 250_000,
        "```x\n" * 200_000,
        "``` \n```" * 120_000,
        " " * 999_999 + "?",
    ],
)
def test_hostile_text_is_read_in_bounded_time(hostile: str) -> None:
    # With anything that grows with the square of the length this would take hours.
    assert parse_answer(fill(Purchase), hostile).failure
    assert parse_answer(choice("Buy", "Refuse"), hostile).failure


def test_surrogates_are_joined_or_replaced() -> None:
    given = '{"item": "bread", "count": 1, "note": "\\ud83d\\ude00 \\ud800 \\u0000"}'
    answer = parse_answer(fill(Purchase), given)
    assert answer.value == {"item": "bread", "count": 1, "note": "😀 \ufffd \x00"}


def test_an_object_may_go_on_from_its_prefix() -> None:
    request = fill(Purchase, answer_prefix='{"item":')
    for said in (' "bread", "count": 1}', '{"item": "bread", "count": 1}'):
        assert (parse_answer(request, said).value or {})["item"] == "bread"


def test_a_validator_that_raises_anything_makes_a_failure() -> None:
    class Odd(BaseModel):
        name: str

        @field_validator("name")
        @classmethod
        def look(cls, name: str) -> str:
            return {"Ann": "ok"}[name]

    assert "KeyError" in (parse_answer(fill(Odd), '{"name": "Bob"}').failure or "")
    assert parse_answer(fill(Odd), '{"name": "Ann"}').value is not None


def test_the_value_fits_its_schema_again() -> None:
    class Sum(BaseModel):
        model_config = ConfigDict(extra="forbid")
        first: int = Field(alias="a")
        second: set[int] = {1}

        @computed_field
        @property
        def total(self) -> int:
            return self.first + sum(self.second)

    answer = parse_answer(fill(Sum), '{"a": "3", "second": [2, 2]}')
    assert answer.value == {"a": 3, "second": [2]}
    assert Sum.model_validate(answer.value).total == 5


@given(st.text())
@example("\ud800")
@example("<think>")
def test_no_text_raises(text: str) -> None:
    for request in (words(), words(answer_prefix=text, sampling=Sampling(stop=(text,))), choice("a", "b"), fill(Purchase)):
        answer = parse_answer(request, text)
        assert isinstance(answer, Answer)
        assert answer.failure is not None or answer.text or answer.value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_any_json_object_comes_back_as_it_was(value: dict[str, Any]) -> None:
    class Anything(BaseModel):
        model_config = ConfigDict(extra="allow")

    answer = parse_answer(fill(Anything), json.dumps(value))
    if "model_config" in value or any(key.startswith(("model_", "_")) for key in value):
        return  # names that pydantic keeps to itself
    assert answer.value == value or answer.failure


# Instructions


def test_instructions_say_the_form_and_the_words_to_go_on_from() -> None:
    assert instructions(words()) == ""
    assert instructions(words(answer_prefix="Ann is")) == "Your answer goes on from these words; do not repeat them: Ann is"
    assert instructions(choice("Buy", "Refuse")) == (
        "Answer with exactly one of these options, and with nothing else:\na) Buy\nb) Refuse"
    )
    told = instructions(fill(Purchase, answer_prefix="{"))
    assert told.startswith("Answer with one JSON object, and with nothing else, that fits this JSON schema:\n{")
    assert '"enum": ["apples", "bread"]' in told
    assert told.endswith("do not repeat them: {")


def test_options_have_letters_unless_they_could_be_taken_for_some() -> None:
    assert lettered(["Yes", "No"]) == ["a) Yes", "b) No"]
    assert lettered(["B", "A"]) == ["- B", "- A"]
    assert lettered([f"option {n}" for n in range(28)])[25:] == ["z) option 25", "aa) option 26", "ab) option 27"]
    assert lettered(["one\ntwo"]) == ["a) one two"]
