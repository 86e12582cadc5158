"""Measurement: one number that was measured, what it should be, and how it came about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

__all__ = ["Benchmark", "Measurement", "Target", "at_least", "at_most"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A bound that a value should keep."""

    side: Literal["at least", "at most"]
    bound: float

    def is_met(self, value: float) -> bool:
        """Whether the value keeps it."""
        return value >= self.bound if self.side == "at least" else value <= self.bound


def at_least(bound: float) -> Target:
    """A target that wants a value of `bound` or more."""
    return Target(side="at least", bound=bound)


def at_most(bound: float) -> Target:
    """A target that wants a value of `bound` or less."""
    return Target(side="at most", bound=bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One row of the table. `value` is None where nothing could be measured, and `note` then says why."""

    what: str
    value: float | None
    unit: str
    target: Target | None = None
    note: str = ""

    def without_target(self) -> Measurement:
        """The same, where the value is too inexact to be held against anything."""
        return replace(self, target=None)

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met; None without one, or without a value."""
        return None if self.target is None or self.value is None else self.target.is_met(self.value)


Benchmark: TypeAlias = Callable[[bool], Iterator[Measurement]]
"""Yields its measurements as they come; given whether to be quick, that is, tiny and inexact."""
