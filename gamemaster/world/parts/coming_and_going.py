"""Coming and going: what the parts of a world are told when somebody arrives, leaves or dies.

The one idea: whoever joins or is gone concerns all parts, and each knows for itself what to do: places let go of them, things
go to an heir, an offer falls. `Presence` tells every world within the whole that has one of these methods, as part of the
same change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

__all__ = ["Arrival", "Departure", "SeesArrivals", "SeesDepartures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody takes part from now on; `place` is where, if that was said."""

    name: str
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Somebody takes no part any more. `place` is where they were; `heir` who gets what they had, None for nobody."""

    name: str
    how: Literal["left", "dead"]
    place: str | None = None
    heir: str | None = None


@runtime_checkable
class SeesArrivals(Protocol):
    """A world that has something to do when somebody comes."""

    def arrives(self, arrival: Arrival) -> None:
        """Take the newcomer up."""
        ...


@runtime_checkable
class SeesDepartures(Protocol):
    """A world that has something to do when somebody goes."""

    def departs(self, departure: Departure) -> None:
        """Let go of who is gone."""
        ...
