"""MemoryRecord and Hit: what memory holds, and what recalling it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, TypeAlias

from gamemaster.words.static_html import facts_html

__all__ = ["EDITABLE", "Hit", "MemoryKind", "MemoryRecord", "MemoryVersion", "Remembers", "Weights"]

MemoryKind: TypeAlias = str
"""observation, thought, plan, chat, formative, or a word of the user's own."""


EDITABLE = ("text", "importance", "kind", "tags")
"""The fields of a memory that an edit by hand may change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryVersion:
    """What a memory was before an edit by hand: it held until `step` and `time` (simulated seconds), when `changed` changed."""

    step: int
    time: float
    changed: tuple[str, ...]
    text: str
    importance: float | None
    kind: MemoryKind
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryRecord:
    """One thing that `holder` remembers.

    `time` and `last_access` are simulated seconds; `importance` is 0 .. 10, None while nobody has rated it; `rests_on`
    are the ids of the records it was drawn from, and `depth` is one more than the deepest of them (0 for none).
    `versions` are what it was before it was edited by hand, oldest first.
    """

    id: str
    holder: str
    text: str
    time: float
    last_access: float
    importance: float | None = None
    kind: MemoryKind = "observation"
    tags: tuple[str, ...] = ()
    rests_on: tuple[str, ...] = ()
    depth: int = 0
    versions: tuple[MemoryVersion, ...] = ()

    def _repr_html_(self) -> str:
        return facts_html(f"Memory {self.id} of {self.holder}", _facts(self))

    def edited(self, changes: Mapping[str, Any], *, step: int, time: float) -> MemoryRecord:
        """The record with these fields (of `EDITABLE`) changed, and what it was as its latest version.

        The record itself when nothing is another than it was.
        """
        new = {name: changes[name] for name in EDITABLE if name in changes and changes[name] != getattr(self, name)}
        if not new:
            return self
        former = MemoryVersion(
            step=step,
            time=time,
            changed=tuple(new),
            text=self.text,
            importance=self.importance,
            kind=self.kind,
            tags=self.tags,
        )
        return replace(self, versions=(*self.versions, former), **new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each part of a recall's score counts, and how parts are scaled.

    `scale="min_max"` scales each part to 0 .. 1 over the candidates (a flat part becomes 0.5); "none" leaves relevance
    the raw cosine, recency the raw decay, and maps `importance_range` to 0 .. 1.

    `decay` is the factor of recency per hour since the last access; with `decay_by="access_order"` it is the factor per
    place in ascending order of last access (1 for the first; of one last access the record added last comes first), with
    "addition_order" per place in the order of addition (0 for the first). In both orders the oldest has the highest recency.
    """

    relevance: float = 1.0
    recency: float = 1.0
    importance: float = 1.0
    decay: float = 0.995
    scale: Literal["min_max", "none"] = "min_max"
    decay_by: Literal["hours", "access_order", "addition_order"] = "hours"
    importance_range: tuple[float, float] = (0.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A recalled record with its score, and the weighted parts that add up to it. `cosine` is the raw similarity, -1 .. 1.

    `approximate`: it was chosen among the most relevant (as an approximate index finds them), most recent and most important
    of very many candidates, and not among all.
    """

    memory: MemoryRecord
    score: float
    relevance: float
    recency: float
    importance: float
    cosine: float
    approximate: bool = False

    def _repr_html_(self) -> str:
        parts = f"relevance {self.relevance:.3f} + recency {self.recency:.3f} + importance {self.importance:.3f}"
        score = [("score", f"{self.score:.3f} = {parts}"), ("cosine", f"{self.cosine:.3f}")]
        title = f"Recalled {self.memory.id} of {self.memory.holder}" + (
            ", among approximate candidates" if self.approximate else ""
        )
        return facts_html(title, [*score, *_facts(self.memory)])


class Remembers(Protocol):
    """The memory of one agent as its components see it during a turn.

    Recall reads what was there when the step began and what this component has added since. What components add in
    one phase of a step is stored at the end of that phase, in the order of the components, and then what they forget is
    forgotten: so nothing depends on who was quicker.
    """

    def add(
        self,
        text: str,
        *,
        importance: float | None = None,
        kind: MemoryKind = "observation",
        tags: Collection[str] = (),
        rests_on: Collection[str] = (),
        time: float | None = None,
        last_access: float | None = None,
    ) -> None:
        """Remember `text` at the present simulated time; `time` and `last_access` say otherwise."""
        ...

    def rate(self, id: str, importance: float) -> None:
        """Say how important a stored record is, 0 .. 10, from the end of the phase on; what is gone by then is passed over."""
        ...

    def forget(self, ids: Collection[str]) -> None:
        """Forget records of this agent, by id, at the end of the phase; what is gone by then is passed over."""
        ...

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

        Of those from `since` to `until`, of one of `kinds`, with at least one of `tags`, in whose text `matching` is found.
        `diversity`, 0 to 1, also counts how unlike the hits are; `tokens` takes as many as fit into that many tokens.
        """
        ...

    def recent(self, n: int, *, kinds: Collection[str] | None = None) -> list[MemoryRecord]:
        """The `n` latest records, oldest first."""
        ...

    def __len__(self) -> int: ...


def _facts(memory: MemoryRecord) -> list[tuple[str, Any]]:
    """What a notebook shows of a memory."""
    facts = {
        "importance": memory.importance,
        "tags": ", ".join(memory.tags),
        "rests on": ", ".join(memory.rests_on),
        "edited": len(memory.versions),
    }
    told = [
        ("text", memory.text),
        ("kind", memory.kind),
        ("time", f"{memory.time:g} s"),
        ("last access", f"{memory.last_access:g} s"),
    ]
    return [*told, *((name, value) for name, value in facts.items() if value not in (None, "", 0))]
