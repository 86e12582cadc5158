"""How many agents think, act and observe in a CPU second, when the model costs nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measurement import Measurement, at_least
from benchmarks.square import square
from benchmarks.timing import best_cpu_seconds

__all__ = ["TARGET", "agent_steps"]

TARGET = 10_000
"""Agent-steps per CPU second without an archive."""

_LEAST_STEPS = 20


def agent_steps(quick: bool) -> Iterator[Measurement]:
    """Agent-steps per CPU second at 10, 100 and 1,000 agents, without and with an archive."""
    total, tries = (20, 1) if quick else (8_000, 3)
    for agents in (10,) if quick else (10, 100, 1_000):
        steps = total // agents if quick else max(total // agents, _LEAST_STEPS)
        for archived in (False, True):
            with tempfile.TemporaryDirectory() as folder:
                seconds = _seconds(agents, steps, Path(folder) if archived else None, tries)
            yield Measurement(
                what=f"{agents:,} agents, {'with' if archived else 'without'} archive",
                value=agents * steps / seconds,
                unit="agent-steps / CPU s",
                target=None if archived else at_least(TARGET),
                note=f"{steps} steps, the preparation included",
            )


def _seconds(agents: int, steps: int, folder: Path | None, tries: int) -> float:
    made = iter(range(tries))

    def make() -> Callable[[], object]:
        simulation = square(agents)
        archive = None if folder is None else folder / str(next(made))
        return lambda: simulation.run(steps, archive=archive)

    return best_cpu_seconds(make, tries=tries)
