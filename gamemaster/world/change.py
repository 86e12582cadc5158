"""Change: one difference between the state before an action and after it, and the JSON Patch that says it.

The one idea: the stage already knows what was written, so changes are read off it; nothing is compared with a copy.
Applied in order to a plain dump of the state, the operations give the state after, the order of dicts included.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from gamemaster.words import JsonPatch
from gamemaster.world.build import committed, dump
from gamemaster.world.dict_node import DictNode
from gamemaster.world.list_node import ListNode
from gamemaster.world.model_node import ModelNode
from gamemaster.world.node import Node, Path

__all__ = ["Change", "changes_of", "patch_of"]


@dataclass(slots=True)
class Change:
    """`old` is what stood at `path` (None with "add"), `new` what stands there now (None with "remove"): JSON values.

    Paths of list items are those that hold when the changes before have been made.
    """

    op: Literal["add", "remove", "replace"]
    path: Path
    old: Any
    new: Any


def changes_of(node: Node, path: Path, dumped: set[int]) -> Iterator[Change]:
    """What the action under way did to the node at `path`, its new values being built.

    Nodes that are kept but said in full, since they moved, are put into `dumped` by id: what is below them is said.
    """
    if isinstance(node, ModelNode):
        for name, old in node.journal.items():
            new = node.values[name]
            if not _same(old, new):
                yield Change("replace", (*path, name), committed(old), dump(new))
    elif isinstance(node, DictNode):
        for key in node.deleted:
            yield Change("remove", (*path, key), committed(node.values[key]), None)
        for key, new in node.changed.items():
            old = node.values[key]
            if not _same(old, new):
                yield Change("replace", (*path, key), committed(old), dump(new))
        for key, new in node.added.items():
            yield Change("add", (*path, key), None, dump(new))
    elif isinstance(node, ListNode):
        if node.full is None:
            for index, new in node.replaced.items():
                old = node.values[index]
                if not _same(old, new):
                    yield Change("replace", (*path, index), committed(old), dump(new))
            yield from _run(node.values[node.kept :], node.tail, node.kept, path, dumped)
        else:
            yield from _rearranged(node.values, node.full, path, dumped)


def _rearranged(old: list[Any], new: list[Any], path: Path, dumped: set[int]) -> Iterator[Change]:
    """The items that differ, between those at both ends that don't.

    A list that only lost items at one end and gained some at the other, a queue, is said that way; anything else item
    by item.
    """
    start, end, shorter = 0, 0, min(len(old), len(new))
    while start < shorter and _same(old[start], new[start]):
        start += 1
    while end < shorter - start and _same(old[-1 - end], new[-1 - end]):
        end += 1
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    forward, backward = _shift(old, new), _shift(new, old)
    if forward and not 0 < backward < forward:
        yield from _run(old[:forward], [], start, path, dumped)
        kept = len(old) - forward
        yield from _run([], new[kept:], start + kept, path, dumped)
    elif backward:
        kept = len(new) - backward
        yield from _run(old[kept:], [], start + kept, path, dumped)
        yield from _run([], new[:backward], start, path, dumped)
    else:
        yield from _run(old, new, start, path, dumped)


def _shift(longer: list[Any], other: list[Any]) -> int:
    """How many items must be taken from the front of `longer` for the rest to be the front of `other`; 0 for none that do."""
    if not longer or not other:
        return 0
    first = other[0]
    found = next((index for index in range(1, len(longer)) if _same(longer[index], first)), 0)
    rest = len(longer) - found
    if found and rest <= len(other) and all(map(_same, longer[found:], other[:rest])):
        return found
    return 0


def _run(old: list[Any], new: list[Any], start: int, path: Path, dumped: set[int]) -> Iterator[Change]:
    """The items from `start` on that were `old` and are `new`: replaced as far as both go, then removed or added."""
    both = min(len(old), len(new))
    for offset in range(both):
        if not _same(old[offset], new[offset]):
            yield Change("replace", (*path, start + offset), committed(old[offset]), _said(new[offset], dumped))
    for offset in range(len(old) - 1, both - 1, -1):
        yield Change("remove", (*path, start + offset), committed(old[offset]), None)
    for offset in range(both, len(new)):
        yield Change("add", (*path, start + offset), None, _said(new[offset], dumped))


def _said(value: Any, dumped: set[int]) -> Any:
    inner: Node | None = getattr(value, "__node__", None)
    if inner is not None:
        dumped.add(id(inner))
    return dump(value)


def _same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    kind = old.__class__
    if kind is not new.__class__ or kind not in (int, float, str, bool):
        return False
    return bool(old == new) and (kind is not float or old != 0 or str(old) == str(new))


def patch_of(changes: list[Change]) -> JsonPatch:
    """The changes as RFC 6902 operations."""
    patch: JsonPatch = []
    for change in changes:
        pointer = "".join(["/" + _escaped(each) for each in change.path])
        if change.op == "remove":
            patch.append({"op": "remove", "path": pointer})
        else:
            patch.append({"op": change.op, "path": pointer, "value": change.new})
    return patch


def _escaped(part: str | int) -> str:
    if type(part) is int:
        return str(part)
    text = str(part)
    return text.replace("~", "~0").replace("/", "~1") if "~" in text or "/" in text else text
