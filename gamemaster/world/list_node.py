"""ListNode: a list of the state under a staged overlay.

The one idea: setting items and working at the end (append, extend, pop), which is what worlds mostly do, lies beside
the list and costs nothing of its length. Any other change of structure works on a full copy, made once an action.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gamemaster.world.context import Context
from gamemaster.world.node import Node
from gamemaster.world.shape import ListShape

__all__ = ["ListNode"]


class ListNode(Node):
    """`values` is the state. Staged: its first `kept` items, some of them `replaced`, and then `tail`; or `full`."""

    __slots__ = ("full", "kept", "replaced", "shape", "tail", "values")

    def __init__(self, context: Context, parent: Node | None, key: str | int, shape: ListShape) -> None:
        super().__init__(context, parent, key)
        self.shape = shape
        self.values: list[Any] = []

    def begin(self) -> None:
        super().begin()
        self.kept = len(self.values)
        self.replaced: dict[int, Any] = {}
        self.tail: list[Any] = []
        self.full: list[Any] | None = None

    def abort(self) -> None:
        if self.staged:
            self.staged = False
            del self.kept, self.replaced, self.tail, self.full

    def write_back(self) -> None:
        """Make the staged writes the state."""
        if self.full is not None:
            self.values[:] = self.full
        else:
            del self.values[self.kept :]
            for index, value in self.replaced.items():
                self.values[index] = value
            self.values.extend(self.tail)
        self.abort()

    def size(self) -> int:
        if not self.staged:
            return len(self.values)
        return self.kept + len(self.tail) if self.full is None else len(self.full)

    def get(self, index: int) -> Any:
        """The item at `index`, 0 <= index < size()."""
        if not self.staged:
            return self.values[index]
        if self.full is not None:
            return self.full[index]
        if index >= self.kept:
            return self.tail[index - self.kept]
        return self.replaced[index] if index in self.replaced else self.values[index]

    def set(self, index: int, value: Any) -> None:
        """Put `value` at `index`, 0 <= index < size()."""
        self._write()
        if self.full is not None:
            self.full[index] = value
        elif index >= self.kept:
            self.tail[index - self.kept] = value
        else:
            self.replaced[index] = value

    def append(self, value: Any) -> None:
        self._write()
        (self.tail if self.full is None else self.full).append(value)

    def pop_last(self) -> Any:
        """Take out the last item; there is one."""
        self._write()
        if self.full is not None:
            return self.full.pop()
        if self.tail:
            return self.tail.pop()
        self.kept -= 1
        return self.replaced.pop(self.kept) if self.kept in self.replaced else self.values[self.kept]

    def whole(self) -> list[Any]:
        """All items as a plain list that may be changed in any way."""
        self._write()
        if self.full is None:
            self.full = self.items()
        return self.full

    def items(self) -> list[Any]:
        """All items, in a new plain list."""
        if not self.staged:
            return list(self.values)
        if self.full is not None:
            return list(self.full)
        items = self.values[: self.kept]
        for index, value in self.replaced.items():
            items[index] = value
        return items + self.tail

    def iterate(self) -> Iterator[Any]:
        """The items by index up to the length at the time, as a list's iterator does."""
        index = 0
        while index < self.size():
            yield self.get(index)
            index += 1

    def place_of(self, child: Node) -> str | int | None:
        index, size, face = int(child.key), self.size(), child.face
        if index < size and self.get(index) is face:
            return index
        for index in range(size):
            if self.get(index) is face:
                child.key = index  # where to look first next time
                return index
        return None

    def children(self) -> Iterator[tuple[str | int, Any]]:
        return enumerate(self.items())

    def committed(self) -> Iterator[tuple[str | int, Any]]:
        return enumerate(self.values)

    def _write(self) -> None:
        if not self.staged:
            self.begin()
        else:
            self.context.writable()
