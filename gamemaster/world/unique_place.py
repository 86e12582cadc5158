"""unique_place: each thing is in one place only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from gamemaster.world.change import Change
from gamemaster.world.law import Law, Watch, covered, field_paths, texts
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape

__all__ = ["unique_place"]


class _UniquePlace(Law):
    def __init__(self, fields: tuple[str, ...]) -> None:
        self.fields = field_paths(fields, "unique_place")
        self.name = f"unique_place({', '.join(fields)})"

    def check_fields(self, shape: ModelShape) -> None:
        for each in self.fields:
            each.check(shape, self.name, (str,))

    def watch(self, prefix: Path) -> Watch:
        return _Watch(self, prefix)


class _Watch(Watch):
    """`standing` counts where each thing stands; with the law kept, every count is 1."""

    def __init__(self, law: _UniquePlace, prefix: Path) -> None:
        self.name = law.name
        self.roots = tuple(each.below(prefix).parts for each in law.fields)
        self.standing: Counter[str] = Counter()

    def start(self, state: Any) -> str | None:
        self.standing = Counter(self._things((), state))
        return self._broken(self.standing)

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        moved = self._moved(changes)
        return self._broken({thing: self.standing[thing] + by for thing, by in moved.items() if by > 0})

    def settle(self, changes: Sequence[Change]) -> None:
        for thing, by in self._moved(changes).items():
            self.standing[thing] += by
            if not self.standing[thing]:
                del self.standing[thing]

    def _moved(self, changes: Sequence[Change]) -> dict[str, int]:
        moved: dict[str, int] = {}
        for change in changes:
            for thing in self._things(change.path, change.old):
                moved[thing] = moved.get(thing, 0) - 1
            for thing in self._things(change.path, change.new):
                moved[thing] = moved.get(thing, 0) + 1
        return moved

    def _things(self, path: Path, value: Any) -> Iterator[str]:
        for root in self.roots:
            for found in covered(root, path, value):
                yield from texts(found)

    def _broken(self, counts: dict[str, int]) -> str | None:
        for thing, count in counts.items():
            if count > 1:
                return f"{thing!r} would be in {count} places at once; each thing is in one place only"
        return None


def unique_place(*fields: str) -> Law:
    """Each thing named in these fields stands there once: in one list, under one key, and only once in it.

    The fields hold lists of names, `list[str]` or `dict[str, list[str]]`; paths as in `"rooms.*.things"` work too. A
    thing may vanish or appear; it may not be in two places.
    """
    return _UniquePlace(fields)
