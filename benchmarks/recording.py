"""What it costs to put a run on record: each model call, each event, and all that an agent-step brings.

A step of 1,000 requests that come at the same time, as in a simulation of 1,000 agents; the thread that writes counts too.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.measurement import Measurement, at_most
from benchmarks.square import InstantModel, people, square
from benchmarks.timing import best_cpu_seconds
from gamemaster.language import Answer, ChoiceRequest, LanguageModel, Prompt, Request, together
from gamemaster.record import Archive, Recorded, StepRecord
from gamemaster.words import CallKey, Event, Section, prompt_texts

__all__ = ["recording"]

_MOST_A_CALL = 30
_MOST_AN_EVENT = 20

Write = Callable[[Archive], Coroutine[None, None, None]]


class WaitingModel(InstantModel):
    """Chooses the first option, after a turn of the event loop, as a model does that works elsewhere."""

    async def answer(self, request: Request) -> Answer:
        """The first option."""
        await asyncio.sleep(0)
        return await super().answer(request)


def recording(quick: bool) -> Iterator[Measurement]:
    """CPU microseconds of a recorded call and of an event alone, and of an agent-step by difference."""
    each, steps, tries = (10, 2, 1) if quick else (1_000, 10, 3)
    note = f"{each:,} a step, {steps} steps, archive in a file"
    requests = [[_request(step, at, name) for at, name in enumerate(people(each))] for step in range(steps)]

    async def events(archive: Archive) -> None:
        for step in range(steps):
            await archive.commit(StepRecord(step=step, events=[_event(step, at, name) for at, name in enumerate(people(each))]))

    async def nothing(archive: Archive) -> None:
        for step in range(steps):
            await archive.commit(StepRecord(step=step))

    empty = _cpu_seconds(nothing, tries)
    for model, which in ((InstantModel(), "answers at once"), (WaitingModel(), "is waited for")):
        asked = partial(_unrecorded, model, requests)
        unrecorded = best_cpu_seconds(partial(_run_of, asked), tries=tries)
        recorded = _cpu_seconds(partial(_recorded, model, requests), tries)
        yield Measurement(
            what=f"a recorded call, alone, of a model that {which}",
            value=(recorded - empty - unrecorded) / (each * steps) * 1e6,
            unit="us / call",
            target=at_most(_MOST_A_CALL),
            note=note,
        )
    yield Measurement(
        what="an event, alone",
        value=(_cpu_seconds(events, tries) - empty) / (each * steps) * 1e6,
        unit="us / event",
        target=at_most(_MOST_AN_EVENT),
        note=note,
    )
    yield _by_difference(each, steps, tries)


def _by_difference(agents: int, steps: int, tries: int) -> Measurement:
    """An agent-step of the square with an archive, less one without."""
    with tempfile.TemporaryDirectory() as folder:
        number = count()

        def run(archived: bool) -> Callable[[], object]:
            simulation = square(agents)
            archive = Path(folder) / str(next(number)) if archived else None
            return lambda: simulation.run(steps, archive=archive)

        recorded = best_cpu_seconds(lambda: run(True), tries=tries)
        unrecorded = best_cpu_seconds(lambda: run(False), tries=tries)
    return Measurement(
        what="an agent-step, with archive less without",
        value=(recorded - unrecorded) / (agents * steps) * 1e6,
        unit="us / agent-step",
        target=at_most(_MOST_A_CALL + _MOST_AN_EVENT),
        note="a call and an event, with their ask, attempt, observation and memory",
    )


def _cpu_seconds(write: Write, tries: int) -> float:
    """CPU seconds of writing into a new archive, whose making and closing isn't counted."""
    with tempfile.TemporaryDirectory() as folder:
        archives = [Archive.create(Path(folder) / str(at), configuration={}, environment={}) for at in range(tries)]
        waiting = iter(archives)
        seconds = best_cpu_seconds(lambda: _run_of(partial(write, next(waiting))), tries=tries)
        for archive in archives:
            archive.close()
    return seconds


async def _recorded(model: LanguageModel, requests: list[list[ChoiceRequest]], archive: Archive) -> None:
    recorded = Recorded(model, archive)
    for step, asked in enumerate(requests):
        await together([recorded.answer(request) for request in asked])
        await archive.commit(StepRecord(step=step))


async def _unrecorded(model: LanguageModel, requests: list[list[ChoiceRequest]]) -> None:
    for asked in requests:
        await together([model.answer(request) for request in asked])


def _run_of(coroutine: Callable[[], Coroutine[None, None, None]]) -> Callable[[], object]:
    """A plain call of a coroutine."""
    return lambda: asyncio.run(coroutine())


def _request(step: int, at: int, name: str) -> ChoiceRequest:
    """What an agent of the square is asked: a shared section, one of its own, and one that is new in every step."""
    seen = "\n".join(f"[08:{minute:02d}] {name} waves." for minute in range(step, step + 12))
    sections = (
        Section(
            label="",
            text=prompt_texts().text("instructions", "text"),
            changes="shared",
            kind="instruction",
            component="instructions",
        ),
        Section(label="Who you are", text=f"Name: {name}\nA person on the square.", changes="own", kind="persona"),
        Section(label="What happened of late", text=seen, kind="observation", component="observations"),
    )
    return ChoiceRequest(
        prompt=Prompt(sections=sections, call=f"What does {name} do?", name=name),
        key=CallKey(step, name, "actor", "act/answer"),
        seed=step * 1_000 + at,
        options=("Wave", "Rest"),
    )


def _event(step: int, at: int, name: str) -> Event:
    return Event(
        id=f"{step}/event/{at}",
        step=step,
        time=600.0 * step,
        kind="act",
        actor=name,
        text=f"{name} waves.",
        attempt_id=f"{step}/attempt/{at}",
        change=[{"op": "replace", "path": f"/waves/{name}", "value": step}],
        witnesses=(name,),
        action="wave",
    )
