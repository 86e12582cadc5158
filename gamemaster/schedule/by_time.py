"""ByTime: whoever is due acts.

The one idea: everybody has a time at which they are due, and the clock goes from one such time to the next. Who is busy,
asleep or waiting stands in a heap, so that a step costs what those cost who act or notice something in it, however many
there are beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from gamemaster.schedule.asked import Order, check_order, chosen, in_order, present
from gamemaster.schedule.due_times import DueTimes
from gamemaster.schedule.durations import Durations
from gamemaster.schedule.schedule import Schedule
from gamemaster.schedule.wake import WakeConditions, Wakes
from gamemaster.words import ActionSpec, Ask, DefinitionError, Event, JsonValue, Observation, UnknownName, user_code

if TYPE_CHECKING:
    from gamemaster.game_master import Chronicle
    from gamemaster.simulation import Simulation

__all__ = ["ByTime"]


class ByTime(Schedule):
    """The clock moves to the earliest time at which somebody is due, and all who are due then are asked `spec`.

    Everybody is due at the start. Who has acted is due again when what it did is done, where the world says how long that
    takes (`@action(takes=...)`); else after `every` simulated seconds, or never with `every=None`. Until then it waits,
    and is woken by an observation that meets one of its `wake` conditions: it is then due at once, but not before what it
    does is done, nor within `pause` seconds of its last turn.

    The world may put off who is due: until `busy_until(name)`, in which time nothing wakes it, or until
    `asleep_until(name)`, for ever where that is infinite, in which time its `wake` conditions do. Both are asked when the
    agent is due, and again when it notices something.

    The run ends at `end`, or when nobody will ever be due again. Where somebody can be woken, what the world has put off
    (`later`), and words on their way, also move the clock, by a step in which nobody is asked. Those due at the same time
    act on the same world; see `Simultaneous` for `order`. Who comes into the run later is due at once.
    """

    keeps_time = True

    def __init__(
        self,
        spec: ActionSpec | None = None,
        *,
        every: float | None = 600,
        wake: Wakes = (),
        pause: float = 60,
        agents: Sequence[str] | None = None,
        end: float | None = None,
        order: Order = "asked",
    ) -> None:
        if every is not None and not 0 < every < math.inf:
            raise DefinitionError(
                f"ByTime(every={every}): every must be a number of seconds, more than 0, or None where only `wake` calls anybody."
            )
        if not 0 < pause < math.inf:
            raise DefinitionError(
                f"ByTime(pause={pause}): pause must be a number of seconds, more than 0: or two waking each other stop the clock."
            )
        self.spec = spec if spec is not None else ActionSpec.free()
        self.every = every
        self.wake = WakeConditions(wake)
        self.pause = pause
        self.agents = chosen(agents, "ByTime")
        self.end = end
        self.order: Order = check_order(order, "ByTime")
        self._due = DueTimes()
        self._free: dict[str, float] = {}
        """Until when nothing wakes those who have acted of late."""
        self._woken: set[str] = set()
        self._put_off: set[str] = set()
        """Those who are due only since the world put them off."""
        self._away: set[str] = set()
        """Those who were due and not there."""
        self._taken = 0
        """How many of the names have been taken up; the rest are new."""
        self._ranks: dict[str, int] = {}
        self._ranked: Sequence[str] = ()
        self._durations = Durations()

    # --- who is due ---

    def _names(self, simulation: Simulation) -> Sequence[str]:
        names = self.agents or simulation.names
        if names is not self._ranked:
            for name in self.wake.named:
                if name not in simulation.names:
                    raise UnknownName.of("agent", name, simulation.names, hint="(in ByTime's wake)")
            self._ranked, self._ranks = names, {name: rank for rank, name in enumerate(names)}
        return names

    def _first(self, simulation: Simulation) -> float | None:
        """The next time at which something is to be done; None when there is none."""
        names, now = self._names(simulation), simulation.clock.time
        if self._taken < len(names):
            return now
        here = present(simulation)
        is_here: Callable[[str], bool] = (lambda name: True) if here is simulation.names else frozenset(here).__contains__
        if self._away and any(is_here(name) for name in self._away):
            return now
        first = self._due.first()
        while first is not None:
            at, name = first
            until = at if name not in self._ranks or not is_here(name) else self._until(name, at, simulation)
            if name not in self._ranks:
                self._due.drop(name)
            elif not is_here(name):
                self._due.drop(name)
                self._away.add(name)
            elif until > at:
                self._put_off.add(name)
                self._put(name, until)
            else:
                break
            first = self._due.first()
        times = [max(first[0], now)] if first is not None else []
        return min([*times, *(max(at, now) for at in self._happenings(simulation))], default=None)

    def _happenings(self, simulation: Simulation) -> list[float]:
        """When something happens next that may wake somebody: what the world has put off, and words that are on their way."""
        if not self.wake:
            return []
        found = [] if simulation.world is None else [simulation.world.next_due()]
        found += [channel.next_due for master in simulation.game_masters for channel in master.channels.values()]
        return [at for at in found if at is not None]

    def _until(self, name: str, at: float, simulation: Simulation) -> float:
        """Until when the world puts off this one, who is due at `at`."""
        world: Any = simulation.world
        for method in ("busy_until", "asleep_until"):
            until = getattr(world, method, None)
            if until is not None and (method == "busy_until" or name not in self._woken):
                with user_code(f"{type(world).__name__}.{method} of {name}"):
                    at = max(at, float(until(name)))
        return at

    def _put(self, name: str, at: float) -> None:
        if math.isfinite(at):
            self._due.put(name, at)
        else:
            self._due.drop(name)

    def is_over(self, simulation: Simulation) -> bool:
        """Whether the next time would be at or after `end`, or there is none."""
        first = self._first(simulation)
        return first is None or (self.end is not None and first >= self.end)

    def next(self, simulation: Simulation) -> list[Ask]:
        """Asks for all who are due at the earliest time."""
        now = self._first(simulation)
        if now is None:
            return []
        simulation.clock.set(now)
        names = self._names(simulation)
        here = present(simulation)
        is_here: Callable[[str], bool] = (lambda name: True) if here is simulation.names else frozenset(here).__contains__
        asked = list(names[self._taken :])
        self._taken = len(names)
        asked += [name for name in self._away if is_here(name)]
        while (first := self._due.first()) is not None and first[0] <= now:
            at, name = self._due.take()
            if name not in self._ranks:
                continue
            until = self._until(name, at, simulation)
            if until > now and is_here(name):
                self._put_off.add(name)
                self._put(name, until)
            else:
                asked.append(name)
        self._away = {name for name in {*self._away, *asked} if name in simulation.names and not is_here(name)}
        due = sorted({name for name in asked if name not in self._away}, key=self._ranks.__getitem__)
        for name in due:
            self._has_turn(name, now)
        return [Ask(name, self.spec) for name in in_order(due, self.order, simulation)]

    def _has_turn(self, name: str, now: float) -> None:
        self._woken.discard(name)
        self._put_off.discard(name)
        self._put(name, math.inf if self.every is None else now + self.every)
        if self.wake.of(name):
            self._free[name] = now + self.pause

    # --- what happened ---

    def noticed(self, simulation: Simulation, chronicle: Chronicle) -> None:
        """Those who did something that takes time are busy with it; those who noticed what wakes them are due."""
        now = simulation.clock.time
        for name, seconds in self._durations.of(simulation, chronicle.events).items():
            if name in self._ranks:
                self._put(name, now + seconds)
                if self.wake.of(name):
                    self._free[name] = max(self._free.get(name, now), now + seconds)
        self._free = {name: until for name, until in self._free.items() if until > now}
        if not self.wake and not self._put_off:
            return
        for observation in chronicle.observations:
            name = observation.to
            conditions = self.wake.of(name)
            if not conditions and name not in self._put_off:
                continue
            if name not in self._ranks or name in self._away:
                continue
            event = _event_of(observation, simulation, chronicle)
            place = lambda who=name: simulation.game_master.place_of(who)  # noqa: E731
            is_woken = any(each.meets(observation, event, place) for each in conditions)
            if is_woken:
                self._woken.add(name)
            if is_woken or name in self._put_off:
                # Due now, unless the world still says otherwise when it is looked at.
                self._due_by(name, max(self._free.get(name, now), now))

    def _due_by(self, name: str, at: float) -> None:
        known = self._due.at(name)
        if known is None or at < known:
            self._put(name, at)

    # --- state ---

    def state(self) -> dict[str, JsonValue]:
        """When each agent is due, of those who are; and who is busy, woken, put off or away, where there are such."""
        state: dict[str, JsonValue] = {"due": cast("JsonValue", self._due.times()), "taken": self._taken}
        if self._free:
            state["free"] = cast("JsonValue", dict(sorted(self._free.items())))
        for key, names in (("woken", self._woken), ("put off", self._put_off), ("away", self._away)):
            if names:
                state[key] = cast("JsonValue", sorted(names))
        return state

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        due, free = state["due"], state.get("free", {})
        assert isinstance(due, dict) and isinstance(free, dict)
        self._due = DueTimes({name: float(str(at)) for name, at in due.items()})
        self._free = {name: float(str(until)) for name, until in free.items()}
        self._taken = int(str(state.get("taken", len(due))))  # the first form of the state had everybody in `due`
        self._woken, self._put_off, self._away = (_names(state.get(key, [])) for key in ("woken", "put off", "away"))


def _event_of(observation: Observation, simulation: Simulation, chronicle: Chronicle) -> Event:
    """What was noticed; of words that were on their way, an event of an earlier step."""
    step, _, number = observation.event_id.split("/")
    if int(step) == chronicle.step:
        return chronicle.events[int(number)]
    assert simulation.engine is not None
    return next(each for each in simulation.engine.archive.events(step=int(step)) if each.id == observation.event_id)


def _names(given: JsonValue) -> set[str]:
    assert isinstance(given, list)
    return {str(name) for name in given}
