"""Interventions made again: those that somebody made between two steps, taken from the record.

The ones that a simulation is given stand in its code, and are made by it. What was made by hand, with `intervene`, or told a
fork at its beginning, is known from the events alone: what was told to whom, and how the world changed.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, MutableSequence, Sequence
from typing import TYPE_CHECKING, Any, cast

from gamemaster.record import Archive
from gamemaster.simulation.intervention import Intervention
from gamemaster.words import ArchiveError, Event

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation
    from gamemaster.world import World

__all__ = ["change_as_recorded", "recorded_interventions"]


def recorded_interventions(archive: Archive, step: int, simulation: Simulation) -> list[Intervention]:
    """The interventions that were made by hand before a step, in their order."""
    made = [event for event in archive.events(step=step) if event.kind == "intervention"]
    told = sum(len(phase.told) for phase in archive.phases if phase.step == step)
    own = sum(isinstance(each.at, int) and each.at == step for each in simulation.interventions)
    if any(not isinstance(each.at, int) for each in simulation.interventions):
        # Whether one whose `at` is a function is due can be asked once only; with those, nothing is taken for made by hand.
        return []
    return [_again(archive, event) for event in made[own : len(made) - told]]


def _again(archive: Archive, event: Event) -> Intervention:
    private = [
        (each.to, each.text)
        for each in archive.observations(step=event.step)
        if each.event_id == event.id and each.how == "was_told"
    ]
    change = change_as_recorded(event.change or [], private) if event.change or private else None
    return Intervention(at=event.step, change=change, text=event.text, to=event.witnesses)


def change_as_recorded(patch: Sequence[Any], private: Sequence[tuple[str, str]]) -> Callable[[World], None]:
    """What changes a world as a JSON Patch of its fields says, and tells people in private what they were told."""

    def change(world: World) -> None:
        for operation in patch:
            _apply(world, operation)
        for name, text in private:
            world.tell(name, text)

    return change


def _apply(world: World, operation: Any) -> None:
    *path, last = [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    target: Any = world
    for part in path:
        target = _inside(target, part)
    kind = operation["op"]
    if isinstance(target, MutableMapping):
        fields = cast("MutableMapping[str, Any]", target)
        if kind == "remove":
            del fields[last]
        else:
            fields[last] = operation["value"]
    elif isinstance(target, MutableSequence):
        items = cast("MutableSequence[Any]", target)
        if kind == "remove":
            del items[int(last)]
        elif kind == "add":
            items.insert(len(items) if last == "-" else int(last), operation["value"])
        else:
            items[int(last)] = operation["value"]
    elif kind == "replace":
        setattr(target, last, operation["value"])
    else:
        raise ArchiveError(f"The recorded change {operation} can't be made again.")


def _inside(target: Any, part: str) -> Any:
    if isinstance(target, MutableMapping):
        return cast("MutableMapping[str, Any]", target)[part]
    if isinstance(target, MutableSequence):
        return cast("MutableSequence[Any]", target)[int(part)]
    return getattr(target, part)
