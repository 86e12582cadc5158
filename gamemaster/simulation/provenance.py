"""Provenance: where an event came from, as plain JSON values read from the archive.

The one idea: one tree from the event back to what was read. What caused it; each attempt behind it with what the agent
recalled, was asked and answered; what the game master took it for; what it changed; who noticed it. Nothing is computed
that isn't on record, but for what stood in the world before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeAlias, cast

from gamemaster.record import Archive, CallRow, RecallRecord
from gamemaster.record.json_patch import apply_patch
from gamemaster.simulation.delayed_cause import delayed_cause, is_delayed
from gamemaster.words import ActionCall, Attempt, Event, Grounding, JsonValue, UnknownName

__all__ = ["Provenance", "attempts_behind", "cause_of", "provenance"]

Provenance: TypeAlias = dict[str, Any]


def provenance(archive: Archive, event_id: str) -> Provenance:
    """The tree of one event; `docs/exports.md` says what stands in it. Raises: UnknownName when there is no such event."""
    event = _find(archive, event_id)
    groundings = {each.attempt_id: each for each in archive.groundings(step=event.step)}
    attempts = attempts_behind(event, list(archive.attempts(step=event.step)), groundings)
    calls = list(archive.calls(step=event.step)) if attempts or event.kind == "act" else []
    return {
        "event": {field.name: _plain(getattr(event, field.name)) for field in fields(Event)},
        "cause": cause_of(archive, event, attempts),
        "attempts": [_attempt(archive, each, calls, groundings.get(each.id)) for each in attempts],
        "narration": [_call(each) for each in calls if each.key.what.startswith(f"narrate/{event.id}/")],
        "change": _changes(archive, event),
        "noticed": [
            {"who": each.to, "how": each.how, "text": each.sentence, "observation": each.id}
            for each in archive.observations(step=event.step)
            if each.event_id == event.id
        ],
        "synthetic": True,
    }


def _find(archive: Archive, event_id: str) -> Event:
    step = event_id.partition("/")[0]
    events = list(archive.events(step=int(step))) if step.isdecimal() and len(step) < 16 else []
    for each in events:
        if each.id == event_id:
            return each
    raise UnknownName.of("event", event_id, [each.id for each in events] or ["1/event/0"])


# --- what caused it ---


def cause_of(archive: Archive, event: Event, attempts: Sequence[Attempt]) -> dict[str, Any]:
    """What caused an event, with these attempts behind it: its `kind`, and what belongs to that kind."""
    if event.attempt_id is not None:
        return {"kind": "attempt", "attempts": [each.id for each in attempts]}
    if attempts:
        return {"kind": "joint action", "action": event.action, "attempts": [each.id for each in attempts]}
    if is_delayed(event):
        found = delayed_cause(archive, event)
        if found is None:
            return {"kind": "delayed action", "action": event.action, "events": []}
        events = [{"id": each.id, "kind": each.kind, "actor": each.actor, "text": each.text} for each in found.events]
        known = {"put_off_in_step": found.step, "due": found.due, "arguments": found.arguments, "events": events}
        return {"kind": "delayed action", "action": event.action, **known}
    if event.kind == "effect":
        return {"kind": "the world itself", "action": event.action}
    if event.kind == "intervention":
        told = [text for phase in archive.phases if phase.step == event.step for _, text in phase.told]
        return {"kind": "intervention", "at_fork": event.text in told and bool(event.text)}
    begins = any(phase.step == event.step for phase in archive.phases)
    return {"kind": "premise" if begins else "schedule"}


def attempts_behind(event: Event, attempts: Sequence[Attempt], groundings: Mapping[str, Grounding]) -> list[Attempt]:
    """The attempt behind it, or all that a joint action took at once; from its step's attempts and their groundings, by id."""
    if event.attempt_id is not None:
        return [each for each in attempts if each.id == event.attempt_id]
    if event.kind != "act" or event.action is None:
        return []
    took_part = [each for each in attempts if each.actor in event.witnesses]
    grounded = {id: _called(each) for id, each in groundings.items()}
    meant = [each for each in took_part if event.action in (_named(each) | grounded.get(each.id, set[str]()))]
    return meant or took_part


def _named(attempt: Attempt) -> set[str]:
    """The actions that the question was about, by full and by last name."""
    spec = attempt.spec
    names = {str(each) for each in (spec.action, *(spec.actions or ())) if each is not None}
    answer: object = attempt.answer
    if isinstance(answer, dict) and "action" in answer:
        names.add(str(cast("dict[str, Any]", answer)["action"]))
    return names


def _called(grounding: Grounding) -> set[str]:
    return {call.action for call in (grounding.call, *grounding.then) if call is not None}


# --- an attempt ---


def _attempt(archive: Archive, attempt: Attempt, calls: Sequence[CallRow], grounding: Grounding | None) -> dict[str, Any]:
    actor = attempt.actor
    own = [each for each in calls if each.key.who == actor and each.key.what.startswith("act/")]
    master = [each for each in calls if each.key.who != actor and each.key.what.startswith(f"resolve/{actor}/")]
    recalls = [each for _, each in archive.recalls(step=attempt.step, who=actor) if each.phase == "act"]
    failure = attempt.failure
    return {
        "id": attempt.id,
        "actor": actor,
        "kind": attempt.spec.kind,
        "question": next((each.prompt.call for each in own if each.key.component == "actor"), _question(attempt)),
        "recalled": _recalled(archive, recalls, attempt.step),
        "calls": [_call(each) for each in own],
        "answer": _plain(attempt.answer),
        "failure": None if failure is None else {"kind": failure.kind, "reason": failure.reason, "raw": failure.raw},
        "grounding": None if grounding is None else _grounding(grounding),
        "grounding_calls": [_call(each) for each in master],
    }


def _question(attempt: Attempt) -> str:
    return attempt.spec.call.replace("{name}", attempt.actor)


def _grounding(grounding: Grounding) -> dict[str, Any]:
    calls = [*([] if grounding.call is None else [grounding.call]), *grounding.then]
    return {
        "calls": [_action(each) for each in calls],
        "confidence": grounding.confidence,
        "plausible": grounding.plausible,
        "reason": grounding.reason,
    }


def _action(call: ActionCall) -> dict[str, Any]:
    return {"action": call.action, "arguments": dict(call.arguments)}


def _recalled(archive: Archive, recalls: Iterable[RecallRecord], step: int) -> list[dict[str, Any]]:
    """The recalls with the texts of the memories, as they were before the step, or as they are after it when they came in it."""
    found = list(recalls)
    if not found:
        return []
    texts: dict[str, str] = {}
    for upto in (step, step - 1):
        if upto >= 0:
            texts |= {each.id: each.text for each in archive.memories(holder=found[0].who, step=upto)}
    return [
        {
            "component": each.component,
            "query": each.query,
            "k": each.k,
            "approximate": each.approximate,
            "hits": [
                {
                    "id": hit.id,
                    "text": texts.get(hit.id),
                    "score": hit.score,
                    "relevance": hit.relevance,
                    "recency": hit.recency,
                    "importance": hit.importance,
                    "cosine": hit.cosine,
                }
                for hit in each.hits
            ],
        }
        for each in found
    ]


def _call(row: CallRow) -> dict[str, Any]:
    answer, options = row.answer, row.parameters.get("options")
    chances = None
    if options and answer.probabilities is not None:
        chances = dict(zip(options, answer.probabilities, strict=False))
    chosen = options[answer.index] if options and answer.index is not None and 0 <= answer.index < len(options) else None
    return {
        "key": str(row.key),
        "component": row.key.component,
        "what": row.key.what,
        "index": row.key.index,
        "model": row.model,
        "kind": row.kind,
        "sections": [
            {"label": each.label, "component": each.component, "changes": each.changes, "text": each.text}
            for each in row.prompt.sections
        ],
        "call": row.prompt.call,
        "options": options,
        "answer": answer.text,
        "chosen": chosen,
        "probabilities": chances,
        "value": answer.value,
        "reasoning": answer.reasoning,
        "failure": answer.failure,
        "finish": answer.finish,
    }


# --- what it changed ---


def _changes(archive: Archive, event: Event) -> list[dict[str, Any]]:
    """The operations, each with what stood in its place before, where the record tells."""
    if not event.change:
        return []
    state: dict[str, JsonValue] | None = None
    if event.step:
        held = archive.states(event.step - 1).get("world")
        known = None if held is None else held[1].get("fields")
        state = {"fields": known} if isinstance(known, dict) else None
    if state is not None:
        for each in archive.events(step=event.step):
            if each.id == event.id:
                break
            state = _after(state, each.change or [])
    made: list[dict[str, Any]] = []
    for operation in event.change:
        path = _path(str(operation.get("path", "")))
        before = [] if state is None else _at(state["fields"], path)
        made.append({**operation, "place": path, "was": before[0] if before else None, "was_there": bool(before)})
        if state is not None:
            state = _after(state, [operation])
    return made


def _after(state: dict[str, JsonValue], patch: Sequence[dict[str, Any]]) -> dict[str, JsonValue]:
    moved = [{**each, "path": f"/fields{each['path']}"} for each in patch]
    return apply_patch(state, moved, "an event's change") if moved else state


def _path(pointer: str) -> list[str]:
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]]


def _at(value: Any, path: Sequence[str]) -> list[Any]:
    """What stands at a place, in a list of one; an empty list where nothing does."""
    for each in path:
        if isinstance(value, dict) and each in value:
            value = cast("dict[str, Any]", value)[each]
        elif isinstance(value, list) and each.isdecimal() and int(each) < len(cast("list[Any]", value)):
            value = cast("list[Any]", value)[int(each)]
        else:
            return []
    return [value]


def _plain(value: Any) -> Any:
    return list(cast("tuple[Any, ...]", value)) if isinstance(value, tuple) else value
