"""within_overdraft: no balance falls below zero by more than its holder may overdraw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from gamemaster.world.change import Change
from gamemaster.world.law import FieldPath, Law, Watch
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape

__all__ = ["within_overdraft"]


class _WithinOverdraft(Law):
    def __init__(self, balances: str, overdrafts: str) -> None:
        self.fields = (FieldPath(balances), FieldPath(overdrafts))
        self.name = f"within_overdraft({balances}, {overdrafts})"

    def check_fields(self, shape: ModelShape) -> None:
        for each in self.fields:
            each.check(shape, self.name, (int,))

    def watch(self, prefix: Path) -> Watch:
        return _Watch(self, prefix)


class _Watch(Watch):
    """Keeps a copy of both fields, so that a change of one can be held against the other."""

    def __init__(self, law: _WithinOverdraft, prefix: Path) -> None:
        self.name = law.name
        self._roots = tuple(each.below(prefix).parts for each in law.fields)
        self._held: tuple[dict[str, int], dict[str, int]] = ({}, {})

    def start(self, state: Any) -> str | None:
        for held, root in zip(self._held, self._roots, strict=True):
            here = state
            for part in root:
                here = here[part]
            held.clear()
            held.update(here)
        return self._broken(({}, {}), set(self._held[0]))

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        new = self._changed(changes)
        return self._broken(new, {*new[0], *new[1]}) if new[0] or new[1] else None

    def settle(self, changes: Sequence[Change]) -> None:
        for held, new in zip(self._held, self._changed(changes), strict=True):
            held.update(new)

    def _changed(self, changes: Sequence[Change]) -> tuple[dict[str, int], dict[str, int]]:
        """What stands under the keys that were touched; 0 for what was taken out."""
        found: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for change in changes:
            for new, root in zip(found, self._roots, strict=True):
                if change.path == root:
                    new.update(dict.fromkeys(cast("dict[str, int]", change.old or {}), 0))
                    new.update(cast("dict[str, int]", change.new or {}))
                elif change.path[: len(root)] == root:
                    new[str(change.path[-1])] = change.new or 0
        return found

    def _broken(self, new: tuple[dict[str, int], dict[str, int]], names: set[str]) -> str | None:
        for name in sorted(names):
            balance, most = (side.get(name, held.get(name, 0)) for side, held in zip(new, self._held, strict=True))
            if balance < -most:
                return f"{name} would have {balance}, and may not have less than {-most}"
        return None


def within_overdraft(balances: str, overdrafts: str) -> Law:
    """No number in `balances` is below zero by more than what `overdrafts` says under the same key (0 where it says nothing).

    Both are dicts of whole numbers by holder. Costs what was touched.
    """
    return _WithinOverdraft(balances, overdrafts)
