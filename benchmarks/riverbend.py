"""Riverbend: a day of six residents with the embedded model, as `make demo` runs it, into an archive."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measurement import Measurement, at_most
from gamemaster.scenarios import find_scenario
from gamemaster.words import GamemasterError

__all__ = ["riverbend"]

_STEPS = 24
_MOST_SECONDS = 60


def riverbend(quick: bool) -> Iterator[Measurement]:
    """Wall-clock seconds of 24 steps of riverbend, the loading of the embedder included."""
    steps = 1 if quick else _STEPS
    what = f"{steps} steps of riverbend, embedded model"
    try:
        simulation = find_scenario("riverbend").make({}, seed=1)
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            run = simulation.run(steps, archive=Path(folder) / "run")
            seconds = time.perf_counter() - started
            calls = run.cost["requests"]
            run.close()
    except GamemasterError as error:
        yield Measurement(what=what, value=None, unit="s", note=f"not measured: {error}")
        return
    yield Measurement(what=what, value=seconds, unit="s", target=at_most(_MOST_SECONDS), note=f"{calls} requests; wall clock")
