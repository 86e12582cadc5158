"""ImportedMemories: what a published folder tells about one person, in this library's words.

It is data and nothing more: `bank.load(imported.records)` takes the memories up, and a persona is written from `facts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from gamemaster.words import MemoryRecord

__all__ = ["ImportedMemories", "KnownPlace", "Utterance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What one speaker said in a remembered conversation."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A place that the person knows: its path from the whole world inwards, and the objects they have seen there."""

    path: tuple[str, ...]
    objects: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMemories:
    """The memories of `holder`, oldest first, with what else the folder holds.

    `start` is the moment that is time 0 of the records, as an ISO date and time without a zone, and can be given to a
    simulation; it is "" where the folder counts steps instead. `facts` are the fields of
    the person's own file as they stand there. `transcripts` holds what was said, by the id of the chat's record. `notes`
    says which rows were odd, and what was made of them.
    """

    holder: str
    start: str
    records: tuple[MemoryRecord, ...]
    facts: Mapping[str, JsonValue]
    places: tuple[KnownPlace, ...]
    transcripts: Mapping[str, tuple[Utterance, ...]]
    notes: tuple[str, ...] = ()
