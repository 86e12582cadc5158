"""CheckedSteps: the steps of an archive, one after the other, each with what is wrong in it.

The one idea: one pass. Every table is read once, in the order of its key, and what a step put on record is digested,
read as the words it should be and applied to the states while it is at hand. So the cost is that of the rows, and the
memory that of the states and of a few thousand rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, cast

from gamemaster.record.call_rows import asked_in, key_of, read_call, request_digest
from gamemaster.record.chain import CHUNK, StepDigest, count_rows, first_digest
from gamemaster.record.json_patch import apply_patch
from gamemaster.record.json_text import from_json, to_json
from gamemaster.record.phase import read_phase
from gamemaster.record.read_rows import (
    read_ask,
    read_attempt,
    read_event,
    read_grounding,
    read_memory,
    read_memory_change,
    read_observation,
    read_probe_answer,
)
from gamemaster.record.schema import (
    ASKS,
    ATTEMPTS,
    CALLS,
    CHANGES,
    EVENTS,
    GROUNDINGS,
    KEYFRAMES,
    MEASURES,
    MEMORIES,
    MEMORY_CHANGES,
    OBSERVATIONS,
    PHASES,
    PROBE_ANSWERS,
    STEP_TABLES,
    STEPS,
)
from gamemaster.record.states import read_change
from gamemaster.record.step_record import State
from gamemaster.record.stored import Stored
from gamemaster.record.table import Row, Table
from gamemaster.words import ArchiveDamaged, ArchiveError

__all__ = ["CheckedStep", "CheckedSteps"]

_MOST = 20
_CHAINED = {
    table.name: tuple(n for n, column in enumerate(table.columns) if column.fact and not column.covered) for table in STEP_TABLES
}


@dataclass(slots=True)
class CheckedStep:
    """A committed step; `problems` are at most 20 a table. `keyframe`: the states are on record whole."""

    step: int
    row: Row
    problems: list[str] = field(default_factory=list[str])
    keyframe: bool = False


class CheckedSteps:
    """Go over the steps with `walk`, once. `states` are those at the end of the step at hand, None once they can't be rebuilt."""

    def __init__(self, connection: sqlite3.Connection, configuration: object) -> None:
        self.states: dict[str, State] | None = {}
        self._connection = connection
        self._digest = first_digest(configuration)
        self._stored = Stored(connection)
        self._rows = {table.name: _Rows(connection, table) for table in STEP_TABLES}
        self._has_keyframe = False
        self._readers = _readers(self._stored)

    def walk(self) -> Iterator[CheckedStep]:
        """Every committed step; what its rows say is checked when it is given.

        Raises: ArchiveDamaged where the table of steps itself can't be read any further.
        """
        last = -1
        for row in STEPS.rows(self._connection):
            found = CheckedStep(row[0], row)
            if row[0] != last + 1:
                found.problems.append(f"Step {row[0]} follows step {last}; the steps between are missing.")
            last = row[0]
            self._check(found)
            yield found

    def rest(self, last: int) -> Iterator[str]:
        """What is wrong behind the last committed step: calls and a phase of the step that was under way may stand there."""
        for table in STEP_TABLES:
            rows = self._rows[table.name]
            if table is CALLS or table is PHASES:
                for chunk in rows.chunks(last + 1):
                    yield from self._read(table, chunk)
            if rows.error:
                yield rows.error
            elif rows.strays or rows.ahead is not None:
                yield f"The table {table.name} holds rows of a step that was not committed."

    def _check(self, found: CheckedStep) -> None:
        _, time, scene, recorded, _ = found.row
        step, problems = found.step, found.problems
        digest = StepDigest((step, time, scene), self._digest)
        for table in STEP_TABLES:
            held = self._rows[table.name]
            counted = False
            kept: list[Row] = []
            for chunk, last in _with_last(held.chunks(step)):
                if not counted:
                    whole = last or held.error
                    digest.table(table.name, len(chunk) if whole else count_rows(self._connection, table.name, step))
                    counted = True
                digest.rows(_chained(table, chunk), last=last)
                if table is CHANGES or table is KEYFRAMES:
                    kept += chunk
                else:
                    problems += self._read(table, chunk)
            if not counted:
                digest.table(table.name, 0)
            if table is CHANGES:
                self._apply(kept, found)
            elif table is KEYFRAMES and kept:
                self._compare(kept, found)
        made = digest.hexdigest()
        if made != recorded:
            problems.append(
                f"Step {step} is not what was committed: its digest is {made[:16]}…, recorded {recorded[:16]}…."
                + "".join(f" {held.error}" for held in self._rows.values() if held.error)
            )
        self._digest = recorded

    def _read(self, table: Table, rows: list[Row]) -> list[str]:
        read, problems = self._readers[table.name], list[str]()
        for row in rows:
            try:
                read(row)
            except ArchiveError as error:
                problems.append(str(error))
                if len(problems) >= _MOST:
                    break
        return problems

    def _apply(self, rows: list[Row], found: CheckedStep) -> None:
        states = self.states
        if states is None:
            return
        try:
            for row in rows:
                change = read_change(row)
                if change.kind == "gone":
                    states.pop(change.part, None)
                    continue
                value = from_json(change.value, f"the state of {change.part}")
                if change.kind == "patch":
                    if change.part not in states:
                        raise ArchiveDamaged(f"The archive holds a patch of {change.part} but no state before it.")
                    value = apply_patch(states[change.part][1], value, change.part)
                states[change.part] = (change.version, _state(value, change.part))
        except ArchiveError as error:
            found.problems.append(f"Step {found.step}: {error}")
            self.states = None  # until the next keyframe

    def _compare(self, rows: list[Row], found: CheckedStep) -> None:
        found.keyframe = True
        try:
            frame = {part: (version, _state(from_json(state, f"the state of {part}"), part)) for _, part, version, state in rows}
        except ArchiveError as error:
            found.problems.append(f"The keyframe of step {found.step}: {error}")
            self.states = None
            return
        if self._has_keyframe and self.states is not None:
            rebuilt = [(found.step, part, version, to_json(state)) for part, (version, state) in sorted(self.states.items())]
            if rebuilt != rows:
                found.problems.append(
                    f"The states of step {found.step}, rebuilt from their changes, are not those of its keyframe."
                )
        self.states, self._has_keyframe = frame, True


class _Rows:
    """The rows of one table in the order of its key, taken step by step."""

    def __init__(self, connection: sqlite3.Connection, table: Table) -> None:
        self._rows = table.rows(connection)
        self.error = ""
        self.strays = False
        self.ahead: Row | None = None
        self._advance()

    def chunks(self, step: int) -> Iterator[list[Row]]:
        """The rows of this step, some thousands at a time; rows of steps passed over are noted as `strays`."""
        while self.ahead is not None and self.ahead[0] < step:
            self.strays = True
            self._advance()
        while (row := self.ahead) is not None and row[0] == step:
            chunk = [row]
            try:
                for row in self._rows:
                    if row[0] != step or len(chunk) == CHUNK:
                        self.ahead = row
                        break
                    chunk.append(row)
                else:
                    self.ahead = None
            except ArchiveError as error:
                self.error, self.ahead = str(error), None
            yield chunk

    def _advance(self) -> None:
        try:
            self.ahead = next(self._rows, None)
        except ArchiveError as error:
            self.error, self.ahead = str(error), None


def _with_last(chunks: Iterator[list[Row]]) -> Iterator[tuple[list[Row], bool]]:
    """Each with whether it is the last."""
    chunk = next(chunks, None)
    while chunk is not None:
        following = next(chunks, None)
        yield chunk, following is None
        chunk = following


def _chained(table: Table, rows: list[Row]) -> list[Row]:
    columns = _CHAINED[table.name]
    if len(columns) == len(table.columns):
        return rows
    pick = cast("Callable[[Row], Row]", itemgetter(*columns))
    return list(map(pick, rows))


def _state(value: object, part: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise ArchiveDamaged(f"The archive holds {str(value)[:60]!r} as the state of {part}, where an object belongs.")
    return cast("dict[str, Any]", value)


def _readers(stored: Stored) -> Mapping[str, Callable[[Row], object]]:
    def call(row: Row) -> None:
        if request_digest(asked_in(row)) != row[11]:
            raise ArchiveDamaged(f"The request of {key_of(row)} is not what was recorded.")
        read_call(row, stored)

    return {
        ASKS.name: lambda row: read_ask(row, stored),
        ATTEMPTS.name: lambda row: read_attempt(row, stored),
        GROUNDINGS.name: read_grounding,
        EVENTS.name: read_event,
        OBSERVATIONS.name: read_observation,
        MEASURES.name: lambda row: from_json(row[4], f"measure {row[1]} of step {row[0]}"),
        MEMORIES.name: read_memory,
        MEMORY_CHANGES.name: read_memory_change,
        PROBE_ANSWERS.name: lambda row: read_probe_answer(row, stored),
        CALLS.name: call,
        PHASES.name: read_phase,
    }
