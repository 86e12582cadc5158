"""TrackedDict: a dict of the state as the world's author uses it.

The one idea: it behaves as a dict does, method by method, but is none, so that nothing written in C can go past it.
Reading works at any time; writing during an action only, and lasts if the action succeeds. `copy()`, `|` and
`dict(...)` give plain dicts.
"""

from __future__ import annotations

from collections.abc import ItemsView as BaseItemsView
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, ValuesView
from collections.abc import KeysView as BaseKeysView
from types import GenericAlias
from typing import Any, TypeVar

from gamemaster.world.dict_node import DictNode

__all__ = ["TrackedDict"]

T = TypeVar("T")
_NOTHING: Any = object()


class TrackedDict(MutableMapping[str, Any]):
    """A dict with str keys; see `dict` for what its methods do."""

    __slots__ = ("__node__",)
    __node__: DictNode
    __class_getitem__: Any = classmethod(GenericAlias)  # pyright: ignore[reportUnknownVariableType]

    def __init__(self, node: DictNode) -> None:
        self.__node__ = node
        node.face = self

    @classmethod
    def fromkeys(cls, iterable: Iterable[str], value: Any = None, /) -> dict[str, Any]:
        return dict.fromkeys(iterable, value)

    def __getitem__(self, key: str) -> Any:
        node = self.__node__
        return node.get(key) if node.staged else node.values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.__node__.set(key, value)

    def __delitem__(self, key: str) -> None:
        self.__node__.delete(key)

    def __contains__(self, key: object) -> bool:
        return self.__node__.has(key)

    def __len__(self) -> int:
        return self.__node__.size()

    def __iter__(self) -> Iterator[str]:
        return self.__node__.keys()

    def __reversed__(self) -> Iterator[str]:
        return self.__node__.keys(backwards=True)

    def keys(self) -> BaseKeysView[str]:
        return _Keys(self)

    def values(self) -> ValuesView[Any]:
        return _Values(self)

    def items(self) -> BaseItemsView[str, Any]:
        return _Items(self)

    def get(self, key: str, default: Any = None, /) -> Any:
        node = self.__node__
        return node.get(key) if node.has(key) else default

    def pop(self, key: str, default: Any = _NOTHING, /) -> Any:
        node = self.__node__
        if not node.has(key):
            node.context.writable()
            if default is _NOTHING:
                raise KeyError(key)
            return default
        value = node.get(key)
        node.delete(key)
        return value

    def popitem(self) -> tuple[str, Any]:
        node = self.__node__
        node.context.writable()
        if not node.size():
            raise KeyError("popitem(): dictionary is empty")
        key = node.last()
        value = node.get(key)
        node.delete(key)
        return key, value

    def clear(self) -> None:
        node = self.__node__
        node.context.writable()
        for key in list(node.keys()):
            node.delete(key)

    def setdefault(self, key: str, default: Any = None, /) -> Any:
        node = self.__node__
        node.context.writable()
        if not node.has(key):
            node.set(key, default)
        return node.get(key)

    def update(self, other: Any = (), /, **more: Any) -> None:
        node = self.__node__
        node.context.writable()
        for key, value in dict(other, **more).items():
            node.set(key, value)

    def copy(self) -> dict[str, Any]:
        return dict(self.__node__.items())

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        from gamemaster.world.build import plain

        return plain(self)

    def __or__(self, other: Mapping[str, T]) -> dict[str, Any]:
        return self.copy() | dict(other) if _is_dict(other) else NotImplemented

    def __ror__(self, other: Mapping[str, T]) -> dict[str, Any]:
        return dict(other) | self.copy() if _is_dict(other) else NotImplemented

    def __ior__(self, other: Any) -> TrackedDict:
        self.update(other)
        return self

    def __eq__(self, other: object) -> bool:
        return self.copy() == (other.copy() if isinstance(other, TrackedDict) else other) if _is_dict(other) else NotImplemented

    def __repr__(self) -> str:
        return repr(self.copy())


def _is_dict(value: object) -> bool:
    return isinstance(value, dict | TrackedDict)


class _Keys(BaseKeysView[str]):
    __slots__ = ()
    _mapping: TrackedDict

    def __reversed__(self) -> Iterator[str]:
        return reversed(self._mapping)

    def __repr__(self) -> str:
        return f"dict_keys({list(self)!r})"


class _Values(ValuesView[Any]):
    __slots__ = ()
    _mapping: TrackedDict

    def __iter__(self) -> Iterator[Any]:
        return (value for _, value in self._mapping.__node__.items())

    def __reversed__(self) -> Iterator[Any]:
        return (value for _, value in self._mapping.__node__.items(backwards=True))

    def __repr__(self) -> str:
        return f"dict_values({list(self)!r})"


class _Items(BaseItemsView[str, Any]):
    __slots__ = ()
    _mapping: TrackedDict

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return self._mapping.__node__.items()

    def __reversed__(self) -> Iterator[tuple[str, Any]]:
        return self._mapping.__node__.items(backwards=True)

    def __repr__(self) -> str:
        return f"dict_items({list(self)!r})"
