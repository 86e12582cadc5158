"""Intervention: a change from outside, made before a step and on record like everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gamemaster.words import DefinitionError, user_code

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation
    from gamemaster.world import World

__all__ = ["Intervention"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervention:
    """Changes the world, tells somebody something, or both, before step `at` or when a function says so (each time).

    `change` is given the world and goes through the same checks as any action; what it returns, or `text`, is told to
    `to` (by default everyone; nobody when both are empty).
    """

    at: int | Callable[[Simulation], bool]
    change: Callable[[World], str | None] | None = None
    text: str = ""
    to: Sequence[str] | None = None

    def __post_init__(self) -> None:
        if self.change is None and not self.text:
            raise DefinitionError("An intervention neither changes nor tells anything; give it a `change` or a `text`.")
        if isinstance(self.at, int) and self.at < 1:
            raise DefinitionError(f"An intervention is set before step {self.at}; the first step is 1.")

    def is_due(self, simulation: Simulation, step: int) -> bool:
        """Whether it is made before this step."""
        if isinstance(self.at, int):
            return self.at == step
        with user_code(f"an intervention's `at`, step {step}"):
            return bool(self.at(simulation))
