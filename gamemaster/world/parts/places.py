"""Places: where people can be, the ways between, and who can go in when.

The one idea: being somewhere is one entry per person, so nobody is in two places; and a way takes its time: who has set out
is nowhere until the arrival, which is an action that the world puts off. On the way one can stop at the next place, or turn
back.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Annotated, Any

from annotated_types import Ge
from pydantic import Field

from gamemaster.words import Person, Place, UnknownName
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.parts.coming_and_going import Arrival, Departure
from gamemaster.world.parts.doors import Doors
from gamemaster.world.parts.hours import Hours, seconds
from gamemaster.world.parts.journey import Journey
from gamemaster.world.parts.named_in import named_in
from gamemaster.world.whereabouts import by_entry

__all__ = ["Hours", "Places", "seconds"]

_EPSILON = 1e-6
_SHOWN = 12


class Places(Doors):
    """Put it into a world as a field, `places: Places`: the world then knows where everybody is, and who notices what.

    `ways` and `closed` are those of `Ways`; `hours`, `clock_at_start`, `weekday_at_start` and `locks` those of `Doors`.
    `whereabouts` is where each person is, `under_way` where those who are walking go to, `journeys` how. `room` is how many
    people a place has room for; it is kept for those on the way there.

    Hours, locks and room are looked at when somebody sets out: who does so in time is let in. Everybody can get out.
    """

    whereabouts: dict[str, str] = Field(default_factory=dict[str, str])
    under_way: dict[str, str] = Field(default_factory=dict[str, str])
    journeys: dict[str, Journey] = Field(default_factory=dict[str, Journey])
    room: dict[str, Annotated[int, Ge(0)]] = Field(default_factory=dict[str, int])
    laws = (named_in("ways", "whereabouts", "under_way", kind="place"),)

    @invariant
    def one_place_each(self) -> bool | str:
        """Somebody would be in a place and on the way, or on the way elsewhere than the journey leads."""
        if list(self.under_way) != list(self.journeys):
            return "somebody would be on the way without a journey"
        for name, journey in self.journeys.items():
            if name in self.whereabouts or journey.end != self.under_way[name]:
                return f"{name} would be in two places"
        return True

    @invariant
    def not_overfull(self) -> bool | str:
        """More people would be in a place, and on the way there, than it has room for."""
        expected = Counter([*self.whereabouts.values(), *self.under_way.values()] if self.room else ())
        for place, most in self.room.items():
            if place not in self.ways:
                return f"{place!r} is no place"
            if expected[place] > most:
                return f"the {place} would be overfull: it has room for {most}"
        return True

    # Where everybody is.

    @by_entry("whereabouts")
    def place_of(self, name: str) -> str | None:
        """Where this person is; None while walking."""
        return self.whereabouts.get(name)

    def at(self, place: str) -> list[str]:
        """Who is there, in the order of `whereabouts`."""
        return [name for name, where in self.whereabouts.items() if where == place]

    def expected_at(self, place: str) -> int:
        """How many are there, or on the way there."""
        return [*self.whereabouts.values(), *self.under_way.values()].count(place)

    def is_walking(self, actor: str) -> bool:
        """Whether somebody is on the way."""
        return actor in self.journeys

    def passes_on(self, actor: str) -> bool:
        """Whether somebody is on a way with a place still to pass before its end."""
        journey = self.journeys.get(actor)
        return journey is not None and journey.ahead(self.now) != journey.end

    # Who can go in.

    def has_room(self, place: str) -> bool:
        """Whether one more can go there."""
        return place not in self.room or self.expected_at(place) < self.room[place]

    def why_not(self, name: str, place: str) -> str | None:
        """Why somebody can't go into a place now, or None."""
        if not self.is_open(place):
            return f"The {place} is shut until {self.opens_at(place)}."
        if self.is_locked_to(name, place):
            return f"The {place} is locked."
        return None if self.has_room(place) else f"The {place} is full."

    # For use in actions and hooks.

    def move(self, name: str, place: str) -> None:
        """Put somebody into a place at once, whatever the hours, locks and ways; only there must be room."""
        if place not in self.ways:
            raise UnknownName.of("place", place, self.ways)
        self.under_way.pop(name, None)
        self.journeys.pop(name, None)
        self.whereabouts[name] = place

    def close_way(self, one: str, other: str) -> None:
        """Close a way in both directions. Who is on it gets through; who would still come to it stops at a place before.

        That is the last one before it that has room; where none has, they get through too.
        """
        super().close_way(one, other)
        for name, journey in list(self.journeys.items()):
            self._stop_before(name, journey, {one, other})

    def arrives(self, arrival: Arrival) -> None:
        """Who comes into the world stands in the place that was named."""
        if arrival.place is not None:
            self.move(arrival.name, arrival.place)

    def departs(self, departure: Departure) -> None:
        """Who is gone is nowhere, and on no way."""
        for held in (self.whereabouts, self.under_way, self.journeys):
            held.pop(departure.name, None)

    # What people see and do.

    def perceive(self, name: str) -> str:
        """Where this person is, who else is there, and where one gets to from here."""
        here = self.whereabouts.get(name)
        if here is None:
            journey = self.journeys.get(name)
            return f"{name} is on the way to the {journey.end}." if journey is not None else ""
        others = [each for each in self.at(here) if each != name]
        shown = [*others[:_SHOWN], *([f"{len(others) - _SHOWN} others"] if len(others) > _SHOWN else [])]
        company = f"{' and '.join(shown)} {'is' if len(others) == 1 else 'are'} here too." if others else "Nobody else is here."
        ways = ", ".join(f"{there} ({far} minutes)" for there, far in self.next_to(here).items())
        return f"{name} is at the {here}. {company}" + (f" From here one gets to: {ways}." if ways else "")

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same: `place`, `under_way`, who is `present`, and `ways` with their minutes."""
        here = self.whereabouts.get(name)
        others = [] if here is None else [each for each in self.at(here) if each != name]
        ways = {} if here is None else self.next_to(here)
        return {"place": here, "under_way": self.under_way.get(name), "present": others, "ways": ways}

    @action
    def go_to(self, actor: Person, to: Place) -> str:
        """Walk to another place."""
        here = self.whereabouts.get(actor)
        if here is None:
            on_the_way = self.under_way.get(actor)
            self.refuse(f"{actor} is on the way to the {on_the_way}." if on_the_way else f"{actor} is nowhere to go from.")
        if here == to:
            self.refuse(f"{actor} is at the {to} already.")
        problem = self.why_not(actor, to)
        if problem is not None:
            self.refuse(problem)
        path = self.path(here, to)
        if not path:
            self.refuse(f"No way leads from the {here} to the {to}.")
        times = [self.now]
        for one, other in pairwise(path):
            times.append(times[-1] + self.ways[one][other] * 60)
        if times[-1] == self.now:
            self.move(actor, to)
            return f"{actor} goes to the {to}."
        del self.whereabouts[actor]
        self._set_out(actor, Journey(path=path, times=times))
        return f"{actor} sets out for the {to}, {round((times[-1] - self.now) / 60)} minutes away."

    @action(when="is_walking")
    def turn_back(self, actor: Person) -> str:
        """Turn back on the way, to the last place that one has passed."""
        journey = self.journeys[actor].back(self.now)
        if journey.end != self.under_way[actor] and not self.has_room(journey.end):
            self.refuse(f"The {journey.end} is full.")
        self._set_out(actor, journey)
        return f"{actor} turns back to the {journey.end}."

    @action(when="passes_on")
    def stop_on_the_way(self, actor: Person) -> str:
        """Go no further on the way than to the next place."""
        journey = self.journeys[actor]
        stop = journey.passed(self.now) + 1
        if not self.has_room(journey.path[stop]):
            self.refuse(f"The {journey.path[stop]} is full.")
        self._set_out(actor, journey.cut(stop))
        return f"{actor} will stop at the {self.under_way[actor]}."

    @action(offered=False)
    def arrive(self, actor: Person, to: Place) -> str:
        """Arrive at the end of a way."""
        journey = self.journeys.get(actor)
        if journey is None or journey.end != to or journey.arrival > self.now + _EPSILON:
            self.refuse(f"{actor} is not on the way to the {to} any more.")
        self.move(actor, to)
        return f"{actor} arrives at the {to}."

    def _set_out(self, actor: str, journey: Journey) -> None:
        self.under_way[actor], self.journeys[actor] = journey.end, journey
        self.later(max(0.0, journey.arrival - self.now), self.arrive, actor=actor, to=journey.end)

    def _stop_before(self, name: str, journey: Journey, way: set[str]) -> None:
        passed = journey.passed(self.now)
        leg = next(
            (at for at in range(passed + 1, len(journey.path) - 1) if {journey.path[at], journey.path[at + 1]} == way), None
        )
        if leg is None:
            return
        stop = next((at for at in range(leg, passed, -1) if self.has_room(journey.path[at])), None)
        if stop is not None:
            self._set_out(name, journey.cut(stop))
            if self.has_person(name):
                self.tell(name, f"The way to the {journey.end} is closed; {name} can get as far as the {journey.path[stop]}.")
