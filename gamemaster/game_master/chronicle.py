"""Chronicle: the events and observations of one step, numbered in the order of application."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from gamemaster.words import Event, EventKind, JsonPatch, Observation, ObservationHow
from gamemaster.words.event import noticed_deed

__all__ = ["Chronicle"]


class Chronicle:
    """What happens in one step. `people` are all agents' names, in whose order observations are numbered."""

    def __init__(self, step: int, time: float, people: Sequence[str]) -> None:
        self.step = step
        self.time = time
        self.people = people
        self.events: list[Event] = []
        self.observations: list[Observation] = []
        self._noticed: dict[str, list[Observation]] = {}
        self._ranks: dict[str, int] = {}

    def event(
        self,
        kind: EventKind,
        text: str,
        *,
        actor: str = "",
        witnesses: Collection[str] = (),
        place: str | None = None,
        channel: str = "",
        attempt_id: str | None = None,
        change: JsonPatch | None = None,
        action: str | None = None,
        scene: str = "",
    ) -> Event:
        """Put an event on record; it is noticed by nobody until `tell` says so."""
        event = Event(
            id=f"{self.step}/event/{len(self.events)}",
            step=self.step,
            time=self.time,
            kind=kind,
            actor=actor,
            text=text,
            place=place,
            channel=channel,
            attempt_id=attempt_id,
            change=change,
            witnesses=self._in_order(witnesses) if witnesses else (),
            action=action,
            scene=scene,
        )
        self.events.append(event)
        return event

    def reword(self, event: Event, text: str) -> Event:
        """The same event in other words; only before anybody has been told of it."""
        reworded = replace(event, text=text)
        self.events[_place(event)] = reworded
        return reworded

    def noticed(self, event: Event, names: Collection[str]) -> Event:
        """The same event with all who could notice it; only before anybody has been told of it."""
        known = replace(event, witnesses=self._in_order(names))
        self.events[_place(event)] = known
        return known

    def _in_order(self, names: Collection[str]) -> tuple[str, ...]:
        """Those of `names` who take part, in the order of `people`. Few among many cost what they are, not the many."""
        if not self._ranks:
            self._ranks = {name: rank for rank, name in enumerate(self.people)}
        ranks = self._ranks
        return tuple(sorted({name for name in names if name in ranks}, key=ranks.__getitem__))

    def tell(
        self, event: Event, to: Iterable[str], how: ObservationHow, text: str, *, speaker: str | None = None, **optional: Any
    ) -> None:
        """Give each of `to` an observation of the event."""
        actor, action = noticed_deed(how, event.kind, event.actor, event.action)
        for name in to:
            observation = Observation(
                id=f"{self.step}/observation/{len(self.observations)}",
                event_id=event.id,
                to=name,
                time=self.time,
                how=how,
                text=text,
                speaker=speaker,
                actor=actor,
                action=action,
                **optional,
            )
            self.observations.append(observation)
            known = self._noticed.get(name)
            if known is None:
                self._noticed[name] = [observation]
            else:
                known.append(observation)

    def noticed_by(self, name: str) -> Sequence[Observation]:
        """The observations of one agent, in order."""
        return self._noticed.get(name, ())


def _place(event: Event) -> int:
    """Where in the step an event stands."""
    return int(event.id.rpartition("/")[2])
