"""Rows of the archive as the words they were: events, observations, attempts, groundings, memories and the rest.

An archive may come from anyone, so kinds are checked against the closed sets, and what should be a list of names is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, cast, get_args

import numpy

from gamemaster.record.contents import digest_of
from gamemaster.record.json_text import from_json
from gamemaster.record.step_record import ProbeAnswer, StoredVector
from gamemaster.record.step_rows import EDITED, FORGOTTEN, is_finite, vector_checksum
from gamemaster.record.stored import Stored
from gamemaster.record.table import Row
from gamemaster.words import (
    EDITABLE,
    ActionCall,
    ArchiveDamaged,
    Ask,
    Attempt,
    Event,
    EventKind,
    Failure,
    Grounding,
    MemoryRecord,
    Observation,
    ObservationHow,
)
from gamemaster.words.attempt import FailureKind
from gamemaster.words.event import noticed_deed

__all__ = [
    "change_memories",
    "edited_memory",
    "read_ask",
    "read_attempt",
    "read_event",
    "read_grounding",
    "read_memory",
    "read_memory_change",
    "read_names",
    "read_observation",
    "read_probe_answer",
    "read_vector",
]

_EVENT_KINDS = frozenset(get_args(EventKind))
_HOWS = frozenset(get_args(ObservationHow))
_FAILURES = frozenset(get_args(FailureKind))
_MEMORY_FIELDS = frozenset(each.name for each in fields(MemoryRecord)) - {"id", "versions"}
_NUMBER: tuple[type, ...] = (int, float)
_FIELD_TYPES: dict[str, tuple[type, ...]] = {
    "holder": (str,),
    "text": (str,),
    "time": _NUMBER,
    "last_access": _NUMBER,
    "importance": (*_NUMBER, type(None)),
    "kind": (str,),
    "depth": (int,),
}
_NO_MEMORY = MemoryRecord(id="", holder="", text="", time=0.0, last_access=0.0)


def read_event(row: Row) -> Event:
    """The event that a row of `events` holds."""
    step, _, id, time, kind, actor, text, place, channel, attempt_id, change, witnesses, action, scene = row
    if kind not in _EVENT_KINDS:
        raise ArchiveDamaged(f"The archive holds the unknown kind {kind!r} in the event {id}.")
    return Event(
        id=id,
        step=step,
        time=time,
        kind=kind,
        actor=actor,
        text=text,
        place=place,
        channel=channel,
        attempt_id=attempt_id,
        change=None if change is None else _change(change, id),
        witnesses=_names(witnesses, "the event ", id),
        action=action,
        scene=scene,
    )


def read_observation(row: Row, deed: Row | None = None) -> Observation:
    """The observation that a row of `observations` holds.

    `deed` are the kind, the actor and the action of its event; without, the observation says nothing of who did what.
    """
    _, _, id, event_id, to, time, how, text, speaker, tags = row
    if how not in _HOWS:
        raise ArchiveDamaged(f"The archive holds the unknown kind {how!r} in the observation {id}.")
    known = _names(tags, "the observation ", id)
    actor, action = ("", None) if deed is None else noticed_deed(how, *deed)
    return Observation(
        id=id,
        event_id=event_id,
        to=to,
        time=time,
        how=how,
        text=text,
        speaker=speaker,
        tags=known,
        actor=actor,
        action=action,
    )


def read_ask(row: Row, stored: Stored) -> Ask:
    """What was asked of whom, of a row of `asks`."""
    step, n, agent, spec, hears, place, scene = row
    known = None if hears is None else _names(hears, f"ask {n} of step {step}")
    return Ask(agent, stored.spec(spec), known, place, scene)


def read_attempt(row: Row, stored: Stored) -> Attempt:
    """The attempt that a row of `attempts` holds."""
    step, _, id, actor, spec, answer, failure = row
    where = f"the attempt {id}"
    return Attempt(
        id=id,
        step=step,
        actor=actor,
        spec=stored.spec(spec),
        answer=from_json(answer, where),
        failure=_failure(failure, where),
    )


def read_grounding(row: Row) -> Grounding:
    """The grounding that a row of `groundings` holds."""
    _, _, attempt_id, call, confidence, plausible, reason, then = row
    where = f"the grounding of {attempt_id}"
    try:
        return Grounding(
            attempt_id=attempt_id,
            call=None if call is None else _action_call(from_json(call, where)),
            confidence=confidence,
            plausible=bool(plausible),
            reason=reason,
            then=tuple([_action_call(each) for each in from_json(then, where)]),
        )
    except (KeyError, TypeError) as error:
        raise ArchiveDamaged(f"The archive holds no readable action in {where}: {error!r}.") from error


def read_memory(row: Row) -> MemoryRecord:
    """The memory that a row of `memories` holds, as it was added."""
    _, _, id, holder, text, time, last_access, importance, kind, tags, rests_on, depth = row
    return MemoryRecord(
        id=id,
        holder=holder,
        text=text,
        time=time,
        last_access=last_access,
        importance=importance,
        kind=kind,
        tags=_names(tags, "the memory ", id),
        rests_on=_names(rests_on, "the memory ", id),
        depth=depth,
    )


def change_memories(memories: dict[str, MemoryRecord], changes: Iterable[Row]) -> None:
    """Do to the memories, by id, what rows of `memory_changes` say; ids that aren't among them are passed over."""
    for row in changes:
        name, changed, ids = read_memory_change(row)
        for id in ids:
            if name == FORGOTTEN:
                memories.pop(id, None)
            elif id in memories and name == EDITED:
                memories[id] = edited_memory(memories[id], changed, f"memory change {row[1]} of step {row[0]}")
            elif id in memories:
                memories[id] = replace(memories[id], **{name: changed})


def read_memory_change(row: Row) -> tuple[str, Any, tuple[str, ...]]:
    """The field, its new value and the ids of the memories, of a row of `memory_changes`."""
    step, n, name, value, ids = row
    where = f"memory change {n} of step {step}"
    changed = from_json(value, where)
    if name == EDITED:
        edited_memory(_NO_MEMORY, changed, where)
    elif name != FORGOTTEN:
        if name not in _MEMORY_FIELDS:
            raise ArchiveDamaged(f"The archive changes the unknown field {name!r} in {where}.")
        changed = _field(name, changed, where)
    return name, changed, _names(ids, where)


def _field(name: str, value: object, where: str) -> Any:
    """A new value of a memory's field, of the type that belongs there."""
    if name in ("tags", "rests_on"):
        if isinstance(value, list) and all(isinstance(each, str) for each in cast("list[object]", value)):
            return tuple(cast("list[str]", value))
    elif type(value) in _FIELD_TYPES[name]:
        return value
    raise ArchiveDamaged(f"The archive holds {str(cast('object', value))[:60]!r} as a memory's {name} in {where}.")


def edited_memory(memory: MemoryRecord, edits: Any, where: str) -> MemoryRecord:
    """The memory after edits, each {"step", "time", and the fields that it changes}."""
    try:
        for edit in edits:
            changes = {name: _field(name, value, where) for name, value in edit.items() if name in EDITABLE}
            memory = memory.edited(changes, step=edit["step"], time=edit["time"])
    except (AttributeError, KeyError, TypeError) as error:
        raise ArchiveDamaged(f"The archive holds no readable edit in {where}: {error!r}.") from error
    return memory


def read_probe_answer(row: Row, stored: Stored) -> ProbeAnswer:
    """The answer that a row of `probe_answers` holds."""
    step, n, probe, who, question, spec, answer, failure = row
    where = f"probe answer {n} of step {step}"
    return ProbeAnswer(
        probe=probe,
        who=who,
        question=question,
        answer=from_json(answer, where),
        spec=None if spec is None else stored.spec(spec),
        failure=_failure(failure, where),
    )


def read_vector(row: Row) -> StoredVector:
    """The vector that a row of `vectors` holds, bit for bit."""
    embedder, digest, text, held, checksum = row
    if len(held) % 4 or vector_checksum(held) != checksum or digest_of(text) != digest:
        raise ArchiveDamaged(f"The archive's vector of {text[:60]!r} is damaged; its checksum differs.")
    vector = numpy.frombuffer(held, dtype="<f4").astype(numpy.float32)
    if not vector.size or not is_finite(vector):
        raise ArchiveDamaged(f"The archive's vector of {text[:60]!r} is no row of finite numbers.")
    return StoredVector(embedder=embedder, text=text, vector=vector)


def _names(text: str, where: str, id: str = "") -> tuple[str, ...]:
    if text == "[]":
        return ()
    return _short_names(text, where, id) if len(text) < 200 else read_names(text, where, id)


def read_names(text: str, where: str, id: str = "") -> tuple[str, ...]:
    """The names in a JSON array that stands in `where` (of `id`)."""
    held = from_json(text, f"{where}{id}")
    if not isinstance(held, list) or not all(isinstance(each, str) for each in cast("list[object]", held)):
        raise ArchiveDamaged(f"The archive holds {text[:60]!r} in {where}{id}, where a list of names belongs.")
    return tuple(cast("list[str]", held))


def _change(text: str, id: str) -> list[dict[str, Any]]:
    held = from_json(text, f"the event {id}")
    if type(held) is not list or not _JUST_OBJECTS.issuperset(map(type, cast("list[object]", held))):
        raise ArchiveDamaged(f"The archive holds {text[:60]!r} in the event {id}, where a list of operations belongs.")
    return cast("list[dict[str, Any]]", held)


class _ShortNames:
    """Lists of names that were read of late: the same witnesses come again and again."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    def __call__(self, text: str, where: str, id: str) -> tuple[str, ...]:
        found = self._known.get(text)
        if found is None:
            found = read_names(text, where, id)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[text] = found
        return found


_JUST_OBJECTS: frozenset[type] = frozenset({dict})
_MOST_KNOWN = 4096
_short_names = _ShortNames()


def _action_call(held: dict[str, Any]) -> ActionCall:
    action, arguments = held["action"], held["arguments"]
    if not isinstance(action, str) or not isinstance(arguments, dict):
        raise TypeError(f"{str(action)[:60]!r} with arguments {str(arguments)[:60]}")
    return ActionCall(action=action, arguments=cast("dict[str, Any]", arguments))


def _failure(text: str | None, where: str) -> Failure | None:
    if text is None:
        return None
    held = from_json(text, where)
    try:
        if not all(isinstance(each, str) for each in (held["reason"], held["raw"])) or held["kind"] not in _FAILURES:
            raise ValueError(str(held)[:100])
        return Failure(**held)
    except (TypeError, KeyError, ValueError) as error:
        raise ArchiveDamaged(f"The archive holds no readable failure in {where}: {error}.") from error
