"""Archive: a run on record, in one SQLite file or in memory.

What the archive holds after a crash (kill -9, power loss): every step whose `commit` had returned, whole; no part of any
other; and every answer whose `record_call` had returned. It writes in one thread and reads through other connections.

It stores what it is given and gives it back. It asks no model, and knows neither worlds nor agents.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from gamemaster.record.archive_folder import ArchiveFolder, open_memory
from gamemaster.record.call_record import CallRecord
from gamemaster.record.call_rows import key_of
from gamemaster.record.json_text import sorted_json
from gamemaster.record.ledger import Ledger
from gamemaster.record.network_folder import note_of
from gamemaster.record.phase import Phase, phase_row
from gamemaster.record.reading import Reading
from gamemaster.record.schema import CALLS, META
from gamemaster.record.seal import seal
from gamemaster.record.spent import Spent, spent_since
from gamemaster.record.step_record import StepRecord
from gamemaster.record.table import Row, query
from gamemaster.record.writer import Writer
from gamemaster.words import ArchiveError, CallKey

__all__ = ["Archive", "RunStatus"]

RunStatus = str
"""running, finished, stopped, failed."""


class Archive(Reading):
    """A run on record; make it with `create` or `open`, and `close` it, or use it as a context manager.

    `on_point`, for tests, is called with the name of each point at which a crash would tell: "call.before_write",
    "call.written", "step.before_commit", "step.in_transaction", "step.committed"; in the thread that writes.
    """

    def __init__(self, folder: ArchiveFolder | None, fill: Callable[[sqlite3.Connection], None] | None, *, write: bool) -> None:
        """Use `create` or `open`."""
        self.on_point: Callable[[str], None] | None = None
        self.answered = 0
        """How many answers of models, repeats not counted, this object has put on record."""
        self.spent: dict[str, Spent] = {}
        """What was spent on each model, by name: by this object and, from the last fork on, by those before it."""
        self.folder = None if folder is None else folder.path
        self._folder = folder
        self._fill = fill
        self._reader: sqlite3.Connection | None = None
        self._ledger: Ledger | None = None
        self._deferred: list[CallRecord | Callable[[Ledger], None]] = []
        self._open_calls: dict[CallKey, CallRecord | Row] = {}
        self._unfit: ArchiveError | None = None
        self._last = -1
        self._writer: Writer | None = None
        self._closed = False
        self._write = write
        if folder is not None and write:
            self._start(folder)
        elif folder is not None:
            self._reader = folder.connect(write=False)

    @classmethod
    def create(cls, folder: Path | str | None, *, configuration: Mapping[str, Any], environment: Mapping[str, Any]) -> Archive:
        """A new archive in `folder`, which is made; without one, in memory.

        In memory nothing is turned into rows before somebody reads, so that recording costs next to nothing; what can't
        be put on record is then an error of the reading.
        `configuration` is what the run is made from, and part of what two identical runs share: keep clock, paths and
        versions out of it; they belong in `environment`.
        Raises: ArchiveInUse when the folder holds a run; ArchiveError when it can't be written to.
        """
        place = None if folder is None else ArchiveFolder(Path(folder))
        network = None if place is None else place.network
        entries: dict[str, Any] = {
            "configuration": configuration,
            "environment": environment if network is None else {**environment, "note": note_of(network)},
            "status": "running",
            "stopped_by": "",
            "pinned": {},
            "created": time.time(),
            "ended": None,
            "writer": _writer(),
        }
        rows = [(key, sorted_json(value)) for key, value in entries.items()]

        def fill(connection: sqlite3.Connection) -> None:
            connection.executemany(META.insert, rows)
            seal(connection)

        if place is None:
            return cls(None, fill, write=True)
        place.create(fill)
        return cls(place, None, write=True)

    @classmethod
    def open(cls, folder: Path | str, *, write: bool = False) -> Archive:
        """The archive in `folder`: to be read, or to go on with when `write` is set.

        Answers of a step that was not committed are taken up: `recorded` gives them.
        Raises: ArchiveError when there is none, or a newer one; ArchiveDamaged when it can't be read; ArchiveInUse when
        `write` is set and another process writes to it.
        """
        place = ArchiveFolder(Path(folder))
        if write:
            place.connect(write=False).close()
            place.lock()
        return cls(place, None, write=write)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    async def record_call(self, call: CallRecord) -> None:
        """Put an answered call on record; it is on disk when this returns.

        Raises: ArchiveError for a call of another step than the one after the last committed, or a second one of the
        same key, or when it can't be written.
        """
        if self._closed or not self._write:
            self._check_writable()
        key = call.request.key
        if key.step != self._last + 1:
            raise ArchiveError(
                f"The call of {key} can't be recorded: step {self._last} is committed, so calls are of step {self._last + 1}."
            )
        if self._open_calls.setdefault(key, call) is not call:
            raise ArchiveError(f"Two model calls have the key of {key}; give each its own `what` or `index`.")
        if self._writer is None:
            self._deferred.append(call)
        else:
            try:
                await self._writer.write_call(call)
            except ArchiveError:
                del self._open_calls[key]
                raise
        usage = call.answer.usage
        if usage.asked:
            self.answered += usage.asked
            spent = self.spent.get(call.model)
            if spent is None:
                spent = self.spent[call.model] = Spent()
            spent.calls += usage.asked
            spent.prompt_tokens += usage.prompt_tokens
            spent.answer_tokens += usage.answer_tokens

    def recorded(self, key: CallKey) -> CallRecord | Row | None:
        """The call of this key that the step after the last committed one has on record already, if it has.

        One that was recorded by another process comes as its row in the table `calls`.
        """
        return self._open_calls.get(key)

    @property
    def under_way(self) -> tuple[CallKey, ...]:
        """The keys of the calls that the step under way has on record, in the order in which they came; from any thread."""
        return tuple(self._open_calls)

    async def commit(self, step: StepRecord) -> None:
        """Put a step on record, in one transaction; it is on disk when this returns.

        Raises: ArchiveError for a step out of turn, a component's state that is too large, or what can't be written. The
        archive then stands at the last committed step.
        """
        self._check_writable()
        if step.step != self._last + 1:
            raise ArchiveError(f"Step {step.step} can't follow step {self._last}; steps are committed one by one, from 0.")
        add = partial(Ledger.add_step, record=step, committed=time.time())
        if self._writer is None:
            self._deferred.append(add)
        else:
            await self._writer.write(add)
        self._last = step.step
        self._open_calls.clear()

    def begin_phase(self, phase: Phase) -> None:
        """Put on record that the next step begins another phase; it is on disk when this returns.

        The same phase may be given again until its first step is committed.
        Raises: ArchiveError when it begins with another step, or another phase begins there already.
        """
        begun = self.phases[-1]
        if begun.step == phase.step:
            if phase_row(begun) == phase_row(phase):
                return
            raise ArchiveError(
                f"{self._name} has begun another phase with step {phase.step} ({begun.kind}); go on with the simulation of that."
            )
        self._write_now(lambda ledger: ledger.begin_phase(phase))

    @property
    def note(self) -> str:
        """What is to be said of the place where it lies, "" when there is nothing."""
        network = None if self._folder is None else self._folder.network
        return "" if network is None else note_of(network)

    def amend(self, record: StepRecord) -> None:
        """Add events, memories and memory changes to the last committed step; they are on disk when this returns.

        What had been answered for the step after it is forgotten, for it was answered with another past.
        Raises: ArchiveError for another step, or what can't be written. The archive is then as it was.
        """
        self._check_writable()
        add = partial(Ledger.amend_step, record=record, clock=time.time())
        self._write_now(add)
        self._open_calls.clear()

    def set_metrics(self, metrics: Mapping[str, object]) -> None:
        """Put these in place of all metrics there are; JSON values, None where undefined."""
        kept = dict(metrics)
        sorted_json(kept)  # in memory it would be refused only when read
        self._write_now(lambda ledger: ledger.set_metrics(kept))

    def finish(
        self,
        status: RunStatus,
        *,
        stopped_by: str = "",
        pinned: Mapping[str, object] | None = None,
        statistics: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        """Say how the run ended (or, with "running", that it goes on), what pins the models that answered, and what they did."""
        ended = None if status == "running" else time.time()
        entries: dict[str, object] = {"status": status, "stopped_by": stopped_by, "ended": ended}
        if pinned is not None:
            entries["pinned"] = dict(pinned)
        if statistics:
            entries["statistics"] = {name: dict(each) for name, each in statistics.items()}
        self._write_now(lambda ledger: ledger.set_meta(entries))

    def close(self) -> None:
        """Write what was handed over, and let go of the file. What is in memory is gone."""
        if self._closed:
            return
        self._closed = True
        if self._reader is not None:
            self._reader.close()
        if self._writer is not None:
            self._writer.close()
        if self._folder is not None and self._write:
            self._folder.unlock()

    @property
    def last_step(self) -> int | None:
        """The last committed step; None before step 0 is."""
        if self._write:
            return None if self._last < 0 else self._last
        return super().last_step

    def reader(self) -> sqlite3.Connection:
        """A connection to read from, for queries of one's own; it sees all that is committed."""
        if self._closed:
            raise ArchiveError(f"{self._name} is closed; open it again to read it.")
        if self._reader is None:
            if self._folder is not None:
                self._reader = self._folder.connect(write=False)
            else:
                assert self._fill is not None
                self._reader = open_memory(self._fill)
                self._ledger = Ledger(self._reader, self._point, name=self._name)
        if self._ledger is not None:
            self._load(self._ledger)
        return self._reader

    @property
    def _name(self) -> str:
        return "The run in memory" if self.folder is None else f"The run in {self.folder}"

    def _start(self, folder: ArchiveFolder) -> None:
        """Start the thread that writes; the archive's lock is held, and let go of if that fails."""
        connections: list[sqlite3.Connection] = []

        def make() -> Ledger:
            connection = folder.connect(write=True)
            connections.append(connection)
            connection.execute(META.insert, ("writer", sorted_json(_writer())))
            (last,) = next(query(connection, "SELECT max(step) FROM steps"))
            self._last = -1 if last is None else last
            (forked,) = next(query(connection, "SELECT max(step) FROM phases WHERE kind = 'fork'"))
            self.spent = spent_since(connection, forked or 0)
            for row in CALLS.rows(connection, "step > ?", (self._last,)):
                self._open_calls[key_of(row)] = row
            return Ledger(connection, self._point, name=self._name)

        try:
            self._writer = Writer(make, lambda: folder.settle(connections[0]), name=self._name)
        except BaseException as error:
            for connection in connections:
                connection.close()
            folder.unlock()
            if isinstance(error, sqlite3.Error):
                raise ArchiveError(f"{self._name} could not be written: {error}. Mend that and resume the run.") from error
            raise

    def _load(self, ledger: Ledger) -> None:
        """Turn what was recorded in memory into rows."""
        if self._unfit is not None:
            raise self._unfit
        if not self._deferred:
            return
        calls: list[CallRecord] = []
        deferred, self._deferred = self._deferred, []
        try:
            for each in deferred:
                if isinstance(each, CallRecord):
                    calls.append(each)
                    continue
                _raise_first(ledger.add_calls(calls))
                calls = []
                each(ledger)
            _raise_first(ledger.add_calls(calls))
        except ArchiveError as error:  # nothing behind it may be read as if it were the whole
            self._unfit = error
            raise

    def _write_now(self, run: Callable[[Ledger], None]) -> None:
        self._check_writable()
        if self._writer is None:
            self._deferred.append(run)
        else:
            self._writer.write_now(run)

    def _check_writable(self) -> None:
        if self._closed:
            raise ArchiveError(f"{self._name} is closed; open it again to write to it.")
        if not self._write:
            raise ArchiveError(f"{self._name} was opened for reading; open it with write=True to write to it.")

    def _point(self, name: str) -> None:
        if self.on_point is not None:
            self.on_point(name)


def _writer() -> dict[str, Any]:
    return {"pid": os.getpid(), "host": socket.gethostname()}


def _raise_first(errors: list[ArchiveError | None]) -> None:
    for error in errors:
        if error is not None:
            raise error
