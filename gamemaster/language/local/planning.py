"""Planning: what goes into the next forward pass.

Pure bookkeeping over lengths. A pass costs what it is padded to, so things of like length go together: a batch is filled
from the longest down, and closed when the next one would be padding for more than a quarter of its row, or the budget of
tokens or rows is spent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from gamemaster.language.local.prefix_tree import K, Node

__all__ = ["batches", "unready"]

Item = TypeVar("Item")

PADDING = 0.25
"""The largest share of a row that may be padding."""


def batches(items: Iterable[Item], length: Callable[[Item], int], *, tokens: int, rows: int) -> list[list[Item]]:
    """The items in batches of at most `rows`, each at most `tokens` when padded to its longest; longest first.

    Items of equal length stay in their order. An item longer than `tokens` is a batch of its own.
    """
    out: list[list[Item]] = []
    longest = 0
    for item in sorted(items, key=length, reverse=True):
        size = length(item)
        batch = out[-1] if out else None
        full = batch is None or len(batch) >= rows or longest * (len(batch) + 1) > tokens
        if batch is None or full or longest - size > max(8, PADDING * longest):
            out.append([item])
            longest = size
        else:
            batch.append(item)
    return out


def unready(ends: Sequence[Node[K]]) -> list[Node[K]]:
    """The nodes on the way to these that are to be computed next: each once, in the order of `ends`."""
    found: dict[int, Node[K]] = {}
    for end in ends:
        for node in end.path:
            if node.kept is None:
                if node.ready:
                    found.setdefault(id(node), node)
                break
    return list(found.values())
