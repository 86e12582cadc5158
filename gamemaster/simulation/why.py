"""why: where an event came from, as text to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gamemaster.record import Archive
from gamemaster.record.json_text import to_json
from gamemaster.simulation.provenance import provenance
from gamemaster.words import one_line, quote

__all__ = ["why"]

_CAUSES = {
    "the world itself": "The world did it of itself",
    "premise": "A premise, told before anybody acted",
    "schedule": "Announced by the schedule, as a scene began",
}


def why(archive: Archive, event_id: str) -> str:
    """The story of one event as text. Raises: UnknownName when there is no such event."""
    return "\n\n".join(_parts(provenance(archive, event_id)))


def _parts(found: Mapping[str, Any]) -> Iterator[str]:
    event = found["event"]
    scene = f", scene {event['scene']}" if event["scene"] else ""
    place = f", {event['place']}" if event["place"] else ""
    who = f" by {event['actor']}" if event["actor"] else ""
    yield (
        f"Event {event['id']} ({event['kind']}{who}), step {event['step']}, {event['time']:g} s{scene}{place}\n"
        f"  {one_line(event['text']) or '(nobody is told)'}"
    )
    yield f"Why: {_cause(found['cause'], found['attempts'])}"
    for attempt in found["attempts"]:
        yield from _attempt(attempt)
    for call in found["narration"]:
        yield _call(call, "Narrated")
    if found["change"]:
        yield "Changed in the world\n" + "\n".join(f"  {_change(each)}" for each in found["change"])
    elif event["kind"] in ("act", "effect", "intervention"):
        yield "Changed in the world: nothing"
    if found["noticed"]:
        told = "\n".join(
            f"  {each['who']} ({each['how'].replace('_', ' ')}): {one_line(each['text'])}" for each in found["noticed"]
        )
        yield f"Noticed by\n{told}"
    else:
        yield "Noticed by nobody"


def _cause(cause: Mapping[str, Any], attempts: Iterable[Mapping[str, Any]]) -> str:
    kind = cause["kind"]
    if kind == "attempt":
        return "an attempt, " + ", ".join(f"{each['id']} of {each['actor']}" for each in attempts) + "."
    if kind == "joint action":
        named = ", ".join(f"{each['actor']} ({each['id']})" for each in attempts)
        return f"{cause['action']} takes all attempts at once: {named}."
    if kind == "intervention":
        return "told the fork as it began." if cause["at_fork"] else "an intervention from outside, before anybody acted."
    if kind == "delayed action":
        events = [f"{each['id']}: {one_line(each['text'])}" for each in cause["events"]]
        if not events:
            return f"{cause['action']} had been put off by the world; the record doesn't tell when."
        given = f" with {to_json(cause['arguments'])}" if cause["arguments"] else ""
        by = events[0] if len(events) == 1 else "one of\n  " + "\n  ".join(events)
        return (
            f"{cause['action']}{given} had been put off in step {cause['put_off_in_step']} until {cause['due']:g} s, by {by}\n"
            f"  (--why {cause['events'][0]['id']} goes on from there)"
        )
    action = f" ({cause['action']})" if cause.get("action") else ""
    return f"{_CAUSES[kind]}{action}."


def _attempt(attempt: Mapping[str, Any]) -> Iterator[str]:
    yield f"{attempt['actor']} was asked: {attempt['question']}"
    for recall in attempt["recalled"]:
        yield _recall(recall)
    for call in attempt["calls"]:
        yield _call(call, "Asked")
    failure = attempt["failure"]
    if failure is not None:
        raw = f"\n  as it came: {failure['raw']}" if failure["raw"] else ""
        yield f"{attempt['actor']} gave no usable answer ({failure['kind']}): {failure['reason']}{raw}"
    else:
        by = "" if attempt["calls"] else " (no model was asked)"
        yield f"{attempt['actor']} answered{by}: {_shown(attempt['answer'])}"
    for call in attempt["grounding_calls"]:
        yield _call(call, "The game master asked")
    grounding = attempt["grounding"]
    if grounding is not None:
        calls = "; ".join(f"{each['action']}({to_json(each['arguments'])})" for each in grounding["calls"]) or "nothing"
        sure = "" if grounding["confidence"] is None else f", confidence {grounding['confidence']:.2f}"
        verdict = "plausible" if grounding["plausible"] else "not plausible"
        reason = f"; {grounding['reason']}" if grounding["reason"] else ""
        yield f"Grounded as: {calls} ({verdict}{sure}){reason}"


def _recall(recall: Mapping[str, Any]) -> str:
    most = "" if recall["k"] is None else f" (k={recall['k']})"
    lines = [f"Recalled by {recall['component']}, looking for {quote(recall['query'])}{most}:"]
    for hit in recall["hits"]:
        parts = f"relevance {hit['relevance']:.2f} + recency {hit['recency']:.2f} + importance {hit['importance']:.2f}"
        text = "(gone)" if hit["text"] is None else one_line(hit["text"])
        lines.append(f"  {hit['score']:.2f} = {parts}; cosine {hit['cosine']:.2f}  {hit['id']}: {text}")
    return "\n".join(lines if recall["hits"] else [*lines, "  nothing"])


def _call(call: Mapping[str, Any], how: str) -> str:
    again = f", try {call['index'] % 3 + 1}" if call["index"] % 3 else ""
    lines = [f"--- {how} {call['model']}, {call['key']}{again}"]
    for section in call["sections"]:
        by = f", by {section['component']}" if section["component"] else ""
        lines.append(f"[{section['label'] or 'no heading'}{by}; {section['changes']}]\n{_block(section['text'])}")
    lines.append(f"[the question]\n{_block(call['call'])}")
    if call["options"]:
        chances: dict[str, float] = call["probabilities"] or {}
        shown = [f"{each} ({chances[each]:.2f})" if each in chances else str(each) for each in call["options"]]
        lines.append(f"[options] {', '.join(shown)}")
    if call["reasoning"]:
        lines.append(f"--- reasoning (reaches nobody):\n{_block(call['reasoning'])}")
    answer = call["chosen"] if call["chosen"] is not None else call["answer"]
    lines.append(f"--- answer:\n{_block(answer)}")
    if call["failure"]:
        lines.append(f"--- not usable: {call['failure']}")
    return "\n".join(lines)


def _change(operation: Mapping[str, Any]) -> str:
    place = " / ".join(operation["place"])
    was = to_json(operation["was"]) if operation["was_there"] else None
    if operation["op"] == "remove":
        return f"{place}: taken away" + (f" (was {was})" if was is not None else "")
    new = to_json(operation.get("value"))
    if operation["op"] == "add" and was is None:
        return f"{place}: {new} is added"
    return f"{place}: {new}" if was is None else f"{place}: {was} becomes {new}"


def _block(text: str) -> str:
    """Indented, so that nothing in it looks like a heading of this page."""
    return "\n".join(f"  {each}" for each in text.splitlines())


def _shown(answer: Any) -> str:
    return one_line(answer) if isinstance(answer, str) else to_json(answer)
