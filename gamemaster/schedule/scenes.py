"""Scenes: a schedule made of scenes, from a list or from a function that says which comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from gamemaster.schedule.scene import Past, Scene
from gamemaster.schedule.schedule import Schedule
from gamemaster.words import Ask, DefinitionError, JsonValue, UnknownName, draws, user_code

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation
    from gamemaster.world import World

__all__ = ["NextScene", "Scenes"]

NextScene: TypeAlias = Callable[[Any, Sequence[Past]], Scene | None]
"""From the world (None without one) and the scenes past to the next scene, or None to end."""


_CHUNK = 64
"""How many scenes past make a chunk of the state."""


class Scenes(Schedule):
    """Plays scenes one after the other.

    A function is given the world as it stands and the scenes past, and returns the next scene, or None to end. It must
    follow from these two alone: after a stop it is asked again for the scene at hand, with the world as it stood
    when that scene began.
    """

    def __init__(self, scenes: Sequence[Scene] | NextScene) -> None:
        if not callable(scenes) and not scenes:
            raise DefinitionError("The simulation is given no scenes; give at least one, or a schedule.")
        self._scenes = scenes
        self._past: list[Past] = []
        self._chunks: list[str] = []
        self._scene: Scene | None = None
        self._began = 0
        self._round = 0
        self._queue: list[str] = []
        self._restored = False
        self._looked = False

    @property
    def past(self) -> Sequence[Past]:
        """The scenes that have ended, oldest first."""
        return tuple(self._past)

    def _find(self, world: World | None) -> Scene | None:
        if callable(self._scenes):
            with user_code("the function that gives the next scene"):
                return self._scenes(world, tuple(self._past))
        return self._scenes[len(self._past)] if len(self._past) < len(self._scenes) else None

    def _enter(self, simulation: Simulation) -> None:
        """Have a scene at hand, if there is one left."""
        if self._restored:
            self._scene = self._find(simulation.world_before(self._began))
            self._restored = False
        if self._scene is None and not self._looked:
            self._scene = self._find(simulation.world)
            self._looked = True
            if self._scene is not None:
                keeper = self._scene.game_master
                if keeper is not None and keeper != simulation.game_master.name:
                    raise UnknownName.of(
                        "game master", keeper, [simulation.game_master.name], hint=f"(in scene {self._scene.name!r})"
                    )
                told = () if isinstance(self._scene.premise, str) else self._scene.premise
                for name in (*self._scene.who, *(self._scene.hears or ()), *told):
                    if name not in simulation.names:
                        raise UnknownName.of("agent", name, simulation.names, hint=f"(in scene {self._scene.name!r})")

    def is_over(self, simulation: Simulation) -> bool:
        """Whether no scene is left."""
        self._enter(simulation)
        return self._scene is None

    async def next(self, simulation: Simulation) -> list[Ask]:
        """The asks of the next step of the scene at hand, or of the next scene."""
        self.announce, self.ends_round = (), False
        scene: Scene | None = None
        for _ in range(1000):
            self._enter(simulation)
            scene = self._scene
            if scene is None:
                return []
            if self._round == 0 and not self._queue:
                self._began = simulation.step
                self.announce = [*self.announce, *scene.premises()]
                if scene.at is not None:
                    simulation.clock.set(scene.at)
            if not self._queue:
                self._queue = await self._order(scene, simulation)
            if not self._queue:
                self._end(scene)
                continue
            self.scene_name, self.place = scene.name, scene.place
            asks = self._asks(scene, simulation)
            if not self._queue:
                self._round += 1
                is_last = self._round >= scene.rounds
                self.ends_round = scene.ends_round == "each" or (scene.ends_round == "last" and is_last)
                if is_last:
                    self._end(scene)
            if asks:
                return asks
        raise DefinitionError(f"A thousand scenes in a row had nobody to ask; the last is {scene.name if scene else ''!r}.")

    def _end(self, scene: Scene) -> None:
        self._past.append(Past(scene.name, max(self._round, 1), self._began))
        self._scene, self._round, self._queue, self._looked = None, 0, [], False

    def after_step(self, simulation: Simulation) -> bool:
        """End the scene at hand when its `until` says so; whether that cuts short a round that ends a round of the world."""
        scene = self._scene
        if scene is None or scene.until is None or self._restored:
            return False
        with user_code(f"until, step {simulation.step}"):
            if not scene.until(simulation.world):
                return False
        self._round = max(self._round, 1)
        self._end(scene)
        return scene.ends_round != "never" and not self.ends_round

    async def _order(self, scene: Scene, simulation: Simulation) -> list[str]:
        names = list(scene.who)
        chance = draws(simulation.seed, "scene", scene.name, len(self._past), self._round)
        if scene.order == "random":
            chance.shuffle(names)
        elif scene.order == "who wants to":
            names = await simulation.who_wants_to(names, f"{scene.name}/{self._round}")
            chance.shuffle(names)
            names = names[:1]
        return names

    def _asks(self, scene: Scene, simulation: Simulation) -> list[Ask]:
        if scene.order == "simultaneous":
            names, self._queue = self._queue, []
        else:
            names, self._queue = self._queue[:1], self._queue[1:]
        hears = tuple(scene.hears if scene.hears is not None else scene.who)
        asks: list[Ask] = []
        for name in names:
            with user_code(f"ask for {name}, step {simulation.step}"):
                spec = scene.spec(simulation.world, name)
            if spec is not None:
                asks.append(Ask(name, spec, hears=hears, place=scene.place, scene=scene.name))
        return asks

    def state(self) -> dict[str, JsonValue]:
        """The scenes past, the one at hand, its round, and who is still to be asked in it."""
        return {
            "past": self._written(),
            # A scene that was found and not begun is found anew; one that was taken up is still to be found.
            "playing": (self._scene is not None or self._restored) and (self._round > 0 or bool(self._queue)),
            "began": self._began,
            "round": self._round,
            "queue": list(self._queue),
        }

    def _written(self) -> list[JsonValue]:
        """The scenes past, a line each, in chunks that are made once: a run of many scenes writes its state at every step."""
        while len(self._past) >= (len(self._chunks) + 1) * _CHUNK:
            start = len(self._chunks) * _CHUNK
            self._chunks.append(_lines(self._past[start : start + _CHUNK]))
        rest = _lines(self._past[len(self._chunks) * _CHUNK :])
        return [*self._chunks, *([rest] if rest else [])]

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        past, queue, began, number = state["past"], state["queue"], state["began"], state["round"]
        assert isinstance(past, list) and isinstance(queue, list) and isinstance(began, int) and isinstance(number, int)
        self._past = [scene for each in past for scene in _read(each)]
        self._chunks.clear()
        self._queue = [str(name) for name in queue]
        self._began, self._round, self._scene = began, number, None
        self._restored = bool(state["playing"]) and (self._round > 0 or bool(self._queue))
        self._looked = False


def _lines(past: Sequence[Past]) -> str:
    return "\n".join([f"{each.began}\t{each.rounds}\t{each.name}" for each in past])


def _read(chunk: JsonValue) -> list[Past]:
    if isinstance(chunk, list):  # of a scene, as the first version wrote it
        return [Past(str(chunk[0]), int(str(chunk[1])), int(str(chunk[2])))]
    rows = [line.split("\t", 2) for line in str(chunk).split("\n")]
    return [Past(name, int(rounds), int(began)) for began, rounds, name in rows]
