"""in_sequence: lists whose items are numbered one after the other, such as the posts of a channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias, cast

from gamemaster.words import DefinitionError
from gamemaster.world.change import Change
from gamemaster.world.law import FieldPath, Law, Watch
from gamemaster.world.node import Path
from gamemaster.world.shape import ModelShape

__all__ = ["in_sequence"]

_Mark: TypeAlias = tuple[int, float]
"""An item's number and time."""


class _InSequence(Law):
    def __init__(self, field: str, number: str, time: str) -> None:
        if "." in field:
            raise DefinitionError(f"in_sequence({field!r}): name the field of a world that is a dict of lists.")
        self.field, self.number, self.time = FieldPath(field), number, time
        self.name = f"in_sequence({field}, {number}, {time})"

    def check_fields(self, shape: ModelShape) -> None:
        for each in (self.number, self.time):
            FieldPath(f"{self.field.text}.*.*.{each}").check(shape, self.name, (int, float))

    def watch(self, prefix: Path) -> Watch:
        return _Watch(self, prefix)


class _Watch(Watch):
    """Remembers numbers and times of all lists; an action costs as much as the lists that it touched are long."""

    def __init__(self, law: _InSequence, prefix: Path) -> None:
        self.name, self._law = law.name, law
        self._root = law.field.below(prefix).parts
        self._lists: dict[str, list[_Mark]] = {}

    def start(self, state: Any) -> str | None:
        for part in self._root:
            state = state[part]
        self._lists = self._read(state)
        return self._broken(self._lists.items())

    def check(self, changes: Sequence[Change], action: str) -> str | None:
        return self._broken(self._after(changes).items())

    def settle(self, changes: Sequence[Change]) -> None:
        for name, marks in self._after(changes).items():
            if marks:
                self._lists[name] = marks
            else:
                self._lists.pop(name, None)

    def _after(self, changes: Sequence[Change]) -> dict[str, list[_Mark]]:
        """The lists that are touched, as they will be; empty where one is taken out."""
        touched: dict[str, list[_Mark]] = {}
        depth = len(self._root)
        for change in changes:
            path, new = change.path, change.new
            if path[:depth] != self._root[: len(path)]:
                continue
            if len(path) <= depth:  # the field as a whole, or a world around it
                for part in self._root[len(path) :]:
                    new = new[part]
                touched = {name: list[_Mark]() for name in self._lists} | self._read(new)
                continue
            name = str(path[depth])
            if len(path) == depth + 1:
                touched[name] = [] if new is None else self._marks(new)
                continue
            marks = touched.setdefault(name, list(self._lists.get(name, ())))
            index = cast("int", path[depth + 1])
            if len(path) > depth + 2:
                before = marks[index]
                if path[depth + 2] in (self._law.number, self._law.time):
                    marks[index] = (new, before[1]) if path[depth + 2] == self._law.number else (before[0], new)
            elif change.op == "remove":
                del marks[index]
            elif change.op == "add":
                marks.insert(index, self._mark(new))
            else:
                marks[index] = self._mark(new)
        return touched

    def _read(self, field: Any) -> dict[str, list[_Mark]]:
        return {str(name): self._marks(items) for name, items in field.items()}

    def _marks(self, items: Iterable[Any]) -> list[_Mark]:
        return [self._mark(each) for each in items]

    def _mark(self, item: Any) -> _Mark:
        return item[self._law.number], item[self._law.time]

    def _broken(self, lists: Iterable[tuple[str, list[_Mark]]]) -> str | None:
        for name, marks in lists:
            for (one, earlier), (other, later) in pairwise(marks):
                if other != one + 1 or later < earlier:
                    return f"in {self._law.field.text}, {name}: number {other} would come after number {one}"
        return None


def in_sequence(field: str, *, number: str = "number", time: str = "time") -> Law:
    """In each list of the dict `field`, items are numbered one after the other, and their times don't fall.

    Items may be taken off at both ends. Checked in the cost of the lists that an action touched.
    Raises: DefinitionError for a path; with the world's class for a field that isn't a dict of lists of models with these two.
    """
    return _InSequence(field, number, time)
