"""conserved: what neither comes into being nor vanishes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from gamemaster.world.change import Change
from gamemaster.world.law import Law, Watch, covered, field_paths, numbers
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape

__all__ = ["conserved"]

_TOLERANCE = 1e-9


class _Conserved(Law):
    def __init__(self, fields: tuple[str, ...], unless: frozenset[str]) -> None:
        self.fields = field_paths(fields, "conserved")
        self.unless = unless
        self.name = f"conserved({', '.join(fields)})"

    def check_fields(self, shape: ModelShape) -> None:
        for each in self.fields:
            each.check(shape, self.name, (int, float))

    def watch(self, prefix: Path) -> Watch:
        return _Watch(self, prefix)


class _Watch(Watch):
    def __init__(self, law: _Conserved, prefix: Path) -> None:
        self.name, self._law = law.name, law
        self.roots = tuple(each.below(prefix).parts for each in law.fields)

    def start(self, state: Any) -> str | None:
        return None

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        if self._law.unless and (action in self._law.unless or action.rpartition(".")[2] in self._law.unless):
            return None
        whole, parts = 0, list[float]()
        for change in changes:
            for root in self.roots:
                for sign, side in ((1, change.new), (-1, change.old)):
                    if side is None:
                        continue
                    for value in covered(root, change.path, side):
                        for number in (value,) if value.__class__ is int else numbers(value):
                            if number.__class__ is int:
                                whole += sign * number
                            else:
                                parts.append(sign * number)
        if not parts:
            return self._broken(whole) if whole else None
        delta = math.fsum([whole, *parts])
        return self._broken(delta) if abs(delta) > _TOLERANCE * max(1.0, math.fsum(map(abs, parts))) else None

    def _broken(self, delta: float) -> str:
        what = " and ".join(each.text for each in self._law.fields)
        return f"The total of {what} must stay the same, and this would change it by {delta:+g}"


def conserved(*fields: str, unless: Iterable[str] = ()) -> Law:
    """The sum of all numbers in these fields together stays the same under every action.

    Fields may be paths: `conserved("residents.*.coins", "till")`. `unless` names the actions and hooks that may change
    the sum (`unless=("mint", "end_of_round")`; an intervention is called "intervention"). Whole numbers are added up
    exactly, floats to within 1e-9 of what moved.
    """
    return _Conserved(fields, frozenset((unless,) if isinstance(unless, str) else unless))
