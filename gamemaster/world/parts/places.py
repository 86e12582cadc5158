"""Places: where people can be, the ways between, and when a place is open.

The one idea: being somewhere is one entry per person, so nobody is in two places; and a way takes its time: who has set
out is nowhere until the arrival, which is an action that the world puts off.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from annotated_types import Ge, Le
from pydantic import BaseModel, Field

from gamemaster.words import DefinitionError, Person, Place, UnknownName
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.world import World

__all__ = ["Hours", "Places"]

_DAY = 86_400


class Hours(BaseModel):
    """Open from `opens` to `closes`, in seconds of the day; past midnight when it closes before it opens."""

    opens: Annotated[int, Ge(0), Le(_DAY)]
    closes: Annotated[int, Ge(0), Le(_DAY)]

    def include(self, second: float) -> bool:
        """Whether this second of the day lies in them (the closing second doesn't)."""
        if self.opens <= self.closes:
            return self.opens <= second < self.closes
        return second >= self.opens or second < self.closes


class Places(World):
    """Put it into a world as a field, `places: Places`: the world then knows where everybody is, and who notices what.

    `ways` are minutes from place to place, one way as given (`Places.joined` makes both); every place is a key of it.
    `whereabouts` is where each person is, `under_way` where those who are walking go to. A place without `hours` is
    always open. `clock_at_start` is the second of the day at which the run starts.
    """

    ways: dict[str, dict[str, Annotated[int, Ge(0)]]]
    whereabouts: dict[str, str] = Field(default_factory=dict[str, str])
    under_way: dict[str, str] = Field(default_factory=dict[str, str])
    hours: dict[str, list[Hours]] = Field(default_factory=dict[str, list[Hours]])
    clock_at_start: Annotated[int, Ge(0), Le(_DAY - 1)] = 0

    @classmethod
    def joined(cls, ways: Mapping[tuple[str, str], int], **fields: Any) -> Places:
        """Places joined by ways that can be walked in both directions: `{("mill", "market"): 5}`, in minutes."""
        both: dict[str, dict[str, int]] = {}
        for (one, other), minutes in ways.items():
            both.setdefault(one, {})[other] = minutes
            both.setdefault(other, {})[one] = minutes
        return cls(ways=both, **fields)

    def place_of(self, name: str) -> str | None:
        """Where this person is; None while walking."""
        return self.whereabouts.get(name)

    def place_names(self) -> Sequence[str]:
        """All places, in order."""
        return list(self.ways)

    def at(self, place: str) -> list[str]:
        """Who is there, in the order of `whereabouts`."""
        return [name for name, where in self.whereabouts.items() if where == place]

    def second_of_day(self) -> float:
        """Seconds since midnight."""
        return (self.clock_at_start + self.now) % _DAY

    def is_open(self, place: str) -> bool:
        """Whether one can go in now."""
        hours = self.hours.get(place)
        return not hours or any(each.include(self.second_of_day()) for each in hours)

    def opens_at(self, place: str) -> str:
        """When it opens next, as in "08:00"; empty when it is open."""
        if self.is_open(place):
            return ""
        second = self.second_of_day()
        following = min((each.opens for each in self.hours[place]), key=lambda opens: (opens - second) % _DAY)
        return f"{following // 3600 % 24:02d}:{following % 3600 // 60:02d}"

    def minutes(self, start: str, end: str) -> int | None:
        """The least minutes on foot from one place to another; None when no way leads there."""
        best, seen, heap = 0, set[str](), [(0, start)]
        while heap:
            best, here = heapq.heappop(heap)
            if here == end:
                return best
            if here not in seen:
                seen.add(here)
                for there, far in self.ways.get(here, {}).items():
                    heapq.heappush(heap, (best + far, there))
        return None

    def move(self, name: str, place: str) -> None:
        """Put somebody into a place at once, whatever the hours and ways; for use in actions and hooks."""
        if place not in self.ways:
            raise UnknownName.of("place", place, self.ways)
        self.under_way.pop(name, None)
        self.whereabouts[name] = place

    def check_open(self, place: str) -> None:
        """Refuse the action when the place is shut."""
        if not self.is_open(place):
            self.refuse(f"The {place} is shut until {self.opens_at(place)}.")

    @action
    def go_to(self, actor: Person, to: Place) -> str:
        """Walk to another place."""
        here = self.whereabouts.get(actor)
        if here is None:
            on_the_way = self.under_way.get(actor)
            self.refuse(f"{actor} is on the way to the {on_the_way}." if on_the_way else f"{actor} is nowhere to go from.")
        if here == to:
            self.refuse(f"{actor} is at the {to} already.")
        self.check_open(to)
        minutes = self.minutes(here, to)
        if minutes is None:
            self.refuse(f"No way leads from the {here} to the {to}.")
        if minutes == 0:
            self.move(actor, to)
            return f"{actor} goes to the {to}."
        del self.whereabouts[actor]
        self.under_way[actor] = to
        self.later(minutes * 60, self.arrive, to=to)
        return f"{actor} sets out for the {to}, {minutes} minutes away."

    @action(offered=False)
    def arrive(self, actor: Person, to: Place) -> str:
        """Arrive at the end of a way."""
        if self.under_way.get(actor) != to:
            self.refuse(f"{actor} is not on the way to the {to} any more.")
        self.move(actor, to)
        return f"{actor} arrives at the {to}."

    @invariant
    def everything_known(self) -> str | None:
        """Ways, hours and people are at places that exist."""
        for start, ends in self.ways.items():
            for end in ends:
                if end not in self.ways:
                    return f"a way leads from {start!r} to {end!r}, which is no place"
        for place in [*self.hours, *self.whereabouts.values(), *self.under_way.values()]:
            if place not in self.ways:
                return f"{place!r} is no place"
        return None


def seconds(clock: str) -> int:
    """The second of the day of a time such as "08:30".

    Raises: DefinitionError.
    """
    hour, _, minute = clock.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) <= 24 and int(minute) < 60):
        raise DefinitionError(f"{clock!r} is no time of day; write it as in '08:30'.")
    return int(hour) * 3600 + int(minute) * 60
