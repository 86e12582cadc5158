"""Timers: what is to happen at a time, and can be called off until then.

The one idea: `World.later` can't be taken back. A timer is kept by name with a number; what was put off only wakes it, and a
timer that was cancelled or set anew in the meantime has another number, or none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import BaseModel, Field

from gamemaster.words import OneOf, Person, quote
from gamemaster.world.action import action
from gamemaster.world.parts.coming_and_going import Departure
from gamemaster.world.parts.part import Part

__all__ = ["Timer", "Timers"]


class Timer(BaseModel):
    """Due at `due` simulated seconds; then the action `then` is carried out, with these arguments, by `owner`.

    Without an action it only rings, for its owner. `every` sets it again after so many seconds.
    """

    due: float
    number: int
    owner: str = ""
    then: str | None = None
    arguments: dict[str, str | int | float | bool | None] = {}
    every: Annotated[float, Gt(0)] | None = None


class Timers(Part):
    """Put it into a world as a field, `timers: Timers`, and call `set` and `cancel` in actions and hooks.

    With `by_hand=True` people set timers for themselves too. When somebody leaves or dies, their timers are called off.
    """

    running: dict[str, Timer] = Field(default_factory=dict[str, Timer])
    count: Annotated[int, Ge(0)] = 0
    by_hand: bool = False

    def set(
        self,
        name: str,
        delay: float,
        then: Callable[..., Any] | str | None = None,
        *,
        owner: str = "",
        every: float | None = None,
        **arguments: str | int | float | bool | None,
    ) -> None:
        """Set a timer, or set one of this name anew: `self.timers.set("kiln", 3600, self.take_out, owner=actor, pots=3)`.

        `then` is an action of the world or of any part. A timer of nobody that should act needs an action without actor.
        """
        dotted = None if then is None else self._root_engine().actions.of(then, self).name
        self.count += 1
        self.running[name] = Timer(
            due=self.now + delay, number=self.count, owner=owner, then=dotted, arguments=arguments, every=every
        )
        self.later(delay, self.ring, actor=owner, timer=name, number=self.count)

    def cancel(self, name: str) -> None:
        """Call a timer off. Refuses when none of this name runs."""
        if name not in self.running:
            self.refuse(f"No timer {quote(name)} is running.")
        del self.running[name]

    def left(self, name: str) -> float | None:
        """In how many seconds a timer is due; None when none of this name runs."""
        timer = self.running.get(name)
        return None if timer is None else timer.due - self.now

    def timers_of(self, actor: str) -> list[str]:
        """The timers of somebody, in the order in which they were set."""
        return [name for name, timer in self.running.items() if timer.owner == actor]

    def set_by_hand(self, actor: str) -> bool:
        """Whether people set timers for themselves, and this one is there to do so."""
        return self.by_hand and self._takes_part(actor)

    def departs(self, departure: Departure) -> None:
        """The timers of who is gone are called off."""
        for name in self.timers_of(departure.name):
            self.cancel(name)

    def perceive(self, name: str) -> str:
        """This person's own timers."""
        mine = [(each, self.left(each) or 0) for each in self.timers_of(name)]
        return " ".join([f"{name}'s timer {quote(each)} is due in {left / 60:g} minutes." for each, left in mine])

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The seconds left, by timer."""
        return {each: self.left(each) for each in self.timers_of(name)}

    @action(when="set_by_hand")
    def set_timer(
        self, actor: Person, note: Annotated[str, MinLen(1), MaxLen(60)], minutes: Annotated[float, Gt(0), Le(525_600)]
    ) -> str:
        """Set a timer that rings after some minutes, to be reminded of something."""
        name = f"{actor}: {note}"
        self.set(name, minutes * 60, owner=actor)
        return f"{actor} sets a timer of {minutes:g} minutes."

    @action(when="set_by_hand")
    def cancel_timer(self, actor: Person, timer: Annotated[str, OneOf("timers_of")]) -> str:
        """Call off a timer that one has set."""
        self.cancel(timer)
        return f"{actor} calls off a timer."

    @action(offered=False)
    def ring(self, timer: str, number: int) -> str:
        """A timer is due."""
        found = self.running.get(timer)
        if found is None or found.number != number:
            self.refuse(f"The timer {quote(timer)} was called off.")
        owner, then, arguments, every = found.owner, found.then, dict(found.arguments), found.every
        del self.running[timer]
        if then is not None:
            self.later(0, then, actor=owner, **arguments)
        elif owner and self.has_person(owner):
            self.tell(owner, f"The timer {quote(timer.removeprefix(owner + ': '))} has run out.")
        if every is not None:
            self.set(timer, every, then, owner=owner, every=every, **arguments)
        return f"A timer of {owner} rings." if owner else f"The time of {quote(timer)} has come."
