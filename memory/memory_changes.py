"""MemoryChanges: what became of a memory bank in one step, for the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gamemaster.language.embedder_cache import Vector
from gamemaster.words import MemoryRecord

__all__ = ["MemoryChanges", "MemoryEdit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryEdit:
    """A record was edited by hand: the fields in `changes` have these values since `step` and `time` (simulated seconds)."""

    id: str
    step: int
    time: float
    changes: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MemoryChanges:
    """What changed since the last time it was asked for.

    `added` are the new records in the order of addition, as they were added but with their last access as it is now;
    `accessed` maps other records' ids to their new last access; `edited` are edits of any of them, in their order;
    `rated` maps other records' ids to the importance that they were given; `forgotten` are ids, some perhaps of `added`.
    `vectors` are texts of the bank with their vectors, those
    that a recall needed for the first time, by the embedder with the fingerprint `embedder` ("" when there are none).
    """

    added: tuple[MemoryRecord, ...] = ()
    accessed: Mapping[str, float]
    edited: tuple[MemoryEdit, ...] = ()
    rated: Mapping[str, float] = field(default_factory=dict[str, float])
    forgotten: tuple[str, ...] = ()
    vectors: tuple[tuple[str, Vector], ...] = ()
    embedder: str = ""
