"""ModelNode: a model of the state (the world, a world in it, a pydantic part) under an undo journal.

The one idea: a model's fields are few and are never taken out, so they are written at once, and their old values are
kept until the action has succeeded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gamemaster.words import DefinitionError
from gamemaster.world.context import Context
from gamemaster.world.node import Node
from gamemaster.world.shape import ModelShape

__all__ = ["ModelNode"]


class ModelNode(Node):
    """`values` is the model's own `__dict__`; `journal` has the old value of each field written in this action."""

    __slots__ = ("journal", "shape", "values")

    def __init__(self, context: Context, parent: Node | None, key: str | int, shape: ModelShape) -> None:
        super().__init__(context, parent, key)
        self.shape = shape
        self.values: dict[str, Any] = {}

    def begin(self) -> None:
        super().begin()
        self.journal: dict[str, Any] = {}

    def abort(self) -> None:
        if self.staged:
            self.values.update(self.journal)
            self.settle()

    def settle(self) -> None:
        """Make the writes final."""
        self.staged = False
        del self.journal

    def set(self, name: str, value: Any) -> None:
        """Write a field.

        Raises: DefinitionError for a field that doesn't exist, is frozen, or holds a world.
        """
        fields = self.shape.fields
        if name not in fields:
            raise DefinitionError(
                f"{self.shape.cls.__name__} has no field {name!r} that could be written; its fields: {', '.join(fields)}."
            )
        if name in self.shape.frozen:
            raise DefinitionError(f"{self.shape.cls.__name__}.{name} is frozen, or holds a world; it can't be replaced.")
        if not self.staged:
            self.begin()
        else:
            self.context.writable()
        if name not in self.journal:
            self.journal[name] = self.values[name]
        self.values[name] = value

    def place_of(self, child: Node) -> str | int | None:
        return child.key if self.values.get(str(child.key)) is child.face else None

    def children(self) -> Iterator[tuple[str | int, Any]]:
        return iter([(name, self.values[name]) for name in self.shape.fields])

    def committed(self) -> Iterator[tuple[str | int, Any]]:
        if not self.staged:
            return self.children()
        return iter([(name, self.journal.get(name, self.values[name])) for name in self.shape.fields])
