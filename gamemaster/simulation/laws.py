"""laws_of: what checks the laws and invariants of a world in states that a run has on record.

Laws live in code, so this takes the world of a simulation that the caller built; nothing that an archive holds is run.
What a law says of one state is checked in each. What `conserved` says of an action also holds of all actions between two
states, unless some may change the sum; other laws of actions can't be checked without the actions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from gamemaster.record.json_text import from_json, to_json
from gamemaster.record.step_record import State
from gamemaster.words import ArchiveDamaged, DefinitionError, JsonValue
from gamemaster.world import Change, World, conserved
from gamemaster.world.world_class import WorldClass

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["laws_of"]

_CONSERVED = type(conserved("any"))


def laws_of(simulation: Simulation) -> Callable[[int, State], str | None] | None:
    """Why a recorded state of the world can't be, None when every law and invariant holds in it; for `record.examine`.

    Gives None for a simulation without a world. The simulation's own world takes up each state that is checked, so
    build it for this; and hand the states over in their order.
    """
    return None if simulation.world is None else _Laws(simulation.world)


class _Laws:
    def __init__(self, world: World) -> None:
        self._world = world
        self._former: tuple[int, dict[str, Any]] | None = None

    def __call__(self, step: int, held: State) -> str | None:
        world, (version, state) = self._world, held
        if version != world.version:
            return f"the state has version {version}, this code's {type(world).__name__} has version {world.version}"
        copy = _fresh(state)
        try:
            world.restore(copy)
        except DefinitionError as error:
            return str(error)
        except Exception as error:  # the world's own code, at a state that it never made
            return f"{type(world).__name__} raises {type(error).__name__}: {error}"
        former, self._former = self._former, (step, world.state()["fields"])
        return None if former is None else self._since(*former, self._former[1])

    def _since(self, step: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
        changes = [Change("replace", (name,), old[name], new[name]) for name in new if old[name] != new[name]]
        for path, part in WorldClass.of(type(self._world)).all_worlds():
            for law in part.laws:
                if type(law) is _CONSERVED and not cast("Any", law).unless:
                    watch = law.watch(path)
                    if (problem := watch.check(changes, "")) is not None:
                        return f"{watch.name}, since step {step}: {problem}"
        return None


def _fresh(state: Mapping[str, JsonValue]) -> dict[str, Any]:
    """A copy that shares nothing."""
    copy: object = from_json(to_json(state), "the state of world")
    if type(copy) is not dict:
        raise ArchiveDamaged("The state of the world is no object.")
    return cast("dict[str, Any]", copy)
