"""A real run: riverbend with a small local model, against the same requests computed one at a time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from benchmarks.inference_saved import save_small_model
from benchmarks.measurement import Measurement
from gamemaster.language.hugging_face_model import HuggingFaceModel
from gamemaster.language.local.engine import Engine
from gamemaster.language.local.job import Job, Outcome
from gamemaster.language.local.plain import PlainEngine
from gamemaster.scenarios import find_scenario

__all__ = ["town"]


def town(quick: bool, name: str | None = None) -> Iterator[Measurement]:
    """CPU time of the run's requests one by one, as a multiple of that of the whole run, memory and archive included."""
    steps = 1 if quick else 2
    what = f"riverbend, {steps} step{'s' if steps > 1 else ''}: its requests one by one"
    with tempfile.TemporaryDirectory() as scratch:
        folder = str(save_small_model(Path(scratch) / "model", quick=quick)) if name is None else name.removeprefix("hf:")
        model = _Kept(folder)
        engine = model.engine
        if not isinstance(engine, Engine):
            yield Measurement(what=what, value=None, unit="x", note="not run: the model's rows can't share a batch")
            return
        simulation = find_scenario("riverbend").make({}, model=model, seed=1)
        simulation.max_failures = 1.0
        _ = simulation.embedder.name  # loaded before the clock starts
        clock = time.perf_counter if engine.runner.device.type == "cuda" else time.process_time
        start = clock()
        run = simulation.run(steps, archive=Path(scratch) / "run")
        whole = clock() - start
        with run:
            requests = run.cost["requests"]
        plain = PlainEngine(engine.runner.model, sorted(engine.ends))
        start = clock()
        found = _asked(plain, model.jobs)
        single = clock() - start
    same = sum(one.tokens == two.tokens for one, two in zip(found, model.outcomes(), strict=True))
    statistics = model.statistics
    reused = statistics.get("reused_tokens", 0) / max(1, statistics["prompt_tokens"])
    note = (
        f"{single:.2f} s against {whole:.2f} s for the whole run; {requests} requests, {len(model.jobs)} computed, "
        f"{reused:.0%} of prompt tokens reused; {same} answers the same"
    )
    yield Measurement(what=what, value=single / whole, unit="x", note=note)


class _Kept(HuggingFaceModel):
    """Keeps what its engine was given to do."""

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        self._given: dict[tuple[object, ...], tuple[Job, Future[Outcome]]] = {}

    def _begun(self, jobs: list[Job]) -> list[Future[Outcome]]:
        futures = super()._begun(jobs)
        for job, future in zip(jobs, futures, strict=True):
            self._given.setdefault(job.same, (job, future))
        return futures

    @property
    def jobs(self) -> list[Job]:
        """Each different one once."""
        return [job for job, _ in self._given.values()]

    def outcomes(self) -> list[Outcome]:
        """What came of them."""
        return [future.result() for _, future in self._given.values()]


def _asked(engine: Any, jobs: Sequence[Job]) -> list[Outcome]:
    futures: list[Future[Outcome]] = [Future() for _ in jobs]
    engine.submit_all(list(zip(jobs, futures, strict=True)))
    return [future.result() for future in futures]
