"""MemoryBank: the memories of all holders of a simulation.

The one idea: one place that knows what changed. Records are stored by holder; ids follow from the step and the order of
addition; vectors are made lazily, for all holders in one batch; and once a step `take_changes` hands the archive what is
new. The bank has no state of its own to be saved: `load` takes the archive's records and vectors.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, cast

from gamemaster.language.embedder_cache import EmbeddingCache, Vector
from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.bank_recall import BankRecall, StoredVectors
from gamemaster.memory.holder_rows import HolderRows
from gamemaster.memory.loading import checked_columns, columns_by_holder
from gamemaster.memory.memory_changes import MemoryChanges, MemoryEdit
from gamemaster.memory.recall_request import CheckedRecall, RecallRequest, checked
from gamemaster.memory.recalling import Recalling
from gamemaster.memory.record_checks import as_names, check_record, checked_changes, checked_time, with_numbers
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.record.memory_columns import MemoryColumns
from gamemaster.words import Hit, MemoryInputError, MemoryKind, MemoryRecord

__all__ = ["APPROXIMATE_ABOVE", "MemoryBank"]

APPROXIMATE_ABOVE = 100_000
"""Above so many candidates a recall is approximate unless a bank says otherwise; up to it an exact one takes under 10 ms."""


class MemoryBank:
    """Holds what everyone remembers; `view(holder)` is one holder's memory.

    `embedder` is what `load_embedder` takes (None: the default one), and is loaded when something is first recalled. With
    `deferred`, as in a simulation, a recall only notes what it accessed, and `apply_accesses` makes it so: all recalls of
    a step see memory as it was when the step began. Otherwise a recall changes the last access at once.

    A recall looks at all of the holder's own records, whatever others hold. For a holder with more candidates than
    `approximate_above` (None: never) it looks at those that are most relevant, as an approximate index finds them, most recent
    and most important, and says so in each `Hit`.
    """

    def __init__(
        self, embedder: Any = None, *, deferred: bool = False, approximate_above: int | None = APPROXIMATE_ABOVE
    ) -> None:
        self.deferred = deferred
        self._recall = BankRecall(embedder, approximate_above)
        self._views: dict[str, AssociativeMemory] = {}
        self._rows: dict[str, HolderRows] = {}
        self._places: dict[str, int] = {}  # of all ids ever held: none is given twice
        self._step = 0
        self._next = 0
        self._noted: dict[str, dict[str, float]] = {}
        self._added: dict[str, str | MemoryRecord] = {}  # the holder, where the record is as it was added
        self._accessed: dict[str, set[str]] = {}
        self._forgotten: dict[str, None] = {}
        self._edited: list[MemoryEdit] = []
        self._rated: dict[str, float] = {}

    @property
    def cache(self) -> EmbeddingCache:
        """The cache of its embedder, which is loaded now if it is known by name only."""
        return self._recall.cache

    @property
    def index(self) -> VectorIndex:
        """The vectors of its texts."""
        return self._recall.index

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
            rows = self._rows[holder] = HolderRows(holder, self._places, beginning=self._recall.sizes.trained_on)
        return rows

    def is_taken(self, id: str) -> bool:
        """Whether a record has this id or had it: such an id is given to no other."""
        return id in self._places

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
        last_access: float | None = None,
    ) -> MemoryRecord:
        """Store a record; see `AssociativeMemory.add`."""
        rows, grounds = self.rows(holder), as_names(rests_on)
        for each in grounds:
            if each not in rows:
                raise MemoryInputError(
                    f"{holder!r} is to remember {text[:80]!r}, resting on {each!r}; no record of theirs has that id."
                )
        if id is not None and id in self._places:
            raise MemoryInputError(f"{holder!r} is to remember {text[:80]!r} under the id {id!r}, which is taken; leave it out.")
        record = MemoryRecord(
            id=self._free_id() if id is None else id,
            holder=holder,
            text=text,
            time=time,
            last_access=time if last_access is None else last_access,
            importance=importance,
            kind=kind,
            tags=as_names(tags),
            rests_on=grounds,
            depth=1 + max(rows.get(each).depth for each in grounds) if grounds else 0,
        )
        check_record(record)
        record = with_numbers(record)
        if id is None:
            self._next += 1
        rows.append(record)
        self._recall.take_up(rows, len(rows) - 1, len(rows))
        self._added[record.id] = holder
        return record

    def forget(self, holder: str, ids: Collection[str]) -> None:
        """Remove records of `holder`; see `AssociativeMemory.forget`."""
        rows, gone = self.rows(holder), dict.fromkeys(as_names(ids))
        for id in gone:
            if id not in rows:
                raise MemoryInputError(f"{holder!r} is to forget {id!r}, but holds no record with that id.")
        for id in gone:
            if id in self._added:
                self._added[id] = self._as_added(id)
            self._forgotten[id] = None
        said = [(rows.text(place), rows.row(place)) for place in map(rows.place, gone)]
        rows.remove(gone)
        self._recall.let_go(said)
        self._recall.compact(self._rows.values())

    def rate(self, holder: str, id: str, importance: float) -> MemoryRecord:
        """Say how important a record of `holder` is; see `AssociativeMemory.rate`."""
        rows = self.rows(holder)
        if id not in rows:
            raise MemoryInputError(f"{holder!r} is to rate {id!r}, but holds no record with that id.")
        rated = replace(rows.get(id), importance=importance)
        check_record(rated)
        rated = with_numbers(rated)
        rows.put(rated)
        added = self._added.get(id)
        if isinstance(added, MemoryRecord):
            self._added[id] = replace(added, importance=rated.importance)
        elif added is None:
            self._rated[id] = importance
        return rated

    def edit(self, holder: str, id: str, changes: Mapping[str, Any], *, time: float | None = None) -> MemoryRecord:
        """Change fields of a record of `holder`; see `AssociativeMemory.edit`."""
        rows = self.rows(holder)
        if id not in rows:
            raise MemoryInputError(f"{holder!r} is to edit {id!r}, but holds no record with that id.")
        record = rows.get(id)
        when = checked_time(rows.latest if time is None else time, f"{holder!r} is to edit {id!r} at")
        fields = checked_changes(changes, f"{holder!r} is to edit {id!r}")
        new = record.edited(fields, step=self._step, time=when)
        check_record(new)
        if new is record:
            return record
        new = with_numbers(new)
        if id in self._added:
            self._added[id] = self._as_added(id)
        place = rows.place(id)
        said = (rows.text(place), rows.row(place))
        rows.put(new)
        if new.text != record.text:
            self._recall.take_up(rows, place, place + 1)
            self._recall.let_go([said])
        made = {name: fields[name] for name in new.versions[-1].changed}
        self._edited.append(MemoryEdit(id=id, step=self._step, time=when, changes=made))
        return new

    def recall_many(self, requests: Iterable[RecallRequest]) -> list[list[Hit]]:
        """For each request what `AssociativeMemory.recall` gives its holder, in the order of the requests.

        All read memory as it was before the call, and what isn't embedded yet is embedded in one batch. Raises: as
        `recall`; no request has any effect then.
        """
        asked = [checked(each) for each in requests]
        with self._reading(asked):
            begun = self._recall.begin(asked, self.rows)
            texts = _texts(begun)
            found = self._recall.finish(begun, self.rows, _by_text(texts, self.cache.embed_now(texts) if texts else None))
        return self._noting(begun, found)

    async def arecall_many(self, requests: Iterable[RecallRequest]) -> list[list[Hit]]:
        """The same as `recall_many`, embedding in one batch with all that wait at the same time."""
        asked = [checked(each) for each in requests]
        with self._reading(asked):
            begun = self._recall.begin(asked, self.rows)
            texts = _texts(begun)
            found = self._recall.finish(begun, self.rows, _by_text(texts, await self.cache.embed(texts) if texts else None))
        return self._noting(begun, found)

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
                if rows.access(id, time):
                    self._accessed.setdefault(holder, set()).add(id)
        self._noted.clear()

    def take_changes(self) -> MemoryChanges:
        """What changed since the last call, in an order that doesn't depend on who was quicker."""
        # As they were added: what was edited since is told by `edited`.
        added = tuple(map(self._as_added, self._added))
        accessed: dict[str, float] = {}
        for holder in sorted(self._accessed):
            rows = self._rows[holder]
            known = [id for id in self._accessed[holder] if id in rows and id not in self._added]
            accessed.update({id: rows.last_access(id) for id in sorted(known, key=rows.place)})
        vectors = tuple(self.index.take_new())
        changes = MemoryChanges(
            added=added,
            accessed=accessed,
            edited=tuple(self._edited),
            rated=self._rated,
            forgotten=tuple(self._forgotten),
            vectors=vectors,
            embedder=self.cache.embedder.fingerprint if vectors else "",
        )
        self._added, self._accessed, self._forgotten, self._edited, self._rated = {}, {}, {}, [], {}
        return changes

    def load(
        self, records: Iterable[MemoryRecord] | MemoryColumns, vectors: StoredVectors = (), *, fingerprint: str | None = None
    ) -> None:
        """Take up stored records, in the order in which they were stored, and the vectors of texts among them.

        An archive gives its records as columns (`Archive.memory_columns`), so that a hundred thousand come in a moment. They
        don't count as changes. `vectors` are texts with their vectors, or a function that reads those of given texts: it is
        called when a recall needs them, so that nothing is read of holders who recall nothing. `fingerprint` is that of the
        embedder which made the vectors; with it, this bank's embedder is compared, at the latest when they are read.
        Raises: MemoryInputError for a record or vector that can't be used, an id that is taken, or another embedder's
        vectors; nothing is taken up then.
        """
        new = checked_columns(records, self._places.keys())
        checked_vectors = self._recall.check(vectors, fingerprint)
        by_holder = columns_by_holder(new)
        first = {holder: len(self.rows(holder)) for holder in by_holder}
        for holder, own in by_holder.items():
            self.rows(holder).extend(own)
        self._recall.load(checked_vectors, fingerprint, self._rows.values())
        for holder, place in first.items():
            self._recall.take_up(self.rows(holder), place, len(self.rows(holder)))

    def vectors(self, holder: str | None = None) -> list[tuple[str, Vector]]:
        """The texts of `holder` (None: of all) that are embedded, each once, with their vectors, bit for bit as embedded."""
        rows = self._rows.values() if holder is None else [self.rows(holder)]
        texts = dict.fromkeys(text for held in rows for text in held.columns.texts)
        return self.index.vectors([text for text in texts if text in self.index])

    def _reading(self, asked: Iterable[CheckedRecall]) -> AbstractContextManager[None]:
        return self._recall.reading([self.rows(holder) for holder in dict.fromkeys(each.holder for each in asked)])

    def _noting(self, begun: Iterable[Recalling], found: list[list[Hit]]) -> list[list[Hit]]:
        for each, hits in zip(begun, found, strict=True):
            if each.asked.touch:
                self.accessed(each.asked.holder, [hit.memory.id for hit in hits], each.now)
        return found

    def _as_added(self, id: str) -> MemoryRecord:
        """A record that was added since the changes were taken: as it was then, but with its present last access."""
        added = self._added[id]
        if isinstance(added, str):
            rows = self._rows[added]
            return rows.columns.record(rows.place(id))
        return added if id in self._forgotten else replace(added, last_access=self._rows[added.holder].last_access(id))

    def _free_id(self) -> str:
        while (id := f"{self._step}/memory/{self._next}") in self._places:
            self._next += 1
        return id


def _texts(begun: list[Recalling]) -> list[str]:
    return list(dict.fromkeys(text for each in begun for text in each.texts))


def _by_text(texts: Iterable[str], vectors: Vector | None) -> dict[str, Vector]:
    return {} if vectors is None else dict(zip(texts, vectors, strict=True))
