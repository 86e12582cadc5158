"""bounded: what stays within limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gamemaster.words import DefinitionError
from gamemaster.world.change import Change
from gamemaster.world.law import FieldPath, Law, Watch, covered, numbers
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape

__all__ = ["bounded"]


class _Bounded(Law):
    def __init__(self, field: str, low: float | None, high: float | None) -> None:
        self.field = FieldPath(field)
        self.low, self.high = low, high
        limits = [f"{word}={value}" for word, value in (("low", low), ("high", high)) if value is not None]
        self.name = f"bounded({', '.join([field, *limits])})"

    def check_fields(self, shape: ModelShape) -> None:
        self.field.check(shape, self.name, (int, float))

    def watch(self, prefix: Path) -> Watch:
        return _Watch(self, prefix)


class _Watch(Watch):
    def __init__(self, law: _Bounded, prefix: Path) -> None:
        self.name, self._law = law.name, law
        self.roots = (law.field.below(prefix).parts,)

    def start(self, state: Any) -> str | None:
        return self._broken((), state)

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        for change in changes:
            if change.op != "remove":
                problem = self._broken(change.path, change.new)
                if problem:
                    return problem
        return None

    def _broken(self, path: Path, value: Any) -> str | None:
        low, high = self._law.low, self._law.high
        for found in covered(self.roots[0], path, value):
            for number in numbers(found):
                if (low is not None and number < low) or (high is not None and number > high):
                    where = ".".join(map(str, path)) or self._law.field.text
                    rule = f"below {low}" if low is not None and number < low else f"above {high}"
                    return f"{where} would be {number}, and must not be {rule}"
        return None


def bounded(field: str, low: float | None = None, high: float | None = None) -> Law:
    """Every number in this field (or path, as in `"residents.*.energy"`) stays from `low` to `high`, both included."""
    if low is None and high is None:
        raise DefinitionError(f"bounded({field!r}) has no bound; give low, high or both.")
    if low is not None and high is not None and low > high:
        raise DefinitionError(f"bounded({field!r}) has low={low} above high={high}; swap them.")
    return _Bounded(field, low, high)
