"""EmbeddedModel as a language model: always an answer, of its type and domain, and a function of the request alone."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, create_model, field_validator

from gamemaster.language import Answer, ChoiceRequest, ObjectRequest, Prompt, Request, Sampling, TextRequest
from gamemaster.language.embedded.embedded_model import EmbeddedModel
from gamemaster.testing.hash_embedder import HashEmbedder
from gamemaster.words import CallKey, Section, SectionKind

KINDS: tuple[SectionKind, ...] = (
    "instruction", "persona", "goal", "plan", "memory", "observation", "situation", "action", "question", "other",
)  # fmt: skip
KEY = CallKey(3, "Ida Lund", "actor", "answer")
PERSONA = Section(label="Who you are", text="Ida Lund is a ferrywoman. She likes calm seas.", kind="persona", changes="own")
SITUATION = Section(label="Here and now", text="You are at the quay. Tom is here.", kind="situation")


def prompt(call: str, *sections: Section, name: str = "Ida Lund") -> Prompt:
    return Prompt.of(sections or (PERSONA, SITUATION), call, name=name)


def answers(*requests: Request, model: EmbeddedModel | None = None) -> list[Answer]:
    asked = model or EmbeddedModel(HashEmbedder())

    async def main() -> list[Answer]:
        return await asyncio.gather(*(asked.answer(request) for request in requests))

    return asyncio.run(main())


def text(call: str, *sections: Section, seed: int = 1, **options: Any) -> TextRequest:
    return TextRequest(prompt=prompt(call, *sections), key=KEY, seed=seed, **options)


def object_of(schema: type[BaseModel], call: str = "Fill it in.", *sections: Section, seed: int = 1) -> ObjectRequest:
    return ObjectRequest(prompt=prompt(call, *sections), key=KEY, seed=seed, schema=schema)


def choice(options: Sequence[str], call: str = "Which?", *sections: Section, seed: int = 1, **rest: Any) -> ChoiceRequest:
    return ChoiceRequest(prompt=prompt(call, *sections), key=KEY, seed=seed, options=tuple(options), **rest)


# --- who it is ---


def test_it_is_named_deterministic_and_pinned() -> None:
    model = EmbeddedModel(HashEmbedder())
    assert model.name == "embedded"
    assert model.deterministic
    assert model.fingerprint == {"embedder": HashEmbedder().fingerprint, "version": "1"}


def test_tokens_are_counted_by_its_own_measure() -> None:
    model = EmbeddedModel(HashEmbedder())
    request = text("What does Ida Lund do?")
    (answer,) = answers(request, model=model)
    assert model.count_tokens("") == 0
    assert model.count_tokens("12345") == 2
    assert answer.usage.prompt_tokens == model.count_tokens(request.prompt.text)
    assert answer.usage.answer_tokens == model.count_tokens(answer.text)
    assert answer.usage.asked == 1


def test_no_embedder_is_loaded_before_it_is_needed() -> None:
    EmbeddedModel("a name that nothing has")


# --- types and domains ---

BOUNDS = st.tuples(st.integers(-1000, 1000), st.integers(0, 500)).map(lambda pair: (pair[0], pair[0] + pair[1]))
WORDS = st.text("abcdefg hij", min_size=1, max_size=12).map(str.strip).filter(bool)


def _fields(depth: int) -> st.SearchStrategy[Any]:
    simple = st.one_of(
        st.just(str),
        st.just(bool),
        st.just(int),
        st.integers(1, 40).map(lambda most: Annotated[str, Field(min_length=1, max_length=most)]),
        st.tuples(st.integers(0, 30), st.integers(0, 30)).map(
            lambda pair: Annotated[str, Field(min_length=pair[0], max_length=pair[0] + pair[1])]
        ),
        BOUNDS.map(lambda pair: Annotated[int, Field(ge=pair[0], le=pair[1])]),
        BOUNDS.map(lambda pair: Annotated[int, Field(gt=pair[0], lt=pair[1] + 2)]),
        BOUNDS.map(lambda pair: Annotated[float, Field(ge=pair[0], le=pair[1], allow_inf_nan=False)]),
        BOUNDS.map(lambda pair: Annotated[float, Field(gt=pair[0], lt=pair[1] + 1)]),
        st.integers(1, 9).map(lambda step: Annotated[int, Field(multiple_of=step, ge=step)]),
        st.lists(WORDS, min_size=1, max_size=5, unique=True).map(lambda values: Literal[tuple(values)]),
        st.lists(st.integers(-9, 9), min_size=1, max_size=5, unique=True).map(lambda values: Literal[tuple(values)]),
        st.integers(0, 6).map(lambda most: Annotated[list[str], Field(max_length=most)]),
        st.integers(1, 4).map(lambda least: Annotated[list[int], Field(min_length=least, max_length=least + 1)]),
        st.just(tuple[int, str]),
    )
    if depth == 0:
        return simple
    inner = _schemas(depth - 1)
    return st.one_of(
        simple,
        simple.map(lambda kind: kind | None),
        inner,
        inner.map(lambda model: list[model]),
        inner.map(lambda model: model | None),
    )


def _schemas(depth: int) -> st.SearchStrategy[type[BaseModel]]:
    names = st.sampled_from(["number", "items", "to", "count", "words", "when", "reason", "flag"])
    fields = st.dictionaries(names, st.tuples(_fields(depth), st.booleans()), min_size=1, max_size=4)

    def made(given_fields: dict[str, Any]) -> type[BaseModel]:
        given: dict[str, Any] = {name: (kind, ...) for name, (kind, _) in given_fields.items()}
        return create_model("Made", __config__=ConfigDict(extra="forbid"), **given)

    return fields.map(made)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(_schemas(2), st.booleans(), st.sampled_from(["Ida gives 3 nets to Tom.", "", "no", "1e999 and -5000"]))
def test_a_schema_is_always_met(schema: type[BaseModel], attempted: bool, words: str) -> None:
    sections = [PERSONA, SITUATION, *([Section(label="Attempt", text=words, kind="question")] if attempted else [])]
    (answer,) = answers(object_of(schema, "Fill it in.", *sections))
    assert answer.failure is None
    assert answer.value is not None
    schema.model_validate(answer.value)
    assert json.loads(answer.text) == answer.value


def test_what_refers_to_itself_ends() -> None:
    class Tree(BaseModel):
        name: str
        children: list[Tree] = []
        next: Tree | None = None

    (answer,) = answers(object_of(Tree))
    assert answer.failure is None
    Tree.model_validate(answer.value)


def test_a_rule_in_code_that_nothing_meets_is_a_failure_and_no_exception() -> None:
    class Never(BaseModel):
        word: str

        @field_validator("word")
        @classmethod
        def _refuse(cls, value: str) -> str:
            raise ValueError("never")

    (answer,) = answers(object_of(Never))
    assert answer.finish == "unparsable"
    assert answer.failure is not None and "Never" in answer.failure


@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=8, unique=True), st.booleans(), st.integers(0, 2**62))
def test_a_choice_is_one_of_the_options(options: list[str], unsure: bool, seed: int) -> None:
    warm = Sampling(temperature=0.7)
    requests = [
        choice(options, "Which?", seed=seed, unsure=0 if unsure else None),
        choice(options, "Which?", seed=seed, unsure=len(options) - 1 if unsure else None, sampling=warm),
    ]
    for answer in answers(*requests):
        assert answer.index is not None and answer.text == options[answer.index]
        assert answer.probabilities is not None and len(answer.probabilities) == len(options)
        assert math.isclose(sum(answer.probabilities), 1.0, abs_tol=1e-4)


# --- text ---

LINES = st.lists(st.text(max_size=60), max_size=5).map("\n".join)
SECTIONS = st.lists(st.builds(Section, label=st.just(""), text=LINES, kind=st.sampled_from(KINDS)), max_size=5)


@settings(max_examples=100)
@given(SECTIONS, st.text(max_size=80), st.text(max_size=20))
def test_text_is_never_empty(sections: list[Section], call: str, name: str) -> None:
    request = TextRequest(prompt=Prompt.of(sections, call, name=name), key=KEY, seed=5)
    (answer,) = answers(request)
    assert answer.text.strip()
    assert answer.failure is None


@given(st.text(max_size=3), st.integers(0, 4))
def test_a_stop_and_a_bound_are_kept(stop: str, most: int) -> None:
    (answer,) = answers(text("What is known?", sampling=Sampling(stop=(stop,), max_tokens=max(1, most))))
    assert answer.text.strip()
    assert len(answer.text) <= 4 * max(1, most) or answer.finish == "stop"
    assert not stop.strip() or stop not in answer.text or answer.text.strip() == stop


def test_a_bound_that_cuts_says_so() -> None:
    (answer,) = answers(text("What is known of calm seas?", sampling=Sampling(max_tokens=2)))
    assert answer.finish == "length"
    assert len(answer.text) <= 8


def test_the_prefix_is_not_repeated() -> None:
    request = text("What does Ida Lund like?", PERSONA, answer_prefix="Everybody knows: Ida Lund")
    (answer,) = answers(request)
    assert not answer.text.startswith("Ida Lund")


# --- a function of the request alone ---

OFFERS = Section(
    label="What can be done",
    text="row_to(isle: Storholm|Gull Rock|quay): Row to another isle.\nshout(to: Tom|Mara, words: text): Shout to somebody.",
    kind="action",
)


def _many() -> list[Request]:
    class Form(BaseModel):
        isle: Literal["Storholm", "Gull Rock"]
        count: int = Field(ge=1, le=9)
        words: str

    calls = [f"It is 09:{minute:02d}. What does Ida Lund do next?" for minute in range(6)]
    return [
        *(text(call, PERSONA, SITUATION, OFFERS, seed=seed) for seed, call in enumerate(calls)),
        *(object_of(Form, call, seed=seed) for seed, call in enumerate(calls)),
        *(choice(["row", "rest", "sing"], call, seed=seed) for seed, call in enumerate(calls)),
    ]


def test_equal_requests_get_equal_answers_whatever_else_is_asked() -> None:
    requests = _many()
    together = answers(*requests)
    backwards = answers(*reversed(requests))
    alone = [answers(request)[0] for request in requests]
    assert together == alone
    assert backwards == alone[::-1]


def test_a_greedy_answer_does_not_hang_on_the_seed() -> None:
    greedy = Sampling(temperature=0.0)
    requests = [text("What does Ida Lund do next?", PERSONA, SITUATION, OFFERS, seed=seed, sampling=greedy) for seed in range(8)]
    assert len({answer.text for answer in answers(*requests)}) == 1


def test_texts_of_all_requests_are_embedded_in_few_batches() -> None:
    embedder = HashEmbedder()
    persons = [f"Person {number}" for number in range(40)]
    requests = [
        TextRequest(
            prompt=Prompt.of(
                [Section(label="", text=f"{name} likes thing {name[-2:]}.", kind="persona"), SITUATION, OFFERS],
                f"What does {name} do next?",
                name=name,
            ),
            key=KEY,
            seed=number,
        )
        for number, name in enumerate(persons)
    ]
    answers(*requests, model=EmbeddedModel(embedder))
    assert embedder.calls <= 6
    assert embedder.texts <= 8 * len(requests)


# --- hostile prompts ---

HOSTILE = {
    "a line of a million letters": "x" * 1_000_000,
    "a line of a million words": "word " * 200_000,
    "a million lines": "a b\n" * 250_000,
    "no words": "?!… ---- \u200b\u202e " * 50,
    "control characters": "".join(map(chr, range(32))) * 300,
    "quotation marks": '"' * 100_000,
    "brackets": "f(" * 50_000 + "a: b|c" + ")" * 50_000,
    "colons": ": " * 100_000,
    "numbers": "1,234.5:06 " * 20_000,
    "number words": "and hundred twenty " * 20_000,
    "lone surrogates": "\ud800 says \udfff" * 100,
    "blanks": " " * 1_000_000,
    "bars": "pick(one: " + "|".join(f"v{number}" for number in range(30_000)) + "): Pick one.",
}


@pytest.mark.parametrize("name", list(HOSTILE))
@pytest.mark.parametrize("kind", ["persona", "plan", "observation", "situation", "action", "question"])
def test_a_hostile_prompt_is_survived_and_little_of_it_is_embedded(name: str, kind: SectionKind) -> None:
    class Form(BaseModel):
        to: Literal["Tom", "Ida Lund"]
        count: int = Field(ge=0, le=5)
        words: str = Field(max_length=50)

    section = Section(label=HOSTILE[name][:100], text=HOSTILE[name], kind=kind)
    call = HOSTILE[name][:5_000] if kind == "question" else "What does Ida Lund do next?"
    embedder = HashEmbedder()
    found = answers(
        text(call, PERSONA, OFFERS, section),
        object_of(Form, call, PERSONA, section),
        choice(["yes", "no", "perhaps"], call, PERSONA, section),
        choice([*OFFERS.text.splitlines(), "none of these"], call, SITUATION, section, unsure=2),
        model=EmbeddedModel(embedder),
    )
    assert embedder.texts < 120
    assert found[0].text.strip()
    assert all(answer.failure is None for answer in found)
