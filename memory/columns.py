"""Columns: the records of one holder as columns, and candidates picked from them.

The one idea: a record takes a few numbers in arrays and pointers to its texts, so that scoring a hundred thousand is a few
array operations, and a `MemoryRecord` is made only when somebody wants to see one. What a recall reads stays as it was
when it began: who changes columns that are being read copies them first.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import MISSING, dataclass, fields
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gamemaster.memory.scoring import UNRATED
from gamemaster.record.memory_columns import MemoryColumns
from gamemaster.words import MemoryRecord

__all__ = ["Candidates", "Columns", "Places"]

Places = NDArray[np.intp]
Floats = NDArray[np.float64]

_COLUMNS = ("id", "holder", "text", "time", "last_access", "importance", "kind")
_REST = [each for each in fields(MemoryRecord) if each.name not in _COLUMNS]
_REST_NAMES = tuple(each.name for each in _REST)
_rest_of = attrgetter(*_REST_NAMES)
_EMPTY_REST = tuple(each.default for each in _REST)
assert MISSING not in _EMPTY_REST
_TAGS = _REST_NAMES.index("tags")
_MOST_SHARED = 1024
_FIRST_ROOM = 16

TIME, LAST_ACCESS, IMPORTANCE = 0, 1, 2


class Columns:
    """Records by place. Below the number that a reader has counted, nothing changes while `readers` is above 0."""

    __slots__ = (
        "beginning",
        "cells",
        "cells_of",
        "codes",
        "edits",
        "floats",
        "holder",
        "ids",
        "kinds",
        "readers",
        "rest",
        "rows",
        "sketches",
        "texts",
    )

    def __init__(self, holder: str) -> None:
        self.holder = holder
        self.ids: list[str] = []
        self.texts: list[str] = []
        self.rest: list[tuple[Any, ...] | None] = []  # the fields that most records have nothing in
        self.kinds: list[str] = []
        self.floats = np.empty((3, 0), np.float64)  # time, last access, importance
        self.codes = np.empty(0, np.int32)  # twice the place of the kind in `kinds`; one more when nobody has rated it
        self.rows = np.empty(0, np.int64)  # of the text in the index; -1 for none yet
        self.cells = np.empty(0, np.int16)  # of the text in the approximate index; -1 for none yet
        self.cells_of = 0  # the training that `cells` go by
        self.sketches = np.empty((0, 0), np.uint64)  # bits of the vectors, where there is a cell; as long as there are any
        self.readers = 0
        self.edits = 0
        self.beginning = 0  # another number when one of the first records has changed

    def __len__(self) -> int:
        return len(self.ids)

    def extend(self, records: MemoryColumns) -> None:
        """Put records after all others, with no row yet."""
        start, count = len(self.ids), len(records)
        self._make_room(start + count)
        codes = {kind: 2 * at for at, kind in enumerate(self.kinds)}
        for kind in dict.fromkeys(records.kind):
            if kind not in codes:
                codes[kind] = 2 * len(self.kinds)
                self.kinds.append(kind)
        part = slice(start, start + count)
        self.floats[TIME, part] = records.time
        self.floats[LAST_ACCESS, part] = records.last_access
        rated = np.array(records.importance, np.float64)  # None becomes NaN
        unrated = np.isnan(rated)
        self.floats[IMPORTANCE, part] = np.where(unrated, UNRATED, rated)
        self.codes[part] = np.fromiter(map(codes.__getitem__, records.kind), np.int32, count) + unrated
        self.rows[part] = -1
        self.cells[part] = -1
        self.texts.extend(records.text)
        rest = [getattr(records, name) for name in _REST_NAMES]
        self.rest.extend(map(_shared_rest, zip(*rest, strict=True)) if any(map(any, rest)) else [None] * count)
        self.ids.extend(records.id)

    def append(self, record: MemoryRecord) -> None:
        """Put a record after all others, with no row yet."""
        place = len(self.ids)
        if place == len(self.codes):
            self._make_room(place + 1)
        self.texts.append(record.text)
        self.rest.append(None)
        self._set(place, record)
        self.ids.append(record.id)

    def put(self, place: int, record: MemoryRecord) -> None:
        """Put a record in the place of another with its id; it has a row only if it says the same text."""
        row, cell = (self.rows[place], self.cells[place]) if record.text == self.texts[place] else (-1, -1)
        self._set(place, record)
        self.rows[place], self.cells[place] = row, cell
        self.edits += 1

    def _set(self, place: int, record: MemoryRecord) -> None:
        if record.kind not in self.kinds:
            self.kinds.append(record.kind)
        rated = record.importance
        self.floats[:, place] = (record.time, record.last_access, UNRATED if rated is None else rated)
        self.codes[place] = 2 * self.kinds.index(record.kind) + (rated is None)
        self.rows[place] = self.cells[place] = -1
        self.texts[place] = record.text
        self.rest[place] = _rest(record)

    def record(self, place: int) -> MemoryRecord:
        """The record in a place."""
        code = int(self.codes[place])
        time, last_access, importance = self.floats[:, place].tolist()
        rest = self.rest[place]
        return MemoryRecord(
            id=self.ids[place],
            holder=self.holder,
            text=self.texts[place],
            time=time,
            last_access=last_access,
            importance=None if code & 1 else importance,
            kind=self.kinds[code >> 1],
            **({} if rest is None else dict(zip(_REST_NAMES, rest, strict=True))),
        )

    def tags(self, place: int) -> tuple[str, ...]:
        """The tags of the record in a place."""
        rest = self.rest[place]
        return () if rest is None else rest[_TAGS]

    def of_kinds(self, kinds: Collection[str], part: slice) -> NDArray[np.bool_]:
        """Whether each record of a part is of one of these kinds."""
        return np.array([kind in kinds for kind in self.kinds], np.bool_)[self.codes[part] >> 1]

    def copy(self) -> Columns:
        """Columns that can be changed without a reader's noticing."""
        new = Columns(self.holder)
        new.ids, new.kinds = self.ids, self.kinds  # these only grow at the end
        new.cells_of, new.edits, new.beginning = self.cells_of, self.edits, self.beginning
        new.texts, new.rest = self.texts.copy(), self.rest.copy()
        new.floats, new.codes, new.rows, new.cells = self.floats.copy(), self.codes.copy(), self.rows.copy(), self.cells.copy()
        new.sketches = self.sketches.copy()
        return new

    def picked(self, places: Places) -> Columns:
        """Columns of the records in `places` alone."""
        new = Columns(self.holder)
        new.kinds = self.kinds
        new.cells_of, new.edits, new.beginning = self.cells_of, self.edits, self.beginning
        kept = places.tolist()
        new.ids, new.texts, new.rest = ([held[at] for at in kept] for held in (self.ids, self.texts, self.rest))
        new.floats, new.codes = self.floats[:, places], self.codes[places]
        new.rows, new.cells = self.rows[places], self.cells[places]
        new.sketches = self.sketches[places[: np.searchsorted(places, len(self.sketches))]]
        return new

    def _make_room(self, count: int) -> None:
        room = len(self.codes)
        if count <= room:
            return
        more = max(count - room, room // 4, _FIRST_ROOM)
        self.floats = np.concatenate([self.floats, np.empty((3, more), np.float64)], axis=1)
        self.codes = np.concatenate([self.codes, np.empty(more, np.int32)])
        self.rows = np.concatenate([self.rows, np.empty(more, np.int64)])
        self.cells = np.concatenate([self.cells, np.empty(more, np.int16)])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """The first `count` records of some columns, or those of them in `places` (ascending): what a recall chooses from."""

    columns: Columns
    count: int
    places: Places | None = None

    def __len__(self) -> int:
        return self.count if self.places is None else len(self.places)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The row of each candidate's text in the index; -1 for none yet. Not a copy when all are candidates."""
        held = self.columns.rows
        return held[: self.count] if self.places is None else held[self.places]

    def floats(self, column: int) -> Floats:
        """`TIME`, `LAST_ACCESS` or `IMPORTANCE` of each candidate. Not a copy when all are candidates."""
        held = self.columns.floats[column]
        return held[: self.count] if self.places is None else held[self.places]

    def place(self, at: int) -> int:
        """The place in the columns of the candidate `at`."""
        return at if self.places is None else int(self.places[at])

    def text(self, at: int) -> str:
        """The text of the candidate `at`."""
        return self.columns.texts[self.place(at)]

    def record(self, at: int) -> MemoryRecord:
        """The candidate `at` as a record."""
        return self.columns.record(self.place(at))

    def some(self, at: Places) -> Candidates:
        """The candidates `at` (ascending) alone."""
        return Candidates(columns=self.columns, count=self.count, places=at if self.places is None else self.places[at])


_shared: dict[tuple[Any, ...], tuple[Any, ...]] = {}


def _rest(record: MemoryRecord) -> tuple[Any, ...] | None:
    """The record's other fields, None when they are empty; one object for the many that are alike."""
    return _shared_rest(_rest_of(record))


def _shared_rest(rest: tuple[Any, ...]) -> tuple[Any, ...] | None:
    if rest == _EMPTY_REST:
        return None
    known = _shared.get(rest)
    if known is None:
        known = rest
        if len(_shared) < _MOST_SHARED:
            _shared[rest] = rest
    return known
