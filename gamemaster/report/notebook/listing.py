"""Listing: many things of one kind as one table in a notebook, where a list of them would be shown as a line of code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from gamemaster.words import BadInput, Event, Hit, MemoryRecord, Observation
from gamemaster.words.static_html import table_html

__all__ = ["Listing"]

_SHOWN: Mapping[type, Sequence[str]] = {
    Event: ("id", "kind", "actor", "action", "place", "text"),
    Observation: ("id", "to", "how", "speaker", "text"),
    MemoryRecord: ("id", "holder", "time", "importance", "kind", "text"),
    Hit: ("score", "relevance", "recency", "importance", "cosine", "text"),
}
"""Which fields of each are columns; of anything else, all."""


class Listing:
    """Events, observations, memories, hits, or rows of a table, as a table: `Listing(run.events)` in a notebook's cell.

    It shows the first `most`, and says how many there are besides. Raises: BadInput for things of several kinds.
    """

    def __init__(self, things: Iterable[Any], *, most: int = 100) -> None:
        if most < 1:
            raise BadInput(f"Listing(most={most}); it shows at least one row.")
        self._things = list(things)
        self._most = most
        kinds: list[type[Any]] = list(dict.fromkeys(type(each) for each in self._things))  # pyright: ignore[reportUnknownArgumentType]
        if len(kinds) > 1:
            raise BadInput(f"A listing is of things of one kind; these are {' and '.join(each.__name__ for each in kinds)}.")
        self._kind: type[Any] | None = kinds[0] if kinds else None

    def __len__(self) -> int:
        return len(self._things)

    def __repr__(self) -> str:
        return f"Listing({len(self._things)} x {self._kind.__name__ if self._kind else 'nothing'})"

    def _repr_html_(self) -> str:
        shown = self._things[: self._most]
        columns = _columns(shown)
        rows = [[_value(each, column) for column in columns] for each in shown]
        return table_html(columns, rows, more=len(self._things) - len(shown))


def _columns(things: Sequence[Any]) -> Sequence[str]:
    if not things:
        return ("nothing",)
    first = things[0]
    if type(first) in _SHOWN:
        return _SHOWN[type(first)]
    if isinstance(first, Mapping):
        return list(dict.fromkeys(str(key) for each in things for key in each))
    if is_dataclass(first):
        return [each.name for each in fields(first)]
    return (type(first).__name__,)


def _value(thing: Any, column: str) -> Any:
    if isinstance(thing, Hit) and column == "text":
        return thing.memory.text
    if isinstance(thing, Mapping):
        return thing.get(column)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    value = getattr(thing, column) if is_dataclass(thing) else thing
    return str(value) if is_dataclass(value) else value
