"""ActionTable: all actions of a world and of the worlds within it, each bound to its object.

The one idea: an action is named from the root, `field.action`; its last part alone will do where no other has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from gamemaster.words import DefinitionError, UnknownName
from gamemaster.world.action import ActionDefinition
from gamemaster.world.parameter import call_with

if TYPE_CHECKING:
    from gamemaster.world.world import World

__all__ = ["ActionTable", "BoundAction"]


class BoundAction:
    """An action of one world in the tree."""

    __slots__ = ("definition", "function", "name", "names", "offered_when", "world")

    def __init__(self, name: str, definition: ActionDefinition, world: World) -> None:
        self.name, self.definition, self.world = name, definition, world
        self.function: Callable[..., Any] = getattr(world, definition.name)
        self.names = frozenset(each.name for each in definition.parameters)

    def is_open(self, actor: str) -> bool:
        when = self.definition.when
        if when is None:
            return True
        if isinstance(when, str):
            return bool(call_with(getattr(self.world, when), actor))
        return bool(when(self.world, actor))


class ActionTable:
    """The actions by their dotted names, in the order in which they were added."""

    def __init__(self) -> None:
        self._actions: dict[str, BoundAction] = {}
        self._by_last_part: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[BoundAction]:
        return iter(self._actions.values())

    def add(self, bound: BoundAction) -> None:
        """Put in one more."""
        self._actions[bound.name] = bound
        self._by_last_part.setdefault(bound.definition.name, []).append(bound.name)

    def find(self, name: str) -> BoundAction:
        """The action of this dotted name, or whose last part this is.

        Raises: UnknownName, also when several have this last part.
        """
        if name in self._actions:
            return self._actions[name]
        found = self._by_last_part.get(name, [])
        if len(found) == 1:
            return self._actions[found[0]]
        if found:
            raise UnknownName(f"There are several actions {name!r}; say {' or '.join(found)}.")
        raise UnknownName.of("action", name, self._actions)

    def of(self, action: Callable[..., Any] | str, world: World) -> BoundAction:
        """The action given by name, method or function, as seen from `world`. Raises: UnknownName, DefinitionError."""
        if isinstance(action, str):
            return self.find(action)
        definition = cast("ActionDefinition | None", getattr(action, "__action__", None))
        if definition is None:
            raise DefinitionError(f"{getattr(action, '__qualname__', action)!r} is no action; decorate it with @action.")
        owner = getattr(action, "__self__", world)
        for bound in self._actions.values():
            if bound.world is owner and bound.definition.name == definition.name:
                return bound
        return self.find(definition.name)
