"""Durations: how long what somebody did keeps them busy, as the world's actions say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gamemaster.words import DefinitionError, Event, user_code

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation
    from gamemaster.world import World
    from gamemaster.world.action import ActionDefinition

__all__ = ["Durations"]


class Durations:
    """What `takes` of the world's actions comes to, for those who did them in a step."""

    def __init__(self) -> None:
        self._world: World | None = None
        self._takes: dict[str, Any] = {}

    def of(self, simulation: Simulation, events: Sequence[Event]) -> dict[str, float]:
        """Seconds by actor; those of several actions of one step in sum. Who did nothing that says how long isn't there.

        Raises: DefinitionError for a duration that is no number of seconds, more than 0.
        """
        takes = self._known(simulation.world)
        seconds: dict[str, float] = {}
        for event in events if takes else ():
            if event.kind == "act" and event.action in takes:
                seconds[event.actor] = seconds.get(event.actor, 0.0) + self._seconds(event.action, event.actor)
        return seconds

    def _known(self, world: World | None) -> dict[str, Any]:
        if world is not self._world:
            self._world = world
            definitions: Mapping[str, ActionDefinition] = {} if world is None else world.definitions
            self._takes = {name: each.takes for name, each in definitions.items() if each.takes is not None}
        return self._takes

    def _seconds(self, action: str, actor: str) -> float:
        takes, world = self._takes[action], self._world
        if isinstance(takes, int | float):
            return float(takes)
        part: Any = world
        for name in action.split(".")[:-1]:
            part = getattr(part, name)
        with user_code(f"{type(world).__name__}.{action}, how long it takes {actor}"):
            seconds = float(getattr(part, takes)(actor) if isinstance(takes, str) else takes(part, actor))
        if not 0 < seconds < math.inf:
            raise DefinitionError(f"The action {action} takes {actor} {seconds} seconds; it must be a number, more than 0.")
        return seconds
