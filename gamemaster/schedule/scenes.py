"""Scenes: a schedule made of scenes, from a list, from a function that says which comes next, or from the game master's model."""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from gamemaster.schedule.asked import in_order, those_present
from gamemaster.schedule.ending import Ending, Talk
from gamemaster.schedule.generated_scenes import GeneratedScenes
from gamemaster.schedule.opening import Opening, told_as_it_begins
from gamemaster.schedule.past_scenes import PastScenes
from gamemaster.schedule.scene import Past, Scene
from gamemaster.schedule.schedule import Schedule
from gamemaster.words import Ask, DefinitionError, JsonValue, UnknownName, draws, user_code

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation
    from gamemaster.world import World

__all__ = ["NextScene", "Scenes"]

NextScene: TypeAlias = Callable[[Any, Sequence[Past]], Scene | None] | GeneratedScenes
"""From the world (None without one) and the scenes past to the next scene, or None to end; or what asks the model for it."""

_MOST_EMPTY = 1000
"""How many scenes in a row may have nobody to ask."""


class Scenes(Schedule):
    """Plays scenes one after the other.

    A function is given the world as it stands and the scenes past, and returns the next scene, or None to end. It must
    follow from these two alone: after a stop it is asked again for the scene at hand, with the world as it stood
    when that scene began. Of `GeneratedScenes` the scene at hand is part of the state.
    """

    def __init__(self, scenes: Sequence[Scene] | NextScene) -> None:
        self._scenes: Sequence[Scene] | NextScene = scenes
        if not callable(scenes) and not isinstance(scenes, GeneratedScenes) and not scenes:
            raise DefinitionError("The simulation is given no scenes; give at least one, or a schedule.")
        self._past = PastScenes()
        self._scene: Scene | None = None
        self._plan: dict[str, JsonValue] | None = None
        self._is_told_out = False
        """Whether the game master's model has said that there is no further scene."""
        self._began = 0
        self._round = 0
        self._queue: list[str] = []
        self._silent = 0
        self._spoke = False
        self._restored = False
        self._looked = False
        self._round_over = False
        self._openings: list[Opening] = []

    @property
    def past(self) -> Sequence[Past]:
        """The scenes that have ended, oldest first."""
        return self._past.all()

    # --- which scene ---

    def _find(self, world: World | None) -> Scene | None:
        if isinstance(self._scenes, GeneratedScenes):
            return None if self._plan is None else self._scenes.scene(self._plan, len(self._past) + 1)
        if callable(self._scenes):
            with user_code("the function that gives the next scene"):
                return self._scenes(world, self.past)
        return self._scenes[len(self._past)] if len(self._past) < len(self._scenes) else None

    def _enter(self, simulation: Simulation) -> None:
        """Have a scene at hand, if there is one left."""
        if self._restored:
            is_generated = isinstance(self._scenes, GeneratedScenes)
            self._scene = self._find(None if is_generated else simulation.world_before(self._began))
            self._restored = False
        if self._scene is None and not self._looked:
            self._scene = self._find(simulation.world)
            self._looked = True
            if self._scene is not None:
                _check(self._scene, simulation)

    async def _generate(self, simulation: Simulation) -> None:
        """Have the model say which scene is next, where it is the one to say so."""
        self._enter(simulation)
        if isinstance(self._scenes, GeneratedScenes) and self._scene is None and not self._is_told_out:
            self._plan = await self._scenes.plan(simulation, self.past)
            self._is_told_out = self._plan is None
            self._looked = False
            self._enter(simulation)

    def is_over(self, simulation: Simulation) -> bool:
        """Whether no scene is left. What the model has still to be asked for isn't known to be none."""
        self._enter(simulation)
        if isinstance(self._scenes, GeneratedScenes) and self._scene is None:
            return self._is_told_out or len(self._past) >= self._scenes.most
        return self._scene is None

    # --- a step ---

    async def next(self, simulation: Simulation) -> list[Ask]:
        """The asks of the next step of the scene at hand, or of the next scene."""
        self.announce, self.ends_round, self._round_over, self._openings = (), False, False, []
        self.scene_name, self.place = "", None
        scene: Scene | None = None
        for _ in range(_MOST_EMPTY):
            await self._generate(simulation)
            scene = self._scene
            if scene is None:
                return []
            if self._round == 0 and not self._queue:
                self._begin(scene, simulation)
            if not self._queue:
                self._queue = await self._order(scene, simulation)
            if not self._queue:
                self._end(scene)
                continue
            self.scene_name, self.place = scene.name, scene.place
            asks = self._asks(scene, simulation)
            if not self._queue:
                self.ends_round = self._end_round(scene) or self.ends_round
            if asks:
                return asks
        raise DefinitionError(f"A thousand scenes in a row had nobody to ask; the last is {scene.name if scene else ''!r}.")

    def _begin(self, scene: Scene, simulation: Simulation) -> None:
        self._began, self._silent, self._spoke = simulation.step, 0, False
        self._openings.append(Opening(scene, len(self._past), simulation.clock.time))
        if scene.at is not None:
            simulation.clock.set(scene.at)

    async def announcements(self, simulation: Simulation) -> Sequence[tuple[str, Sequence[str]]]:
        """What is told to whom as the scenes that begin in this step begin."""
        return [*self.announce, *await told_as_it_begins(self._openings, simulation)] if self._openings else self.announce

    def _end_round(self, scene: Scene) -> bool:
        """Everybody has had their turn in the round; whether a round of the world ends with it."""
        self._round += 1
        self._round_over = True
        is_last = self._round >= scene.rounds
        if is_last:
            self._end(scene)
        return scene.ends_round == "each" or (scene.ends_round == "last" and is_last)

    def _end(self, scene: Scene) -> None:
        self._past.add(Past(scene.name, max(self._round, 1), self._began))
        self._scene, self._plan, self._round, self._queue, self._looked = None, None, 0, [], False

    async def _order(self, scene: Scene, simulation: Simulation) -> list[str]:
        names = list(scene.who)
        chance = draws(simulation.seed, "scene", scene.name, len(self._past), self._round)
        if scene.order == "random":
            chance.shuffle(names)
        here = list(those_present(names, simulation))
        if not here:
            return []
        if scene.order == "who wants to":
            names = await simulation.who_wants_to(here, f"{scene.name}/{self._round}")
            chance.shuffle(names)
            names = names[:1]
        return in_order(names, scene.applied, simulation) if scene.order == "simultaneous" else names

    def _asks(self, scene: Scene, simulation: Simulation) -> list[Ask]:
        here = list(those_present(self._queue, simulation))
        is_whole = scene.order == "simultaneous" or not here
        names = here if is_whole else here[:1]
        # Those before the one whose turn it is were not there when their turn came.
        self._queue = [] if is_whole else self._queue[self._queue.index(names[0]) + 1 :]
        hears = tuple(those_present(scene.hears if scene.hears is not None else scene.who, simulation))
        asks: list[Ask] = []
        for name in names:
            with user_code(f"ask for {name}, step {simulation.step}"):
                spec = scene.spec(simulation.world, name)
            if spec is not None:
                if scene.channel and spec.kind == "speech" and not spec.channel:
                    spec = replace(spec, channel=scene.channel)
                keeper = scene.game_master or ""
                asks.append(Ask(name, spec, hears=hears, place=scene.place, scene=scene.name, game_master=keeper))
        return asks

    # --- what came of it ---

    def after_step(self, simulation: Simulation) -> bool | Awaitable[bool]:
        """End the scene at hand when its `until` says so; whether that ends a round of the world that hadn't ended yet."""
        scene = self._scene
        if scene is None or self._restored:
            return False
        ends_round = self._shrink(scene, simulation)
        if self._scene is None:
            return ends_round
        untils = scene.untils()
        endings = [until for until in untils if isinstance(until, Ending)]
        if endings:
            self._listen(scene, simulation)
        for until in untils:
            if not isinstance(until, Ending):
                with user_code(f"until, step {simulation.step}"):
                    is_over = until(simulation.world)
                if is_over:
                    return self._cut_short(scene) or ends_round
        return self._ask_endings(scene, endings, simulation, ends_round) if endings and self._round_over else ends_round

    def _shrink(self, scene: Scene, simulation: Simulation) -> bool:
        """Nobody waits for those who have left; whether a round of the world ends since nobody is left to have a turn in it."""
        if not self._queue or those_present(self._queue, simulation):
            return False
        self._queue = []
        return self._end_round(scene)

    def _listen(self, scene: Scene, simulation: Simulation) -> None:
        """Take note of whether anybody said something in the round."""
        chronicle = None if simulation.engine is None else simulation.engine.chronicle
        events = () if chronicle is None else chronicle.events
        self._spoke = self._spoke or any(event.kind == "speech" and event.scene == scene.name for event in events)
        if self._round_over:
            self._silent, self._spoke = 0 if self._spoke else self._silent + 1, False

    def _cut_short(self, scene: Scene) -> bool:
        self._round = max(self._round, 1)
        self._end(scene)
        return scene.ends_round != "never" and not self.ends_round

    async def _ask_endings(self, scene: Scene, endings: Sequence[Ending], simulation: Simulation, ends_round: bool) -> bool:
        talk = Talk(
            scene=scene.name,
            who=scene.who,
            rounds=self._round,
            silent=self._silent,
            began=self._began,
            number=len(self._past),
            game_master=scene.game_master,
        )
        for ending in endings:
            with user_code(f"until, {type(ending).__name__}, step {simulation.step}"):
                is_over = await ending.is_over(talk, simulation)
            if is_over:
                return self._cut_short(scene) or ends_round
        return ends_round

    # --- state ---

    def state(self) -> dict[str, JsonValue]:
        """The scenes past, the one at hand, its round, and who is still to be asked in it."""
        state: dict[str, JsonValue] = {
            "past": self._past.state(),
            # A scene that was found and not begun is found anew; one that was taken up is still to be found.
            "playing": (self._scene is not None or self._restored) and (self._round > 0 or bool(self._queue)),
            "began": self._began,
            "round": self._round,
            "queue": list(self._queue),
        }
        if self._silent or self._spoke:
            state["silent"], state["spoke"] = self._silent, self._spoke
        if isinstance(self._scenes, GeneratedScenes):
            state["plan"], state["told out"] = copy.deepcopy(self._plan), self._is_told_out
        return state

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        queue, began, number, plan = state["queue"], state["began"], state["round"], state.get("plan")
        assert isinstance(queue, list) and isinstance(began, int) and isinstance(number, int)
        self._past.restore(state["past"])
        self._queue = [str(name) for name in queue]
        self._began, self._round, self._scene = began, number, None
        self._silent, self._spoke = int(str(state.get("silent", 0))), bool(state.get("spoke"))
        self._plan, self._is_told_out = copy.deepcopy(plan) if isinstance(plan, dict) else None, bool(state.get("told out"))
        self._restored = bool(state["playing"]) and (self._round > 0 or bool(self._queue))
        self._looked = False


def _check(scene: Scene, simulation: Simulation) -> None:
    """See that everybody whom the scene names is there."""
    masters = [each.name for each in simulation.game_masters]
    if scene.game_master is not None and scene.game_master not in masters:
        raise UnknownName.of("game master", scene.game_master, masters, hint=f"(in scene {scene.name!r})")
    for name in (*scene.who, *(scene.hears or ()), *scene.told()):
        if name not in simulation.names:
            raise UnknownName.of("agent", name, simulation.names, hint=f"(in scene {scene.name!r})")
