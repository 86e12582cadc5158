"""Intervention: a change from outside, made before a step and on record like everything else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gamemaster.record import Measure
from gamemaster.words import DefinitionError, user_code

if TYPE_CHECKING:
    from gamemaster.agent import Circumstances
    from gamemaster.game_master import Chronicle
    from gamemaster.simulation.simulation import Simulation
    from gamemaster.world import World

__all__ = ["MADE", "Intervention", "intervene"]


MADE = "intervention made"
"""The measure that says which of the interventions that are made once has been made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """Changes the world, tells somebody something, or both, when its time has come.

    That is before step `at`; before the first step at or after simulated second `time`; or before each step in which the
    function `at` says so, or with `once` the first of these alone. `change` is given the world and goes through the same
    checks as any action; what it returns, or `text`, is told to `to` (by default everyone; nobody when both are empty).
    """

    at: int | Callable[[Simulation], bool] | None = None
    time: float | None = None
    once: bool = False
    change: Callable[[World], str | None] | None = None
    text: str = ""
    to: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.change is None and not self.text:
            raise DefinitionError("An intervention neither changes nor tells anything; give it a `change` or a `text`.")
        if (self.at is None) == (self.time is None):
            raise DefinitionError(
                "An intervention has no moment, or two; give it `at` (a step or a condition) or `time` (seconds)."
            )
        if self.time is not None and not 0 <= self.time < math.inf:
            raise DefinitionError(f"An intervention is set at time={self.time!r}; it is a simulated second, from 0 on.")
        if isinstance(self.at, int) and self.at < 1:
            raise DefinitionError(f"An intervention is set before step {self.at}; the first step is 1.")

    @property
    def happens_once(self) -> bool:
        """Whether it is made once, at a step that isn't known beforehand."""
        return self.time is not None or (self.once and callable(self.at))

    def is_due(self, simulation: Simulation, step: int) -> bool:
        """Whether it is made before this step, if it hasn't been made already."""
        if self.time is not None:
            return simulation.clock.time >= self.time
        if isinstance(self.at, int):
            return self.at == step
        assert self.at is not None
        with user_code(f"an intervention's `at`, step {step}"):
            return bool(self.at(simulation))


def intervene(simulation: Simulation, intervention: Intervention, chronicle: Chronicle, circumstances: Circumstances) -> None:
    """Make an intervention: change the world, tell those concerned, and put both on record."""
    gm = simulation.game_master
    text, change, tells = intervention.text, None, ()
    if intervention.change is not None:
        if gm.world is None:
            raise DefinitionError("An intervention changes the world, but the game master has none.")
        applied = gm.intervene(intervention.change)
        text, change, tells = text or applied.text, applied.patch, applied.tells
        gm.measured(applied, circumstances)
    names = gm.present(simulation.names if intervention.to is None else intervention.to)
    event = chronicle.event("intervention", text, witnesses=names if text else (), change=change or None)
    if text:
        chronicle.tell(event, event.witnesses, "announced", text)
    for name, told in tells:
        chronicle.tell(event, [name], "was_told", told)
    if intervention.happens_once:
        made = simulation.made_already(intervention)
        circumstances.measures.append(Measure(name=MADE, who="", value=made))
