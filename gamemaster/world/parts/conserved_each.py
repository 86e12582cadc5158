"""conserved_each: of each kind of goods, what neither comes into being nor vanishes.

`conserved` adds everything up, and an apple may become a pear. This law adds up by the last key: apples and pears apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from gamemaster.world.change import Change
from gamemaster.world.law import Law, Watch, field_paths
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape

__all__ = ["conserved_each"]


class _ConservedEach(Law):
    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = field_paths(fields, "conserved_each")
        self.name = f"conserved_each({', '.join(fields)})"

    def check_fields(self, shape: ModelShape) -> None:
        for each in self.fields:
            each.check(shape, self.name, (int,))

    def watch(self, prefix: Path) -> Watch:
        return _Watch(self, prefix)


class _Watch(Watch):
    def __init__(self, law: _ConservedEach, prefix: Path) -> None:
        self.name = law.name
        self._roots = tuple(each.below(prefix).parts for each in law.fields)

    def start(self, state: Any) -> str | None:
        return None

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        moved: dict[str, int] = {}
        for change in changes:
            if any(change.path[: len(root)] == root for root in self._roots):
                key = str(change.path[-1])
                for sign, side in ((1, change.new), (-1, change.old)):
                    for kind, number in _by_kind(key, side):
                        moved[kind] = moved.get(kind, 0) + sign * number
        for kind, by in moved.items():
            if by:
                return f"The number of {kind} in all must stay the same, and this would change it by {by:+d}"
        return None


def _by_kind(key: str, value: Any) -> Iterator[tuple[str, int]]:
    if type(value) is int:
        yield key, value
    elif isinstance(value, dict):
        for inner, each in cast("dict[str, Any]", value).items():
            yield from _by_kind(inner, each)


def conserved_each(*fields: str) -> Law:
    """The sum of all whole numbers under the same last key, in these fields together, stays the same under every action.

    `conserved_each("goods", "made")`, with goods by holder and kind and `made` by kind: whoever bakes a loaf must book -1 under
    "loaf" in `made`. Costs what was touched.
    """
    return _ConservedEach(fields)
