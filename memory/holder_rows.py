"""HolderRows: what one holder remembers, in the order in which it came.

The one idea: it is the only place where a holder's columns change. It knows nothing of vectors but each text's row in the
bank's index.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

from gamemaster.memory.columns import LAST_ACCESS, TIME, Candidates, Columns, Places
from gamemaster.record.memory_columns import MemoryColumns
from gamemaster.words import MemoryKind, MemoryRecord

__all__ = ["HolderRows"]

GONE = -1
_MOST_MADE = 64


class HolderRows:
    """The records of `holder`, by place 0 .. len - 1.

    `places` says for each id where it stands, `GONE` when it was there once; holders of one bank share it, so that it
    also says which ids are taken. When one of the first `beginning` records changes, the columns' `beginning` does.
    """

    def __init__(self, holder: str = "", places: dict[str, int] | None = None, *, beginning: int = 0) -> None:
        self.holder = holder
        self._beginning = beginning
        self.lacking = 0  # records whose text has no row yet
        self._with_row = 0  # so many of the first have one
        self._latest: float | None = -np.inf
        self._columns = Columns(holder)
        self._places: dict[str, int] = {} if places is None else places
        self._in_time_order = True
        self._made: dict[int, MemoryRecord] = {}  # the records that were shown last: the latest are asked for again and again

    def __len__(self) -> int:
        return len(self._columns)

    def __contains__(self, id: str) -> bool:
        place = self._places.get(id, GONE)
        return 0 <= place < len(self._columns) and self._columns.ids[place] == id

    def get(self, id: str) -> MemoryRecord:
        """The record with this id; KeyError when there is none."""
        return self.record(self.place(id))

    def place(self, id: str) -> int:
        """Where the record with this id stands among this holder's; KeyError when there is none."""
        if id not in self:
            raise KeyError(id)
        return self._places[id]

    def record(self, place: int) -> MemoryRecord:
        """The record in a place."""
        known = self._made.get(place)
        if known is None:
            known = self._columns.record(place)
            self._show(place, known)
        return known

    def text(self, place: int) -> str:
        """The text of the record in a place."""
        return self._columns.texts[place]

    def row(self, place: int) -> int:
        """The row of the text of the record in a place; -1 for none yet."""
        return int(self._columns.rows[place])

    @property
    def columns(self) -> Columns:
        """The columns as they are now."""
        return self._columns

    def append(self, record: MemoryRecord) -> None:
        """Put a record after all others, with no row yet."""
        columns, place = self._columns, len(self._columns)
        columns.append(record)
        self.lacking += 1
        if self._latest is not None:
            self._latest = max(self._latest, record.time, record.last_access)
        self._places[record.id] = place
        if place and record.time < columns.floats[TIME, place - 1]:
            self._in_time_order = False

    def extend(self, records: MemoryColumns) -> None:
        """Put records after all others, with no row yet."""
        start, count = len(self._columns), len(records)
        self._columns.extend(records)
        self.lacking += count
        self._latest = None
        self._places.update(zip(records.id, range(start, start + count), strict=True))
        times = self._columns.floats[TIME, max(0, start - 1) : start + count]
        self._in_time_order = self._in_time_order and bool((times[1:] >= times[:-1]).all())

    def access(self, id: str, time: float) -> bool:
        """Make the last access of a record `time`; False when it is that already or later, or there is no such record."""
        if id not in self:
            return False
        place = self._places[id]
        if self._columns.floats[LAST_ACCESS, place] >= time:
            return False
        self._mine().floats[LAST_ACCESS, place] = time
        self._latest = None if self._latest is None else max(self._latest, time)
        self._made.pop(place, None)
        return True

    def last_access(self, id: str) -> float:
        """When the record with this id was last accessed; KeyError when there is none."""
        return float(self._columns.floats[LAST_ACCESS, self.place(id)])

    def put(self, record: MemoryRecord) -> None:
        """Put a record in the place of the one with its id and time; it has a row only if it says the same text."""
        place = self.place(record.id)
        columns = self._mine()
        columns.beginning += place < self._beginning and record.text != columns.texts[place]
        had = columns.rows[place] >= 0
        columns.put(place, record)
        if had and columns.rows[place] < 0:
            self.lacking += 1
            self._with_row = min(self._with_row, place)
        self._made.pop(place, None)

    def remove(self, ids: Collection[str]) -> None:
        """Drop records; the others keep their order. Costs a pass over all."""
        gone = np.array(sorted({self.place(id) for id in ids}), np.intp)
        if not len(gone):
            return
        count, first = len(self._columns), int(gone[0])
        kept = np.delete(np.arange(count), gone)
        for place in gone.tolist():
            self._places[self._columns.ids[place]] = GONE
        self._columns = self._columns.picked(kept)
        self.lacking = int(np.count_nonzero(self._columns.rows < 0))
        self._with_row, self._latest = 0, None
        self._places.update(zip(self._columns.ids[first:], range(first, len(kept)), strict=True))
        self._columns.beginning += first < self._beginning
        self._made.clear()
        times = self._columns.floats[TIME]
        self._in_time_order = bool((times[1:] >= times[:-1]).all())

    def set_rows(self, places: Places, rows: NDArray[np.int64]) -> None:
        """Note where the texts of records, which had no rows, stand in the index."""
        self._columns.rows[places] = rows
        self.lacking -= len(places)
        if not self.lacking:
            self._with_row = len(self)

    def move_rows(self, moved: NDArray[np.int64]) -> None:
        """The index gives each row a new number."""
        rows = self._mine().rows[: len(self)]
        rows[rows >= 0] = moved[rows[rows >= 0]]

    @property
    def latest(self) -> float:
        """The latest time or last access; minus infinity when nothing is held."""
        if self._latest is None:
            self._latest = float(self._columns.floats[: LAST_ACCESS + 1, : len(self)].max(initial=-np.inf))
        return self._latest

    def without_row(self) -> Places:
        """Places of the records whose text has no row yet."""
        if not self.lacking:
            return np.empty(0, np.intp)
        places = np.flatnonzero(self._columns.rows[self._with_row : len(self)] < 0) + self._with_row
        self._with_row = int(places[0])
        return places

    def by_time(self) -> Iterator[MemoryRecord]:
        """All records, the earliest first; of one time, in the order in which they came. As they were when it began."""
        columns, count = self._columns, len(self)
        order = range(count) if self._in_time_order else np.argsort(columns.floats[TIME, :count], kind="stable").tolist()
        with self.reading():
            for place in order:
                yield columns.record(place)

    def recent(self, n: int, kinds: Collection[MemoryKind] | None) -> list[MemoryRecord]:
        """The `n` latest by time, of those of these kinds, the earliest first."""
        count, columns = len(self), self._columns
        if not self._in_time_order:
            order = np.argsort(columns.floats[TIME, :count], kind="stable")
            if kinds is not None:
                order = order[columns.of_kinds(kinds, slice(0, count))[order]]
            return [self.record(place) for place in order[max(0, len(order) - n) :].tolist()]
        if kinds is None:
            return [self.record(place) for place in range(max(0, count - n), count)]
        wanted = [kind in kinds for kind in columns.kinds]
        found: list[int] = []
        size = 2 * n
        while count and len(found) < n:
            start = max(0, count - size)
            codes = columns.codes[start:count].tolist()
            found = [place for place, code in enumerate(codes, start) if wanted[code >> 1]] + found
            count, size = start, 4 * size
        return [self.record(place) for place in found[max(0, len(found) - n) :]]

    def candidates(
        self,
        *,
        since: float | None = None,
        until: float | None = None,
        kinds: Collection[MemoryKind] | None = None,
        tags: Collection[str] | None = None,
        matching: re.Pattern[str] | None = None,
    ) -> Candidates:
        """The records in the window of time (both ends included), of one of the kinds, with at least one of the tags.

        With `matching`, those in whose text the pattern is found. They are of the columns as they are now: who uses them
        later says so with `reading`.
        """
        columns, count = self._columns, len(self)
        if since is None and until is None and kinds is None and tags is None and matching is None:
            return Candidates(columns=columns, count=count)
        wanted = np.ones(count, np.bool_)
        if since is not None:
            wanted &= columns.floats[TIME, :count] >= since
        if until is not None:
            wanted &= columns.floats[TIME, :count] <= until
        if kinds is not None:
            wanted &= columns.of_kinds(kinds, slice(0, count))
        places = np.flatnonzero(wanted)
        if tags is not None:
            asked = frozenset(tags)
            places = _those(places, [not asked.isdisjoint(columns.tags(place)) for place in places.tolist()])
        if matching is not None:
            places = _those(places, [matching.search(columns.texts[place]) is not None for place in places.tolist()])
        return Candidates(columns=columns, count=count, places=places)

    @contextmanager
    def reading(self) -> Generator[None]:
        """The columns as they are now stay so until the end of the block, for whoever has candidates of them."""
        columns = self._columns
        columns.readers += 1
        try:
            yield
        finally:
            columns.readers -= 1

    def _mine(self) -> Columns:
        """The columns, which nobody reads: copied if somebody did."""
        if self._columns.readers:
            self._columns = self._columns.copy()
        return self._columns

    def _show(self, place: int, record: MemoryRecord) -> None:
        if len(self._made) >= _MOST_MADE:
            del self._made[next(iter(self._made))]
        self._made[place] = record


def _those(places: Places, wanted: list[bool]) -> Places:
    return places[np.array(wanted, np.bool_)]
