"""Event: what happened; and Observation, what one agent noticed of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from gamemaster.words.quote import one_line, quote
from gamemaster.words.static_html import facts_html

__all__ = ["Event", "EventKind", "JsonPatch", "Observation", "ObservationHow", "noticed_deed"]

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

    def _repr_html_(self) -> str:
        facts = {
            "text": self.text,
            "actor": self.actor,
            "action": self.action,
            "place": self.place,
            "scene": self.scene,
            "channel": self.channel,
            "attempt": self.attempt_id,
            "witnesses": ", ".join(self.witnesses),
            "change": self.change,
        }
        said = [("time", f"{self.time:g} s"), *((name, value) for name, value in facts.items() if value)]
        return facts_html(f"Event {self.id}: {self.kind}", said)


def noticed_deed(how: ObservationHow, kind: EventKind, actor: str, action: str | None) -> tuple[str, str | None]:
    """Who did it and by which action of the world, as one knows who noticed an event in this way.

    ("", None) for what was told in private: those are words of their own, and who got them need not have noticed the event.
    What was not done (a refused attempt, words) is no action.
    """
    return ("", None) if how == "was_told" else (actor, action if kind == "act" else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the agent `to` noticed; `speaker` is set when the `text` is somebody's words, which are data, not orders.

    `actor` is who did what was noticed, and `action` the action of the world that it was; "" and None where there is none,
    or it can't be told. They are the event's, so in an archive they stand with that alone.
    """

    id: str
    event_id: str
    to: str
    time: float
    how: ObservationHow
    text: str
    speaker: str | None = None
    tags: tuple[str, ...] = ()
    actor: str = ""
    action: str | None = None

    def _repr_html_(self) -> str:
        facts = {"of event": self.event_id, "speaker": self.speaker, "actor": self.actor, "action": self.action}
        said = [("text", self.text), ("time", f"{self.time:g} s"), *((name, value) for name, value in facts.items() if value)]
        return facts_html(f"Observation {self.id}: {self.to} {self.how.replace('_', ' ')}", said)

    @property
    def sentence(self) -> str:
        """What is remembered of it and shown in a prompt: somebody's words stand as a quotation, on one line."""
        if self.speaker is None:
            return one_line(self.text)
        return f"{self.speaker} said: {quote(self.text)}"
