"""RecallRecord: one recall of an agent's component on its way to the archive and back: what was looked for, what came, and why.

The one idea: it is provenance, as an embedding is, and no fact of the run: it follows from memories, query and embedder,
which are. So the hash chain and the canonical export leave it out (two machines may differ in the last digit of a score),
and each row has a checksum of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from gamemaster.record.contents import digest_of
from gamemaster.record.json_text import from_json, to_json
from gamemaster.record.table import Row
from gamemaster.words import ArchiveDamaged, Hit

__all__ = ["RecallRecord", "RecalledMemory", "read_recall", "recall_row", "recall_rows"]

_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledMemory:
    """A memory that was recalled: its weighted parts, whose sum is the score, and the cosine; to four decimals.

    The `id` is "pending/N" for what the component itself had added in the same turn, where the turn left no trace.
    """

    id: str
    relevance: float
    recency: float
    importance: float
    cosine: float

    @property
    def score(self) -> float:
        """The sum of the parts."""
        return round(self.relevance + self.recency + self.importance, _DIGITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallRecord:
    """`who`'s `component` looked for `query` in this `phase` ("act", "react", "probe/…"; as calls' keys begin), the `n`-th time.

    `k` is None where none was given: then there are 10, or as many as fit into a budget of tokens. `hits` are best first;
    `approximate` is as in `Hit`.
    """

    who: str
    component: str
    phase: str
    n: int
    query: str
    k: int | None
    hits: tuple[RecalledMemory, ...]
    approximate: bool = False

    @classmethod
    def of(cls, hits: Sequence[Hit], *, who: str, component: str, phase: str, n: int, query: str, k: int | None) -> RecallRecord:
        """The record of a recall that gave these hits."""
        return cls(
            who=who,
            component=component,
            phase=phase,
            n=n,
            query=query,
            k=None if k is None else int(k),
            hits=tuple([_hit(each) for each in hits]),
            approximate=any(each.approximate for each in hits),
        )

    def renamed(self, ids: dict[str, str]) -> RecallRecord:
        """The same with the ids that records have got since."""
        if not any(each.id in ids for each in self.hits):
            return self
        hits = tuple([replace(each, id=ids[each.id]) if each.id in ids else each for each in self.hits])
        return replace(self, hits=hits)


def _hit(hit: Hit) -> RecalledMemory:
    return RecalledMemory(
        id=hit.memory.id,
        relevance=round(float(hit.relevance), _DIGITS),
        recency=round(float(hit.recency), _DIGITS),
        importance=round(float(hit.importance), _DIGITS),
        cosine=round(float(hit.cosine), _DIGITS),
    )


def recall_rows(step: int, recalls: Sequence[RecallRecord]) -> list[Row]:
    """The rows of a step's recalls."""
    return [recall_row(step, each) for each in recalls]


def recall_row(step: int, recall: RecallRecord) -> Row:
    """The row of `recalls` for a record."""
    hits = to_json([[each.id, each.relevance, each.recency, each.importance, each.cosine] for each in recall.hits])
    row = (step, recall.who, recall.component, recall.phase, recall.n, recall.query, recall.k, hits, int(recall.approximate))
    return *row, _checksum(row)


def read_recall(row: Row) -> RecallRecord:
    """The recall that a row of `recalls` holds. Raises: ArchiveDamaged when it isn't what was recorded."""
    step, who, component, phase, n, query, k, hits, approximate, checksum = row
    where = f"recall {n} of {who}, {component}, in step {step}"
    if _checksum(row[:-1]) != checksum:
        raise ArchiveDamaged(f"The archive's {where} is damaged; its checksum differs.")
    try:
        found = [
            RecalledMemory(id=str(id), relevance=float(a), recency=float(b), importance=float(c), cosine=float(d))
            for id, a, b, c, d in cast("list[Any]", from_json(hits, where))
        ]
    except (TypeError, ValueError) as error:
        raise ArchiveDamaged(f"The archive holds no readable memories in {where}: {error}.") from error
    return RecallRecord(
        who=who, component=component, phase=phase, n=n, query=query, k=k, hits=tuple(found), approximate=bool(approximate)
    )


def _checksum(row: Row) -> str:
    return digest_of(to_json(row))[:16]
