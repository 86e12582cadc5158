"""The states of a run's parts, as the archive's keyframes and changes give them."""

from __future__ import annotations

import sqlite3
from typing import cast

from gamemaster.record.schema import CHANGES, KEYFRAMES
from gamemaster.record.state_tracker import StateChange, StateTracker, rebuilt
from gamemaster.record.step_record import State
from gamemaster.record.table import Row, query
from gamemaster.words import ArchiveDamaged

__all__ = ["last_states", "read_change", "read_keyframe", "read_states"]


def read_states(connection: sqlite3.Connection, step: int) -> dict[str, State]:
    """All states at the end of a step: the nearest keyframe and the changes after it."""
    frame = _keyframe(connection, step)
    changes = CHANGES.rows(connection, "step > ? AND step <= ?", (frame, step))
    return rebuilt(map(read_keyframe, KEYFRAMES.rows(connection, "step = ?", (frame,))), map(read_change, changes))


def last_states(connection: sqlite3.Connection) -> StateTracker:
    """A tracker that goes on from the last committed step, as if it had been there all along."""
    tracker = StateTracker()
    (last,) = next(query(connection, "SELECT max(step) FROM steps"))
    if last is None:
        return tracker
    frame = _keyframe(connection, last)
    (size,) = next(query(connection, "SELECT total(length(state)) FROM keyframes WHERE step = ?", (frame,)))
    (since,) = next(query(connection, "SELECT total(length(value)) FROM changes WHERE step > ?", (frame,)))
    tracker.load(read_states(connection, last), keyframe_size=int(size), since=int(since))
    return tracker


def read_change(row: Row) -> StateChange:
    """The change that a row of `changes` holds."""
    _, part, version, kind, value = row
    if kind not in ("patch", "state", "gone"):
        raise ArchiveDamaged(f"The archive holds a change of {part} of the unknown kind {kind!r}.")
    return StateChange(part=part, version=version, kind=kind, value=value)


def read_keyframe(row: Row) -> StateChange:
    """The state that a row of `keyframes` holds."""
    _, part, version, state = row
    return StateChange(part=part, version=version, kind="state", value=state)


def _keyframe(connection: sqlite3.Connection, step: int) -> int:
    """The step of the last keyframe up to `step`; a run whose parts have no state has none, and starts at 0."""
    (frame,) = next(query(connection, "SELECT max(step) FROM keyframes WHERE step <= ?", (step,)))
    return cast("int", 0 if frame is None else frame)
