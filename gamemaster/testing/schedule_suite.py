"""ScheduleSuite: the rules of a schedule.

The one idea: a real simulation runs by it, of agents that answer at random, and its asks are noted before the engine looks
at them. A run that was stopped and went on is compared with one that was not; and all of it once more where people come
and go.
"""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast

from gamemaster.agent import Agent, RandomActor
from gamemaster.language import LanguageModel
from gamemaster.schedule import Schedule
from gamemaster.simulation import Simulation
from gamemaster.testing.conformance import does_not_apply, expect, rule
from gamemaster.testing.global_randomness import unmoved_by_global_randomness
from gamemaster.testing.hash_embedder import HashEmbedder
from gamemaster.testing.scripted_model import ScriptedModel
from gamemaster.testing.stateful_suite import StatefulSuite, as_json
from gamemaster.words import Ask, Event
from gamemaster.world import World

__all__ = ["ScheduleSuite"]

_ENOUGH = 1_000_000


class ScheduleSuite(StatefulSuite[Schedule]):
    """The rules of `gamemaster.schedule.Schedule`, and those of its state; define `make`.

    The simulation has agents of these `names`, and the `world` and `model` that are given: override what the schedule
    needs otherwise. `steps` is how many steps are looked at; `moves` of them come before a stop. Where `world` is left as it
    is, the rules about who takes part put one in its place in which people come and go.
    """

    names: ClassVar[Sequence[str]] = ("Ann", "Bob", "Cyn", "Dan")
    steps: ClassVar[int] = 10
    moves = 5

    def world(self) -> World | None:
        """A new world, None for a story without one."""
        return None

    def model(self) -> LanguageModel:
        """The model that answers for the game master."""
        return ScriptedModel()

    def simulation(self, schedule: Schedule) -> Simulation:
        """A new simulation that runs by `schedule`."""
        agents = [Agent(name, actor=RandomActor()) for name in self.names]
        return Simulation(agents, self.world(), schedule=schedule, model=self.model(), embedder=HashEmbedder(), seed=5)

    def advance(self, part: Schedule, move: int) -> None:
        """One step of the schedule's simulation."""
        runs: dict[Schedule, _Noted] = self.__dict__.setdefault("_runs", {})
        if part not in runs:
            runs[part] = _Noted(self.simulation(part))
        runs[part].step()

    @rule
    def test_asks_are_a_list(self) -> None:
        """`next` gives a list of `Ask`, empty when there is nobody to be asked; or a coroutine that does."""
        for asks in self._asks():
            expect(isinstance(asks, list), f"{asks!r}")
            expect(all(isinstance(each, Ask) for each in asks), f"{asks!r}")

    @rule
    def test_agents_exist(self) -> None:
        """Everybody whom it asks is an agent of the simulation."""
        unknown = [name for asks in self._asks() for name in _agents(asks) if name not in self.names]
        expect(not unknown, f"{unknown[:1]} is asked; there are {', '.join(self.names)}")

    @rule
    def test_nobody_is_asked_twice(self) -> None:
        """In one step nobody is asked twice."""
        for step, asks in enumerate(self._asks(), 1):
            names = _agents(asks)
            expect(len(set(names)) == len(names), f"{names} are asked in step {step}")

    @rule
    def test_somebody_is_asked(self) -> None:
        """It asks somebody at all."""
        asked = [name for asks in self._asks() for name in _agents(asks)]
        expect(asked, f"nobody asked in {self.steps} steps")

    @rule
    def test_who_is_away_is_not_asked(self) -> None:
        """Nobody is asked who doesn't take part when the step begins, and the run doesn't end with that."""
        noted = _Noted(self._where_people_come_and_go(self.make()))
        while noted.steps < self.steps and noted.step():
            pass
        expect(not noted.away, f"{noted.away[:1]} is asked; `simulation.present` says who takes part")

    @rule
    def test_same_run_same_asks(self) -> None:
        """In two runs that are the same it asks the same."""
        one, other = self._asks(), self._asks()
        expect(one == other, f"{one}, then {other}")

    @rule
    def test_it_says_what_it_keeps(self) -> None:
        """What it tells the simulation beside the asks is of the right kind: round's end, announcements, scene and place."""
        noted = _Noted(self.simulation(self.make()))
        while noted.steps < self.steps and noted.step():
            part: Any = noted.schedule
            expect(isinstance(part.ends_round, bool), f"ends_round = {part.ends_round!r}")
            expect(isinstance(part.keeps_time, bool), f"keeps_time = {part.keeps_time!r}")
            expect(isinstance(part.scene_name, str), f"scene_name = {part.scene_name!r}")
            expect(part.place is None or isinstance(part.place, str), f"place = {part.place!r}")
            over: Any = part.is_over(noted.simulation)
            expect(isinstance(over, bool), f"is_over gives {over!r}")

    @rule
    def test_global_randomness_is_left_alone(self) -> None:
        """It neither reads nor moves the process's random streams; what is drawn is drawn by key from the run's seed."""
        unmoved_by_global_randomness(self._asks, "asking")

    @rule
    def test_it_goes_on_alike(self) -> None:
        """A new one that takes up its state in the middle of a run asks what the first would have asked."""
        self._goes_on_alike(self.simulation)
        if type(self.simulation(self.make()).world) is type(None):
            self._goes_on_alike(self._where_people_come_and_go)

    def _goes_on_alike(self, simulation: Callable[[Schedule], Simulation]) -> None:
        through, stopped = _Noted(simulation(self.make())), _Noted(simulation(self.make()))
        for _ in range(self.moves):
            through.step()
            stopped.step()
        if through.asks != stopped.asks:
            does_not_apply("Two runs differ without a stop; another rule is about that.")
        fresh = self.make()
        fresh.restore(json.loads(as_json(stopped.schedule.state())))
        stopped.become(fresh)
        for _ in range(self.moves):
            through.step()
            stopped.step()
        expect(through.asks == stopped.asks, f"{through.asks}; with a stop after {self.moves} steps {stopped.asks}")
        one, other = as_json(through.schedule.state()), as_json(fresh.state())
        expect(one == other, f"the state {one}; after a stop {other}")

    @rule
    def test_something_happens(self) -> None:
        """The steps show in its state, if it has one; without that the other rules say little of it."""
        if type(self.make()).state is Schedule.state:
            does_not_apply("The schedule has no state.")
        new = as_json(self.make().state())
        part = self.make()
        seen: set[str] = set()
        for move in range(self.moves):
            self.advance(part, move)
            seen.add(as_json(part.state()))
        expect(seen - {new}, f"no trace of {self.moves} steps")

    def _where_people_come_and_go(self, schedule: Schedule) -> Simulation:
        """A new simulation in whose world people come and go."""
        suite = copy.copy(self)
        suite.world = _Hall  # pyright: ignore[reportAttributeAccessIssue]
        simulation = suite.simulation(schedule)
        if type(self).world is not ScheduleSuite.world or not isinstance(simulation.world, _Hall):
            does_not_apply("The suite has a world of its own.")
        return simulation

    def _asks(self) -> list[Any]:
        noted = _Noted(self.simulation(self.make()))
        while noted.steps < self.steps and noted.step():
            pass
        return noted.asks


class _Hall(World):
    """Where in every step another third of the people is away."""

    steps: int = 0

    def present_people(self) -> Sequence[str]:
        """All but the third whose turn it is to be away."""
        return [name for at, name in enumerate(self.people) if (at + self.steps) % 3 != 2]

    def witnesses(self, event: Event) -> set[str]:
        """Everybody who is there."""
        return set(self.present_people())

    def end_of_step(self) -> None:
        """Others leave."""
        self.steps += 1


class _Noted:
    """A running simulation whose schedule's asks are noted as they come.

    The engine is handed those that it can use: what is wrong with the others is told by the rules, and once.
    """

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.asks: list[Any] = []
        self.away: list[str] = []
        self.steps = 0
        self.become(simulation.schedule)
        self._iterator = simulation.steps(_ENOUGH)

    def become(self, schedule: Schedule) -> None:
        """Go on by another schedule."""
        self.schedule = self.simulation.schedule = schedule
        given: Any = schedule.next

        async def noted(simulation: Simulation) -> list[Ask]:
            asks = given(simulation)
            if inspect.isawaitable(asks):
                asks = await asks
            self.asks.append(asks)
            here = simulation.present
            self.away += [name for name in _agents(asks) if name in simulation.names and name not in here]
            usable: dict[str, Ask] = {}
            for ask in _asks_in(asks):
                if ask.agent in simulation.names:
                    usable.setdefault(ask.agent, ask)
            return list(usable.values())

        self.schedule.next = noted

    def step(self) -> bool:
        """Whether there was another step, which is then done."""
        done = next(self._iterator, None) is not None
        self.steps += done
        return done


def _asks_in(given: object) -> list[Ask]:
    if not isinstance(given, Sequence):
        return []
    return [each for each in cast("Sequence[object]", given) if isinstance(each, Ask)]


def _agents(given: object) -> list[str]:
    return [ask.agent for ask in _asks_in(given)]
