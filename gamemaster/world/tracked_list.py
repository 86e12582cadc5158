"""TrackedList: a list of the state as the world's author uses it.

The one idea: it behaves as a list does, method by method, but is none, so that nothing written in C can go past it.
Reading works at any time; writing during an action only, and lasts if the action succeeds. Slices, `copy()`, `+` and
`*` give plain lists.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, MutableSequence
from types import GenericAlias
from typing import Any, SupportsIndex

from gamemaster.world.list_node import ListNode

__all__ = ["TrackedList"]


class TrackedList(MutableSequence[Any]):
    """A list; see `list` for what its methods do."""

    __slots__ = ("__node__",)
    __node__: ListNode
    __class_getitem__: Any = classmethod(GenericAlias)  # pyright: ignore[reportUnknownVariableType]

    def __init__(self, node: ListNode) -> None:
        self.__node__ = node
        node.face = self

    def __len__(self) -> int:
        return self.__node__.size()

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        node = self.__node__
        if isinstance(index, slice):
            return [node.get(i) for i in range(*index.indices(node.size()))]
        return node.get(self._position(index, "list index out of range"))

    def __setitem__(self, index: SupportsIndex | slice, value: Any) -> None:
        node = self.__node__
        node.context.writable()
        if isinstance(index, slice):
            values = list(value)
            node.whole()[index] = values
        else:
            node.set(self._position(index, "list assignment index out of range"), value)

    def __delitem__(self, index: SupportsIndex | slice) -> None:
        node = self.__node__
        node.context.writable()
        if isinstance(index, slice):
            del node.whole()[index]
            return
        position = self._position(index, "list assignment index out of range")
        if position == node.size() - 1:
            node.pop_last()
        else:
            del node.whole()[position]

    def __iter__(self) -> Iterator[Any]:
        return self.__node__.iterate()

    def __reversed__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self) - 1, -1, -1))

    def __contains__(self, value: object) -> bool:
        return any(each is value or each == value for each in self)

    def append(self, value: Any) -> None:
        self.__node__.append(value)

    def extend(self, values: Iterable[Any]) -> None:
        node = self.__node__
        node.context.writable()
        for value in list(values):
            node.append(value)

    def insert(self, index: SupportsIndex, value: Any) -> None:
        node = self.__node__
        node.context.writable()
        if operator.index(index) >= node.size():
            node.append(value)
        else:
            node.whole().insert(index, value)

    def pop(self, index: SupportsIndex = -1) -> Any:
        node = self.__node__
        node.context.writable()
        if not node.size():
            raise IndexError("pop from empty list")
        position = self._position(index, "pop index out of range")
        return node.pop_last() if position == node.size() - 1 else node.whole().pop(position)

    def remove(self, value: Any) -> None:
        self.__node__.context.writable()
        for index, each in enumerate(self):
            if each is value or each == value:
                del self[index]
                return
        raise ValueError("list.remove(x): x not in list")

    def clear(self) -> None:
        self.__node__.whole().clear()

    def reverse(self) -> None:
        self.__node__.whole().reverse()

    def sort(self, *, key: Callable[[Any], Any] | None = None, reverse: bool = False) -> None:
        node = self.__node__
        node.context.writable()
        ordered = sorted(node.items(), key=key, reverse=reverse)  # pyright: ignore[reportArgumentType]
        node.whole()[:] = ordered

    def index(self, value: Any, start: SupportsIndex = 0, stop: SupportsIndex = 2**63 - 1, /) -> int:
        return self.copy().index(value, start, stop)

    def count(self, value: Any) -> int:
        return self.copy().count(value)

    def copy(self) -> list[Any]:
        return self.__node__.items()

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> list[Any]:
        from gamemaster.world.build import plain

        return plain(self)

    def __add__(self, other: Any) -> list[Any]:
        return self.copy() + _plain(other) if _is_list(other) else NotImplemented

    def __radd__(self, other: Any) -> list[Any]:
        return _plain(other) + self.copy() if _is_list(other) else NotImplemented

    def __iadd__(self, values: Iterable[Any]) -> TrackedList:
        self.extend(values)
        return self

    def __mul__(self, times: SupportsIndex) -> list[Any]:
        return self.copy() * times

    __rmul__ = __mul__

    def __imul__(self, times: SupportsIndex) -> TrackedList:
        whole = self.__node__.whole()
        whole *= times
        return self

    def __eq__(self, other: object) -> bool:
        return self.copy() == _plain(other) if _is_list(other) else NotImplemented

    def __lt__(self, other: Any) -> bool:
        return self.copy() < _plain(other) if _is_list(other) else NotImplemented

    def __le__(self, other: Any) -> bool:
        return self.copy() <= _plain(other) if _is_list(other) else NotImplemented

    def __gt__(self, other: Any) -> bool:
        return self.copy() > _plain(other) if _is_list(other) else NotImplemented

    def __ge__(self, other: Any) -> bool:
        return self.copy() >= _plain(other) if _is_list(other) else NotImplemented

    def __repr__(self) -> str:
        return repr(self.copy())

    def _position(self, index: SupportsIndex, complaint: str) -> int:
        size, position = len(self), operator.index(index)
        if position < 0:
            position += size
        if not 0 <= position < size:
            raise IndexError(complaint)
        return position


def _is_list(value: object) -> bool:
    return isinstance(value, list | TrackedList)


def _plain(value: Any) -> list[Any]:
    return value.copy() if isinstance(value, TrackedList) else value
