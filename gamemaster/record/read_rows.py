"""Rows of the archive as the words they were: events, observations, attempts, groundings, memories and the rest.

An archive may come from anyone, so kinds are checked against the closed sets, and what should be a list of names is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any, cast, get_args

import numpy

from gamemaster.record.json_text import from_json
from gamemaster.record.schema import EVENTS, MEMORIES, OBSERVATIONS
from gamemaster.record.step_record import ProbeAnswer, StoredVector
from gamemaster.record.step_rows import FORGOTTEN, vector_checksum
from gamemaster.record.stored import Stored
from gamemaster.record.table import Row
from gamemaster.words import (
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

__all__ = [
    "change_memories",
    "read_ask",
    "read_attempt",
    "read_event",
    "read_grounding",
    "read_memory",
    "read_observation",
    "read_probe_answer",
    "read_vector",
]

_EVENT_KINDS = frozenset(get_args(EventKind))
_HOWS = frozenset(get_args(ObservationHow))
_MEMORY_FIELDS = frozenset(each.name for each in fields(MemoryRecord)) - {"id"}


def read_event(row: Row) -> Event:
    """The event that a row of `events` holds."""
    held: dict[str, Any] = dict(zip(EVENTS.names[2:], row[2:], strict=True))
    where = f"the event {held['id']}"
    if held["kind"] not in _EVENT_KINDS:
        raise ArchiveDamaged(f"The archive holds the unknown kind {held['kind']!r} in {where}.")
    held["witnesses"] = _names(held["witnesses"], where)
    if held["change"] is not None:
        held["change"] = from_json(held["change"], where)
    return Event(step=row[0], **held)


def read_observation(row: Row) -> Observation:
    """The observation that a row of `observations` holds."""
    held: dict[str, Any] = dict(zip(OBSERVATIONS.names[2:], row[2:], strict=True))
    where = f"the observation {held['id']}"
    if held["how"] not in _HOWS:
        raise ArchiveDamaged(f"The archive holds the unknown kind {held['how']!r} in {where}.")
    held["tags"] = _names(held["tags"], where)
    return Observation(**held)


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
    held: dict[str, Any] = dict(zip(MEMORIES.names[2:], row[2:], strict=True))
    where = f"the memory {held['id']}"
    held["tags"], held["rests_on"] = _names(held["tags"], where), _names(held["rests_on"], where)
    return MemoryRecord(**held)


def change_memories(memories: dict[str, MemoryRecord], changes: Iterable[Row]) -> None:
    """Do to the memories, by id, what rows of `memory_changes` say; ids that aren't among them are passed over."""
    for step, n, name, value, ids in changes:
        where = f"memory change {n} of step {step}"
        changed = from_json(value, where)
        if name in ("tags", "rests_on") and isinstance(changed, list):
            changed = tuple(cast("list[str]", changed))
        if name != FORGOTTEN and name not in _MEMORY_FIELDS:
            raise ArchiveDamaged(f"The archive changes the unknown field {name!r} in {where}.")
        for id in _names(ids, where):
            if name == FORGOTTEN:
                memories.pop(id, None)
            elif id in memories:
                memories[id] = replace(memories[id], **{name: changed})


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
    embedder, _, text, held, checksum = row
    if len(held) % 4 or vector_checksum(held) != checksum:
        raise ArchiveDamaged(f"The archive's vector of {text[:60]!r} is damaged; its checksum differs.")
    vector = numpy.frombuffer(held, dtype="<f4").astype(numpy.float32)
    return StoredVector(embedder=embedder, text=text, vector=vector)


def _names(text: str, where: str) -> tuple[str, ...]:
    if text == "[]":
        return ()
    held = from_json(text, where)
    if not isinstance(held, list) or not all(isinstance(each, str) for each in cast("list[object]", held)):
        raise ArchiveDamaged(f"The archive holds {text[:60]!r} in {where}, where a list of names belongs.")
    return tuple(cast("list[str]", held))


def _action_call(held: dict[str, Any]) -> ActionCall:
    return ActionCall(action=held["action"], arguments=held["arguments"])


def _failure(text: str | None, where: str) -> Failure | None:
    if text is None:
        return None
    try:
        return Failure(**from_json(text, where))
    except TypeError as error:
        raise ArchiveDamaged(f"The archive holds no readable failure in {where}: {error}.") from error
