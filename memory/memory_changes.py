"""MemoryChanges: what became of a memory bank in one step, for the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gamemaster.language.embedder_cache import Vector
from gamemaster.words import MemoryRecord

__all__ = ["MemoryChanges"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MemoryChanges:
    """What changed since the last time it was asked for.

    `added` are the new records in the order of addition, as they are now; `accessed` maps other records' ids to their new
    last access; `forgotten` are ids, some perhaps of `added`. `vectors` are texts of the bank with their vectors, those
    that a recall needed for the first time, by the embedder with the fingerprint `embedder` ("" when there are none).
    """

    added: tuple[MemoryRecord, ...] = ()
    accessed: Mapping[str, float]
    forgotten: tuple[str, ...] = ()
    vectors: tuple[tuple[str, Vector], ...] = ()
    embedder: str = ""
