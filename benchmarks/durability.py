"""What durability costs: going on with a long run, the growth of its file, verifying it, and the wait for the disk.

One run of 25 agents on the square, each asked once a step, archive in a file. CPU time of all threads, but for the wait for
the disk, which is wall time: it is worth something on a machine that does nothing else.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from benchmarks.measurement import Measurement, at_least, at_most
from benchmarks.square import InstantModel, square
from benchmarks.timing import best_cpu_seconds
from gamemaster.language import Answer, Batcher, Request
from gamemaster.record import Archive, verify
from gamemaster.simulation import load_run

__all__ = ["durability"]

_AGENTS = 25
_BATCH_SECONDS = 0.05


class BatchModel(InstantModel):
    """Takes 50 ms for a batch, in a thread of its own, as a model on an accelerator does."""

    def __init__(self) -> None:
        super().__init__()
        self._batcher = Batcher[Request, Answer](self._all, off_loop=True, name="batch")

    async def answer(self, request: Request) -> Answer:
        """The first option."""
        return await self._batcher.submit(request)

    def _all(self, requests: list[Request]) -> list[Answer | BaseException]:
        time.sleep(_BATCH_SECONDS)
        return [Answer(text="Wave", index=0) for _ in requests]


def durability(quick: bool) -> Iterator[Measurement]:
    """Seconds to go on, bytes a step, events verified a second, and the share of the disk in a run with a slow model."""
    steps, agents, tries = (40, 3, 1) if quick else (1_000, _AGENTS, 3)
    note = f"{agents} agents, {steps:,} steps"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        early, late = _grown(folder, agents, steps)
        with load_run(folder) as run:
            events = len(run.events)
            seconds = best_cpu_seconds(lambda: lambda: verify(run.archive), tries=tries)
        yield Measurement(
            what="verify, events a second",
            value=events / seconds,
            unit="events / s",
            target=at_least(100_000),
            note=f"{note}, {events:,} events, each with its call, attempt, observation and memory",
        )
        yield Measurement(
            what="bytes of a step, at the end against at a tenth of the run",
            value=late / max(early, 1),
            unit="times",
            target=at_most(1.1),
            note=f"{note}; {early:,.0f} and {late:,.0f} bytes a step",
        )
        totals = count(steps + 1)
        resumed = best_cpu_seconds(lambda: _going_on(folder, agents, next(totals)), tries=tries)
        yield Measurement(
            what="going on with a run, until its next step is committed",
            value=resumed,
            unit="s",
            target=at_most(2),
            note=f"{note}; the model and the embedder loaded",
        )
        yield _share(Path(place), quick)


def _grown(folder: Path, agents: int, steps: int) -> tuple[float, float]:
    """Bytes that a step added to the archive, over the tenth of the run that begins at a tenth, and over the last."""
    tenth = steps // 10
    sizes: dict[int, int] = {}
    simulation = square(agents)
    for step in simulation.steps(steps, archive=folder):
        if step.number in (tenth, 2 * tenth, steps - tenth, steps):
            with Archive.open(folder) as archive:
                (pages,), (size,) = (
                    archive.reader().execute(f"PRAGMA {each}").fetchone() for each in ("page_count", "page_size")
                )
            sizes[step.number] = pages * size
    assert simulation.last_run is not None
    simulation.last_run.close()
    return (sizes[2 * tenth] - sizes[tenth]) / tenth, (sizes[steps] - sizes[steps - tenth]) / tenth


def _going_on(folder: Path, agents: int, steps: int) -> Callable[[], object]:
    """Goes on to so many steps."""
    return lambda: square(agents).run(steps, archive=folder, resume=True).close()


def _share(place: Path, quick: bool) -> Measurement:
    agents, steps, tries = (3, 3, 1) if quick else (_AGENTS, 20, 3)

    def run(archive: Path | None) -> Callable[[], object]:
        simulation = square(agents, model=BatchModel())
        return lambda: simulation.run(steps, archive=archive).close()

    recorded = min(_seconds(run(place / f"share-{at}")) for at in range(tries))
    unrecorded = min(_seconds(run(None)) for _ in range(tries))
    return Measurement(
        what="share of the wall time that recording takes, of a run whose model takes 50 ms a batch",
        value=100 * (recorded - unrecorded) / recorded,
        unit="%",
        target=at_most(5),
        note=f"{agents} agents, {steps} steps; {recorded:.2f} s with an archive, {unrecorded:.2f} s without",
    )


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
