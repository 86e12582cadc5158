"""What goes in comes out: random steps and calls, in a file, in memory, and after the file is opened again."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gamemaster.language.prompt import Prompt
from gamemaster.language.request import Answer, ChoiceRequest, TextRequest, Usage
from gamemaster.record import Archive, CallRecord, Measure, MemoryChange, ProbeAnswer, StepRecord, StoredVector, verify
from gamemaster.words import (
    ActionCall,
    ActionSpec,
    Ask,
    Attempt,
    CallKey,
    Event,
    Failure,
    Grounding,
    MemoryRecord,
    Observation,
    Section,
)

# Any text at all: surrogates and NUL too.
texts = st.text(st.characters(exclude_categories=()), max_size=12)
numbers = st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
objects = st.dictionaries(texts, json_values, max_size=3)
name_tuples = st.lists(texts, max_size=3).map(tuple)
times = st.floats(0, 1e9)
specs = st.one_of(
    texts.map(ActionSpec.free),
    st.builds(ActionSpec.choice, texts, st.just(["Buy", "Refuse"])),
    st.just(ActionSpec.number("How many?", 0, 10)),
    st.just(ActionSpec.number("How much?", 0.5)),
)
failures = st.none() | st.builds(Failure, kind=st.just("unparsable"), reason=texts, raw=texts)
calls_of_actions = st.builds(ActionCall, action=texts, arguments=objects)


def numbered(step: int, kind: str, make: st.SearchStrategy[Any], size: int = 3) -> st.SearchStrategy[list[Any]]:
    """Up to `size` things with the ids of their step."""
    return st.lists(make, max_size=size).map(
        lambda found: [replace(each, id=f"{step}/{kind}/{n}") for n, each in enumerate(found)]
    )


@st.composite
def step_records(draw: st.DrawFn, step: int, memory_ids: list[str]) -> StepRecord:
    memories = [
        replace(each, id=f"{step}/memory/{n}")
        for n, each in enumerate(
            draw(
                st.lists(
                    st.builds(
                        MemoryRecord,
                        id=st.just(""),
                        holder=st.sampled_from(["Ann", "Bob"]),
                        text=texts,
                        time=times,
                        last_access=times,
                        importance=st.none() | st.floats(0, 10),
                        tags=name_tuples,
                        rests_on=name_tuples,
                        depth=st.integers(0, 3),
                    ),
                    max_size=3,
                )
            )
        )
    ]
    memory_ids += [each.id for each in memories]
    known = st.sampled_from([*memory_ids, "0/memory/99"])
    return StepRecord(
        step=step,
        time=draw(times),
        scene=draw(texts),
        asks=draw(st.lists(st.builds(Ask, texts, specs, st.none() | name_tuples, st.none() | texts, texts), max_size=2)),
        attempts=draw(
            numbered(
                step,
                "attempt",
                st.builds(
                    Attempt, id=st.just(""), step=st.just(step), actor=texts, spec=specs, answer=json_values, failure=failures
                ),
            )
        ),
        groundings=draw(
            st.lists(
                st.builds(
                    Grounding,
                    attempt_id=texts,
                    call=st.none() | calls_of_actions,
                    confidence=st.none() | st.floats(0, 1),
                    plausible=st.booleans(),
                    reason=texts,
                    then=st.lists(calls_of_actions, max_size=2).map(tuple),
                ),
                max_size=2,
            )
        ),
        events=draw(
            numbered(
                step,
                "event",
                st.builds(
                    Event,
                    id=st.just(""),
                    step=st.just(step),
                    time=times,
                    kind=st.sampled_from(["act", "speech", "refusal"]),
                    actor=texts,
                    text=texts,
                    place=st.none() | texts,
                    attempt_id=st.none() | texts,
                    change=st.none() | st.lists(objects, max_size=2),
                    witnesses=name_tuples,
                    action=st.none() | texts,
                    scene=texts,
                ),
                size=12,
            )
        ),
        observations=draw(
            numbered(
                step,
                "observation",
                st.builds(
                    Observation,
                    id=st.just(""),
                    event_id=texts,
                    to=texts,
                    time=times,
                    how=st.sampled_from(["saw", "heard"]),
                    text=texts,
                    speaker=st.none() | texts,
                    tags=name_tuples,
                ),
            )
        ),
        measures=draw(
            st.lists(st.builds(Measure, name=texts, who=texts, value=st.none() | numbers | texts | st.booleans()), max_size=3)
        ),
        memories=memories,
        memory_changes=draw(st.lists(st.builds(MemoryChange, id=known, field=st.just("last_access"), value=times), max_size=3)),
        forgotten=draw(st.lists(known, max_size=1)),
        vectors=draw(
            st.lists(
                st.builds(
                    StoredVector,
                    embedder=st.just("e"),
                    text=texts,
                    vector=st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=2).map(
                        lambda each: numpy.array(each, numpy.float32)
                    ),
                ),
                max_size=2,
                unique_by=lambda each: each.text,
            )
        ),
        states=draw(
            st.dictionaries(
                st.sampled_from(["world", "clock", "agent/Ann/plan"]), st.tuples(st.integers(1, 2), objects), max_size=3
            )
        ),
        probe_answers=draw(
            st.lists(
                st.builds(
                    ProbeAnswer,
                    probe=texts,
                    who=texts,
                    question=texts,
                    answer=json_values,
                    spec=st.none() | specs,
                    failure=failures,
                ),
                max_size=2,
            )
        ),
    )


@st.composite
def call_lists(draw: st.DrawFn, step: int) -> list[CallRecord]:
    names = draw(st.lists(st.tuples(texts, texts), max_size=3, unique=True))
    found: list[CallRecord] = []
    for who, what in names:
        sections = draw(st.lists(st.builds(Section, label=texts, text=texts.filter(bool), component=texts), max_size=2))
        prompt = Prompt.of(sections, draw(texts), name=who)
        key = CallKey(step, who, "actor", what, 0)
        seed = key.seed(3)
        request = draw(
            st.sampled_from(
                [
                    TextRequest(prompt=prompt, key=key, seed=seed, answer_prefix=who),
                    ChoiceRequest(prompt=prompt, key=key, seed=seed, options=("a", "b"), unsure=1),
                ]
            )
        )
        answer = Answer(
            text=draw(texts),
            index=draw(st.none() | st.integers(0, 1)),
            probabilities=draw(st.none() | st.just((0.25, 0.75))),
            value=draw(st.none() | objects),
            failure=draw(st.none() | texts),
            reasoning=draw(texts),
            usage=Usage(prompt_tokens=draw(st.integers(0, 9))),
        )
        found.append(CallRecord(request=request, answer=answer, model="m", started=1.0, ended=2.0))
    return found


@st.composite
def runs(draw: st.DrawFn) -> list[tuple[list[CallRecord], StepRecord]]:
    ids: list[str] = []
    return [(draw(call_lists(step)), draw(step_records(step, ids))) for step in range(draw(st.integers(1, 3)))]


async def write(archive: Archive, run: list[tuple[list[CallRecord], StepRecord]]) -> None:
    for calls, step in run:
        await asyncio.gather(*(archive.record_call(call) for call in calls))
        await archive.commit(step)


def expected_memories(run: list[tuple[list[CallRecord], StepRecord]]) -> dict[str, MemoryRecord]:
    held: dict[str, MemoryRecord] = {}
    for _, step in run:
        held |= {each.id: each for each in step.memories}
        for change in step.memory_changes:
            if change.id in held:
                held[change.id] = replace(held[change.id], **{change.field: change.value})
        for id in step.forgotten:
            held.pop(id, None)
    return held


def check(archive: Archive, run: list[tuple[list[CallRecord], StepRecord]]) -> None:
    records = [step for _, step in run]
    assert list(archive.events()) == [each for step in records for each in step.events]
    assert list(archive.observations()) == [each for step in records for each in step.observations]
    assert list(archive.attempts()) == [each for step in records for each in step.attempts]
    assert list(archive.groundings()) == [each for step in records for each in step.groundings]
    assert list(archive.asks()) == [(step.step, each) for step in records for each in step.asks]
    assert list(archive.probe_answers()) == [(step.step, each) for step in records for each in step.probe_answers]
    assert list(archive.measures()) == [
        (step.step, each) for step in records for each in sorted(step.measures, key=lambda each: (each.name, each.who))
    ]
    assert archive.memories() == list(expected_memories(run).values())
    vectors = {each.text: each.vector for each in archive.vectors()}
    for step in reversed(records):
        for each in step.vectors:
            first = next(one for other in records for one in other.vectors if one.text == each.text)
            assert vectors[each.text].tobytes() == first.vector.tobytes()
    states: dict[str, Any] = {}
    for step in records:
        states |= step.states
        assert repr(dict(sorted(archive.states(step.step).items()))) == repr(dict(sorted(states.items())))
    known = {call.request.key: call for calls, _ in run for call in calls}
    rows = list(archive.calls())
    assert {row.key for row in rows} == set(known)
    for row in rows:
        call = known[row.key]
        assert (row.prompt, row.answer, row.seed) == (call.request.prompt, call.answer, call.request.seed)
        asked = call.request
        assert row.parameters.get("answer_prefix", "") == asked.answer_prefix
        assert row.parameters.get("options") == (list(asked.options) if isinstance(asked, ChoiceRequest) else None)
        assert row.parameters["sampling"]["temperature"] == asked.sampling.temperature
    assert verify(archive) == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(run=runs())
def test_everything_comes_back_and_memory_and_file_are_the_same(
    run: list[tuple[list[CallRecord], StepRecord]], export: Callable[[Archive], bytes]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        given_as = {"configuration": {"seed": 7, "ü": [1.5]}, "environment": {}}
        with Archive.create(Path(folder) / "run", **given_as) as archive:
            asyncio.run(write(archive, run))
            check(archive, run)
            in_file = export(archive)
        with Archive.open(Path(folder) / "run") as archive:
            check(archive, run)
            assert export(archive) == in_file
        with Archive.create(None, **given_as) as archive:
            asyncio.run(write(archive, run))
            check(archive, run)
            assert export(archive) == in_file
