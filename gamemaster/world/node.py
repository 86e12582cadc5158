"""Node: one dict, list or model of the state, and where it hangs in the tree.

The one idea: what the user holds (a `TrackedDict`, a `TrackedList`, a model) is a face, and its node keeps the values
and what the action under way would make of them. This is the part that all three kinds of node have in common.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from gamemaster.world.context import Context

__all__ = ["Node", "Path"]

Path: TypeAlias = tuple[str | int, ...]


class Node:
    """`parent` and `key` say where the node was put; `holds` says whether it is there still.

    A node that was taken out keeps its old parent: it is known to be loose because the parent no longer holds it. No ABC,
    since each action asks several times which of the three kinds a node is, and an ABC answers slowly.
    """

    __slots__ = ("context", "face", "key", "parent", "staged")

    def __init__(self, context: Context, parent: Node | None, key: str | int) -> None:
        self.context = context
        self.parent = parent
        self.key = key
        self.staged = False
        self.face: Any = None

    def place_of(self, child: Node) -> str | int | None:
        """The key or index at which `child` stands now, with what the action under way did; None when it doesn't."""
        raise NotImplementedError

    def children(self) -> Iterator[tuple[str | int, Any]]:
        """The values with their keys, with what the action under way did, in order."""
        raise NotImplementedError

    def committed(self) -> Iterator[tuple[str | int, Any]]:
        """The values with their keys, as they were before the action under way."""
        raise NotImplementedError

    def abort(self) -> None:
        """Forget what the action under way did."""
        raise NotImplementedError

    def begin(self) -> None:
        """Note that the action under way touches this node; called before its first write."""
        self.context.writable().touched.append(self)
        self.staged = True

    def path(self, known: dict[int, Path | None]) -> Path | None:
        """Where the node stands now, from the root; None when it is loose. `known` keeps the paths found, by node id."""
        mark = id(self)
        if mark in known:
            return known[mark]
        path: Path | None = None
        if self.parent is None:
            path = () if self.context.world is self.face else None
        else:
            above = self.parent.path(known)
            if above is not None:
                place = self.parent.place_of(self)
                if place is not None:
                    path = (*above, place)
        known[mark] = path
        return path
