"""What an agent costs in a step in which nobody asks it anything."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.measurement import Measurement, at_most
from benchmarks.square import ASK, Square, people, square
from gamemaster import ByTime

__all__ = ["idle_agent"]

_MOST_MICROSECONDS = 10
_FOR_EVER = 1e12


class Sleepers(Square):
    """A square on which the first waves and all others sleep until the end of time."""

    def busy_until(self, name: str) -> float:
        """When somebody is due again at the earliest."""
        return 0.0 if name == people(1)[0] else _FOR_EVER


def idle_agent(quick: bool) -> Iterator[Measurement]:
    """Microseconds of a step for each agent who isn't due, by simulated time: what is left when one agent's are taken off."""
    idle, steps, tries = (20, 3, 1) if quick else (2_000, 50, 3)
    alone = min(_step_seconds(0, steps) for _ in range(tries))
    crowd = min(_step_seconds(idle, steps) for _ in range(tries))
    yield Measurement(
        what=f"{idle:,} idle agents beside one who acts",
        value=(crowd - alone) / idle * 1e6,
        unit="us / idle agent and step",
        target=at_most(_MOST_MICROSECONDS),
        note=f"{steps} steps by simulated time, no archive",
    )


def _step_seconds(idle: int, steps: int) -> float:
    """CPU seconds of a step after the first, in which everybody is due."""
    simulation = square(idle + 1, world=Sleepers(), schedule=ByTime(ASK))
    walk = simulation.steps(steps + 1)
    next(walk)
    started = time.process_time()
    for step in walk:
        if len(step.asks) != 1:
            raise AssertionError(f"{len(step.asks)} agents were asked; one is due.")
    return (time.process_time() - started) / steps
