"""Agenda: actions that the world has put off, in the order in which they are due.

The one idea: what is put off is an action by name with plain arguments, never a function, so an agenda is state like any
other and goes into an archive.
"""

from __future__ import annotations

from bisect import insort_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Delayed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delayed:
    """An action due at `time` simulated seconds."""

    time: float
    action: str
    arguments: Mapping[str, Any]
    actor: str

    def to_json(self) -> dict[str, Any]:
        return {"time": self.time, "action": self.action, "arguments": dict(self.arguments), "actor": self.actor}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Delayed:
        return cls(time=stored["time"], action=stored["action"], arguments=stored["arguments"], actor=stored["actor"])


def put_in(agenda: list[Delayed], delayed: Delayed) -> None:
    """Add to an agenda kept in order of time; of equal times, first scheduled comes first."""
    insort_right(agenda, delayed, key=lambda each: each.time)
