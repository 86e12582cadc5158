"""Grounding: what an attempt is in this world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["ActionCall", "Grounding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCall:
    """One action of the world with its arguments, as JSON values; the actor is not among them."""

    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """What an attempt is: the action `call`, then those in `then`, in order; or none, with the `reason`.

    `confidence` is 0 .. 1, or None where the model gives none. An attempt that isn't `plausible` is refused with the
    `reason`, without asking the world.
    """

    attempt_id: str
    call: ActionCall | None
    confidence: float | None = None
    plausible: bool = True
    reason: str = ""
    then: tuple[ActionCall, ...] = ()
