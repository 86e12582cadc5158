"""Rounds of model calls in a step: requests that wait for each other's answers are in different ones."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measurement import Measurement, at_most
from benchmarks.square import square
from gamemaster import ActionSpec, Simultaneous
from gamemaster.testing import ScriptedModel

__all__ = ["rounds"]


def rounds(quick: bool) -> Iterator[Measurement]:
    """Rounds of a step at 1, 10 and 100 attempts in free text, which the game master grounds, judges and applies."""
    steps = 2
    counted: dict[int, float] = {}
    for attempts in (1, 3) if quick else (1, 10, 100):
        model = ScriptedModel()
        simulation = square(attempts, model=model, schedule=Simultaneous(ActionSpec.free()))
        simulation.run(steps)
        counted[attempts] = model.rounds / steps
        yield Measurement(
            what=f"{attempts:,} attempt{'s' if attempts > 1 else ''} in words, grounded and judged by the model",
            value=counted[attempts],
            unit="rounds / step",
            target=at_most(counted[min(counted)]),
            note=f"{len(model.requests) / steps:g} requests a step",
        )
