"""Riverbend with the embedded model, as a newcomer meets it: one command, from its first line to its last."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measurement import Measurement, at_most
from gamemaster import load_run

__all__ = ["riverbend"]

_STEPS = 120
"""More than a day takes: 24 half hours, and the turns of its conversations."""
_MOST_SECONDS = 60


def riverbend(quick: bool) -> Iterator[Measurement]:
    """Wall-clock seconds of a day of riverbend, the start of Python and the loading of the embedder included."""
    steps = 1 if quick else _STEPS
    what = f"{'a step' if quick else 'a day'} of riverbend, embedded model"
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        options = ["--steps", str(steps), "--seed", "1", "--out", str(run), "--quiet"]
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "gamemaster", "run", "riverbend", *options], capture_output=True, text=True, check=False
        )
        seconds = time.perf_counter() - started
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            yield Measurement(what=what, value=None, unit="s", note=f"not measured: {said[0]}")
            return
        with load_run(run) as recorded:
            note = f"{recorded.cost['requests']:,} requests; wall clock of the whole command"
    yield Measurement(what=what, value=seconds, unit="s", target=at_most(_MOST_SECONDS), note=note)
