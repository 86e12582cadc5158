"""stamp: the time of something past, as it is written before a memory; stamped: texts, each with its time before it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from gamemaster.words import Moment

__all__ = ["stamp", "stamped"]


def stamp(now: Moment, time: float) -> str:
    """The clock time of `time`, with the day when it isn't today: "08:10", "day 1, 08:10"."""
    return _stamp(now.start, time, now.day)


def stamped(now: Moment, texts: Iterable[tuple[float, str]]) -> list[str]:
    """A line for each (time, text): "[08:10] Ann waves."."""
    start, today = now.start, now.day
    return [f"[{_stamp(start, time, today)}] {text}" for time, text in texts]


@lru_cache(maxsize=4096)
def _stamp(start: datetime | None, time: float, today: int) -> str:
    then = Moment(step=0, time=time, start=start)
    return then.clock if then.day == today else f"day {then.day}, {then.clock}"
