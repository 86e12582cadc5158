"""The time axis of a plot: steps, or simulated time in a unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

from gamemaster.simulation import Run
from gamemaster.words import BadInput

__all__ = ["TimeUnit", "on_time_axis", "time_label"]

TimeUnit: TypeAlias = Literal["step", "seconds", "minutes", "hours", "days"]
"""What the x axis counts: steps, or simulated time since the run's start."""

_SECONDS: dict[str, float] = {"seconds": 1.0, "minutes": 60.0, "hours": 3600.0, "days": 86400.0}


def time_label(unit: TimeUnit) -> str:
    """What is written at the axis. Raises: BadInput for another unit."""
    if unit not in get_args(TimeUnit):
        raise BadInput(f"x={unit!r}: the time axis counts one of {', '.join(get_args(TimeUnit))}.")
    return "step" if unit == "step" else f"simulated time ({unit})"


def on_time_axis(run: Run, steps: Sequence[float], unit: TimeUnit) -> list[float]:
    """Where these steps stand on the axis; simulated time is that at a step's end."""
    time_label(unit)
    if unit == "step":
        return list(steps)
    times = {each.step: each.time / _SECONDS[unit] for each in run.archive.steps}
    return [times[int(step)] for step in steps]
