"""What goes wrong in a pass, and who hears of it."""

from __future__ import annotations

import threading
import time
import warnings
from typing import Any

import pytest

from gamemaster.language import Sampling
from gamemaster.language.local.job import ChoiceJob, TextJob
from gamemaster.words import ModelError

GREEDY = Sampling(temperature=0.0)
TEXTS = [tuple((3 * place + 17 * row) % 300 for place in range(14)) for row in range(6)]
JOBS = [
    *(TextJob(ids=ids, seed=0, sampling=GREEDY, room=7) for ids in TEXTS),
    *(ChoiceJob(ids=ids, options=((1, 2), (3,))) for ids in TEXTS),
]


def full() -> RuntimeError:
    return RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 4294967296 bytes.")


@pytest.mark.parametrize("at", [0, 1, 2, 3, 5, 8])
def test_too_little_memory_halves_the_batch_and_changes_no_answer(at: int, engine_of: Any, outcomes: Any) -> None:
    wanted = outcomes(engine_of(rows=8), JOBS)
    engine = engine_of(rows=8, breaks={at: full(), at + 2: RuntimeError("CUDA out of memory.")})
    with pytest.warns(RuntimeWarning, match="Memory did not suffice") as told:
        found = outcomes(engine, JOBS)
    assert [each.tokens for each in found] == [each.tokens for each in wanted]
    for one, two in zip(found, wanted, strict=True):
        assert list(one.scores) == pytest.approx(list(two.scores), abs=1e-4)
    assert len(told) == 1
    assert (engine.rows, engine.tokens, engine.totals["halved"]) == (2, 1024, 2)
    assert engine.totals["prompt_tokens"] == sum(len(job.ids) for job in JOBS)


def test_too_little_memory_for_anything_is_an_error_not_a_loop(engine_of: Any) -> None:
    engine = engine_of(rows=2, tokens=128, breaks=dict.fromkeys(range(50), MemoryError("no")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a warning in the thread must not end it
        future = engine.submit(JOBS[0])
        with pytest.raises(ModelError, match="The local model failed: MemoryError: no"):
            future.result(30)


def test_an_error_reaches_those_who_wait_and_the_next_are_answered(engine_of: Any, outcomes: Any) -> None:
    wanted = outcomes(engine_of(), JOBS)
    engine = engine_of(breaks={2: ValueError("the matter")})
    with pytest.raises(ModelError, match="The local model failed: ValueError: the matter") as caught:
        outcomes(engine, JOBS[:3])
    assert isinstance(caught.value.__cause__, ValueError)
    assert [each.tokens for each in outcomes(engine, JOBS)] == [each.tokens for each in wanted]
    assert all(node.pins == 0 for node in engine.tree.root.children.values())


def test_an_error_of_one_row_is_that_rows_alone(engine_of: Any) -> None:
    def broken(out: list[int]) -> bool:
        if len(out) == 3:
            raise ValueError("this row's")
        return False

    engine = engine_of()
    jobs = [TextJob(ids=TEXTS[0], seed=0, sampling=GREEDY, room=7, stops=broken), JOBS[1], JOBS[2]]
    futures = [engine.submit(job) for job in jobs]
    with pytest.raises(ModelError, match="this row's"):
        futures[0].result(30)
    assert [len(future.result(30).tokens) for future in futures[1:]] == [7, 7]


def test_what_nobody_waits_for_is_not_computed(engine_of: Any) -> None:
    engine = engine_of(rows=1)
    began, go = threading.Event(), threading.Event()

    def held(out: list[int]) -> bool:
        began.set()
        assert go.wait(30)
        return False

    first = engine.submit(TextJob(ids=TEXTS[0], seed=0, sampling=GREEDY, room=50, stops=held))
    assert began.wait(30)
    waiting = engine.submit(JOBS[1])
    shared = [engine.submit(JOBS[2]), engine.submit(JOBS[2])]
    last = engine.submit(JOBS[3])
    assert waiting.cancel()
    assert first.cancel()
    assert shared[0].cancel()
    go.set()
    assert len(last.result(30).tokens) == 7
    assert len(shared[1].result(30).tokens) == 7  # one of two who asked still waits
    assert engine.totals["cancelled"] == 2
    assert engine.totals["answer_tokens"] <= 1 + 7 + 7 + 1
    again = engine.submit(JOBS[1])  # asked once more, it is computed
    assert len(again.result(30).tokens) == 7


def test_the_engine_sleeps_when_there_is_nothing_to_do(engine_of: Any, outcomes: Any) -> None:
    engine = engine_of()
    outcomes(engine, JOBS)
    passes = engine.runner.passes
    time.sleep(0.05)
    assert engine.runner.passes == passes
    assert all(node.pins == 0 for node in engine.tree.root.children.values())
