"""balanced: two columns of the books that add up to the same, such as what was sent and what arrived or came back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gamemaster.words import DefinitionError
from gamemaster.world.change import Change
from gamemaster.world.law import FieldPath, Law, Watch, covered, field_paths, numbers
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape

__all__ = ["balanced"]

_TOLERANCE = 1e-9


class _Balanced(Law):
    def __init__(self, left: tuple[str, ...], right: tuple[str, ...]) -> None:
        field_paths((*left, *right), "balanced")
        self.left = tuple(FieldPath(each) for each in left)
        self.right = tuple(FieldPath(each) for each in right)
        self.name = f"balanced({' + '.join(left)} = {' + '.join(right)})"

    def check_fields(self, shape: ModelShape) -> None:
        for each in (*self.left, *self.right):
            each.check(shape, self.name, (int, float))

    def watch(self, prefix: Path) -> Watch:
        return _Watch(self, prefix)


class _Watch(Watch):
    def __init__(self, law: _Balanced, prefix: Path) -> None:
        self.name, self._law = law.name, law
        sides = ((1, law.left), (-1, law.right))
        self._roots = [(sign, each.below(prefix).parts) for sign, fields in sides for each in fields]

    def start(self, state: Any) -> str | None:
        return self._broken([sign * number for sign, root in self._roots for number in _numbers(root, (), state)])

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        moved: list[float] = []
        for change in changes:
            for sign, root in self._roots:
                moved += [sign * number for number in _numbers(root, change.path, change.new)]
                moved += [-sign * number for number in _numbers(root, change.path, change.old)]
        return self._broken(moved)

    def _broken(self, moved: Sequence[float]) -> str | None:
        exact = all(each.__class__ is int for each in moved)
        by = sum(moved) if exact else math.fsum(moved)
        if not by or (not exact and abs(by) <= _TOLERANCE * max(1.0, math.fsum(map(abs, moved)))):
            return None
        left, right = (" and ".join(each.text for each in side) for side in (self._law.left, self._law.right))
        return f"{left} must add up to the same as {right}, and would differ by {by:+g}"


def _numbers(root: Path, path: Path, value: Any) -> list[float]:
    return [] if value is None else [number for found in covered(root, path, value) for number in numbers(found)]


def balanced(left: str | Sequence[str], right: str | Sequence[str]) -> Law:
    """All numbers in the fields `left` add up to the same as all in the fields `right`, after every action and at the start.

    `balanced("sent", ["delivered", "bounced"])`. Fields may be paths, as in `"orders.*.paid"`. Checked in the cost of what an
    action touched; whole numbers exactly, others to one part in 10^9 of what was touched.
    Raises: DefinitionError for a side without a field, and for a path that lies within another.
    """
    sides = [(each,) if isinstance(each, str) else tuple(each) for each in (left, right)]
    if not all(sides):
        raise DefinitionError(f"balanced({left!r}, {right!r}) has a side without a field; name one on each side.")
    return _Balanced(sides[0], sides[1])
