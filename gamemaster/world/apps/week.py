"""Week: days and times of day as words, for a world that counts seconds from its start.

The one idea: a time that somebody can name is one of a closed set, a day of the coming week and a step of the clock, so that no
model has to reckon in seconds and no text has to be read.
"""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import BaseModel

__all__ = ["DAYS", "Week"]

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAY, _MINUTE = 86_400, 60


class Week(BaseModel):
    """How seconds from the start are called: the run starts on the weekday `first_day` at the second `clock_at_start` of it.

    Times of day go in steps of `step` minutes from the hour `opens` until before the hour `closes`.
    """

    first_day: Annotated[int, Ge(0), Le(6)] = 0
    clock_at_start: Annotated[int, Ge(0), Le(_DAY - 1)] = 8 * 3600
    opens: Annotated[int, Ge(0), Le(23)] = 8
    closes: Annotated[int, Ge(1), Le(24)] = 18
    step: Annotated[int, Ge(5), Le(60)] = 30

    def days(self, now: float) -> list[str]:
        """The names of the coming seven days, today first."""
        today = self._day(now)
        return [DAYS[(self.first_day + today + each) % 7] for each in range(7)]

    def times(self) -> list[str]:
        """The times of day at which something may begin, as in "09:30"."""
        minutes = range(self.opens * 60, self.closes * 60, self.step)
        return [f"{each // 60:02d}:{each % 60:02d}" for each in minutes]

    def second(self, now: float, day: str, time: str) -> float:
        """The second from the start of a time on one of the coming seven days.

        Raises: ValueError for a day or a time that isn't one.
        """
        hour, minute = time.split(":")
        at = self._day(now) + self.days(now).index(day)
        return float(at * _DAY + int(hour) * 3600 + int(minute) * _MINUTE - self.clock_at_start)

    def in_words(self, second: float) -> str:
        """A time in words, as in "Tuesday 09:30"."""
        day, left = divmod(second + self.clock_at_start, _DAY)
        return f"{DAYS[int(self.first_day + day) % 7]} {int(left) // 3600:02d}:{int(left) % 3600 // 60:02d}"

    def span_in_words(self, start: float, end: float) -> str:
        """From when to when, as in "Tuesday 09:30 to 10:00"."""
        first, last = self.in_words(start), self.in_words(end)
        same = first.split()[0] == last.split()[0] and end - start < _DAY
        return f"{first} to {last.split()[1] if same else last}"

    def _day(self, now: float) -> int:
        return int((now + self.clock_at_start) // _DAY)
