"""Recalling: one recall, from what is asked to the hits.

The one idea: everything about the holder is read when the recall begins; then the vectors that are missing are waited for,
with those of all other agents; then the hits are computed from what was read. So it doesn't matter what is added or
accessed meanwhile. This file neither embeds nor notes accesses; whoever runs it does.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gamemaster.language.embedder_cache import Vector, vector_problem
from gamemaster.memory.holder_rows import Candidates, HolderRows
from gamemaster.memory.record_checks import as_names, check_record, checked_time
from gamemaster.memory.scoring import best, check_weights, score
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.words import Hit, MemoryInputError, MemoryRecord, Weights

__all__ = ["Query", "Recalling", "begin_recall"]

Query: TypeAlias = str | Vector
"""What a recall looks for: a text, or a vector of the embedder's."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recalling:
    """A recall that has begun: `texts` have to be embedded before `finish`."""

    query: Query
    k: int
    now: float
    weights: Weights
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
        query = by_text[self.query] if isinstance(self.query, str) else self.query
        width = index.width if index.width is not None else len(next(iter(by_text.values())))
        if len(query) != width:
            raise MemoryInputError(f"The query is a vector of width {len(query)}; the memories have width {width}.")
        rows = own.rows.copy()
        without = np.flatnonzero(rows < 0)
        fresh = [text for place in without if (text := own.records[place].text) not in index]
        if fresh:
            index.add(fresh, np.stack([by_text[text] for text in fresh]))
        rows[without] = [index.row(own.records[place].text) for place in without]
        cosines = index.cosines(query, rows)
        if extra.records:
            aside = VectorIndex()
            texts = [record.text for record in extra.records]
            aside.add(texts, np.stack([by_text[text] for text in texts]))
            cosines = np.concatenate([cosines, aside.cosines(query, np.array([aside.row(text) for text in texts], np.int64))])
        times = np.concatenate([own.times, extra.times])
        scores = score(
            self.weights,
            cosine=cosines,
            age=self.now - np.concatenate([own.last_access, extra.last_access]),
            importance=np.concatenate([own.importance, extra.importance]),
        )
        count = len(own.records)
        return [
            Hit(
                memory=own.records[place] if place < count else extra.records[place - count],
                score=float(scores.total[place]),
                relevance=float(scores.relevance[place]),
                recency=float(scores.recency[place]),
                importance=float(scores.importance[place]),
                cosine=float(cosines[place]),
            )
            for place in best(scores.total, times, self.k)
        ]


def begin_recall(
    held: HolderRows,
    index: VectorIndex,
    query: Query,
    k: int,
    *,
    holder: str,
    now: float | None,
    weights: Weights,
    since: float | None,
    until: float | None,
    kinds: Collection[str] | None,
    tags: Collection[str] | None,
    extra: Sequence[MemoryRecord],
) -> Recalling:
    """A recall over what is held now. Raises: MemoryInputError for input that can't be used."""
    who = holder or "The memory"
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MemoryInputError(f"{who} recalls with k={k!r}; k must be a whole number of at least 1.")
    if isinstance(query, str):
        if not query.strip():
            raise MemoryInputError(f"{who} recalls with the query {query!r}; a query is a text that isn't empty.")
    else:
        query = _as_query(query, who)
    check_weights(weights)
    for name, time in (("now", now), ("since", since), ("until", until)):
        if time is not None:
            checked_time(time, f"{who} recalls with {name} at")
    additions = HolderRows()
    for record in extra:
        check_record(record)
        additions.append(record, -1)
    kinds = None if kinds is None else as_names(kinds)
    tags = None if tags is None else as_names(tags)
    own = held.candidates(since=since, until=until, kinds=kinds, tags=tags)
    more = additions.candidates(since=since, until=until, kinds=kinds, tags=tags)
    texts: dict[str, None] = {}
    if own.records or more.records:
        missing = [own.records[place].text for place in np.flatnonzero(own.rows < 0)]
        texts.update(dict.fromkeys(text for text in missing if text not in index))
        texts.update(dict.fromkeys(record.text for record in more.records))
        if isinstance(query, str):
            texts[query] = None
    latest = max(held.latest, additions.latest)
    return Recalling(
        query=query,
        k=k,
        now=latest if now is None else float(now),
        weights=weights,
        own=own,
        extra=more,
        texts=list(texts),
    )


def _as_query(query: Vector, who: str) -> Vector:
    """A vector of length 1 along `query`."""
    vector = np.asarray(query, np.float64)
    problem = vector_problem(vector)
    if problem and not problem.startswith("has the length"):
        raise MemoryInputError(f"{who} recalls with a vector that {problem}; give a vector of the embedder's, or a text.")
    return (vector / np.sqrt(np.sum(vector * vector))).astype(np.float32)
