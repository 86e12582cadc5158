"""Happenings: what one agent noticed since it last thought, each thing once.

The one idea: components are shown observations first and, in a step in which the agent is asked, the events afterwards; here
the two are joined by the event's id, so that a component thinks about whole happenings at the end of the step.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from gamemaster.components.deed import named_acts
from gamemaster.components.happening import Happening, happening_of
from gamemaster.words import Attempt, Event, JsonValue, Observation, Turn

__all__ = ["Happenings"]

_MOST_QUEUED = 64
_MOST_STORED = 12
_LONGEST_STORED = 160


class Happenings:
    """Collects what the agent notices and gives it once, oldest first. Of more than 64 the oldest are let go.

    A component hands on its `observe` to `notice` and its `after_action` to `mind`, and calls `take` in `react`.
    """

    def __init__(self) -> None:
        self._noticed: deque[Observation] = deque(maxlen=_MOST_QUEUED)
        self._events: dict[str, Event] = {}
        self._own: set[str] = set()

    def notice(self, observation: Observation) -> None:
        """Take note of an observation."""
        self._noticed.append(observation)

    def mind(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Take note of what is known of the events of the agent's own step."""
        self._events.update({event.id: event for event in events})
        self._own.update(event.id for event in events if event.attempt_id == attempt.id)

    def take(self, turn: Turn) -> list[Happening]:
        """All that was noticed since the last time; afterwards there is nothing more to be taken."""
        silent = {id for id in self._own if not self._events[id].text}
        out = [self._joined(observation, turn) for observation in self._noticed if observation.event_id not in silent]
        # Of its own attempts the agent knows without an observation (a refusal, say, or a deed that has no text of its own).
        seen = {each.event_id for each in self._noticed if each.how != "was_told"}
        own = [event for id, event in self._events.items() if id in self._own and id not in seen]
        out += [happening_of(event if event.text else replace(event, text=self._told_of(event))) for event in own]
        self.clear()
        return out

    def clear(self) -> None:
        """Forget what was noted."""
        self._noticed.clear()
        self._events.clear()
        self._own.clear()

    def _told_of(self, event: Event) -> str:
        return " ".join(each.text for each in self._noticed if each.event_id == event.id)

    def _joined(self, observation: Observation, turn: Turn) -> Happening:
        # What is told in private of a deed isn't the deed: that would count once more, and for who wasn't to know of it.
        event = None if observation.how == "was_told" else self._events.get(observation.event_id)
        happening = Happening(
            id=observation.event_id or observation.id,
            time=observation.time,
            text=observation.text,
            actor=observation.speaker or observation.actor,
            kind="speech" if observation.speaker is not None else "",
            how=observation.how,
            tags=observation.tags,
        )
        if event is not None:
            action = event.action if event.kind == "act" else None
            happening = replace(happening, actor=happening.actor or event.actor, action=action)
            return happening if happening.is_speech else replace(happening, kind=event.kind)
        if happening.is_speech:
            return happening
        if observation.action is not None:
            return replace(happening, action=observation.action, kind="act")
        if observation.how == "own":
            return replace(happening, actor=turn.agent)
        deed = named_acts(observation, turn.people)
        return happening if deed is None else replace(happening, actor=happening.actor or deed.other, kind="act")

    # --- its state: what was noticed before a stop and not thought about (premises, say) ---

    def as_json(self) -> list[JsonValue]:
        """The last of what was noticed, as JSON values; empty at the end of a step in which the agent thought."""
        latest = list(self._noticed)[-_MOST_STORED:]
        return [
            cast("JsonValue", {**asdict(each), "text": each.text[:_LONGEST_STORED], "tags": list(each.tags)}) for each in latest
        ]

    def restore(self, held: JsonValue) -> None:
        """Take up what `as_json` gave."""
        self.clear()
        for each in cast("list[dict[str, Any]]", held):
            fields: dict[str, Any] = {**each, "tags": tuple(each["tags"])}
            self._noticed.append(Observation(**fields))
