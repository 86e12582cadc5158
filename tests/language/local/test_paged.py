"""Paged batching: the answers of the own engine, whoever shares the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gamemaster.language import Sampling, TextRequest, load_model
from gamemaster.language.hugging_face_model import HuggingFaceModel
from gamemaster.language.local.engine import Engine
from gamemaster.language.local.job import ChoiceJob, Job, Outcome, TextJob
from gamemaster.language.local.paged import PAGE, PagedLoop, Unsuited
from gamemaster.language.local.paged_engine import PagedEngine
from gamemaster.language.prompt import Prompt
from gamemaster.words import BadInput, CallKey

GREEDY, HOT = Sampling(temperature=0), Sampling(temperature=1.0, top_k=40)


@pytest.fixture(scope="module")
def loop_of(model_of: Callable[[str], Any]) -> Callable[..., PagedLoop]:
    def make(shape: str, **how: Any) -> PagedLoop:
        try:
            return PagedLoop(model_of(shape), [], **{"rows": 8, "tokens": 256, "bytes_kept": 2**26, **how})
        except Unsuited as reason:
            pytest.skip(f"this transformers has no paged batching that can be drawn from: {reason}")

    return make


def text(ids: Sequence[int], *, seed: int = 3, sampling: Sampling = GREEDY, room: int = 8, **more: Any) -> TextJob:
    return TextJob(ids=tuple(ids), seed=seed, sampling=sampling, room=room, **more)


def prompts(count: int) -> list[list[int]]:
    shared = [(5 * place + 2) % 300 for place in range(2 * PAGE + 7)]
    return [[*shared, *[(3 * row + place) % 300 for place in range(4 + 5 * row)]] for row in range(count)]


@pytest.fixture(name="said")
def said_fixture(outcomes: Callable[[Any, Sequence[Job]], list[Outcome]]) -> Callable[[Any, Sequence[Job]], list[Outcome]]:
    """The answers to jobs that are given at once; what was known before is a matter of company."""

    def said(engine: Any, jobs: Sequence[Job]) -> list[Outcome]:
        return [replace(each, reused=0) for each in outcomes(engine, jobs)]

    return said


Outcomes = Callable[[Any, Sequence[Job]], list[Outcome]]


@pytest.mark.parametrize("shape", ["llama", "gpt2", "mistral"])
def test_answers_are_those_of_the_own_engine(
    shape: str, loop_of: Callable[..., PagedLoop], engine_of: Callable[..., Engine], said: Outcomes
) -> None:
    jobs: list[Job] = [text(ids, seed=at, sampling=HOT if at % 2 else GREEDY) for at, ids in enumerate(prompts(6))]
    paged = PagedEngine(engine_of(shape), loop_of(shape))
    found = said(paged, jobs)
    assert found == said(engine_of(shape), jobs)
    assert len({each.tokens for each in found}) == len(found)
    assert [said(paged, [job])[0] for job in jobs] == found  # alone, from pages that are known
    assert paged.own.totals["requests"] == 0


def test_what_several_prompts_begin_with_is_computed_once(
    loop_of: Callable[..., PagedLoop], engine_of: Callable[..., Engine], said: Outcomes
) -> None:
    given = prompts(6)
    paged = PagedEngine(engine_of(), loop_of("llama"))
    said(paged, [text(ids) for ids in given])
    statistics = paged.statistics
    assert statistics["reused_tokens"] == 6 * 2 * PAGE
    new = 6 * 7  # the first new token of a text comes with its prompt
    own = sum(len(ids) - 2 * PAGE for ids in given)
    assert statistics["computed_tokens"] == 2 * PAGE + 2 + own + new


def test_a_batch_with_too_little_room_puts_off_and_gives_the_same(
    loop_of: Callable[..., PagedLoop], engine_of: Callable[..., Engine], said: Outcomes
) -> None:
    # Some 500 tokens of cache for 6 answers of 200: some must be put off in the middle.
    tight = loop_of("llama", tokens=64, bytes_kept=520 * (256 + 256) + 64 * 64 * 4)
    jobs: list[Job] = [text(range(row, row + 40), seed=row, sampling=HOT, room=200) for row in range(6)]
    paged = PagedEngine(engine_of(), tight)
    assert said(paged, jobs) == said(engine_of(), jobs)
    assert paged.own.totals["requests"] == 0


def test_ends_stops_and_repeats(
    loop_of: Callable[..., PagedLoop], model_of: Callable[[str], Any], engine_of: Callable[..., Engine], said: Outcomes
) -> None:
    given = prompts(3)
    plain = said(engine_of(), [text(ids, room=12) for ids in given])
    end = plain[0].tokens[4]
    loop_of("llama")
    paged = PagedEngine(engine_of(ends=[end]), PagedLoop(model_of("llama"), [end], rows=8, tokens=256, bytes_kept=2**26))
    jobs: list[Job] = [text(ids, room=12) for ids in given]
    jobs.append(jobs[0])
    jobs.append(text(given[1], room=9, stops=lambda out: len(out) == 3))
    found = said(paged, jobs)
    assert found == said(engine_of(ends=[end]), jobs)
    assert found[0].finish == "stop"
    assert found[0].tokens == plain[0].tokens[: plain[0].tokens.index(end)]
    assert (found[4].finish, len(found[4].tokens)) == ("stop", 3)
    assert paged.totals["repeats"] == 1


def test_choices_and_what_is_too_long_for_the_pages_go_to_the_own_engine(
    loop_of: Callable[..., PagedLoop], engine_of: Callable[..., Engine], said: Outcomes
) -> None:
    loop = loop_of("llama", tokens=64, bytes_kept=520 * (256 + 256) + 64 * 64 * 4)
    paged = PagedEngine(engine_of(), loop)
    jobs: list[Job] = [ChoiceJob(ids=(1, 2, 3), options=((4,), (5, 6))), text([7] * 500), text([1, 2, 3])]
    assert said(paged, jobs) == said(engine_of(), jobs)
    assert paged.own.totals["requests"] == 2


def test_both_engines_at_once_leave_the_model_as_it_was(
    loop_of: Callable[..., PagedLoop], engine_of: Callable[..., Engine], model_of: Callable[[str], Any], said: Outcomes
) -> None:
    """A paged pass changes the model's settings while it lasts, and takes that back: one at a time may do so."""
    loop = loop_of("llama")
    paged = PagedEngine(engine_of(), loop)
    assert paged.own.runner.turns is loop.turns
    before = model_of("llama").config.to_dict()
    jobs: list[Job] = [text([row, 1, 2, 3], room=6) for row in range(12)]
    jobs += [ChoiceJob(ids=(row, 4, 5), options=((4,), (5, 6))) for row in range(12)]
    for _ in range(4):
        said(paged, jobs)
    assert model_of("llama").config.to_dict() == before


def test_when_it_breaks_off_the_own_engine_goes_on_and_it_is_said_once(
    loop_of: Callable[..., PagedLoop], engine_of: Callable[..., Engine], said: Outcomes, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = loop_of("llama")
    steps = loop.step

    def breaks() -> int:
        if loop.passes >= 5:
            raise RuntimeError("out of pages")
        return steps()

    monkeypatch.setattr(loop, "step", breaks)
    paged = PagedEngine(engine_of(), loop)
    told: list[str] = []
    monkeypatch.setattr("warnings.warn", lambda message, *_, **__: told.append(str(message)))
    jobs: list[Job] = [text(ids, seed=at, sampling=HOT) for at, ids in enumerate(prompts(4))]
    assert said(paged, jobs) == said(engine_of(), jobs)
    assert said(paged, jobs) == said(engine_of(), jobs)
    assert told == ["Paged batching broke off (RuntimeError: out of pages); the local model goes on with its own engine."]


def test_what_nobody_waits_for_is_dropped(
    loop_of: Callable[..., PagedLoop], engine_of: Callable[..., Engine], said: Outcomes
) -> None:
    paged = PagedEngine(engine_of(), loop_of("llama"))
    unwanted: Future[Outcome] = Future()
    kept: Future[Outcome] = Future()
    paged.submit_all([(text([1, 2, 3], room=400), unwanted), (text([4, 5, 6], room=2), kept)])
    kept.result(timeout=60)
    unwanted.cancel()
    assert said(paged, [text([7, 8, 9], room=40)]) == said(engine_of(), [text([7, 8, 9], room=40)])
    assert paged.totals["cancelled"] == 1


# --- at the door ---


async def test_a_model_is_loaded_with_it(folder_of: Callable[[str], Path], loop_of: Callable[..., PagedLoop]) -> None:
    loop_of("llama")
    asked = TextRequest(
        prompt=Prompt.of([], "Ann buys", name="Ann"),
        key=CallKey(step=1, who="Ann", component="act", what="text", index=0),
        seed=5,
        sampling=Sampling(temperature=1.0, max_tokens=12),
    )
    own = load_model(f"hf:{folder_of('llama')}", device="cpu")
    paged = load_model(f"hf:{folder_of('llama')}", device="cpu", backend="paged", prefixes=2**26)
    assert isinstance(own, HuggingFaceModel)
    assert isinstance(own.engine, Engine)
    assert isinstance(paged, HuggingFaceModel)
    assert isinstance(paged.engine, PagedEngine)
    assert await paged.answer(asked) == await own.answer(asked)
    assert paged.statistics["answer_tokens"] > 0


@pytest.mark.parametrize(("shape", "why"), [("gemma2", "eager"), ("mamba", "one by one")])
def test_a_model_that_can_not_be_run_so_says_why_and_is_run_as_ever(
    shape: str, why: str, folder_of: Callable[[str], Path]
) -> None:
    with pytest.warns(RuntimeWarning, match=why):
        model = load_model(f"hf:{folder_of(shape)}", device="cpu", backend="paged")
    assert isinstance(model, HuggingFaceModel)
    assert not isinstance(model.engine, PagedEngine)


def test_there_is_no_other_backend(folder_of: Callable[[str], Path]) -> None:
    with pytest.raises(BadInput, match='backend=\'fast\'; it is "auto", "own" or "paged"'):
        load_model(f"hf:{folder_of('llama')}", backend="fast")
