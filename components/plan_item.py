"""PlanItem: one thing that is planned, with its start and length, how it ended, and what it is made of.

The one idea: a plan is a tree of frozen items; whatever happens to it is a pure function from items to items, tested without
a model.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast

from gamemaster.words import JsonValue, one_line

__all__ = ["DAY", "Ended", "PlanItem", "clock", "read_items", "with_lengths"]

DAY = 24 * 60
"""The minutes of a day."""

Ended: TypeAlias = Literal["", "done", "passed", "refused", "dropped"]
"""Not over; over, with something done in it; over with nothing done; refused by the world; dropped by the agent."""

_LONGEST = 160

_TIME = r"(\d{1,2})(?:[:.:](\d{2})|時(?:(\d{1,2})分)?)"
_HOUR = re.compile(
    rf"""^\W*(?:\d{{1,2}}[.)]\s+)?(?:(?:at|from|by|around)\s+)?  # "- ", "2. ", "At "
    {_TIME}(?:\s*([ap])\.?m\b\.?)?                               # "9:30", "9.30", "9:30 pm"
    (?:\s*(?:-|–|—|~|〜|から|to|until)\s*{_TIME}(?:\s*([ap])\.?m\b\.?)?)?[^\w(\[<"'“‘「]*""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """Something planned from minute `start` of the day, for `length` minutes.

    `acted` says that something was done while it was at hand; `reason` why it was refused or dropped. `parts` are what it
    is made of, one level down, in the order of time.
    """

    start: int
    length: int
    what: str
    acted: bool = False
    ended: Ended = ""
    reason: str = ""
    parts: tuple[PlanItem, ...] = ()

    @property
    def end(self) -> int:
        """The minute in which it is over."""
        return self.start + self.length

    def with_end(self, ended: Ended, reason: str = "") -> PlanItem:
        """The same, ended like this."""
        return replace(self, ended=ended, reason=one_line(reason)[:_LONGEST])

    def as_json(self) -> list[JsonValue]:
        """It as JSON values."""
        parts: list[JsonValue] = []
        parts.extend(part.as_json() for part in self.parts)
        return [self.start, self.length, self.what, self.acted, self.ended, self.reason, parts]

    @classmethod
    def from_json(cls, held: JsonValue) -> PlanItem:
        """What `as_json` gave."""
        start, length, what, acted, ended, reason, parts = cast("list[Any]", held)
        return cls(
            start=start,
            length=length,
            what=what,
            acted=acted,
            ended=ended,
            reason=reason,
            parts=tuple(cls.from_json(part) for part in parts),
        )


def clock(minute: int) -> str:
    """A minute of the day as hours and minutes: "08:10"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def read_items(lines: Iterable[str], *, start: int, end: int = DAY) -> tuple[PlanItem, ...]:
    """The items of lines that begin with their hour, as they were asked for, in the order of time.

    A line without an hour begins with the line before, the first at `start`. An item lasts until the hour that its line
    gives as its end, else until the next one begins, the last until `end`.
    """
    last = start
    found: list[tuple[int, int | None, str]] = []
    for line in map(one_line, lines):
        hour = _HOUR.match(line)
        what = line[hour.end() :] if hour else line
        until: int | None = None
        if hour:
            last = _minute(hour[1], hour[2] or hour[3], hour[4])
            until = _minute(hour[5], hour[6] or hour[7], hour[8]) if hour[5] else None
        if what:
            found.append((last, until, what[:_LONGEST]))
    found.sort(key=lambda each: each[0])
    items = [PlanItem(start=at, length=max(0, (until or at) - at), what=what) for at, until, what in found]
    return with_lengths(items, end)


def with_lengths(items: Sequence[PlanItem], end: int) -> tuple[PlanItem, ...]:
    """The same, none longer than until the next begins (the last: `end`), those without a length until then."""
    out: list[PlanItem] = []
    for at, item in enumerate(items):
        room = max(0, (items[at + 1].start if at + 1 < len(items) else end) - item.start)
        out.append(replace(item, length=min(item.length, room) if item.length else room))
    return tuple(out)


def _minute(hour: str, minute: str | None, half: str | None) -> int:
    """The minute of the day of an hour as it was written, with or without am and pm."""
    number, half = int(hour), (half or "").lower()
    if half and 1 <= number <= 12:
        number = number % 12 + (12 if half == "p" else 0)
    return min(number, 23) * 60 + min(int(minute or 0), 59)
