"""Hours: when a place is open, by time of day and day of the week."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

from annotated_types import Ge, Le
from pydantic import BaseModel

from gamemaster.words import DefinitionError

__all__ = ["DAY", "WEEKDAYS", "Hours", "Weekday", "next_opening", "seconds"]

Weekday: TypeAlias = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

DAY = 86_400
WEEKDAYS: tuple[Weekday, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Hours(BaseModel):
    """Open from `opens` to `closes`, in seconds of the day; past midnight when it closes before it opens.

    `days` are those on which it opens, none named meaning all; what is past midnight belongs to the day before.
    """

    opens: Annotated[int, Ge(0), Le(DAY)]
    closes: Annotated[int, Ge(0), Le(DAY)]
    days: list[Weekday] = []

    def include(self, second: float, weekday: Weekday = "Monday") -> bool:
        """Whether this second of this day lies in them (the closing second doesn't)."""
        if self.opens <= self.closes:
            return self.opens <= second < self.closes and self._on(weekday)
        before = WEEKDAYS[WEEKDAYS.index(weekday) - 1]
        return (second >= self.opens and self._on(weekday)) or (second < self.closes and self._on(before))

    def opening_after(self, second: float, weekday: Weekday) -> tuple[int, Weekday]:
        """In how many seconds from the midnight before it opens next, and on which day."""
        first = WEEKDAYS.index(weekday)
        for later in range(8):
            day = WEEKDAYS[(first + later) % 7]
            if self._on(day) and (later or self.opens > second):
                return later * DAY + self.opens, day
        raise AssertionError("a week has all its days")

    def _on(self, weekday: Weekday) -> bool:
        return not self.days or weekday in self.days


def next_opening(hours: Sequence[Hours], second: float, weekday: Weekday) -> str:
    """When the first of these opens next, as in "08:00"; with the day where that is more than a day ahead."""
    ahead, day = min((each.opening_after(second, weekday) for each in hours), key=lambda opening: opening[0])
    clock = f"{ahead // 3600 % 24:02d}:{ahead % 3600 // 60:02d}"
    return clock if ahead - second < DAY else f"{clock} on {day}"


def seconds(clock: str) -> int:
    """The second of the day of a time such as "08:30".

    Raises: DefinitionError.
    """
    hour, _, minute = clock.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) <= 24 and int(minute) < 60):
        raise DefinitionError(f"{clock!r} is no time of day; write it as in '08:30'.")
    return int(hour) * 3600 + int(minute) * 60
