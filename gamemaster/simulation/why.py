"""why: where an event came from, read from the archive."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gamemaster.record import Archive, CallRow
from gamemaster.words import Event, UnknownName

__all__ = ["why"]


def why(archive: Archive, event_id: str) -> str:
    """The story of one event as text. Raises: UnknownName when there is no such event."""
    step = event_id.split("/")[0]
    events = list(archive.events(step=int(step))) if step.isdigit() else []
    event = next((each for each in events if each.id == event_id), None)
    if event is None:
        raise UnknownName.of("event", event_id, [each.id for each in events] or ["1/event/0"])
    parts = [f"Event {event.id} ({event.kind}) at {event.time:g} s: {event.text}"]
    if event.witnesses:
        parts.append(f"Noticed by: {', '.join(event.witnesses)}")
    parts.extend(_attempt(archive, event))
    if event.change:
        parts.append("Changed in the world:\n" + "\n".join(f"  {json.dumps(each, ensure_ascii=False)}" for each in event.change))
    return "\n\n".join(parts)


def _attempt(archive: Archive, event: Event) -> Iterable[str]:
    attempts = [each for each in archive.attempts(step=event.step) if _belongs(each.id, each.actor, event)]
    for attempt in attempts:
        yield f"{attempt.actor} was asked: {attempt.spec.call.replace('{name}', attempt.actor)}"
        yield from _calls(archive.calls(step=event.step, who=attempt.actor))
        if attempt.failure is not None:
            yield f"No usable answer: {attempt.failure.reason}"
        else:
            yield f"{attempt.actor} answered: {attempt.answer}"
        for grounding in archive.groundings(step=event.step):
            if grounding.attempt_id == attempt.id:
                calls = [] if grounding.call is None else [grounding.call, *grounding.then]
                said = "; ".join(f"{call.action}({json.dumps(dict(call.arguments), ensure_ascii=False)})" for call in calls)
                sure = "" if grounding.confidence is None else f" (confidence {grounding.confidence:.2f})"
                yield f"Grounded as: {said or 'nothing'}{sure}" + (f"; {grounding.reason}" if grounding.reason else "")
                phase = f"resolve/{attempt.actor}/"
                yield from _calls(row for row in archive.calls(step=event.step) if row.key.what.startswith(phase))


def _belongs(id: str, actor: str, event: Event) -> bool:
    return id == event.attempt_id or (event.attempt_id is None and event.action is not None and actor in event.witnesses)


def _calls(rows: Iterable[CallRow]) -> Iterable[str]:
    for row in rows:
        answer = row.answer.failure or row.answer.text
        yield f"--- {row.key} asked {row.model}:\n{row.prompt.text}\n--- answer:\n{answer}"
