"""Meeting: something agreed on, or to be agreed on; and Entry, how it stands in one account's calendar."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

__all__ = ["Entry", "Meeting", "Reply"]

Reply: TypeAlias = Literal["invited", "accepted", "declined"]


class Meeting(BaseModel):
    """What `organiser` has called `guests` to, with the reply of each; seconds from the run's start.

    An appointment without guests is a meeting too. The organiser takes part, and is not among the guests. `moved` counts how
    often its time was changed.
    """

    id: str
    title: str
    organiser: str
    start: float
    end: float
    guests: dict[str, Reply] = Field(default_factory=dict[str, Reply])
    cancelled: bool = False
    moved: int = 0

    def attending(self) -> list[str]:
        """The organiser, and the guests who have accepted; nobody when it is cancelled."""
        if self.cancelled:
            return []
        return [self.organiser, *[guest for guest, reply in self.guests.items() if reply == "accepted"]]


class Entry(BaseModel):
    """A meeting as one calendar has it."""

    title: str
    start: float
    end: float

    def overlaps(self, start: float, end: float) -> bool:
        """Whether both take up some of the same time."""
        return self.start < end and start < self.end
