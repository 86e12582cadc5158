"""PrefixTree: which beginnings of prompts have been computed, and what holds their keys and values.

A radix tree over token ids. A node stands for a run of tokens that come after those of its parent; `kept` is whatever the
engine computed for them, which this file never looks into: it asks for it to be cut in two where a new prompt parts from
an old one, and to be let go when the tree is over its budget. Nodes in use are pinned, and nothing above a node goes
before it does. It does not compute anything and knows no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, Protocol, TypeVar

__all__ = ["Kept", "Node", "PrefixTree"]


class Kept(Protocol):
    """What was computed for a run of tokens."""

    @property
    def size(self) -> int:
        """Its size in bytes."""
        ...

    def cut(self, at: int) -> tuple[Kept, Kept]:
        """What belongs to the first `at` tokens, and what to the rest."""
        ...


K = TypeVar("K", bound=Kept)


class Node(Generic[K]):
    """A run of tokens after those of `parent`; `kept` is None until it is computed."""

    __slots__ = ("children", "kept", "parent", "pins", "tokens", "used")

    def __init__(self, tokens: tuple[int, ...], parent: Node[K] | None) -> None:
        self.tokens = tokens
        self.parent = parent
        self.children: dict[int, Node[K]] = {}
        self.kept: K | None = None
        self.pins = 0
        self.used = 0

    @property
    def path(self) -> list[Node[K]]:
        """The nodes from the first to this one; the root, which stands for nothing, left out."""
        path: list[Node[K]] = []
        at: Node[K] = self
        while (above := at.parent) is not None:
            path.append(at)
            at = above
        path.reverse()
        return path

    @property
    def start(self) -> int:
        """The number of tokens before it."""
        return sum(len(each.tokens) for each in self.path[:-1])

    @property
    def ready(self) -> bool:
        """Whether it can be computed now: all before it is."""
        parent = self.parent
        return self.kept is None and parent is not None and (parent.parent is None or parent.kept is not None)


class PrefixTree(Generic[K]):
    """The prefixes known, at most `budget` bytes of them beyond what is in use; the least recently used go first.

    A run longer than `longest` tokens is laid in several nodes, so that a forward pass has a bound.
    """

    def __init__(self, budget: int, *, longest: int = 2048) -> None:
        self.budget = budget
        self.longest = longest
        self.root: Node[K] = Node((), None)
        self.size = 0
        self._clock = 0

    def lay(self, tokens: Sequence[int]) -> Node[K]:
        """The node that ends where `tokens` do, pinned; nodes are made, and cut in two, as needed.

        Give it back with `release`. For no tokens it is the root.
        """
        self._clock += 1
        at, place = self.root, 0
        while place < len(tokens):
            child = at.children.get(tokens[place])
            if child is None:
                run = tuple(tokens[place : place + self.longest])
                child = at.children[run[0]] = Node(run, at)
            else:
                same = _shared(child.tokens, tokens, place)
                if same < len(child.tokens):
                    child = self._cut(child, same)
            place += len(child.tokens)
            at = child
        for node in at.path:
            node.pins += 1
            node.used = self._clock
        return at

    def release(self, node: Node[K]) -> None:
        """End the use of a node that `lay` gave."""
        for each in node.path:
            each.pins -= 1

    def known(self, tokens: Sequence[int]) -> int:
        """How many of the first tokens are computed already."""
        at, place = self.root, 0
        while place < len(tokens):
            child = at.children.get(tokens[place])
            if child is None or child.kept is None:
                break
            same = _shared(child.tokens, tokens, place)
            place += same
            if same < len(child.tokens):
                break
            at = child
        return place

    def keep(self, node: Node[K], kept: K) -> None:
        """Say what was computed for a node."""
        self.size += kept.size - (node.kept.size if node.kept is not None else 0)
        node.kept = kept

    def trim(self) -> int:
        """Let go of the least recently used until the budget is kept, and return how many nodes went; pinned ones stay."""
        gone = 0
        while self.size > self.budget:
            leaves = [each for each in self._nodes() if not each.children and not each.pins]
            if not leaves:
                break
            leaves.sort(key=lambda each: each.used)
            for leaf in leaves:
                if self.size <= self.budget:
                    break
                self._remove(leaf)
                gone += 1
        return gone

    def clear(self) -> None:
        """Let go of all that is not in use."""
        budget, self.budget = self.budget, -1
        self.trim()
        self.budget = budget

    def _remove(self, leaf: Node[K]) -> None:
        assert leaf.parent is not None
        del leaf.parent.children[leaf.tokens[0]]
        if leaf.kept is not None:
            self.size -= leaf.kept.size

    def _cut(self, node: Node[K], at: int) -> Node[K]:
        """Cut a node in two; the first part, a new node, is returned, and the old object stays the end of its paths."""
        parent = node.parent
        assert parent is not None
        first: Node[K] = Node(node.tokens[:at], parent)
        parent.children[first.tokens[0]] = first
        first.pins, first.used = node.pins, node.used
        if node.kept is not None:
            before = node.kept.size
            head, tail = node.kept.cut(at)
            first.kept, node.kept = head, tail  # type: ignore[assignment]
            self.size += head.size + tail.size - before
        node.tokens = node.tokens[at:]
        node.parent = first
        first.children[node.tokens[0]] = node
        return first

    def _nodes(self) -> Iterator[Node[K]]:
        waiting = list(self.root.children.values())
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(node.children.values())


def _shared(run: Sequence[int], tokens: Sequence[int], place: int) -> int:
    """How many tokens of `run` stand in `tokens` from `place` on."""
    most = min(len(run), len(tokens) - place)
    if tuple(tokens[place : place + most]) == tuple(run[:most]):
        return most
    same = 0
    while run[same] == tokens[place + same]:
        same += 1
    return same
