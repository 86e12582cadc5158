"""Recalling: one recall, from what is asked to the hits.

The one idea: everything about the holder is read when the recall begins; then the vectors that are missing are waited for,
with those of all other agents; then the hits are computed from what was read. So it doesn't matter what is added or
accessed meanwhile. This file neither embeds nor notes accesses; whoever runs it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.embedder_cache import Vector
from gamemaster.memory.diverse_recall import diverse
from gamemaster.memory.holder_rows import Candidates, HolderRows
from gamemaster.memory.recall_request import CheckedRecall
from gamemaster.memory.scoring import Floats, best, score
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.words import Hit, MemoryInputError, MemoryRecord

__all__ = ["Recalling", "begin_recall"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recalling:
    """A recall that has begun: `texts` have to be embedded before `finish`."""

    asked: CheckedRecall
    now: float
    own: Candidates
    extra: Candidates
    texts: list[str]

    def finish(self, index: VectorIndex, vectors: Vector | None) -> list[Hit]:
        """The hits, best first, given a row for each of `texts`, None when there are none.

        The holder's own texts get a row in `index`.
        Raises: MemoryInputError for a query vector that isn't of the width of the memories.
        """
        own, extra = self.own, self.extra
        if not own.records and not extra.records:
            return []
        by_text = {} if vectors is None else dict(zip(self.texts, vectors, strict=True))
        query = by_text[self.asked.query] if isinstance(self.asked.query, str) else self.asked.query
        width = index.width if index.width is not None else len(next(iter(by_text.values())))
        if len(query) != width:
            raise MemoryInputError(f"The query is a vector of width {len(query)}; the memories have width {width}.")
        near = self._likeness(index, by_text)
        cosines = near.to(query)
        records = [*own.records, *extra.records]
        times = np.concatenate([own.times, extra.times])
        scores = score(
            self.asked.weights,
            cosine=cosines,
            age=self.now - np.concatenate([own.last_access, extra.last_access]),
            importance=np.concatenate([own.importance, extra.importance]),
        )
        return [
            Hit(
                memory=records[place],
                score=float(scores.total[place]),
                relevance=float(scores.relevance[place]),
                recency=float(scores.recency[place]),
                importance=float(scores.importance[place]),
                cosine=float(cosines[place]),
            )
            for place in self._within_tokens(self._ranked(scores.total, times, near), records)
        ]

    def _likeness(self, index: VectorIndex, by_text: dict[str, Vector]) -> _Likeness:
        own, extra = self.own, self.extra
        rows = own.rows.copy()
        without = np.flatnonzero(rows < 0)
        fresh = [text for place in without if (text := own.records[place].text) not in index]
        if fresh:
            index.add(fresh, np.stack([by_text[text] for text in fresh]))
        rows[without] = [index.row(own.records[place].text) for place in without]
        aside = VectorIndex()
        texts = [record.text for record in extra.records]
        if texts:
            aside.add(texts, np.stack([by_text[text] for text in texts]))
        return _Likeness(index=index, rows=rows, aside=aside, aside_rows=np.array([aside.row(text) for text in texts], np.int64))

    def _ranked(self, total: Floats, times: Floats, near: _Likeness) -> Iterator[int]:
        """Places in the order of the hits, as many as `k` allows."""
        asked = self.asked
        k = len(total) if asked.k is None else min(asked.k, len(total))
        if not asked.diversity:
            yield from best(total, times, k)
            return
        for taken, place in enumerate(diverse(total, times, asked.weights, asked.diversity, near.to_place), start=1):
            yield place
            if taken == k:
                return

    def _within_tokens(self, places: Iterable[int], records: list[MemoryRecord]) -> Iterator[int]:
        """The places up to the first whose text is too long for what is left of the budget."""
        left = self.asked.tokens
        for place in places:
            if left is not None:
                left -= self.asked.count_tokens(records[place].text)
                if left < 0:
                    return
            yield place


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Likeness:
    """Cosines to all candidates: those of the holder by their rows in the index, then those that aren't stored."""

    index: VectorIndex
    rows: NDArray[np.int64]
    aside: VectorIndex
    aside_rows: NDArray[np.int64]

    def to(self, vector: Vector) -> Vector:
        cosines = self.index.cosines(vector, self.rows)
        if not len(self.aside_rows):
            return cosines
        return np.concatenate([cosines, self.aside.cosines(vector, self.aside_rows)])

    def to_place(self, place: int) -> Vector:
        count = len(self.rows)
        if place < count:
            return self.to(self.index.vector(int(self.rows[place])))
        return self.to(self.aside.vector(int(self.aside_rows[place - count])))


def begin_recall(held: HolderRows, index: VectorIndex, asked: CheckedRecall) -> Recalling:
    """A recall over what is held now."""
    additions = HolderRows()
    for record in asked.extra:
        additions.append(record, -1)
    own, more = (
        rows.candidates(since=asked.since, until=asked.until, kinds=asked.kinds, tags=asked.tags, matching=asked.matching)
        for rows in (held, additions)
    )
    texts: dict[str, None] = {}
    if own.records or more.records:
        missing = [own.records[place].text for place in np.flatnonzero(own.rows < 0)]
        texts.update(dict.fromkeys(text for text in missing if text not in index))
        texts.update(dict.fromkeys(record.text for record in more.records))
        if isinstance(asked.query, str):
            texts[asked.query] = None
    return Recalling(
        asked=asked,
        now=max(held.latest, additions.latest) if asked.now is None else asked.now,
        own=own,
        extra=more,
        texts=list(texts),
    )
