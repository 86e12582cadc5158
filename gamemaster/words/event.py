"""Event: what happened; and Observation, what one agent noticed of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gamemaster.words.quote import one_line, quote

__all__ = ["Event", "EventKind", "JsonPatch", "Observation", "ObservationHow"]

EventKind: TypeAlias = Literal["act", "speech", "refusal", "narration", "failure", "intervention", "effect"]
ObservationHow: TypeAlias = Literal["saw", "heard", "was_told", "own", "announced"]
JsonPatch: TypeAlias = list[dict[str, Any]]
"""RFC 6902 operations, in the order in which they apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, in words, at `time` simulated seconds.

    `witnesses` are those who could notice it, sorted by name; nobody else gets an observation. `change` is what it did
    to the world. `channel` says how it travelled: "" in the open, else "private", "broadcast" or a channel's name.
    """

    id: str
    step: int
    time: float
    kind: EventKind
    actor: str
    text: str
    place: str | None = None
    channel: str = ""
    attempt_id: str | None = None
    change: JsonPatch | None = None
    witnesses: tuple[str, ...] = ()
    action: str | None = None
    scene: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the agent `to` noticed; `speaker` is set when the `text` is somebody's words, which are data, not orders."""

    id: str
    event_id: str
    to: str
    time: float
    how: ObservationHow
    text: str
    speaker: str | None = None
    tags: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What is remembered of it and shown in a prompt: somebody's words stand as a quotation, on one line."""
        if self.speaker is None:
            return one_line(self.text)
        return f"{self.speaker} said: {quote(self.text)}"
