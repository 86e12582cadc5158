"""Part: a world made to be put into others, and of others.

The one idea: parts find one another. A lock of `Places` asks whoever keeps things in the same world who has the key, `Presence`
tells all of them when somebody leaves; nobody has to tie them together. And what a person sees of a world that is made of parts
is what its parts show. A part that stands alone, with none beside it, works as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar, runtime_checkable

from gamemaster.world.world import World

__all__ = ["AttendanceKeeper", "Part", "RoleKeeper", "ThingKeeper", "beside"]

Kind = TypeVar("Kind")


@runtime_checkable
class ThingKeeper(Protocol):
    """A part that knows who has what."""

    def has(self, holder: str, what: str, count: int = 1) -> bool:
        """Whether somebody, or some place or container, has this; `count` of it."""
        ...


@runtime_checkable
class RoleKeeper(Protocol):
    """A part that knows who has which role."""

    def has_role(self, name: str, role: str) -> bool:
        """Whether somebody has this role."""
        ...


@runtime_checkable
class AttendanceKeeper(Protocol):
    """A part that knows who takes part."""

    def is_present(self, name: str) -> bool:
        """Whether somebody takes part now."""
        ...


def beside(world: World, kind: type[Kind]) -> list[Kind]:
    """All worlds of this kind in the whole that `world` belongs to, itself included, outer ones first; it must be prepared."""
    engine = world._root_engine()  # pyright: ignore[reportPrivateUsage]
    return [each for each in engine.worlds.values() if isinstance(each, kind)]


class Part(World):
    """Subclass it for a part of your own, or for a world that shows what its parts show.

    `perceive` is by default what the worlds within it show, one after the other; `perceive_data` the same by their fields.
    """

    def perceive(self, name: str) -> str:
        """What this person sees of the parts, in their order."""
        return "\n".join([text for part in self._parts() if (text := part.perceive(name))])

    def perceive_data(self, name: str) -> dict[str, Any]:
        """The same as JSON values, by field; a part that never shows anything is left out."""
        found: dict[str, Any] = {}
        for field, part in vars(self).items():
            if isinstance(part, World):
                data = part.perceive_data(name)
                if data or type(part).perceive_data not in (World.perceive_data, Part.perceive_data):
                    found[field] = data
        return found

    def _beside(self, kind: type[Kind]) -> list[Kind]:
        return beside(self, kind)

    def _holds(self, name: str, thing: str) -> bool:
        """Whether any part says that somebody has this thing."""
        return any(each.has(name, thing) for each in self._beside(ThingKeeper))

    def _has_any_role(self, name: str, roles: list[str]) -> bool:
        """Whether any part says that somebody has one of these roles."""
        return any(each.has_role(name, role) for each in self._beside(RoleKeeper) for role in roles)

    def _takes_part(self, name: str) -> bool:
        """Whether somebody is present; always so of shops, tills and all else that is no person."""
        if not self.has_person(name):
            return True
        keepers = self._beside(AttendanceKeeper)
        return all(each.is_present(name) for each in keepers) if keepers else name in self.present_people()

    def _taking_part(self, names: Iterable[str]) -> list[str]:
        """Those of `names` who are present, or no people, in their order."""
        here = frozenset(self.present_people())
        return [name for name in names if name in here or not self.has_person(name)]

    def _must_be_somewhere(self, actor: str) -> str | None:
        """The place of who acts; None in a world without places. Refuses while they are on the way, or not there."""
        if not self._takes_part(actor):
            self.refuse(f"{actor} is not there any more.")
        here = self.place_of(actor)
        if here is None and self.place_names():
            self.refuse(f"{actor} is on the way.")
        return here

    def _must_meet(self, actor: str, other: str) -> None:
        """Refuse what needs two people to be together when they aren't."""
        here = self._must_be_somewhere(actor)
        if other == actor:
            self.refuse(f"{actor} can't do that with nobody else.")
        if not self._takes_part(other) or self.place_of(other) != here:
            self.refuse(f"{other} is not at the {here}." if here is not None else f"{other} is not there.")
