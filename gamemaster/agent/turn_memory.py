"""TurnMemory: an agent's memory as one of its components sees it during a turn."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, cast

from gamemaster.record import RecallRecord
from gamemaster.words import Hit, MemoryRecord, Weights

if TYPE_CHECKING:
    from gamemaster.memory import AssociativeMemory

__all__ = ["TurnMemory"]


class TurnMemory:
    """Reads the agent's memory and what this component has added since; additions wait for the end of the phase.

    `pending` is handed to the memory by the agent, component by component, when all of the phase have ended: the order
    in which records are stored does not depend on who was quicker. `forgotten` follows when all is stored, so that what
    one component adds may rest on what another forgets. Each recall is put on `recalls`, to be put on record with the step.
    """

    __slots__ = (
        "_asked",
        "_component",
        "_made",
        "_memory",
        "_phase",
        "_recalls",
        "_time",
        "_touch",
        "forgotten",
        "pending",
        "rated",
    )

    def __init__(
        self,
        memory: AssociativeMemory,
        time: float,
        *,
        touch: bool = True,
        recalls: list[RecallRecord] | None = None,
        component: str = "",
        phase: str = "",
    ) -> None:
        self._touch = touch
        self._recalls = recalls
        self._component = component
        self._phase = phase
        self._asked = 0
        self._made: list[int] = []  # where in `recalls` its own are
        self._memory = memory
        self._time = time
        self.pending: list[MemoryRecord] = []
        self.forgotten: dict[str, None] = {}
        self.rated: dict[str, float] = {}

    def add(
        self,
        text: str,
        *,
        importance: float | None = None,
        kind: str = "observation",
        tags: Collection[str] = (),
        rests_on: Collection[str] = (),
        time: float | None = None,
        last_access: float | None = None,
    ) -> None:
        """Remember `text` at the present simulated time; `time` and `last_access` (by default the same) say otherwise."""
        when = self._time if time is None else time
        record = MemoryRecord(
            id=f"pending/{len(self.pending)}",
            holder=self._memory.holder,
            text=text,
            time=when,
            last_access=when if last_access is None else last_access,
            importance=importance,
            kind=kind,
            tags=tuple(tags),
            rests_on=tuple(rests_on),
        )
        self.pending.append(record)

    def rate(self, id: str, importance: float) -> None:
        """Say how important a stored record is, 0 .. 10, from the end of the phase on; what is gone by then is passed over."""
        self.rated[id] = importance

    def forget(self, ids: Collection[str]) -> None:
        """Forget stored records of this agent, by id, at the end of the phase; what is gone by then is passed over."""
        self.forgotten.update(dict.fromkeys((ids,) if isinstance(ids, str) else ids))

    async def recall(
        self,
        query: str,
        k: int | None = None,
        *,
        weights: Weights | None = None,
        since: float | None = None,
        until: float | None = None,
        kinds: Collection[str] | None = None,
        tags: Collection[str] | None = None,
        matching: str | re.Pattern[str] | None = None,
        diversity: float = 0.0,
        tokens: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
    ) -> list[Hit]:
        """The `k` memories that score highest (10 unless told), best first; ties in order of age, older first.

        The options mean what they mean to `AssociativeMemory.recall`.
        """
        n, self._asked = self._asked, self._asked + 1
        hits = await self._memory.arecall(
            query,
            k,
            now=self._time,
            weights=weights,
            since=since,
            until=until,
            kinds=kinds,
            tags=tags,
            matching=matching,
            diversity=diversity,
            tokens=tokens,
            count_tokens=count_tokens,
            extra=self.pending,
            touch=self._touch,
        )
        if self._recalls is not None:
            looked_for = cast("object", query)
            record = RecallRecord.of(
                hits,
                who=self._memory.holder,
                component=self._component,
                phase=self._phase,
                n=n,
                query=looked_for if isinstance(looked_for, str) else "",  # a vector has no text to be told
                k=k,
            )
            self._made.append(len(self._recalls))
            self._recalls.append(record)
        return hits

    def recent(self, n: int, *, kinds: Collection[str] | None = None) -> list[MemoryRecord]:
        """The `n` latest records, oldest first."""
        if not self.pending:
            return self._memory.recent(n, kinds=kinds)
        own = [record for record in self.pending if kinds is None or record.kind in kinds]
        stored = self._memory.recent(n, kinds=kinds) if n > len(own) else []
        return [*stored, *own][-n:]

    def __len__(self) -> int:
        return len(self._memory) + len(self.pending)

    def store(self) -> None:
        """Hand what was added to the memory."""
        stored: dict[str, str] = {}
        for record in self.pending:
            kept = self._memory.add(
                record.text,
                time=record.time,
                last_access=record.last_access,
                importance=record.importance,
                kind=record.kind,
                tags=record.tags,
                rests_on=tuple(stored.get(id, id) for id in record.rests_on),
            )
            stored[record.id] = kept.id
        self.pending.clear()
        if stored and self._recalls is not None:
            for at in self._made:
                self._recalls[at] = self._recalls[at].renamed(stored)
        for id, importance in self.rated.items():
            if self._memory.get(id) is not None:
                self._memory.rate(id, importance)
        self.rated.clear()

    def store_forgetting(self) -> None:
        """Take from the memory what was to be forgotten and is still there."""
        gone = [id for id in self.forgotten if self._memory.get(id) is not None]
        if gone:
            self._memory.forget(gone)
        self.forgotten.clear()
