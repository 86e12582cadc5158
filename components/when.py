"""stamp: the time of something past, as it is written before a memory."""

from __future__ import annotations

from dataclasses import replace

from gamemaster.words import Moment

__all__ = ["stamp"]


def stamp(now: Moment, time: float) -> str:
    """The clock time of `time`, with the day when it isn't today: "08:10", "day 1, 08:10"."""
    then = replace(now, time=time)
    return then.clock if then.day == now.day else f"day {then.day}, {then.clock}"
