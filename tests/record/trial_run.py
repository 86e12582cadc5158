"""A run of the archive alone, as a simulation would make it: several ask at the same time, steps with everything in them.

Every request that reaches the model, and every answer that was handed on, is written to a log, by the operating system
at once, as a line of "ask KEY" or "got KEY"; so it is known afterwards what was in flight when a process was killed.
"""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

from gamemaster.language import Limited
from gamemaster.language.prompt import Prompt
from gamemaster.language.request import Answer, Request, TextRequest
from gamemaster.record import Archive, Measure, MemoryChange, Recorded, StepRecord, StoredVector, canonical_export
from gamemaster.words import ActionSpec, Ask, Attempt, CallKey, Event, JsonValue, MemoryRecord, Observation, Section

STEPS = 3
PEOPLE = ("Ann", "Bob", "Cat", "Dan", "Eve", "Fay", "Gus", "Hal")
TURNS = 2
SPEC = ActionSpec.free("What does {name} do?")


class Log:
    """Lines that are on record when `write` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(self, line: str) -> None:
        os.write(self._file, f"{line}\n".encode())

    def close(self) -> None:
        os.close(self._file)


def read_log(path: Path) -> tuple[list[str], list[str]]:
    """The keys asked, and the keys whose answers were handed on."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [each[4:] for each in lines if each.startswith("ask ")], [each[4:] for each in lines if each.startswith("got ")]


class Model:
    name = "counted"
    deterministic = True
    fingerprint: dict[str, str] = {}

    def __init__(self, log: Log | None, tick: Callable[[str], None]) -> None:
        self._log, self._tick = log, tick

    async def answer(self, request: Request) -> Answer:
        if self._log is not None:
            self._log.write(f"ask {request.key}")
        self._tick("model")
        for _ in range(1 + request.seed % 3):
            await asyncio.sleep(0)
        return Answer(text=f"answer {request.seed % 1000}")


def request(step: int, who: str, index: int) -> TextRequest:
    key = CallKey(step, who, "actor", "answer", index)
    sections = [Section(label="Who", text=f"You are {who}.", changes="own"), Section(label="Now", text=f"It is step {step}.")]
    return TextRequest(prompt=Prompt.of(sections, "What next?", name=who), key=key, seed=key.seed(7))


def every_key() -> set[str]:
    return {str(request(step, who, index).key) for step in range(STEPS + 1) for who in PEOPLE for index in range(TURNS)}


def nothing(what: str) -> None:
    """No tick."""


async def walk(
    folder: Path | None, *, log: Log | None = None, concurrent: int = 8, tick: Callable[[str], None] = nothing
) -> None:
    """Run to the end, or resume; `tick` is told of each moment at which it may be cut short."""
    if folder is not None and (folder / "run.sqlite").exists():
        archive = Archive.open(folder, write=True)
    else:
        archive = Archive.create(folder, configuration={"seed": 7}, environment={})
    archive.on_point = tick
    try:
        await _steps(archive, log, concurrent, tick)
    finally:
        archive.close()


async def _steps(archive: Archive, log: Log | None, concurrent: int, tick: Callable[[str], None]) -> None:
    model = Recorded(Limited(Model(log, tick), concurrent=concurrent), archive)

    async def turn(step: int, who: str) -> str:
        words: list[str] = []
        for index in range(TURNS):
            asked = request(step, who, index)
            words.append((await model.answer(asked)).text)
            if log is not None:
                log.write(f"got {asked.key}")
            tick("answered")
        return " ".join(words)

    last = archive.last_step
    world: dict[str, JsonValue] = {} if last is None else archive.states()["world"][1]
    for step in range(0 if last is None else last + 1, STEPS + 1):
        texts = await asyncio.gather(*(turn(step, who) for who in PEOPLE))
        world = {**world, f"told {step}": [*texts], "pad": "x" * 600}
        await archive.commit(record_of(step, texts, world))
    archive.set_metrics({"words": len(PEOPLE) * STEPS})
    archive.finish("finished", stopped_by="steps")


def record_of(step: int, texts: list[str], world: dict[str, JsonValue]) -> StepRecord:
    """A step with a row in every table."""
    told = list(enumerate(zip(PEOPLE, texts, strict=True)))
    vector = numpy.arange(8, dtype=numpy.float32) + step
    return StepRecord(
        step=step,
        time=float(step),
        asks=[Ask(who, SPEC) for who in PEOPLE],
        attempts=[Attempt(id=f"{step}/attempt/{n}", step=step, actor=who, spec=SPEC, answer=text) for n, (who, text) in told],
        events=[
            Event(
                id=f"{step}/event/{n}",
                step=step,
                time=float(step),
                kind="act",
                actor=who,
                text=text,
                attempt_id=f"{step}/attempt/{n}",
                change=[{"op": "add", "path": f"/told {step}", "value": n}],
                witnesses=PEOPLE,
            )
            for n, (who, text) in told
        ],
        observations=[
            Observation(
                id=f"{step}/observation/{n}", event_id=f"{step}/event/{n}", to=who, time=float(step), how="own", text=text
            )
            for n, (who, text) in told
        ],
        memories=[
            MemoryRecord(id=f"{step}/memory/{n}", holder=who, text=text, time=float(step), last_access=float(step))
            for n, (who, text) in told
        ],
        memory_changes=[MemoryChange(id=f"{step}/memory/0", field="last_access", value=step + 0.5)],
        measures=[Measure(name="words", value=len(texts))],
        vectors=[StoredVector(embedder="e", text=f"text {step}", vector=vector)],
        states={"world": (1, world), "clock": (1, {"time": float(step)})},
    )


def exported(archive: Any) -> bytes:
    """The canonical export."""
    stream = io.BytesIO()
    canonical_export(archive, stream)
    return stream.getvalue()
