"""Ledger: puts records into one SQLite database, each call of a method wholly or not at all.

It is used by one thread at a time and knows neither threads nor loops nor files. What it writes follows from the records
alone, so that an archive without a file, filled long afterwards, holds the same rows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from gamemaster.record.amending import amended_digest, amendment_rows
from gamemaster.record.call_record import CallRecord
from gamemaster.record.call_rows import call_row
from gamemaster.record.chain import first_digest, step_digest
from gamemaster.record.contents import Contents
from gamemaster.record.json_text import from_json, sorted_json
from gamemaster.record.phase import Phase, phase_row
from gamemaster.record.schema import CALLS, CHANGES, DOCUMENTS, KEYFRAMES, META, METRICS, PHASES, SECTIONS, STEPS, WORK
from gamemaster.record.seal import seal
from gamemaster.record.state_tracker import StateTracker
from gamemaster.record.states import last_states
from gamemaster.record.step_record import StepRecord
from gamemaster.record.step_rows import step_rows
from gamemaster.record.table import Row, Table, query
from gamemaster.words import ArchiveError

__all__ = ["Ledger"]

Batch = tuple[Table, Sequence[Row]]


class Ledger:
    """What writes to an archive's database. `point` is told when a write is about to be made, and when it is made."""

    def __init__(self, connection: sqlite3.Connection, point: Callable[[str], None], *, name: str) -> None:
        self._connection = connection
        self._point = point
        self._name = name
        self._contents = Contents()
        self._tracker: StateTracker | None = None
        last = next(query(connection, f"{STEPS.select} ORDER BY step DESC LIMIT 1"), None)
        if last is None:
            (held,) = next(query(connection, "SELECT value FROM meta WHERE key = 'configuration'"))
            self._last, self._digest = -1, first_digest(from_json(held, "configuration"))
        else:
            self._last, self._digest = last[0], last[3]

    def add_calls(self, records: Sequence[CallRecord]) -> list[ArchiveError | None]:
        """Write answered calls in one transaction; the errors of those that can't be put on record."""
        errors: list[ArchiveError | None] = []
        rows: list[Row] = []
        work: list[Row] = []
        for record in records:
            try:
                row = call_row(record, self._contents)
                rows.append(row)
                errors.append(None)
                usage = record.answer.usage
                if usage.worked or usage.queued:
                    work.append((*row[:5], usage.queued, usage.worked, usage.rows))
            except ArchiveError as error:
                errors.append(error)
        if not rows:
            return errors
        self._point("call.before_write")
        self._write([(CALLS, rows), (WORK, work)])
        self._point("call.written")
        return errors

    def add_step(self, record: StepRecord, committed: float) -> None:
        """Write a step in one transaction. `committed` is the wall clock.

        Raises: ArchiveError for a step out of turn, or one that can't be put on record; nothing has then changed.
        """
        step = record.step
        if step != self._last + 1:
            raise ArchiveError(f"Step {step} can't follow step {self._last} in {self._name}; steps come one by one, from 0.")
        self._point("step.before_commit")
        head = (step, float(record.time), record.scene)
        digest = ""
        try:
            batches = step_rows(record, self._contents)
            if self._tracker is None:
                self._tracker = last_states(self._connection)
            found = self._tracker.changes(record.states, record.patches, record.gone)
            batches.append((CHANGES, [(step, each.part, each.version, each.kind, each.value) for each in found.changes]))
            batches.append((KEYFRAMES, [(step, each.part, each.version, each.value) for each in found.keyframe or ()]))

            def close() -> None:
                nonlocal digest
                digest = step_digest(self._connection, step, head, self._digest)
                self._insert(STEPS, [(*head, digest, committed)])
                self._point("step.in_transaction")

            self._write(batches, close)
        except BaseException:
            self._tracker = None
            raise
        self._last, self._digest = step, digest
        self._point("step.committed")

    def amend_step(self, record: StepRecord, clock: float) -> None:
        """Add events, memories and memory changes to the last step, in one transaction; see `amending`.

        Raises: ArchiveError for another step, or what an amendment can't bring; nothing has then changed.
        """
        step = record.step
        if step != self._last:
            raise ArchiveError(f"Step {step} can't be amended in {self._name}; the last step can, which is {self._last}.")
        digest = ""

        def close() -> None:
            nonlocal digest
            digest = amended_digest(self._connection, step, clock)
            self._point("step.in_transaction")

        self._write(amendment_rows(self._connection, record, self._contents), close)
        self._digest = digest

    def begin_phase(self, phase: Phase) -> None:
        """Put on record that a phase begins with the step after the last."""
        if phase.step != self._last + 1:
            raise ArchiveError(f"A phase can't begin with step {phase.step} in {self._name}: the next step is {self._last + 1}.")
        self._write([(PHASES, [phase_row(phase)])])

    def set_metrics(self, metrics: Mapping[str, object]) -> None:
        """Put these in place of all metrics there are."""
        rows = [(name, sorted_json(value)) for name, value in metrics.items()]

        def clear() -> None:
            self._connection.execute("DELETE FROM metrics")
            self._insert(METRICS, rows)
            seal(self._connection)

        self._write([], clear)

    def set_meta(self, values: Mapping[str, object]) -> None:
        """Set some of the archive's own entries."""
        rows = [(name, sorted_json(value)) for name, value in values.items()]
        self._write([(META, rows)], lambda: seal(self._connection))

    def _write(self, batches: Sequence[Batch], last: Callable[[], None] | None = None) -> None:
        connection = self._connection
        contents = self._contents
        # What recurs goes first: no row ever names a digest that isn't there.
        new: list[Batch] = [(DOCUMENTS, contents.new_documents), (SECTIONS, contents.new_sections)]
        try:
            connection.execute("BEGIN IMMEDIATE")
            for table, rows in (*new, *batches):
                if rows:
                    self._insert(table, rows)
            if last is not None:
                last()
            connection.execute("COMMIT")
        except BaseException as error:
            if connection.in_transaction:
                with suppress(sqlite3.Error):  # what went wrong first is to be told; nothing is committed either way
                    connection.execute("ROLLBACK")
            contents.forget()
            if isinstance(error, sqlite3.Error | OverflowError):
                raise ArchiveError(
                    f"{self._name} could not be written: {error}. It stands as it was before; mend that and resume the run."
                ) from error
            raise
        contents.new_documents.clear()
        contents.new_sections.clear()

    def _insert(self, table: Table, rows: Sequence[Row]) -> None:
        execute = self._connection.execute
        execute("SAVEPOINT rows")
        try:
            self._connection.executemany(table.insert, rows)
        except UnicodeEncodeError:  # rare enough not to look for it in every text
            execute("ROLLBACK TO rows")
            self._connection.executemany(table.insert, [table.storable(row) for row in rows])
        execute("RELEASE rows")
