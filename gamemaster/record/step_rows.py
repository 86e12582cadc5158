"""A StepRecord as rows of the archive's tables."""

from __future__ import annotations

import math
from binascii import hexlify
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from operator import attrgetter
from typing import Any, cast

import numpy
from numpy.typing import NDArray

from gamemaster.record.contents import Contents, digest_of
from gamemaster.record.json_text import names_json, to_json
from gamemaster.record.recall_record import recall_rows
from gamemaster.record.schema import (
    ASKS,
    ATTEMPTS,
    EVENTS,
    GROUNDINGS,
    MEASURES,
    MEMORIES,
    MEMORY_CHANGES,
    OBSERVATIONS,
    PROBE_ANSWERS,
    RECALLS,
    VECTORS,
)
from gamemaster.record.step_record import MemoryChange, StepRecord, StoredVector
from gamemaster.record.table import Row, Table
from gamemaster.words import ActionCall, ArchiveError, Ask, Attempt, Event, Failure, Grounding, Observation

__all__ = ["EDITED", "FORGOTTEN", "is_finite", "step_rows", "vector_checksum"]

FORGOTTEN = "forgotten"
"""The `field` of a memory change that takes the memory away."""
EDITED = "edited"
"""The `field` of a memory change that lists edits by hand, each with its step, time and the fields that it changed."""


def step_rows(record: StepRecord, contents: Contents) -> list[tuple[Table, list[Row]]]:
    """The rows that a step adds to each table; its states and the row of the step itself are not among them.

    Raises: ArchiveError for an id of another step, or a value that can't be put on record.
    """
    step = record.step
    measures = sorted(record.measures, key=attrgetter("name", "who"))
    changes = _memory_changes(record.memory_changes, record.forgotten)
    return [
        (ASKS, [_ask(step, n, each, contents) for n, each in enumerate(record.asks)]),
        (ATTEMPTS, [_attempt(step, each, contents) for each in record.attempts]),
        (GROUNDINGS, [_grounding(step, n, each) for n, each in enumerate(record.groundings)]),
        (EVENTS, [_event(step, each) for each in record.events]),
        (OBSERVATIONS, [_observation(step, each) for each in record.observations]),
        (MEASURES, [(step, n, each.name, each.who, to_json(each.value)) for n, each in enumerate(measures)]),
        (MEMORIES, [_memory(step, n, _MEMORY(each)) for n, each in enumerate(record.memories)]),
        (MEMORY_CHANGES, [(step, n, *each) for n, each in enumerate(changes)]),
        (
            PROBE_ANSWERS,
            [
                (
                    step,
                    n,
                    each.probe,
                    each.who,
                    each.question,
                    None if each.spec is None else contents.spec(each.spec),
                    to_json(each.answer),
                    _failure(each.failure),
                )
                for n, each in enumerate(record.probe_answers)
            ],
        ),
        (RECALLS, recall_rows(step, record.recalls)),
        (VECTORS, [_vector(each) for each in record.vectors]),
    ]


def is_finite(vector: NDArray[numpy.float32]) -> bool:
    """Whether all numbers of a vector are finite."""
    # Its square is when all are, and is quicker to ask for; one that isn't may be that of huge numbers.
    with numpy.errstate(all="ignore"):
        return math.isfinite(vector.dot(vector)) or bool(numpy.isfinite(vector).all())


def vector_checksum(vector: bytes) -> str:
    """What tells a vector from a damaged one."""
    return blake2b(hexlify(vector), digest_size=16).hexdigest()[:16]


def _reader(table: Table, skip: int) -> Callable[[Any], Row]:
    """What takes the fields of a record that are named like the table's columns, as a tuple."""
    return cast("Callable[[Any], Row]", attrgetter(*table.names[skip:]))


_EVENT, _OBSERVATION, _MEMORY = _reader(EVENTS, 2), _reader(OBSERVATIONS, 2), _reader(MEMORIES, 2)


def _place(step: int, id: str) -> int:
    """The place within the step that an id "{step}/{kind}/{n}" ends with."""
    first, _, rest = id.partition("/")
    _, _, n = rest.rpartition("/")
    if first != str(step) or not n.isdecimal():
        raise ArchiveError(f"{id!r} is no id of step {step}; an id there reads '{step}/<kind>/<number>'.")
    return int(n)


def _ask(step: int, n: int, ask: Ask, contents: Contents) -> Row:
    hears = None if ask.hears is None else names_json(ask.hears)
    return step, n, ask.agent, contents.spec(ask.spec), hears, ask.place, ask.scene


def _attempt(step: int, attempt: Attempt, contents: Contents) -> Row:
    if attempt.step != step:
        raise ArchiveError(f"The attempt {attempt.id} says step {attempt.step}, but stands in the record of step {step}.")
    spec = contents.spec(attempt.spec)
    return step, _place(step, attempt.id), attempt.id, attempt.actor, spec, to_json(attempt.answer), _failure(attempt.failure)


def _failure(failure: Failure | None) -> str | None:
    return None if failure is None else to_json({"kind": failure.kind, "reason": failure.reason, "raw": failure.raw})


def _action_call(call: ActionCall) -> dict[str, Any]:
    return {"action": call.action, "arguments": call.arguments}


def _grounding(step: int, n: int, grounding: Grounding) -> Row:
    call = None if grounding.call is None else to_json(_action_call(grounding.call))
    then = to_json([_action_call(each) for each in grounding.then]) if grounding.then else "[]"
    return step, n, grounding.attempt_id, call, grounding.confidence, int(grounding.plausible), grounding.reason, then


def _event(step: int, event: Event) -> Row:
    if event.step != step:
        raise ArchiveError(f"The event {event.id} says step {event.step}, but stands in the record of step {step}.")
    id, time, kind, actor, text, place, channel, attempt_id, change, witnesses, action, scene = _EVENT(event)
    changed = None if change is None else to_json(change)
    known = names_json(witnesses)
    return step, _place(step, id), id, time, kind, actor, text, place, channel, attempt_id, changed, known, action, scene


def _observation(step: int, observation: Observation) -> Row:
    id, event_id, to, time, how, text, speaker, tags = _OBSERVATION(observation)
    return step, _place(step, id), id, event_id, to, time, how, text, speaker, names_json(tags)


def _memory(step: int, n: int, fields: Row) -> Row:
    *plain, tags, rests_on, depth = fields
    return step, n, *plain, names_json(tags), names_json(rests_on), depth


def _memory_changes(changes: Iterable[MemoryChange], forgotten: Sequence[str]) -> list[tuple[str, str, str]]:
    """Rows of (field, value, ids): what was recalled in one step gets one last access, so that many ids share a row."""
    last = {(each.id, each.field): to_json(each.value) for each in changes}
    rows: dict[tuple[str, str], list[str]] = {}
    for (id, field), value in last.items():
        rows.setdefault((field, value), []).append(id)
    if forgotten:
        rows[FORGOTTEN, "true"] = list(forgotten)
    return [(field, value, to_json(ids)) for (field, value), ids in rows.items()]


def _vector(stored: StoredVector) -> Row:
    vector = numpy.ascontiguousarray(stored.vector, dtype="<f4")
    if vector.ndim != 1 or not vector.size or not is_finite(vector):
        raise ArchiveError(f"The vector of {stored.text[:60]!r} has shape {vector.shape}; it must be one row of finite numbers.")
    held = vector.tobytes()
    return stored.embedder, digest_of(stored.text), stored.text, held, vector_checksum(held)
