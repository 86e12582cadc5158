"""A run that is stopped after every step, and goes on each time with everything built anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gamemaster import Run, Simulation


def stopped_after_each_step(build: Callable[[], Simulation], steps: int, folder: Path) -> Run:
    """The run of `steps` steps, or of fewer where it ends before."""
    run = build().run(0, archive=folder / "run")
    for step in range(1, steps + 1):
        run = build().run(step, archive=folder / "run", resume=True)
        if run.last_step < step:
            break
    return run
