"""Whereabouts: who is in a place, without asking everybody where they are.

The one idea: a `place_of` that says of itself that it is one entry of one field can be turned round once, and followed from
there: an action that moves one person moves one name. Any other `place_of` is asked for everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from gamemaster.world.node import Path

if TYPE_CHECKING:
    from gamemaster.world.change import Change
    from gamemaster.world.world import World

__all__ = ["Whereabouts", "by_entry", "whereabouts_of"]

Method = TypeVar("Method", bound=Callable[..., Any])


def by_entry(field: str) -> Callable[[Method], Method]:
    """Say of a `place_of` that it is the person's entry in this field, a dict by name, and nothing else.

    The world then knows who is in a place without asking everybody, which large crowds need.
    """

    def decorate(method: Method) -> Method:
        method.__entry_of__ = field  # pyright: ignore[reportFunctionMemberAccess]
        return method

    return decorate


class Whereabouts:
    """The names of those in each place, by the dict of names in a `field` of the world at `path`. `follow` every change."""

    def __init__(self, part: World, path: Path, field: str) -> None:
        self.part = part
        self._field = field
        self._path = (*path, field)
        self._places: dict[str, str | None] = {}
        self._names: dict[str | None, dict[str, None]] = {}
        self._take_all()

    def _entries(self) -> Mapping[str, str | None]:
        # The dict may be another one after an action: it is looked up each time.
        return getattr(self.part, self._field)

    def _take_all(self) -> None:
        self._places = dict(self._entries())
        self._names = {}
        for name, place in self._places.items():
            self._names.setdefault(place, {})[name] = None

    def at(self, place: str) -> Sequence[str]:
        """Who is there."""
        return list(self._names.get(place, ()))

    def follow(self, changes: Sequence[Change]) -> None:
        """Take note of who has moved. Costs what the changes are, and a pass over all where the whole dict is another."""
        length = len(self._path)
        for change in changes:
            path = change.path
            if path[:length] == self._path and len(path) > length:
                self._move(str(path[length]))
            elif self._path[: len(path)] == path:
                self._take_all()

    def _move(self, name: str) -> None:
        entries = self._entries()
        if name in self._places:
            self._names[self._places.pop(name)].pop(name, None)
        if name in entries:
            place = self._places[name] = entries[name]
            self._names.setdefault(place, {})[name] = None


def whereabouts_of(part: World, path: Path) -> Whereabouts | None:
    """Those of the world at `path` whose `place_of` it is; None where that doesn't say that it is one entry of a field."""
    field: str | None = getattr(type(part).place_of, "__entry_of__", None)
    return None if field is None else Whereabouts(part, path, field)
