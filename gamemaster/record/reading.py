"""Reading: everything that can be read from an archive, as the words it was written in.

Iterators read as they go, in the order of (step, place in the step), model calls in the order of their keys. What they
give is what was committed when they were asked; only `calls` also gives those of a step that was not committed.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gamemaster.record.call_record import CallRow, Work
from gamemaster.record.call_rows import key_of, read_call
from gamemaster.record.contents import digest_of
from gamemaster.record.json_text import from_json
from gamemaster.record.memory_columns import MEMORY_FIELDS, MemoryColumns, changed_columns, read_columns
from gamemaster.record.phase import Phase, read_phase
from gamemaster.record.read_rows import (
    read_ask,
    read_attempt,
    read_event,
    read_grounding,
    read_observation,
    read_probe_answer,
    read_vector,
)
from gamemaster.record.recall_record import RecallRecord, read_recall
from gamemaster.record.schema import (
    ASKS,
    ATTEMPTS,
    CALLS,
    CHANGES,
    DEEDS,
    EVENTS,
    GROUNDINGS,
    MEASURES,
    MEMORIES,
    MEMORY_CHANGES,
    META,
    METRICS,
    OBSERVATIONS,
    PHASES,
    PROBE_ANSWERS,
    RECALLS,
    STEPS,
    VECTORS,
    WORK,
)
from gamemaster.record.state_tracker import StateChange
from gamemaster.record.states import read_change, read_states
from gamemaster.record.step_record import Measure, ProbeAnswer, State, StoredVector
from gamemaster.record.stored import Stored
from gamemaster.record.table import Row, Table, query
from gamemaster.words import ArchiveDamaged, ArchiveError, Ask, Attempt, Event, EventKind, Grounding, MemoryRecord, Observation

__all__ = ["Reading", "StepRow"]

_AT_A_TIME = 500  # texts in one query; SQLite takes 999 values
_MANY = 2_000
_RECURRING = ("holder", "kind", "tags", "rests_on")
_MEMORY_COLUMNS = tuple(name for name in MEMORIES.names if name in MEMORY_FIELDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """A committed step: simulated time at its end, its link of the hash chain, and the wall clock."""

    step: int
    time: float
    scene: str
    digest: str
    committed: float


class Reading(ABC):
    """The reading half of an archive."""

    @abstractmethod
    def reader(self) -> sqlite3.Connection:
        """A connection to read from, for queries of one's own; it sees all that is committed."""

    @property
    def configuration(self) -> dict[str, Any]:
        """What the run was made from; later phases have a configuration of their own, in `phases`."""
        return self._object("configuration")

    @property
    def environment(self) -> dict[str, Any]:
        """What it ran in: versions, digests, machine. No fact of the run."""
        return self._object("environment")

    @property
    def pinned(self) -> dict[str, Any]:
        """What pins the models and the embedder that were used, as told when the run ended. No fact of the run."""
        return self._object("pinned")

    @property
    def status(self) -> str:
        """One of running (or killed), finished, stopped, failed."""
        return str(self._meta("status"))

    @property
    def stopped_by(self) -> str:
        """What ended the run; "" while nothing has."""
        return str(self._meta("stopped_by"))

    @property
    def metrics(self) -> dict[str, Any]:
        """The metrics that were computed when the run ended, by name."""
        return {name: from_json(value, f"the metric {name}") for name, value in METRICS.rows(self.reader())}

    @property
    def phases(self) -> list[Phase]:
        """The phases of the run, oldest first; one alone where it was neither forked nor gone on with by another simulation.

        The last may not have begun: its first step is then the one after the last committed.
        """
        first = Phase(step=0, kind="run", configuration=self.configuration)
        return [first, *map(read_phase, PHASES.rows(self.reader()))]

    @property
    def amended(self) -> list[dict[str, Any]]:
        """What was added to steps from outside, oldest first: the step, its digest before, the wall clock."""
        row = next(META.rows(self.reader(), "key = ?", ("amended",)), None)
        return [] if row is None else from_json(row[1], "amended")

    @property
    def steps(self) -> list[StepRow]:
        """The committed steps, from 0."""
        return [StepRow(**dict(zip(STEPS.names, row, strict=True))) for row in STEPS.rows(self.reader())]

    @property
    def last_step(self) -> int | None:
        """The last committed step; None before step 0 is."""
        row = next(query(self.reader(), "SELECT max(step) FROM steps"))
        if not isinstance(row[0], int | None):
            raise ArchiveDamaged(f"The archive holds {str(row[0])[:60]!r} as a step. It was changed or damaged.")
        return row[0]

    def asks(self, *, step: int | None = None, agent: str | None = None) -> Iterator[tuple[int, Ask]]:
        """Who was asked what, with the step."""
        stored = Stored(self.reader())
        return ((row[0], read_ask(row, stored)) for row in self._rows(ASKS, step=step, agent=agent))

    def attempts(self, *, step: int | None = None, actor: str | None = None) -> Iterator[Attempt]:
        """What agents answered. The `schema` of a spec is None: it is code; its JSON stands in the table `documents`."""
        stored = Stored(self.reader())
        return (read_attempt(row, stored) for row in self._rows(ATTEMPTS, step=step, actor=actor))

    def groundings(self, *, step: int | None = None) -> Iterator[Grounding]:
        """What the attempts were."""
        return map(read_grounding, self._rows(GROUNDINGS, step=step))

    def events(self, *, step: int | None = None, kind: EventKind | None = None, actor: str | None = None) -> Iterator[Event]:
        """What happened."""
        return map(read_event, self._rows(EVENTS, step=step, kind=kind, actor=actor))

    def observations(self, *, step: int | None = None, to: str | None = None) -> Iterator[Observation]:
        """What agents noticed; who did it, and by which action, is looked up in the events of the same step."""
        deeds: dict[str, Row] = {}
        at: int | None = None
        for row in self._rows(OBSERVATIONS, step=step, to=to):
            if row[0] != at:
                at = row[0]
                deeds = {id: tuple(deed) for _, _, id, *deed in self._rows(DEEDS, step=at)}
            yield read_observation(row, deeds.get(row[3]))

    def measures(self, name: str | None = None, *, who: str | None = None) -> Iterator[tuple[int, Measure]]:
        """What was measured, with the step; within a step in the order of (name, who)."""
        for step, n, measured, of, value in self._rows(MEASURES, name=name, who=who):
            yield step, Measure(name=measured, who=of, value=from_json(value, f"measure {n} of step {step}"))

    def probe_answers(self, probe: str | None = None, *, who: str | None = None) -> Iterator[tuple[int, ProbeAnswer]]:
        """What was answered to probes, with the step."""
        stored = Stored(self.reader())
        return ((row[0], read_probe_answer(row, stored)) for row in self._rows(PROBE_ANSWERS, probe=probe, who=who))

    def calls(self, *, step: int | None = None, who: str | None = None, component: str | None = None) -> Iterator[CallRow]:
        """The model calls, those of a step that was not committed included, in the order of their keys."""
        stored = Stored(self.reader())
        return (read_call(row, stored) for row in self._rows(CALLS, step=step, who=who, component=component))

    def recalls(self, *, step: int | None = None, who: str | None = None) -> Iterator[tuple[int, RecallRecord]]:
        """What components recalled, with the step, in the order of (step, who, component, phase, n).

        None are there of steps that a version before format 3 recorded.
        """
        return ((row[0], read_recall(row)) for row in self._rows(RECALLS, step=step, who=who))

    def work(self, *, step: int | None = None, who: str | None = None) -> Iterator[Work]:
        """What the calls took of models that run here, in the order of their keys; none of a version before format 4."""
        return (Work(key=key_of(row), queued=row[5], worked=row[6], rows=row[7]) for row in self._rows(WORK, step=step, who=who))

    @property
    def statistics(self) -> dict[str, dict[str, float]]:
        """What the models that run here did, in sum over the last process that ran this run, by their names."""
        held = next(META.rows(self.reader(), "key = ?", ("statistics",)), None)
        return {} if held is None else self._object("statistics")

    def memories(self, *, holder: str | None = None, step: int | None = None) -> list[MemoryRecord]:
        """What was remembered at the end of a step (the last one, when none is given), in the order of adding."""
        return self.memory_columns(holder=holder, step=step).records()

    def memory_columns(self, *, holder: str | None = None, step: int | None = None) -> MemoryColumns:
        """The same as columns, which are read much faster: a record is made where somebody asks for one."""
        upto = self._step(step)
        connection = self.reader()
        where, values = ("step <= ?", (upto,)) if holder is None else ("step <= ? AND holder = ?", (upto, holder))
        found = read_columns(MEMORIES.column_lists(connection, _MEMORY_COLUMNS, where, values, recurring=_RECURRING))
        return changed_columns(found, MEMORY_CHANGES.rows(connection, "step <= ?", (upto,)))

    def memory_holders(self) -> dict[str, str]:
        """Whose each memory is or was, by its id; forgotten ones included."""
        return dict(query(self.reader(), "SELECT id, holder FROM memories"))

    def vectors(self, embedder: str | None = None, *, texts: Sequence[str] | None = None) -> Iterator[StoredVector]:
        """Embeddings, of the embedder with this fingerprint or of all, of these texts or of all. No order is promised."""
        wanted = None if texts is None else {digest_of(text) for text in texts}
        if wanted is None or len(wanted) > _MANY:
            # In the order in which they lie in the file: by the key each would be looked for by itself.
            where, values = ("", ()) if embedder is None else (" WHERE +embedder = ?", (embedder,))
            for row in query(self.reader(), f"{VECTORS.select}{where} ORDER BY rowid", values):
                if wanted is None or row[1] in wanted:
                    yield read_vector(VECTORS.checked(row))
            return
        digests = sorted(wanted)
        for start in range(0, len(digests), _AT_A_TIME):
            some = digests[start : start + _AT_A_TIME]
            where = f"digest IN ({', '.join('?' * len(some))})"
            if embedder is not None:
                where, some = f"embedder = ? AND {where}", [embedder, *some]
            yield from map(read_vector, VECTORS.rows(self.reader(), where, some))

    def embedders(self) -> tuple[str, ...]:
        """The fingerprints of the embedders that embeddings are there of, in alphabetical order."""
        return tuple(row[0] for row in query(self.reader(), "SELECT DISTINCT embedder FROM vectors ORDER BY embedder"))

    def states(self, step: int | None = None) -> dict[str, State]:
        """The state of every part at the end of a step (the last one, when none is given), with the version of its form."""
        return read_states(self.reader(), self._step(step))

    def changes(self, part: str | None = None, *, step: int | None = None) -> Iterator[tuple[int, StateChange]]:
        """How states changed, with the step; what they were in step 0 is in `states(0)`."""
        return ((row[0], read_change(row)) for row in self._rows(CHANGES, part=part, step=step))

    def _rows(self, table: Table, **wanted: object) -> Iterator[Row]:
        picked = {name: value for name, value in wanted.items() if value is not None}
        where = " AND ".join(f'"{name}" = ?' for name in picked)
        values = [_bound(value) for value in picked.values()]
        return table.rows(self.reader(), where, values)

    def _meta(self, key: str) -> Any:
        row = next(META.rows(self.reader(), "key = ?", (key,)), None)
        if row is None:
            raise ArchiveDamaged(f"The archive lacks its {key}. It was changed or damaged.")
        return from_json(row[1], key)

    def _object(self, key: str) -> dict[str, Any]:
        held = self._meta(key)
        if not isinstance(held, dict):
            raise ArchiveDamaged(
                f"The archive's {key} is {str(held)[:60]!r}, where an object belongs. It was changed or damaged."
            )
        return cast("dict[str, Any]", held)

    def _step(self, step: int | None) -> int:
        last = self.last_step
        if last is None:
            raise ArchiveError("The run has no committed step yet; there is nothing to read. Resume it, or run it again.")
        if step is None:
            return last
        if not 0 <= step <= last:
            raise ArchiveError(f"The run has no step {step}; its committed steps are 0 to {last}.")
        return step


def _bound(value: object) -> object:
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return value.encode("utf-8", "surrogatepass")
    return value
