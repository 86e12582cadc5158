"""Minding: which events an agent is told of after its turn, in the words that reached it.

The one idea: what was said and what arrived are two things, and so are an event and one's view of it; nobody thinks about more
than they noticed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gamemaster.game_master import Chronicle
from gamemaster.words import Attempt, Event, Observation

__all__ = ["minded"]


def minded(attempt: Attempt, chronicle: Chronicle, by_id: Mapping[str, Event]) -> list[Event]:
    """The events of the step that who made the attempt has noticed, then what else came of it; `by_id` has all of the step.

    Who was only told something in private of an event has not noticed the event; words that arrive late are of an earlier
    step, and are observed alone.
    """
    seen: dict[str, Observation] = {}
    for each in chronicle.noticed_by(attempt.actor):
        if each.how != "was_told" and each.event_id in by_id:
            seen.setdefault(each.event_id, each)
    events = [_as_noticed(by_id[id], observation) for id, observation in seen.items()]
    return events + [each for each in chronicle.events if each.attempt_id == attempt.id and each.id not in seen]


def _as_noticed(event: Event, observation: Observation) -> Event:
    """The event in the words that reached this observer."""
    if event.text == observation.text or event.kind == "refusal" or event.actor == observation.to:
        return event
    return replace(event, text=observation.text)
