"""Schedule: who is asked what in the next step; and the built-in ones that need no scenes."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import TYPE_CHECKING

from gamemaster.schedule.asked import Order, check_order, chosen, in_order, those_present
from gamemaster.words import ActionSpec, Ask, JsonValue

if TYPE_CHECKING:
    from gamemaster.game_master import Chronicle
    from gamemaster.simulation import Simulation

__all__ = ["GameMasterChooses", "RoundRobin", "Schedule", "Simultaneous"]


class Schedule:
    """Says who is asked what in the next step. Override `next`; where there is an end, `is_over` says when it has come.

    Who isn't present (`simulation.present`) is not asked. What it needs to go on after a stop belongs in `state()`. It may
    set `ends_round` for the step at hand, after which the world's `end_of_round` runs; `announce` is told to those named
    before anybody is asked; and it moves the clock with `simulation.clock.set(...)`, else every step takes the
    simulation's `step`.
    """

    version = 1
    ends_round: bool = False
    announce: Sequence[tuple[str, Sequence[str]]] = ()
    scene_name: str = ""
    place: str | None = None
    keeps_time: bool = False
    """Whether the schedule moves the clock itself."""

    def next(self, simulation: Simulation) -> list[Ask] | Awaitable[list[Ask]]:
        """The asks of the next step, none when nobody is asked in it; where a model has to be asked, a coroutine."""
        raise NotImplementedError(f"{type(self).__name__} is a schedule without `next`; define it.")

    def is_over(self, simulation: Simulation) -> bool:
        """Whether it has nothing more to ask; looked at after each step, before the next begins."""
        return False

    async def announcements(self, simulation: Simulation) -> Sequence[tuple[str, Sequence[str]]]:
        """What is told to whom before anybody is asked; by default what `announce` says. A model may be asked here."""
        return self.announce

    def after_step(self, simulation: Simulation) -> bool | Awaitable[bool]:
        """Told when everybody has acted; whether a round of the world ends with that, beyond what `ends_round` said.

        A coroutine may be returned where a model has to be asked.
        """
        return False

    def noticed(self, simulation: Simulation, chronicle: Chronicle) -> None:
        """Told, before the step is committed, what happened in it and who noticed what."""

    def state(self) -> dict[str, JsonValue]:
        """Where it stands, as JSON values."""
        return {}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""


class Simultaneous(Schedule):
    """Everybody who is present is asked `spec` in every step, all at the same time. A step is a round.

    All act on the world as it stood when the step began; where two want what only one can have, whoever comes first in the
    `order` gets it: "asked" is the order of the names, and the same in every step; "random" is drawn anew for each step.
    """

    ends_round = True

    def __init__(self, spec: ActionSpec | None = None, *, agents: Sequence[str] | None = None, order: Order = "asked") -> None:
        self.spec = spec if spec is not None else ActionSpec.free()
        self.agents = chosen(agents, "Simultaneous")
        self.order: Order = check_order(order, "Simultaneous")

    def next(self, simulation: Simulation) -> list[Ask]:
        """One ask for each agent."""
        names = those_present(self.agents or simulation.names, simulation)
        return [Ask(name, self.spec) for name in in_order(names, self.order, simulation)]


class RoundRobin(Schedule):
    """One agent a step, in order, over and over; who isn't present is passed over. Once around is a round."""

    def __init__(self, spec: ActionSpec | None = None, *, agents: Sequence[str] | None = None) -> None:
        self.spec = spec if spec is not None else ActionSpec.free()
        self.agents = chosen(agents, "RoundRobin")
        self.position = 0

    def next(self, simulation: Simulation) -> list[Ask]:
        """One ask, of the next agent; none when nobody is present."""
        self.ends_round = False
        at = self._next_from(self.position, simulation)
        if at is None:
            at = self._next_from(0, simulation)
        if at is None:
            return []
        names = self.agents or simulation.names
        self.position = (at + 1) % len(names)
        self.ends_round = self.position == 0
        return [Ask(names[at], self.spec)]

    def after_step(self, simulation: Simulation) -> bool:
        """Whether the round ends since all who were still to be asked in it have left."""
        if self.position == 0 or self._next_from(self.position, simulation) is not None:
            return False
        self.position = 0
        return True

    def _next_from(self, start: int, simulation: Simulation) -> int | None:
        """The place of the next who is present, from this place to the end."""
        names = self.agents or simulation.names
        here = those_present(names, simulation)
        if here is names:
            return start if start < len(names) else None
        return next((at for at in range(start, len(names)) if names[at] in here), None)

    def state(self) -> dict[str, JsonValue]:
        """Whose turn is next."""
        return {"position": self.position}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        position = state["position"]
        assert isinstance(position, int)
        self.position = position


class GameMasterChooses(Schedule):
    """One agent a step: the one whom the game master chooses of those present, having been told who acted last."""

    def __init__(self, spec: ActionSpec | None = None, *, question: str = "", agents: Sequence[str] | None = None) -> None:
        self.spec = spec if spec is not None else ActionSpec.free()
        self.question = question
        self.agents = chosen(agents, "GameMasterChooses")
        self._last: list[str] = []

    async def next(self, simulation: Simulation) -> list[Ask]:
        """One ask, of the agent chosen."""
        names = list(those_present(self.agents or simulation.names, simulation))
        if not names:
            return []
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
