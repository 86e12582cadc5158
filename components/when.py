"""stamp: the time of something past, as it is written before a memory."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from gamemaster.words import Moment

__all__ = ["stamp"]


def stamp(now: Moment, time: float) -> str:
    """The clock time of `time`, with the day when it isn't today: "08:10", "day 1, 08:10"."""
    return _stamp(now.start, time, now.day)


@lru_cache(maxsize=4096)
def _stamp(start: datetime | None, time: float, today: int) -> str:
    then = Moment(step=0, time=time, start=start)
    return then.clock if then.day == today else f"day {then.day}, {then.clock}"
