"""One request at a time, for models whose rows can't share a batch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from gamemaster.language import Sampling
from gamemaster.language.local.job import Job, Outcome, TextJob
from gamemaster.language.local.plain import PlainEngine


def text(ids: Sequence[int], room: int) -> TextJob:
    return TextJob(ids=tuple(ids), seed=0, sampling=Sampling(temperature=0), room=room)


def test_one_by_one_equal_requests_are_computed_once_and_each_says_what_it_took(
    model_of: Callable[[str], Any], outcomes: Callable[[Any, Sequence[Job]], list[Outcome]]
) -> None:
    engine = PlainEngine(model_of("mamba"), [])
    same = text([1, 2, 3], room=6)
    found = outcomes(engine, [same, text([4, 5], room=6), same, same])
    assert found[0] == found[2] == found[3]
    assert found[0] is found[2]
    assert found[0].rows == 1
    assert found[0].worked > 0
    assert found[1].queued > 0
    assert engine.statistics["repeats"] == 2
    assert engine.statistics["prompt_tokens"] == 5
    assert outcomes(engine, [same]) == [found[0]]  # asked anew, computed anew
    assert engine.statistics["plain_batches"] == 3
