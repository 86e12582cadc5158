"""The scripted model: what it answers, what it counts."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, field_validator

from gamemaster.language import Answer, ChoiceRequest, LanguageModel, ObjectRequest, Prompt, Request, Sampling, TextRequest
from gamemaster.language.minimal_object import minimal_object
from gamemaster.testing.scripted_model import ScriptedModel
from gamemaster.words import BadInput, CallKey, Draws, ModelError


class Offer(BaseModel):
    item: Literal["apples", "bread"]
    count: Annotated[int, Field(ge=1)]


def key(what: str = "act", who: str = "Ann", index: int = 0) -> CallKey:
    return CallKey(1, who, "actor", what, index)


def given_or(options: dict[str, Any]) -> dict[str, Any]:
    return {"key": key(), "seed": 7, **options}


def text(call: str = "What does Ann do?", **rest: Any) -> TextRequest:
    return TextRequest(prompt=Prompt.of([], call, name="Ann"), **given_or(rest))


def choice(*options: str, **rest: Any) -> ChoiceRequest:
    return ChoiceRequest(prompt=Prompt.of([], "Which?", name="Ann"), options=options, **given_or(rest))


def fill(schema: type[BaseModel] = Offer, **rest: Any) -> ObjectRequest:
    return ObjectRequest(prompt=Prompt.of([], "Fill in.", name="Ann"), schema=schema, **given_or(rest))


def one(model: ScriptedModel, request: Request) -> Answer:
    return asyncio.run(model.answer(request))


def several(model: ScriptedModel, *requests: Request) -> list[Any]:
    async def main() -> list[Any]:
        return await asyncio.gather(*(model.answer(request) for request in requests), return_exceptions=True)

    return asyncio.run(main())


def test_it_is_a_language_model() -> None:
    model = ScriptedModel()
    assert isinstance(model, LanguageModel)
    assert (model.name, model.deterministic, model.count_tokens("one two")) == ("scripted", True, 2)


@pytest.mark.parametrize(
    ("given", "request_", "field", "expected"),
    [
        ("Ann sleeps.", text(), "text", "Ann sleeps."),
        (3, text(), "text", "3"),
        (1, choice("Buy", "Refuse"), "index", 1),
        ("refuse", choice("Buy", "Refuse"), "index", 1),
        ({"item": "bread", "count": 2}, fill(), "value", {"item": "bread", "count": 2}),
        (Offer(item="bread", count=2), fill(), "value", {"item": "bread", "count": 2}),
        ('{"item": "bread", "count": 2}', fill(), "value", {"item": "bread", "count": 2}),
        (Answer(text="x", failure="so"), text(), "failure", "so"),
    ],
)
def test_a_rule_may_give_what_suits_the_request(given: Any, request_: Request, field: str, expected: Any) -> None:
    model = ScriptedModel(lambda _: given)
    assert getattr(one(model, request_), field) == expected
    assert model.requests == [request_]


@pytest.mark.parametrize(
    ("given", "request_"),
    [("no idea", choice("Buy", "Refuse")), ("two", fill()), ({"item": "gold", "count": 1}, fill()), ("", text())],
)
def test_what_does_not_fit_is_a_failed_answer(given: Any, request_: Request) -> None:
    answer = one(ScriptedModel(lambda _: given), request_)
    assert answer.failure
    assert answer.index is None
    assert answer.value is None


@pytest.mark.parametrize(("given", "request_"), [(2, choice("Buy", "Refuse")), (-1, choice("Buy")), (1, fill()), ({}, text())])
def test_a_script_that_can_not_be_meant_is_bad_input(given: Any, request_: Request) -> None:
    with pytest.raises(BadInput, match="The script gives"):
        one(ScriptedModel(lambda _: given), request_)


def test_an_exception_is_raised_at_its_own_request_only() -> None:
    def rule(request: Request) -> Any:
        if request.key.what == "a":
            return ModelError("down")
        if request.key.what == "b":
            raise ValueError("a bug in the rule")
        return "fine"

    results = several(ScriptedModel(rule), *(text(key=key(what)) for what in "abc"))
    assert [type(each) for each in results] == [ModelError, ValueError, Answer]


def test_a_list_is_handed_out_in_the_order_of_keys_whoever_asks_first() -> None:
    requests = [text(key=key(who=who)) for who in ("Ann", "Bob", "Cid")]
    for order in ([0, 1, 2], [2, 0, 1]):
        model = ScriptedModel(answers=["first", "second", "third"])
        results = several(model, *(requests[place] for place in order))
        assert [results[order.index(place)].text for place in range(3)] == ["first", "second", "third"]
        assert model.requests == requests


def test_an_answer_too_many_is_an_error_that_names_the_request() -> None:
    model = ScriptedModel(answers=["only"])
    results = several(model, text(key=key("a")), text(key=key("b")))
    assert results[0].text == "only"
    assert "1 answers and was asked for one more: step 1, Ann, actor, b #0" in str(results[1])
    with pytest.raises(BadInput, match="one of them"):
        ScriptedModel(lambda _: None, answers=[])


def test_by_itself_it_answers_by_the_seed() -> None:
    def answers(seed: int) -> list[Answer]:
        return several(ScriptedModel(), text(seed=seed), choice("a", "b", "c", sampling=Sampling(), seed=seed), fill(seed=seed))

    assert answers(1) == answers(1)
    assert [each.failure for each in answers(1)] == [None] * 3
    assert len({answers(seed)[0].text for seed in range(20)}) > 10
    assert {answers(seed)[1].index for seed in range(20)} == {0, 1, 2}
    assert "What does Ann do?" in answers(1)[0].text
    greedy = {one(ScriptedModel(), text(seed=seed, sampling=Sampling(temperature=0.0))).text for seed in range(5)}
    assert len(greedy) == 1


def test_rounds_are_counted_by_who_waits_for_whom() -> None:
    model = ScriptedModel()

    async def agent(who: str) -> None:
        for turn in range(3):
            await asyncio.gather(*(model.answer(text(key=key(f"{turn}{part}", who))) for part in "xy"))

    async def main() -> None:
        await asyncio.gather(*(agent(f"agent {n}") for n in range(100)))

    asyncio.run(main())
    assert (model.rounds, model.most_at_once, len(model.requests)) == (3, 200, 600)
    assert len(model.asked(who="agent 7")) == 6
    assert len(model.asked(who="agent 7", what="0x")) == 1
    assert model.asked(component="plan") == []


def test_a_delay_changes_who_is_done_first_and_nothing_else() -> None:
    done: list[str] = []
    waits = {"a": 0.02, "b": 0.01, "c": 0.0}
    model = ScriptedModel(delay=lambda request: waits[request.key.what])

    async def ask(what: str) -> str:
        answer = await model.answer(text(key=key(what)))
        done.append(what)
        return answer.text

    async def main() -> list[str]:
        return await asyncio.gather(*(ask(what) for what in "abc"))

    texts = asyncio.run(main())
    assert done == ["c", "b", "a"]
    assert texts == [each.text for each in several(ScriptedModel(), *(text(key=key(what)) for what in "abc"))]


def test_unbatched_it_answers_without_suspending() -> None:
    model = ScriptedModel(lambda _: "yes", batched=False)
    coroutine = model.answer(text())
    with pytest.raises(StopIteration) as ended:
        coroutine.send(None)
    assert ended.value.value.text == "yes"
    with pytest.raises(ModelError):
        ScriptedModel(lambda _: ModelError("down"), batched=False).answer(text()).send(None)


class Nested(BaseModel):
    offers: list[Offer]
    kind: Literal["a", "b"]
    sure: bool
    share: Annotated[float, Field(gt=0, lt=1)]
    tens: Annotated[int, Field(gt=5, multiple_of=10)]
    words: Annotated[str, Field(min_length=30)]
    short: Annotated[str, Field(max_length=2)]
    low: Annotated[int, Field(le=-3)]
    below: Annotated[float, Field(lt=0)]
    maybe: Offer | None
    left_out: int = 3


@given(st.integers(0, 2**63 - 1))
def test_the_smallest_object_fits_its_schema(seed: int) -> None:
    value = minimal_object(Nested, Draws(seed))
    made = Nested.model_validate(value)
    assert len(made.offers) == 1
    assert "left_out" not in value
    assert value == minimal_object(Nested, Draws(seed))


class Even(BaseModel):
    number: int

    @field_validator("number")
    @classmethod
    def look(cls, number: int) -> int:
        raise ValueError("odd")


class Endless(BaseModel):
    inner: Endless


@pytest.mark.parametrize(
    ("schema", "why"), [(Even, r"No instance of Even could be made up: number: "), (Endless, "holds itself")]
)
def test_a_schema_that_says_too_little_gets_a_failure_that_says_what_to_do(schema: type[BaseModel], why: str) -> None:
    answer = one(ScriptedModel(), fill(schema))
    assert answer.value is None
    assert re.search(f"{why}.*Script the answer", answer.failure or "")
