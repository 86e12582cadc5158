"""MemoryBank: the memories of all holders of a simulation.

The one idea: one place that knows what changed. Records are stored by holder; ids follow from the step and the order of
addition; vectors are made lazily, for all holders in one batch; and once a step `take_changes` hands the archive what is
new. The bank has no state of its own to be saved: `load` takes the archive's records and vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, cast

import numpy as np

from gamemaster.language.embedder_cache import EmbeddingCache, Vector, embedding_cache
from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.holder_rows import HolderRows
from gamemaster.memory.memory_changes import MemoryChanges
from gamemaster.memory.recall_request import RecallRequest, checked
from gamemaster.memory.recalling import Recalling, begin_recall
from gamemaster.memory.record_checks import as_names, check_record
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.words import Hit, MemoryInputError, MemoryKind, MemoryRecord

__all__ = ["MemoryBank"]


class MemoryBank:
    """Holds what everyone remembers; `view(holder)` is one holder's memory.

    `embedder` is what `load_embedder` takes (None: the default one), and is loaded when something is first recalled. With
    `deferred`, as in a simulation, a recall only notes what it accessed, and `apply_accesses` makes it so: all recalls of
    a step see memory as it was when the step began. Otherwise a recall changes the last access at once.
    """

    def __init__(self, embedder: Any = None, *, deferred: bool = False) -> None:
        self.deferred = deferred
        self.index = VectorIndex()
        self._given = embedder
        self._cache: EmbeddingCache | None = None
        self._views: dict[str, AssociativeMemory] = {}
        self._rows: dict[str, HolderRows] = {}
        self._ids: set[str] = set()  # of all ever held: no id is given twice
        self._step = 0
        self._next = 0
        self._noted: dict[str, dict[str, float]] = {}
        self._added: dict[str, MemoryRecord] = {}
        self._accessed: dict[str, set[str]] = {}
        self._forgotten: dict[str, None] = {}

    @property
    def cache(self) -> EmbeddingCache:
        """The cache of its embedder, which is loaded now if it is known by name only."""
        if self._cache is None:
            from gamemaster.language.embedding import load_embedder

            self._cache = embedding_cache(load_embedder() if self._given is None else load_embedder(self._given))
        return self._cache

    @property
    def holders(self) -> tuple[str, ...]:
        """Everyone who has a view or a record, in the order of first mention."""
        return tuple(self._rows)

    def __len__(self) -> int:
        return sum(map(len, self._rows.values()))

    def view(self, holder: str) -> AssociativeMemory:
        """The memory of `holder`, always the same object."""
        if holder not in self._views:
            self._views[holder] = AssociativeMemory(
                holder=holder, bank=cast(Any, self)
            )  # to a type checker the package has two paths
        return self._views[holder]

    def rows(self, holder: str) -> HolderRows:
        """The records of `holder`, for its view."""
        rows = self._rows.get(holder)
        if rows is None:
            rows = self._rows[holder] = HolderRows()
        return rows

    def is_taken(self, id: str) -> bool:
        """Whether a record has this id or had it: such an id is given to no other."""
        return id in self._ids

    def begin_step(self, step: int) -> None:
        """From now on ids are `"{step}/memory/{n}"`, n from 0 in the order of addition."""
        if step != self._step:
            self._step, self._next = step, 0

    def add(
        self,
        holder: str,
        text: str,
        *,
        time: float = 0.0,
        importance: float | None = None,
        kind: MemoryKind = "observation",
        tags: Collection[str] = (),
        rests_on: Collection[str] = (),
        id: str | None = None,
    ) -> MemoryRecord:
        """Store a record; see `AssociativeMemory.add`."""
        rows, grounds = self.rows(holder), as_names(rests_on)
        for each in grounds:
            if each not in rows:
                raise MemoryInputError(
                    f"{holder!r} is to remember {text[:80]!r}, resting on {each!r}; no record of theirs has that id."
                )
        if id is not None and id in self._ids:
            raise MemoryInputError(f"{holder!r} is to remember {text[:80]!r} under the id {id!r}, which is taken; leave it out.")
        record = MemoryRecord(
            id=self._free_id() if id is None else id,
            holder=holder,
            text=text,
            time=time,
            last_access=time,
            importance=importance,
            kind=kind,
            tags=as_names(tags),
            rests_on=grounds,
            depth=1 + max(rows.get(each).depth for each in grounds) if grounds else 0,
        )
        check_record(record)
        if id is None:
            self._next += 1
        self._store(record)
        self._added[record.id] = record
        return record

    def forget(self, holder: str, ids: Collection[str]) -> None:
        """Remove records of `holder`; see `AssociativeMemory.forget`."""
        rows, gone = self.rows(holder), dict.fromkeys(as_names(ids))
        for id in gone:
            if id not in rows:
                raise MemoryInputError(f"{holder!r} is to forget {id!r}, but holds no record with that id.")
        for id in gone:
            if id in self._added:
                self._added[id] = rows.get(id)
            self._forgotten[id] = None
        rows.remove(gone)

    def recall_many(self, requests: Iterable[RecallRequest]) -> list[list[Hit]]:
        """For each request what `AssociativeMemory.recall` gives its holder, in the order of the requests.

        All read memory as it was before the call, and what isn't embedded yet is embedded in one batch. Raises: as
        `recall`; no request has any effect then.
        """
        begun = self._begin(requests)
        texts = _texts(begun)
        return self._finish(begun, texts, self.cache.embed_now(texts) if texts else None)

    async def arecall_many(self, requests: Iterable[RecallRequest]) -> list[list[Hit]]:
        """The same as `recall_many`, embedding in one batch with all that wait at the same time."""
        begun = self._begin(requests)
        texts = _texts(begun)
        return self._finish(begun, texts, await self.cache.embed(texts) if texts else None)

    def accessed(self, holder: str, ids: Iterable[str], time: float) -> None:
        """Records of `holder` have been recalled at `time`; what isn't stored (any more) is passed over."""
        rows, noted = self.rows(holder), self._noted.setdefault(holder, {})
        for id in ids:
            if id in rows:
                noted[id] = max(time, noted.get(id, time))
        if not self.deferred:
            self.apply_accesses()

    def apply_accesses(self) -> None:
        """Make last accesses what recalls have noted; a last access never becomes earlier."""
        for holder, noted in self._noted.items():
            rows = self._rows[holder]
            for id, time in noted.items():
                if id in rows and time > rows.get(id).last_access:
                    rows.access(id, time)
                    self._accessed.setdefault(holder, set()).add(id)
        self._noted.clear()

    def take_changes(self) -> MemoryChanges:
        """What changed since the last call, in an order that doesn't depend on who was quicker."""
        added = tuple(each if id in self._forgotten else self._rows[each.holder].get(id) for id, each in self._added.items())
        accessed: dict[str, float] = {}
        for holder in sorted(self._accessed):
            rows = self._rows[holder]
            known = [id for id in self._accessed[holder] if id in rows and id not in self._added]
            accessed.update({id: rows.get(id).last_access for id in sorted(known, key=rows.place)})
        vectors = tuple(self.index.take_new())
        changes = MemoryChanges(
            added=added,
            accessed=accessed,
            forgotten=tuple(self._forgotten),
            vectors=vectors,
            embedder=self.cache.embedder.fingerprint if vectors else "",
        )
        self._added, self._accessed, self._forgotten = {}, {}, {}
        return changes

    def load(
        self, records: Iterable[MemoryRecord], vectors: Iterable[tuple[str, Vector]] = (), *, fingerprint: str | None = None
    ) -> None:
        """Take up stored records, in the order in which they were stored, and the vectors of texts among them.

        They don't count as changes. `fingerprint` is that of the embedder which made the vectors; with it, this bank's
        embedder is loaded and compared.
        Raises: MemoryInputError for a record or vector that can't be used, an id that is taken, or another embedder's
        vectors; nothing is taken up then.
        """
        new, known = list(records), list(vectors)
        ids = set(self._ids)
        for record in new:
            check_record(record)
            if record.id in ids:
                raise MemoryInputError(
                    f"The stored memory {record.id!r} of {record.holder!r} is there twice; each id may be there once."
                )
            ids.add(record.id)
        if known:
            own = self.cache.embedder
            if fingerprint is not None and fingerprint != own.fingerprint:
                raise MemoryInputError(
                    f"The stored vectors were made by an embedder with the fingerprint {fingerprint!r}; this one is {own.name!r} "
                    f"with {own.fingerprint!r}. Load them with the first, or leave the vectors out to embed anew."
                )
            self.cache.load(known)
            held = {record.text for record in new} | {record.text for rows in self._rows.values() for record in rows.records}
            kept = [(text, vector) for text, vector in known if text in held]
            if kept:
                # The stored ones, even where the cache knows the text from this machine: bit for bit as they were.
                self.index.add([text for text, _ in kept], np.stack([vector for _, vector in kept]), stored=True)
        for record in new:
            self._store(record)

    def _begin(self, requests: Iterable[RecallRequest]) -> list[Recalling]:
        return [begin_recall(self.rows(asked.holder), self.index, asked) for asked in [checked(each) for each in requests]]

    def _finish(self, begun: list[Recalling], texts: list[str], vectors: Vector | None) -> list[list[Hit]]:
        by_text = {} if vectors is None else dict(zip(texts, vectors, strict=True))
        found = [
            each.finish(self.index, np.stack([by_text[text] for text in each.texts]) if each.texts else None) for each in begun
        ]
        for each, hits in zip(begun, found, strict=True):
            rows = self.rows(each.asked.holder)
            for place in rows.without_row():
                rows.set_row(place, self.index.row(rows.records[place].text))
            if each.asked.touch:
                self.accessed(each.asked.holder, [hit.memory.id for hit in hits], each.now)
        return found

    def _store(self, record: MemoryRecord) -> None:
        self.rows(record.holder).append(record, self.index.row(record.text))
        self._ids.add(record.id)

    def _free_id(self) -> str:
        while (id := f"{self._step}/memory/{self._next}") in self._ids:
            self._next += 1
        return id


def _texts(begun: list[Recalling]) -> list[str]:
    return list(dict.fromkeys(text for each in begun for text in each.texts))
