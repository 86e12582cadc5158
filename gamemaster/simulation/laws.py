"""laws_of: what checks the laws and invariants of a world in states that a run has on record.

Laws live in code, so this takes the world of a simulation that the caller built; nothing that an archive holds is run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from gamemaster.record.json_text import from_json, to_json
from gamemaster.record.step_record import State
from gamemaster.words import ArchiveDamaged, DefinitionError, JsonValue

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["laws_of"]


def laws_of(simulation: Simulation) -> Callable[[int, State], str | None] | None:
    """Why a recorded state of the world can't be, None when every law and invariant holds in it; for `record.examine`.

    Gives None for a simulation without a world. The simulation's own world takes up each state that is checked, so
    build it for this.
    """
    world = simulation.world
    if world is None:
        return None

    def check(step: int, held: State) -> str | None:
        version, state = held
        if version != world.version:
            return f"the state has version {version}, this code's {type(world).__name__} has version {world.version}"
        try:
            world.restore(_fresh(state))
        except DefinitionError as error:
            return str(error)
        except Exception as error:  # the world's own code, at a state that it never made
            return f"{type(world).__name__} raises {type(error).__name__}: {error}"
        return None

    return check


def _fresh(state: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """A copy that shares nothing."""
    copy = from_json(to_json(state), "the state of world")
    if not isinstance(copy, dict):
        raise ArchiveDamaged("The state of the world is no object.")
    return copy  # pyright: ignore[reportUnknownVariableType]
