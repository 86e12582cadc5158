"""Schedule: who is asked what in the next step; and the built-in ones that need no scenes."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from gamemaster.words import ActionSpec, Ask, DefinitionError, JsonValue

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["ByTime", "GameMasterChooses", "RoundRobin", "Schedule", "Simultaneous"]


def chosen(agents: Sequence[str] | None, schedule: str) -> tuple[str, ...] | None:
    """The names of those who are asked, None for everybody. Raises: DefinitionError for none, or a bare text."""
    if isinstance(agents, str):
        raise DefinitionError(f"{schedule}(agents={agents!r}); give a list of names.")
    if agents is not None and not agents:
        raise DefinitionError(f"{schedule}(agents=[]); name at least one, or leave it out for everybody.")
    return None if agents is None else tuple(agents)


class Schedule:
    """Says who is asked what in the next step. Override `next`; no asks mean that the run has come to its end.

    What it needs to go on after a stop belongs in `state()`. It may set `ends_round` for the step at hand, after which
    the world's `end_of_round` runs; `announce` is told to those named before anybody is asked; and it moves the clock
    with `simulation.clock.set(...)`, else every step takes the simulation's `step`.
    """

    version = 1
    ends_round: bool = False
    announce: Sequence[tuple[str, Sequence[str]]] = ()
    scene_name: str = ""
    place: str | None = None
    keeps_time: bool = False
    """Whether the schedule moves the clock itself."""

    def next(self, simulation: Simulation) -> list[Ask] | Awaitable[list[Ask]]:
        """The asks of the next step; a coroutine may be returned where the game master has to be asked."""
        raise NotImplementedError(f"{type(self).__name__} is a schedule without `next`; define it.")

    def is_over(self, simulation: Simulation) -> bool:
        """Whether it has nothing more to ask; looked at after each step, before the next begins."""
        return False

    def after_step(self, simulation: Simulation) -> bool:
        """Told when everybody has acted; whether a round of the world ends with that, beyond what `ends_round` said."""
        return False

    def state(self) -> dict[str, JsonValue]:
        """Where it stands, as JSON values."""
        return {}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""


class Simultaneous(Schedule):
    """Everybody is asked `spec` in every step, all at the same time. A step is a round."""

    ends_round = True

    def __init__(self, spec: ActionSpec | None = None, *, agents: Sequence[str] | None = None) -> None:
        self.spec = spec if spec is not None else ActionSpec.free()
        self.agents = chosen(agents, "Simultaneous")

    def next(self, simulation: Simulation) -> list[Ask]:
        """One ask for each agent."""
        return [Ask(name, self.spec) for name in (self.agents or simulation.names)]


class RoundRobin(Schedule):
    """One agent a step, in order, over and over. Once around is a round."""

    def __init__(self, spec: ActionSpec | None = None, *, agents: Sequence[str] | None = None) -> None:
        self.spec = spec if spec is not None else ActionSpec.free()
        self.agents = chosen(agents, "RoundRobin")
        self.position = 0

    def next(self, simulation: Simulation) -> list[Ask]:
        """One ask, of the next agent."""
        names = self.agents or simulation.names
        name = names[self.position % len(names)]
        self.position = (self.position + 1) % len(names)
        self.ends_round = self.position == 0
        return [Ask(name, self.spec)]

    def state(self) -> dict[str, JsonValue]:
        """Whose turn is next."""
        return {"position": self.position}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        position = state["position"]
        assert isinstance(position, int)
        self.position = position


class GameMasterChooses(Schedule):
    """One agent a step: the one whom the game master chooses, having been told who acted last."""

    def __init__(self, spec: ActionSpec | None = None, *, question: str = "", agents: Sequence[str] | None = None) -> None:
        self.spec = spec if spec is not None else ActionSpec.free()
        self.question = question
        self.agents = chosen(agents, "GameMasterChooses")
        self._last: list[str] = []

    async def next(self, simulation: Simulation) -> list[Ask]:
        """One ask, of the agent chosen."""
        names = list(self.agents or simulation.names)
        texts = simulation.texts
        said = texts.text("game_master", "acted_last", names=", ".join(self._last)) if self._last else ""
        said = said or texts.text("game_master", "nobody_acted")
        question = self.question or texts.text("game_master", "who_is_next")
        waiting = [name for name in names if name not in self._last]
        unsure = names.index(waiting[0] if waiting else next(name for name in self._last if name in names))
        chosen = await simulation.ask_game_master(f"{said}\n{question}", names, unsure=unsure, what="who is next")
        name = names[chosen]
        self._last = [*(each for each in self._last if each != name), name]
        return [Ask(name, self.spec)]

    def state(self) -> dict[str, JsonValue]:
        """Who acted, the last one at the end."""
        return {"last": list(self._last)}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        last = state["last"]
        assert isinstance(last, list)
        self._last = [str(name) for name in last]


class ByTime(Schedule):
    """Whoever is due acts: the clock moves to the earliest time at which somebody is, and all who are due are asked.

    An agent is due again `every` simulated seconds after it acted, or when the world's method `busy_until(name)` says
    so, if the world has one and that is later. Who isn't due isn't asked and costs nothing.
    """

    keeps_time = True

    def __init__(
        self, spec: ActionSpec | None = None, *, every: float = 600, agents: Sequence[str] | None = None, end: float | None = None
    ) -> None:
        if not 0 < every < math.inf:
            raise DefinitionError(f"ByTime(every={every}): every must be a number of seconds, more than 0.")
        self.spec = spec if spec is not None else ActionSpec.free()
        self.every = every
        self.agents = chosen(agents, "ByTime")
        self.end = end
        self._due: dict[str, float] = {}

    def _due_at(self, simulation: Simulation) -> tuple[float, dict[str, float]]:
        busy = getattr(simulation.world, "busy_until", None)
        due: dict[str, float] = {}
        for name in self.agents or simulation.names:
            at = self._due.get(name, simulation.clock.time)
            due[name] = at if busy is None or name not in self._due else max(at, busy(name))
        return min(due.values()), due

    def is_over(self, simulation: Simulation) -> bool:
        """Whether the next time would be at or after `end`."""
        return self.end is not None and self._due_at(simulation)[0] >= self.end

    def next(self, simulation: Simulation) -> list[Ask]:
        """Asks for all who are due at the earliest time."""
        now, due = self._due_at(simulation)
        simulation.clock.set(now)
        asks: list[Ask] = []
        for name, at in due.items():
            self._due[name] = now + self.every if at <= now else at
            if at <= now:
                asks.append(Ask(name, self.spec))
        return asks

    def state(self) -> dict[str, JsonValue]:
        """When each agent is due."""
        return {"due": dict(self._due)}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        due = state["due"]
        assert isinstance(due, dict)
        self._due = {name: float(str(at)) for name, at in due.items()}
