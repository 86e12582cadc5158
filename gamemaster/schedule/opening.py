"""Opening: what is told to whom as a scene begins.

The one idea: everything that has to be asked for it, of whomever, is asked at the same time; it is told in one order, what
went on meanwhile before the premise, each in the order of those who take part.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from gamemaster.language import together
from gamemaster.schedule.asked import those_present
from gamemaster.schedule.scene import Scene
from gamemaster.schedule.written import Summarised, Told, Written

if TYPE_CHECKING:
    from gamemaster.simulation import Simulation

__all__ = ["Opening", "told_as_it_begins"]

Announcement: TypeAlias = tuple[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Opening:
    """A scene that begins: the `number`-th of the run, `since` this simulated second after the one before."""

    scene: Scene
    number: int
    since: float


async def told_as_it_begins(openings: Sequence[Opening], simulation: Simulation) -> list[Announcement]:
    """What is told to whom, in order; nothing to those who aren't present."""
    parts = [each for opening in openings for each in _announcements(opening, simulation)]
    return [(text, names) for text, names in await together(parts) if text and names]


def _announcements(opening: Opening, simulation: Simulation) -> list[Coroutine[Any, Any, Announcement]]:
    scene = opening.scene
    told = Told("", scene.who, scene.place, "", opening.since, scene.game_master)
    found: list[Coroutine[Any, Any, Announcement]] = []
    for what, given in (("meanwhile", scene.meanwhile), ("premise", scene.premise)):
        if isinstance(given, str):
            found.append(_plain(given, those_present(scene.who, simulation)))
            continue
        by_name = given if isinstance(given, Mapping) else dict.fromkeys(scene.who, given)
        for name in those_present(tuple(by_name), simulation):
            each = by_name[name]
            named = replace(told, person=name, what=f"{opening.number}/{what}/{name}")
            found.append(_plain(each, (name,)) if isinstance(each, str) else _asked(each, named, simulation))
    return found


async def _plain(text: str, names: Sequence[str]) -> Announcement:
    return text, names


async def _asked(part: Written | Summarised, told: Told, simulation: Simulation) -> Announcement:
    return await part.text(told, simulation), (told.person,)
