"""DictNode: a dict of the state under a staged overlay.

The one idea: during an action the dict itself stays as it is; what would be set, added or deleted lies beside it, and
reading looks through both. The cost of a write doesn't depend on the dict's size, and forgetting it is free. The order
of iteration is that of a plain dict after the same writes, also when a key is deleted and put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gamemaster.world.context import Context
from gamemaster.world.node import Node
from gamemaster.world.shape import DictShape

__all__ = ["DictNode"]


class DictNode(Node):
    """`values` is the state; beside it stand the keys `changed`, `deleted` and `added`.

    What was added comes after all else. A key that was put back is in `deleted` and in `added`.
    """

    __slots__ = ("added", "changed", "deleted", "shape", "values")

    def __init__(self, context: Context, parent: Node | None, key: str | int, shape: DictShape) -> None:
        super().__init__(context, parent, key)
        self.shape = shape
        self.values: dict[str, Any] = {}

    def begin(self) -> None:
        super().begin()
        self.changed: dict[Any, Any] = {}
        self.added: dict[Any, Any] = {}
        self.deleted: dict[Any, None] = {}

    def abort(self) -> None:
        if self.staged:
            self.staged = False
            del self.changed, self.added, self.deleted

    def write_back(self) -> None:
        """Make the staged writes the state."""
        for key in self.deleted:
            del self.values[key]
        self.values.update(self.changed)
        self.values.update(self.added)
        self.abort()

    def size(self) -> int:
        return len(self.values) - len(self.deleted) + len(self.added) if self.staged else len(self.values)

    def has(self, key: Any) -> bool:
        if not self.staged:
            return key in self.values
        return key in self.added or (key in self.values and key not in self.deleted)

    def get(self, key: Any) -> Any:
        """The value of `key`. Raises: KeyError."""
        if self.staged:
            if key in self.changed:
                return self.changed[key]
            if key in self.added:
                return self.added[key]
            if key in self.deleted:
                raise KeyError(key)
        return self.values[key]

    def set(self, key: Any, value: Any) -> None:
        if not self.staged:
            self.begin()
        else:
            self.context.writable()
        if key in self.added:
            self.added[key] = value
        elif key in self.values and key not in self.deleted:
            self.changed[key] = value
        else:
            self.added[key] = value

    def delete(self, key: Any) -> None:
        """Take `key` out. Raises: KeyError."""
        if not self.staged:
            self.context.writable()
            if key not in self.values:
                raise KeyError(key)
            self.begin()
        else:
            self.context.writable()
        if key in self.added:
            del self.added[key]
        elif key in self.values and key not in self.deleted:
            self.changed.pop(key, None)
            self.deleted[key] = None
        else:
            raise KeyError(key)

    def keys(self, *, backwards: bool = False) -> Iterator[str]:
        """The keys in order. Raises: RuntimeError when the size changes meanwhile, as a dict does."""
        size = self.size()
        for key in self._keys(backwards):
            if self.size() != size:
                raise RuntimeError("dictionary changed size during iteration")
            yield key
        if self.size() != size:
            raise RuntimeError("dictionary changed size during iteration")

    def _keys(self, backwards: bool) -> Iterator[str]:
        if not self.staged:
            # One loop over the dict itself; a first write meanwhile leaves `values` as it is, so this goes on.
            for key in reversed(self.values) if backwards else self.values:
                if not self.staged or key not in self.deleted:
                    yield key
            return
        if backwards:
            yield from reversed(self.added)
        for key in reversed(self.values) if backwards else self.values:
            if key not in self.deleted:
                yield key
        if not backwards:
            yield from self.added

    def items(self, *, backwards: bool = False) -> Iterator[tuple[str, Any]]:
        """The items in order. Raises: RuntimeError when the size changes meanwhile, as a dict does."""
        if self.context.stage is None and not backwards:
            yield from self.values.items()
            return
        for key in self.keys(backwards=backwards):
            yield key, self.get(key)

    def last(self) -> str:
        """The last key. Raises: StopIteration when empty."""
        return next(self._keys(backwards=True))

    def place_of(self, child: Node) -> str | int | None:
        key = child.key
        return key if self.has(key) and self.get(key) is child.face else None

    def children(self) -> Iterator[tuple[str | int, Any]]:
        return iter([(key, self.get(key)) for key in self._keys(backwards=False)] if self.staged else self.values.items())

    def committed(self) -> Iterator[tuple[str | int, Any]]:
        return iter(self.values.items())
