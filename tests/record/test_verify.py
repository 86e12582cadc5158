"""Verify finds what was changed, and says where; an archive that was not changed has no problems."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest

from gamemaster.language.request import Answer, TextRequest
from gamemaster.record import Archive, CallRecord, Measure, StepRecord, StoredVector, verify
from gamemaster.words import ActionSpec, ArchiveError, Ask, Event, MemoryRecord


@pytest.fixture
def run(tmp_path: Path, ask: Callable[..., TextRequest]) -> Path:
    """A run of several keyframes, closed."""

    async def write() -> None:
        with Archive.create(tmp_path, configuration={"seed": 1}, environment={}) as archive:
            for step in range(30):
                await archive.record_call(CallRecord(request=ask(step), answer=Answer(text="x"), model="m"))
                event = Event(
                    id=f"{step}/event/0", step=step, time=1.0, kind="act", actor="Ann", text="Ann waits.", witnesses=("Ann",)
                )
                memory = MemoryRecord(id=f"{step}/memory/0", holder="Ann", text="I waited.", time=1.0, last_access=1.0)
                await archive.commit(
                    StepRecord(
                        step=step,
                        events=[event],
                        asks=[Ask("Ann", ActionSpec.free())],
                        memories=[memory],
                        measures=[Measure(name="m", value=step)],
                        vectors=[StoredVector(embedder="e", text=f"text {step}", vector=numpy.ones(3, numpy.float32))],
                        states={"world": (1, {"note": str(step) * 400, "pad": "p" * 600})},
                    )
                )

    asyncio.run(write())
    return tmp_path


def problems(folder: Path) -> list[str]:
    with Archive.open(folder) as archive:
        return verify(archive)


def test_a_whole_archive_has_no_problems(run: Path) -> None:
    assert problems(run) == []
    connection = sqlite3.connect(run / "run.sqlite")
    assert connection.execute("SELECT count(DISTINCT step) FROM keyframes").fetchone()[0] > 2
    connection.close()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE events SET text = 'Ann runs.' WHERE step = 7", "Step 7 is not what was committed"),
        ("UPDATE events SET witnesses = '{' WHERE step = 7", "no readable JSON in the event 7/event/0"),
        ("UPDATE events SET kind = 'magic' WHERE step = 7", "unknown kind 'magic' in the event 7/event/0"),
        ("UPDATE events SET time = 'noon' WHERE step = 7", "holds str in time"),
        ("DELETE FROM events WHERE step = 7", "Step 7 is not what was committed"),
        ("DELETE FROM steps WHERE step = 7", "Step 8 follows step 6"),
        ("DELETE FROM steps WHERE step = 29", "holds rows of a step that was not committed"),
        ("UPDATE steps SET time = 5 WHERE step = 7", "Step 7 is not what was committed"),
        ("UPDATE meta SET value = '{}' WHERE key = 'configuration'", "Step 0 is not what was committed"),
        ("UPDATE calls SET call = 'Why?' WHERE step = 7", "request of step 7, Ann, actor, answer #0 is not what was recorded"),
        ('UPDATE calls SET answer = \'{"text":"y"}\' WHERE step = 7', "Step 7 is not what was committed"),
        ("UPDATE calls SET answer = '[]' WHERE step = 7", "no readable answer in the call of step 7"),
        ("UPDATE sections SET text = 'You are Bob.' WHERE label = 'Who'", "prompt section .* is not what was recorded"),
        ("DELETE FROM sections", "lacks the prompt section"),
        ("DELETE FROM documents", "lacks the document"),
        ("UPDATE keyframes SET state = '{}' WHERE step > 0", "rebuilt from their changes, are not those of its keyframe"),
        ("DELETE FROM changes WHERE step = 3", "Step 3 is not what was committed"),
        ("UPDATE memories SET tags = '3' WHERE step = 7", "where a list of names belongs"),
        ("UPDATE vectors SET vector = zeroblob(12) WHERE text = 'text 7'", "vector of 'text 7' is damaged"),
        ("UPDATE metrics SET value = 1", None),
    ],
)
def test_a_change_is_found_and_named(run: Path, statement: str, found: str | None) -> None:
    connection = sqlite3.connect(run / "run.sqlite")
    with connection:
        connection.execute(statement)
    connection.close()
    messages = problems(run)
    if found is None:
        assert messages == []
    else:
        with pytest.raises(AssertionError, match=found):
            raise AssertionError(" | ".join(messages))


def test_with_a_flipped_bit_there_is_an_error_or_a_problem_or_the_same_run(run: Path, export: Callable[[Archive], bytes]) -> None:
    with Archive.open(run) as archive:
        expected = export(archive)
    whole = bytearray((run / "run.sqlite").read_bytes())
    found = 0
    for place in range(0, len(whole), 3001):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        (run / "run.sqlite").write_bytes(damaged)
        try:
            with Archive.open(run) as archive:
                if verify(archive):
                    found += 1
                else:
                    assert export(archive) == expected
        except ArchiveError:
            found += 1
    assert found
