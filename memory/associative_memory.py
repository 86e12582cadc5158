"""AssociativeMemory: what one holder remembers, recalled by likeness, recency and importance.

The one idea: it is a view of a `MemoryBank`, which holds the memories of all and embeds for all at once; standing alone it
has a bank of its own. It asks no model: nobody rates, reflects or summarises here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from gamemaster.memory.recall_request import Query, RecallRequest
from gamemaster.memory.record_checks import as_names
from gamemaster.words import Hit, MemoryInputError, MemoryKind, MemoryRecord, Weights

if TYPE_CHECKING:
    from gamemaster.memory.memory_bank import MemoryBank

__all__ = ["AssociativeMemory", "KEEP", "Kept"]


class Kept(Enum):
    """What an edit leaves as it is."""

    KEEP = "keep"


KEEP: Final = Kept.KEEP
"""Stands for "as it is" where None is a value."""


class AssociativeMemory:
    """The memory of `holder`: with a `bank` the holder's view of it, without one a bank of its own with `embedder`.

    The embedder is what `load_embedder` takes (None: the default one), and is loaded when something is first recalled.
    Iterating gives the records, oldest first by time; of one time, in the order in which they were added.
    """

    def __init__(self, embedder: Any = None, *, holder: str = "", bank: MemoryBank | None = None) -> None:
        if bank is None:
            from gamemaster.memory.memory_bank import MemoryBank

            bank = MemoryBank(embedder)
        elif embedder is not None:
            raise MemoryInputError(
                f"The memory of {holder!r} is given a bank and an embedder; the bank has its own, leave one out."
            )
        self.holder = holder
        self._bank = bank
        self._rows = bank.rows(holder)

    @property
    def bank(self) -> MemoryBank:
        """The bank that it is a view of."""
        return self._bank

    def get(self, id: str) -> MemoryRecord | None:
        """This holder's record with that id; None when there is none."""
        return self._rows.get(id) if id in self._rows else None

    def add(
        self,
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
        """Remember `text`; costs no embedding until somebody recalls.

        `time` and `last_access` (by default the same) are in simulated seconds; `rests_on` are ids of this holder's records,
        and the new record's depth is one more than the deepest of them. The id is given by the bank unless stated.
        Raises: MemoryInputError for an empty text, an importance outside 0 .. 10, an id that is unknown in `rests_on` or
        already taken; nothing is stored then.
        """
        return self._bank.add(
            self.holder,
            text,
            time=time,
            last_access=last_access,
            importance=importance,
            kind=kind,
            tags=tags,
            rests_on=rests_on,
            id=id,
        )

    def recall(
        self,
        query: Query,
        k: int | None = None,
        *,
        now: float | None = None,
        weights: Weights | None = None,
        since: float | None = None,
        until: float | None = None,
        kinds: Collection[MemoryKind] | None = None,
        tags: Collection[str] | None = None,
        matching: str | re.Pattern[str] | None = None,
        diversity: float = 0.0,
        tokens: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        extra: Sequence[MemoryRecord] = (),
        touch: bool = True,
    ) -> list[Hit]:
        """The `k` memories that score highest (10 unless told), best first; ties in order of age, older first.

        Candidates are the records from `since` to `until` (both included), of one of `kinds`, with at least one of
        `tags`, in whose text the regular expression `matching` is found; and of `extra`, records that aren't stored yet.
        Scores by `weights` (None: `PAPER`), and where these scale by minimum and maximum, it is over the candidates. An
        importance that is None counts as 5. `now` is when the recall happens, by default the latest time that this
        holder's records know of; the hits' last access becomes `now`, or stays if it is later, unless `touch` is false.
        Hits show records as they were before. Fewer than `k` come back when there are fewer candidates. `query` is a text
        or a vector of the embedder's.

        With `tokens` the hits are, instead of `k` of them, as many of the best as fit into that many tokens (the first
        that doesn't fit ends them; given both, both limit); `count_tokens` counts a text's, by default one for every
        three characters. `diversity` above 0 (at most 1) also counts how unlike the hits are: see `diverse_recall`.

        Costs one pass over this holder's own rows, whatever others hold, and the embedding of what isn't embedded yet;
        with `diversity` one more pass for each hit. With more candidates than the bank's `approximate_above` they are
        first made fewer, and the hits say so (`Hit.approximate`).
        Source: Park et al. 2023, section 4.1 (relevance + recency + importance, each scaled to 0..1).
        Raises: MemoryInputError for k or tokens < 1, an empty query, a vector that is zero, not finite or of another
        width, weights or times that are no finite numbers, and a pattern that is none; ModelError when the embedder
        fails. Nothing stored changes then.
        """
        return self._bank.recall_many(
            [
                RecallRequest(
                    holder=self.holder,
                    query=query,
                    k=k,
                    now=now,
                    weights=weights,
                    since=since,
                    until=until,
                    kinds=kinds,
                    tags=tags,
                    matching=matching,
                    diversity=diversity,
                    tokens=tokens,
                    count_tokens=count_tokens,
                    extra=extra,
                    touch=touch,
                )
            ]
        )[0]

    async def arecall(
        self,
        query: Query,
        k: int | None = None,
        *,
        now: float | None = None,
        weights: Weights | None = None,
        since: float | None = None,
        until: float | None = None,
        kinds: Collection[MemoryKind] | None = None,
        tags: Collection[str] | None = None,
        matching: str | re.Pattern[str] | None = None,
        diversity: float = 0.0,
        tokens: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
        extra: Sequence[MemoryRecord] = (),
        touch: bool = True,
    ) -> list[Hit]:
        """The same as `recall`, with what is missing embedded in one batch for all that wait at the same time.

        It is a recall as of the moment of the call: what is added or forgotten while it waits makes no difference.
        """
        found = await self._bank.arecall_many(
            [
                RecallRequest(
                    holder=self.holder,
                    query=query,
                    k=k,
                    now=now,
                    weights=weights,
                    since=since,
                    until=until,
                    kinds=kinds,
                    tags=tags,
                    matching=matching,
                    diversity=diversity,
                    tokens=tokens,
                    count_tokens=count_tokens,
                    extra=extra,
                    touch=touch,
                )
            ]
        )
        return found[0]

    def recent(self, n: int, kinds: Collection[MemoryKind] | None = None) -> list[MemoryRecord]:
        """The `n` latest records by time, oldest first; of one time, those added last count as later."""
        if n < 0:
            raise MemoryInputError(f"{self.holder or 'The memory'} is asked for the {n} latest records; n must be at least 0.")
        return self._rows.recent(n, None if kinds is None else as_names(kinds))

    def forget(self, ids: Collection[str]) -> None:
        """Remove records. Raises: MemoryInputError for an id that this holder has none of; nothing is removed then."""
        self._bank.forget(self.holder, ids)

    def rate(self, id: str, importance: float) -> MemoryRecord:
        """The record with that id, which is this important (0 .. 10) from now on; no edit, as nothing else was said before.

        Raises: MemoryInputError for an id that this holder has none of, or another importance; nothing changes then.
        """
        return self._bank.rate(self.holder, id, importance)

    def edit(
        self,
        id: str,
        *,
        text: str | Kept = KEEP,
        importance: float | None | Kept = KEEP,
        kind: MemoryKind | Kept = KEEP,
        tags: Collection[str] | Kept = KEEP,
        time: float | None = None,
    ) -> MemoryRecord:
        """Edit a record by hand: what is given replaces what was, which stays as the latest of the record's `versions`.

        `time` is when, in simulated seconds (by default the latest time that this holder's records know of). The record
        keeps its id, its place, its time and last access, and what it rests on; a new text is embedded when it is next
        needed. When nothing is another than it was, nothing happens. Costs a pass over the records added after it.
        Raises: MemoryInputError for an id that this holder has none of, and for what `add` refuses; nothing changes then.
        """
        given = {"text": text, "importance": importance, "kind": kind, "tags": tags}
        changes = {name: value for name, value in given.items() if not isinstance(value, Kept)}
        return self._bank.edit(self.holder, id, changes, time=time)

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[MemoryRecord]:
        return iter(self._rows.by_time())
