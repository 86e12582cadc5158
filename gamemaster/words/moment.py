"""Moment: a point of simulated time, and how it is written in a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["Moment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """`time` simulated seconds after the run's start, in step `step`; `start` is the calendar time of second 0.

    Without a `start` the run has days and hours of its own: "Day 1, 08:10".
    """

    step: int
    time: float
    start: datetime | None = None

    @property
    def day(self) -> int:
        """The number of the day, from 1; a day begins at midnight of the run's own clock."""
        if self.start is None:
            return int(self.time // 86400) + 1
        return (self.calendar.date() - self.start.date()).days + 1

    @property
    def seconds_of_day(self) -> float:
        """Seconds since midnight of the run's own clock."""
        if self.start is None:
            return self.time % 86400
        now = self.calendar
        return (now - now.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds()

    @property
    def clock(self) -> str:
        """Hours and minutes, as in "08:10"."""
        minutes = int(self.seconds_of_day // 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}"

    def __str__(self) -> str:
        if self.start is None:
            return f"Day {self.day}, {self.clock}"
        now = self.calendar
        weekday = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[now.weekday()]
        months = "January February March April May June July August September October November December".split()
        return f"{weekday}, {now.day} {months[now.month - 1]} {now.year}, {self.clock}"

    @property
    def calendar(self) -> datetime:
        """The calendar time; only where the run has a `start`."""
        assert self.start is not None
        return self.start + timedelta(seconds=self.time)
