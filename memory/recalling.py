"""Recalling: one recall, from what is asked to the hits.

The one idea: everything about the holder is fixed when the recall begins; then the vectors that are missing are waited for,
with those of all other agents; then the hits are computed from what was fixed. So it doesn't matter what is added or
accessed meanwhile. This file neither embeds nor notes accesses; whoever runs it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.columns import IMPORTANCE, LAST_ACCESS, TIME, Candidates
from gamemaster.memory.diverse_recall import diverse
from gamemaster.memory.holder_rows import HolderRows
from gamemaster.memory.recall_request import CheckedRecall
from gamemaster.memory.scoring import UNRATED, Floats, Scores, best, score
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.memory.vector_rows import Rows, VectorRows
from gamemaster.words import Hit, MemoryRecord

__all__ = ["Compared", "Narrow", "Recalling", "begin_recall"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compared:
    """The candidates among which a recall's hits are, and the cosine of each to the query, where it is known."""

    own: Candidates
    cosines: Vector | None = None


Narrow = Callable[[Candidates, Vector, CheckedRecall], Compared]
"""Fewer candidates for a query, all of whose texts have a row: see `approximate_recall`."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recalling:
    """A recall that has begun: `texts` have to be embedded before `finish`, but for those that have a row by then.

    `rows_of_extra` has the row of each extra record's text, and `query_row` that of the query's; -1 where there was none when
    it began. `missing` are the holder's own texts among `texts`.
    """

    asked: CheckedRecall
    now: float
    own: Candidates
    extra: list[MemoryRecord]
    rows_of_extra: Rows
    query_row: int
    missing: list[str]
    texts: list[str]

    def query(self, index: VectorIndex, by_text: Mapping[str, Vector]) -> Vector:
        """The query's vector."""
        if not isinstance(self.asked.query, str):
            return self.asked.query
        return index.vector(self.query_row) if self.query_row >= 0 else by_text[self.asked.query]

    def finish(
        self,
        index: VectorIndex,
        by_text: Mapping[str, Vector],
        *,
        narrow: Narrow | None = None,
        compared: Compared | None = None,
    ) -> list[Hit]:
        """The hits, best first, given the vectors of `texts` that have no row in `index`.

        With `narrow` or `compared` the holder's own candidates are those that it leaves; the hits are approximate with `narrow`.
        Raises: MemoryInputError for a query vector that isn't of the width of the memories.
        """
        if not len(self.own) and not self.extra:
            return []
        asked, query = self.asked, self.query(index, by_text)
        if compared is None:
            compared = Compared(own=self.own) if narrow is None else narrow(self.own, query, asked)
        own, cosines = compared.own, None if self.extra else compared.cosines
        near = _Likeness.of(own, self.extra, self.rows_of_extra, index, by_text)
        times = _with(own.floats(TIME), [each.time for each in self.extra])
        last_access = _with(own.floats(LAST_ACCESS), [each.last_access for each in self.extra])
        rated = [UNRATED if each.importance is None else each.importance for each in self.extra]
        if cosines is None:
            cosines = near.to(query) if asked.weights.relevance else np.zeros(len(times), np.float32)
        scores = score(asked.weights, cosine=cosines, age=self.now - last_access, importance=_with(own.floats(IMPORTANCE), rated))
        places = list(self._within_tokens(self._ranked(scores, times, near), own))
        likeness = cosines[places] if asked.weights.relevance else near.to(query, np.array(places, np.int64))
        return [
            Hit(
                memory=own.record(place) if place < len(own) else self.extra[place - len(own)],
                score=float(scores.total[place]),
                relevance=float(scores.relevance[place]),
                recency=float(scores.recency[place]),
                importance=float(scores.importance[place]),
                cosine=float(cosine),
                approximate=narrow is not None,
            )
            for place, cosine in zip(places, likeness, strict=True)
        ]

    def _ranked(self, scores: Scores, times: Floats, near: _Likeness) -> Iterator[int]:
        """Places in the order of the hits, as many as `k` allows."""
        asked, total = self.asked, scores.total
        k = len(total) if asked.k is None else min(asked.k, len(total))
        if not asked.diversity:
            yield from best(total, times, k)
            return
        for taken, place in enumerate(diverse(total, times, asked.weights, asked.diversity, near.to_place), start=1):
            yield place
            if taken == k:
                return

    def _within_tokens(self, places: Iterable[int], own: Candidates) -> Iterator[int]:
        """The places up to the first whose text is too long for what is left of the budget."""
        left = self.asked.tokens
        for place in places:
            if left is not None:
                left -= self.asked.count_tokens(own.text(place) if place < len(own) else self.extra[place - len(own)].text)
                if left < 0:
                    return
            yield place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Likeness:
    """Cosines to all candidates: in `index` stand most of them, in `aside` those that aren't stored (any more)."""

    index: VectorIndex
    rows: Rows  # in the index; -1 - row for one that stands aside
    aside: VectorRows | None

    @classmethod
    def of(
        cls, own: Candidates, extra: list[MemoryRecord], of_extra: Rows, index: VectorIndex, by_text: Mapping[str, Vector]
    ) -> _Likeness:
        aside: VectorRows | None = None
        without = own.rows.min(initial=0) < 0
        rows = np.concatenate([own.rows, of_extra]) if without or extra else own.rows
        for place in np.flatnonzero(rows < 0).tolist() if without or extra else ():
            text = own.text(place) if place < len(own) else extra[place - len(own)].text
            rows[place] = index.row(text)
            if rows[place] < 0:
                vector = by_text[text]
                aside = VectorRows(len(vector)) if aside is None else aside
                rows[place] = -1 - int(aside.add(vector[None])[0])
        return cls(index=index, rows=rows, aside=aside)

    def to(self, vector: Vector, places: Rows | None = None) -> Vector:
        """The likeness of all candidates, or of those in `places`, to a vector."""
        rows = self.rows if places is None else self.rows[places]
        if self.aside is None:
            return self.index.cosines(vector, rows)
        out = np.empty(len(rows), np.float32)
        stored = rows >= 0
        out[stored] = self.index.cosines(vector, rows[stored])
        out[~stored] = self.aside.cosines(vector, -1 - rows[~stored])
        return out

    def to_place(self, place: int) -> Vector:
        """The likeness of all candidates to one of them."""
        row = int(self.rows[place])
        if row >= 0:
            return self.to(self.index.vector(row))
        assert self.aside is not None, "what has no row stands aside"
        return self.to(self.aside.vector(-1 - row))


def begin_recall(
    held: HolderRows, index: VectorIndex, asked: CheckedRecall, *, approximate_above: int | None = None
) -> Recalling:
    """A recall over what is held now; it is to be finished while the holder's columns and the index are being read.

    What has no row is taken to be in no index.
    With more candidates than `approximate_above`, all that is held is embedded, whether it is a candidate or not.
    """
    own = held.candidates(since=asked.since, until=asked.until, kinds=asked.kinds, tags=asked.tags, matching=asked.matching)
    extra = [record for record in asked.extra if _is_wanted(record, asked)]
    of_extra = np.array([index.row(record.text) for record in extra], np.int64)
    missing: dict[str, None] = {}
    texts: dict[str, None] = {}
    query_row = index.row(asked.query) if isinstance(asked.query, str) else -1
    if len(own) or extra:
        if held.lacking:
            everything = approximate_above is not None and len(own) > approximate_above
            if everything or own.places is None:
                missing.update(dict.fromkeys(map(held.text, held.without_row().tolist())))
            else:
                missing.update(dict.fromkeys(map(own.text, np.flatnonzero(own.rows < 0).tolist())))
        texts = missing | {record.text: None for record, row in zip(extra, of_extra, strict=True) if row < 0}
        if isinstance(asked.query, str) and query_row < 0:
            texts[asked.query] = None
    now = asked.now
    if now is None:
        now = max([held.latest, *(max(each.time, each.last_access) for each in asked.extra)])
    return Recalling(
        asked=asked,
        now=now,
        own=own,
        extra=extra,
        rows_of_extra=of_extra,
        query_row=query_row,
        missing=list(missing),
        texts=list(texts),
    )


def _is_wanted(record: MemoryRecord, asked: CheckedRecall) -> bool:
    return (
        (asked.since is None or record.time >= asked.since)
        and (asked.until is None or record.time <= asked.until)
        and (asked.kinds is None or record.kind in asked.kinds)
        and (asked.tags is None or not frozenset(asked.tags).isdisjoint(record.tags))
        and (asked.matching is None or asked.matching.search(record.text) is not None)
    )


def _with(own: Floats, more: list[float]) -> Floats:
    return np.concatenate([own, np.array(more, np.float64)]) if more else own
