"""The engine's answers: those of one request by itself, whatever shares the batch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamemaster.language import Sampling
from gamemaster.language.local.job import ChoiceJob, TextJob
from gamemaster.language.local.plain import PlainEngine
from gamemaster.language.local.runner import Runner

BATCHED = ["llama", "qwen2", "gpt2", "gemma2", "mistral"]
GREEDY = Sampling(temperature=0.0)
WARM = Sampling(temperature=1.0, top_k=40, top_p=0.9, min_p=0.01)
SHARED = tuple((7 * place + 3) % 300 for place in range(40))


def text(*ids: int, room: int = 6, seed: int = 0, sampling: Sampling = GREEDY, **more: Any) -> TextJob:
    return TextJob(ids=ids, seed=seed, sampling=sampling, room=room, **more)


def prompts(count: int, length: int = 12) -> list[tuple[int, ...]]:
    return [(*SHARED, *((13 * place + 97 * row + 5) % 300 for place in range(length))) for row in range(count)]


# Prompts that begin alike at many places, from one token on.
PROMPTS = st.lists(
    st.tuples(st.integers(0, 40), st.lists(st.integers(0, 299), min_size=1, max_size=20)).map(
        lambda drawn: (*SHARED[: drawn[0]], *drawn[1])
    ),
    min_size=1,
    max_size=7,
)


@pytest.mark.parametrize("shape", BATCHED)
@settings(max_examples=7, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=PROMPTS, rows=st.integers(1, 4), tokens=st.sampled_from([16, 64, 2048]), data=st.data())
def test_a_greedy_answer_is_that_of_generate(
    shape: str,
    engine_of: Any,
    generated: Any,
    outcomes: Any,
    texts: list[tuple[int, ...]],
    rows: int,
    tokens: int,
    data: st.DataObject,
) -> None:
    rooms = [data.draw(st.integers(1, 7)) for _ in texts]
    engine = engine_of(shape, rows=rows, tokens=tokens)
    jobs = [text(*ids, room=room) for ids, room in zip(texts, rooms, strict=True)]
    for _ in range(2):  # with nothing known, and with all
        found = [list(each.tokens) for each in outcomes(engine, jobs)]
        assert found == [generated(shape, ids, room) for ids, room in zip(texts, rooms, strict=True)]


@pytest.mark.parametrize("shape", BATCHED)
def test_answers_that_end_by_themselves(shape: str, engine_of: Any, generated: Any, outcomes: Any) -> None:
    texts = prompts(4)
    # Tokens that do come up are taken for ends, one of them the padding of the model.
    ends = [0, generated(shape, texts[0], 5)[3], generated(shape, texts[1], 5)[1]]
    found = outcomes(engine_of(shape, ends=ends), [text(*ids, room=20) for ids in texts])
    assert [list(each.tokens) for each in found] == [generated(shape, ids, 20, ends) for ids in texts]
    assert [each.finish for each in found[:2]] == ["stop", "stop"]
    assert [each.finish for each in found] == ["length" if len(each.tokens) == 20 else "stop" for each in found]


@pytest.mark.parametrize("shape", ["llama", "gemma2", "mamba"])
def test_a_seed_has_its_answer_whoever_shares_the_batch(shape: str, model_of: Any, engine_of: Any, outcomes: Any) -> None:
    def engine() -> Any:
        return PlainEngine(model_of(shape), ()) if shape == "mamba" else engine_of(shape, rows=4)

    jobs = [text(*ids, seed=seed, sampling=WARM, room=8) for ids in prompts(2) for seed in range(3)]
    alone = [outcomes(engine(), [job])[0].tokens for job in jobs]
    assert [each.tokens for each in outcomes(engine(), list(reversed(jobs)))] == alone[::-1]
    assert len(set(alone)) == len(jobs)


def test_models_whose_state_has_no_parts_are_run_one_by_one(model_of: Any, generated: Any, outcomes: Any) -> None:
    assert not Runner(model_of("mamba")).fits
    engine = PlainEngine(model_of("mamba"), ())
    found = outcomes(engine, [text(*ids) for ids in prompts(2)])
    assert [list(each.tokens) for each in found] == [generated("mamba", ids, 6) for ids in prompts(2)]
    (chosen,) = outcomes(engine, [ChoiceJob(ids=SHARED, options=((5, 6), (5,), (7, 8, 9)))])
    assert list(chosen.scores) == pytest.approx(scores(model_of("mamba"), SHARED, [(5, 6), (5,), (7, 8, 9)]), abs=1e-4)


def scores(model: Any, ids: tuple[int, ...], options: list[tuple[int, ...]], end: int | None = None) -> list[float]:
    """The log-probability of each option, each computed by itself."""
    found: list[float] = []
    for option in options:
        whole = [*option, *([] if end is None else [end])]
        with torch.inference_mode():
            logs = model(input_ids=torch.tensor([[*ids, *whole]])).logits[0].double().log_softmax(-1)
        found.append(sum(float(logs[len(ids) - 1 + place, token]) for place, token in enumerate(whole)))
    return found


@pytest.mark.parametrize("shape", BATCHED)
def test_choices_have_the_log_probabilities_of_each_option_by_itself(
    shape: str, model_of: Any, engine_of: Any, outcomes: Any
) -> None:
    texts = [*prompts(3), (9,), SHARED[:9]]
    # Options where one begins another, that share a beginning, of one token, and of many.
    sets = [
        [(5,), (5, 6), (5, 6, 7)],
        [(8,), (9,)],
        [tuple(range(20, 32)), (20, 21, 1), (4, 4, 4)],
        [(3, 3), (3,)],
        [(1,), (2, 2)],
    ]
    for end in (0, None):
        engine = engine_of(shape, ends=[] if end is None else [end], rows=2)
        jobs = [ChoiceJob(ids=ids, options=tuple(options)) for ids, options in zip(texts, sets, strict=True)]
        for ids, options, found in zip(texts, sets, outcomes(engine, jobs), strict=True):
            assert list(found.scores) == pytest.approx(scores(model_of(shape), ids, options, end), abs=1e-4)


@pytest.mark.parametrize("shape", ["llama", "gpt2", "mistral"])
def test_requests_join_in_the_middle_of_decoding_and_leave(shape: str, engine_of: Any, generated: Any) -> None:
    engine = engine_of(shape, rows=5)
    texts = prompts(6, length=9)
    began = threading.Event()

    def watched(out: list[int]) -> bool:
        if len(out) == 3:
            began.set()
        return False

    first = engine.submit(text(*texts[0], room=60, stops=watched))
    assert began.wait(30)
    rest = [engine.submit(text(*ids, room=room)) for ids, room in zip(texts[1:], (2, 30, 3, 4, 5), strict=True)]
    for ids, future, room in zip(texts, [first, *rest], (60, 2, 30, 3, 4, 5), strict=True):
        assert list(future.result(60).tokens) == generated(shape, ids, room)
    # All together in the passes of the longest: nobody waited for a batch to end.
    assert engine.totals["decode_batches"] <= 62
    assert engine.totals["decode_rows"] == 60 + 2 + 30 + 3 + 4 + 5


# What is computed, counted


def test_each_distinct_prefix_is_computed_once(engine_of: Any, outcomes: Any) -> None:
    engine = engine_of()
    texts = prompts(8)
    outcomes(engine, [text(*ids, room=4) for ids in texts])
    assert engine.runner.tokens == 40 + 8 * 12 + 8 * 3  # the last of an answer is not read
    assert engine.totals["prompt_tokens"] == 8 * 52
    assert engine.totals["reused_tokens"] == 7 * 40
    before = engine.runner.tokens
    outcomes(engine, [text(*ids, 5, 6, room=1) for ids in texts])
    assert engine.runner.tokens - before == 8 * 3  # its last and the two new ones


def test_a_growing_context_is_continued(engine_of: Any, outcomes: Any) -> None:
    engine = engine_of()
    grown: tuple[int, ...] = SHARED
    ideal = len(SHARED)
    for step in range(5):
        grown = (*grown, *((11 * step + place) % 300 for place in range(10)))
        asked = [(*grown, 250 + question, 260 + step, 270) for question in range(5)]
        ideal += 10 + 5 * 3
        outcomes(engine, [ChoiceJob(ids=ids, options=((1,), (2,))) for ids in asked])
    assert engine.runner.tokens <= 1.1 * ideal


def test_equal_requests_are_computed_once_and_samples_share_their_prefill(engine_of: Any, outcomes: Any) -> None:
    engine = engine_of()
    same = [text(*SHARED, seed=seed) for seed in range(4)]
    assert len({each.tokens for each in outcomes(engine, [*same, same[0]])}) == 1
    assert (engine.runner.tokens, engine.totals["repeats"]) == (40 + 5, 4)
    engine = engine_of()
    samples = outcomes(engine, [text(*SHARED, seed=seed, sampling=WARM) for seed in range(4)])
    assert len({each.tokens for each in samples}) == 4
    assert engine.runner.tokens == 39 + 4 * 6
    assert [each.reused for each in samples] == [0, 39, 39, 39]
    choice = ChoiceJob(ids=SHARED, options=((1,), (2,)))
    before = engine.runner.tokens
    assert len({each.scores for each in outcomes(engine, [choice, choice])}) == 1
    assert engine.runner.tokens - before == 1


def test_prefixes_keep_their_budget(engine_of: Any, outcomes: Any) -> None:
    one = 2 * 2 * 2 * 8 * 4  # layers, keys and values, heads, width, bytes
    engine = engine_of(prefixes=100 * one)
    for row in range(6):
        outcomes(engine, [text(*((row + 5 * place) % 300 for place in range(61)), room=2)])
        assert engine.tree.size <= 100 * one
    before = engine.runner.tokens
    outcomes(engine, [text(*((5 + 5 * place) % 300 for place in range(61)), room=2)])
    assert engine.runner.tokens - before == 2  # the last one is still there
    before = engine.runner.tokens
    outcomes(engine, [text(*((5 * place) % 300 for place in range(61)), room=2)])
    assert engine.runner.tokens - before == 62  # the first is gone


def test_a_busy_engine_keeps_the_budget_too(engine_of: Any) -> None:
    engine = engine_of(rows=2, prefixes=0)
    sizes: list[int] = []

    def looked(out: list[int]) -> bool:
        sizes.append(engine.tree.size)
        return False

    futures = [engine.submit(text(*ids, room=5, stops=looked)) for ids in prompts(9)]
    assert all(future.result(60) for future in futures)
    one = 2 * 2 * 2 * 8 * 4
    assert max(sizes) <= (40 + 2 * 12) * one  # of two rows, not of nine


# Ends


def test_a_stop_string_ends_an_answer(engine_of: Any, outcomes: Any, generated: Any) -> None:
    wanted = generated("llama", SHARED, 9)
    stops: list[Callable[[list[int]], bool]] = [lambda out: out[-2:] == wanted[3:5], lambda out: False]
    found = outcomes(engine_of(), [text(*SHARED, room=9, stops=stops[0]), text(*SHARED, 1, room=9, stops=stops[1])])
    assert list(found[0].tokens) == wanted[:5]
    assert (found[0].finish, found[1].finish) == ("stop", "length")
