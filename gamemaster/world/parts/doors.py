"""Doors: which places are open at which hours, and which are locked, to whom."""

from __future__ import annotations

from typing import Annotated

from annotated_types import Ge, Le
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.invariant import invariant
from gamemaster.world.parts.hours import DAY, WEEKDAYS, Hours, Weekday, next_opening
from gamemaster.world.parts.ways import Ways

__all__ = ["Doors", "Lock"]


class Lock(BaseModel):
    """What a locked place takes: the thing `key`, which somebody must have, or one of `roles`. Either will do."""

    key: str | None = None
    roles: list[str] = []
    locked: bool = True


class Doors(Ways):
    """A map with doors; `Places` is one with people on it.

    A place without `hours` is always open; `clock_at_start` is the second of the day at which the run starts,
    `weekday_at_start` the day. `locks` say who can go into a place that is locked; keys and roles are those of the parts
    beside it (`Inventories`, `Roles`).
    """

    hours: dict[str, list[Hours]] = Field(default_factory=dict[str, list[Hours]])
    clock_at_start: Annotated[int, Ge(0), Le(DAY - 1)] = 0
    weekday_at_start: Weekday = "Monday"
    locks: dict[str, Lock] = Field(default_factory=dict[str, Lock])

    @invariant
    def doors_are_of_places(self) -> bool | str:
        """Hours or a lock would be those of what is no place."""
        return next((f"{place!r} is no place" for place in [*self.hours, *self.locks] if place not in self.ways), True)

    def second_of_day(self) -> float:
        """Seconds since midnight."""
        return (self.clock_at_start + self.now) % DAY

    def weekday(self) -> Weekday:
        """The day of the week."""
        days = int((self.clock_at_start + self.now) // DAY)
        return WEEKDAYS[(WEEKDAYS.index(self.weekday_at_start) + days) % 7]

    def is_open(self, place: str) -> bool:
        """Whether its hours let people in now."""
        hours = self.hours.get(place)
        return not hours or any(each.include(self.second_of_day(), self.weekday()) for each in hours)

    def opens_at(self, place: str) -> str:
        """When it opens next, as in "08:00", or "08:00 on Monday" when that is more than a day ahead; empty when it is open."""
        return "" if self.is_open(place) else next_opening(self.hours[place], self.second_of_day(), self.weekday())

    def check_open(self, place: str) -> None:
        """Refuse the action when the hours have the place shut."""
        if not self.is_open(place):
            self.refuse(f"The {place} is shut until {self.opens_at(place)}.")

    def can_unlock(self, name: str, place: str) -> bool:
        """Whether somebody has the key of a place, or a role that opens it."""
        lock = self.locks.get(place)
        if lock is None:
            return False
        return (lock.key is not None and self._holds(name, lock.key)) or self._has_any_role(name, list(lock.roles))

    def is_locked_to(self, name: str, place: str) -> bool:
        """Whether a place is locked, and somebody can't unlock it."""
        lock = self.locks.get(place)
        return lock is not None and lock.locked and not self.can_unlock(name, place)

    def doors(self, actor: str) -> list[str]:
        """The places with a lock where somebody is, or next to that."""
        here = self.place_of(actor)
        return [place for place in self.locks if here is not None and (place == here or place in self.ways[here])]

    @action
    def lock_place(self, actor: Person, place: Annotated[str, OneOf("doors")]) -> str:
        """Lock a place where one is, or that is next to it, with its key or by one's role."""
        self._turn_lock(actor, place, locked=True)
        return f"{actor} locks the {place}."

    @action
    def unlock_place(self, actor: Person, place: Annotated[str, OneOf("doors")]) -> str:
        """Unlock a place where one is, or that is next to it, with its key or by one's role."""
        self._turn_lock(actor, place, locked=False)
        return f"{actor} unlocks the {place}."

    def _turn_lock(self, actor: str, place: str, *, locked: bool) -> None:
        lock = self.locks[place]
        if not self.can_unlock(actor, place):
            self.refuse(f"{actor} does not have the key of the {place}.")
        if lock.locked == locked:
            self.refuse(f"The {place} is locked already." if locked else f"The {place} is not locked.")
        lock.locked = locked
