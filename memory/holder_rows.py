"""HolderRows: the records of one holder, in the order in which they came, with columns for what a recall computes on.

The one idea: a record is an immutable value, and beside it stand its numbers in arrays, so that scoring a thousand
records is a few array operations. It knows nothing of vectors but each text's row in the bank's index.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gamemaster.memory.scoring import UNRATED
from gamemaster.words import MemoryKind, MemoryRecord

__all__ = ["Candidates", "HolderRows"]

Places: TypeAlias = NDArray[np.intp]
_FIRST_ROOM = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Records that a recall chooses from, older first by place, and their columns. A copy: later changes don't show."""

    records: list[MemoryRecord]
    times: NDArray[np.float64]
    last_access: NDArray[np.float64]
    importance: NDArray[np.float64]
    rows: NDArray[np.int64]


class HolderRows:
    """What one holder remembers, by place 0 .. len - 1."""

    def __init__(self) -> None:
        self.records: list[MemoryRecord] = []
        self._place: dict[str, int] = {}
        self._in_time_order = True
        self._kinds: dict[str, int] = {}
        # time, last access, importance; and, whole numbers, the kind's code and the row in the index (-1: none yet)
        self._floats = np.empty((3, _FIRST_ROOM), np.float64)
        self._codes = np.empty((2, _FIRST_ROOM), np.int64)

    def __len__(self) -> int:
        return len(self.records)

    def __contains__(self, id: str) -> bool:
        return id in self._place

    def get(self, id: str) -> MemoryRecord:
        """The record with this id; KeyError when there is none."""
        return self.records[self._place[id]]

    def place(self, id: str) -> int:
        """Where the record with this id stands among this holder's; KeyError when there is none."""
        return self._place[id]

    def append(self, record: MemoryRecord, row: int) -> None:
        """Put a record after all others."""
        place = len(self.records)
        if place == self._floats.shape[1]:
            self._floats = np.concatenate([self._floats, np.empty_like(self._floats)], axis=1)
            self._codes = np.concatenate([self._codes, np.empty_like(self._codes)], axis=1)
        self._floats[:, place] = (record.time, record.last_access, UNRATED if record.importance is None else record.importance)
        self._codes[:, place] = (self._kinds.setdefault(record.kind, len(self._kinds)), row)
        if place and record.time < self.records[-1].time:
            self._in_time_order = False
        self.records.append(record)
        self._place[record.id] = place

    def access(self, id: str, time: float) -> None:
        """Set the last access of a record."""
        place = self._place[id]
        self.records[place] = replace(self.records[place], last_access=time)
        self._floats[1, place] = time

    def remove(self, ids: Collection[str]) -> None:
        """Drop records; the others keep their order. Costs a pass over all."""
        gone = {self._place[id] for id in ids}
        kept = [place for place in range(len(self.records)) if place not in gone]
        room = max(_FIRST_ROOM, len(kept))
        floats, codes = np.empty((3, room), np.float64), np.empty((2, room), np.int64)
        floats[:, : len(kept)] = self._floats[:, kept]
        codes[:, : len(kept)] = self._codes[:, kept]
        self.records = [self.records[place] for place in kept]
        self._floats, self._codes = floats, codes
        self._place = {record.id: place for place, record in enumerate(self.records)}
        times = floats[0, : len(kept)]
        self._in_time_order = bool(np.all(times[1:] >= times[:-1]))

    def set_row(self, place: int, row: int) -> None:
        """Note where the text of a record stands in the index."""
        self._codes[1, place] = row

    @property
    def latest(self) -> float:
        """The latest time or last access; minus infinity when nothing is held."""
        return float(self._floats[:2, : len(self.records)].max(initial=-np.inf))

    def without_row(self) -> list[int]:
        """Places of the records whose text was in no index when last looked at."""
        return [int(place) for place in np.flatnonzero(self._codes[1, : len(self.records)] < 0)]

    def by_time(self) -> list[MemoryRecord]:
        """All records, the earliest first; of one time, in the order in which they came."""
        if self._in_time_order:
            return list(self.records)
        return [self.records[place] for place in np.argsort(self._floats[0, : len(self.records)], kind="stable")]

    def recent(self, n: int, kinds: Collection[MemoryKind] | None) -> list[MemoryRecord]:
        """The `n` latest by time, of those of these kinds, the earliest first."""
        found: list[MemoryRecord] = []
        for record in reversed(self.records if self._in_time_order else self.by_time()):
            if len(found) == n:
                break
            if kinds is None or record.kind in kinds:
                found.append(record)
        return found[::-1]

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

        With `matching`, those in whose text the pattern is found.
        """
        count = len(self.records)
        if since is None and until is None and kinds is None and tags is None and matching is None:
            floats, rows = self._floats[:, :count].copy(), self._codes[1, :count].copy()
            return Candidates(
                records=self.records.copy(), times=floats[0], last_access=floats[1], importance=floats[2], rows=rows
            )
        wanted = np.ones(count, np.bool_)
        if since is not None:
            wanted &= self._floats[0, :count] >= since
        if until is not None:
            wanted &= self._floats[0, :count] <= until
        if kinds is not None:
            codes = [self._kinds[kind] for kind in kinds if kind in self._kinds]
            wanted &= np.isin(self._codes[0, :count], codes)
        places: Places = np.flatnonzero(wanted)
        if tags is not None:
            asked = frozenset(tags)
            tagged = [not asked.isdisjoint(self.records[int(place)].tags) for place in places]
            places = places[np.array(tagged, np.bool_)]
        if matching is not None:
            found = [matching.search(self.records[int(place)].text) is not None for place in places]
            places = places[np.array(found, np.bool_)]
        floats = self._floats[:, places]
        return Candidates(
            records=[self.records[place] for place in places],
            times=floats[0],
            last_access=floats[1],
            importance=floats[2],
            rows=self._codes[1, places],
        )
