"""Verify: what is wrong with an archive, in words; and up to which step nothing is.

It recomputes what can be: SQLite's own checks, the hash chain, every digest, the states from their changes, and reads
every row as the word it should be. Laws live in code, so they are checked by what the caller brings, at every keyframe.
It repairs nothing, and runs nothing that an archive names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from gamemaster.record.checked_steps import CheckedSteps
from gamemaster.record.contents import digest_of, section_digest
from gamemaster.record.json_text import from_json
from gamemaster.record.read_rows import read_vector
from gamemaster.record.reading import Reading
from gamemaster.record.recall_record import read_recall
from gamemaster.record.schema import DOCUMENTS, META, METRICS, RECALLS, SECTIONS, VECTORS
from gamemaster.record.seal import is_sealed_wrongly
from gamemaster.record.step_record import State
from gamemaster.record.table import READ_ERRORS
from gamemaster.words import ArchiveDamaged, ArchiveError, Section

__all__ = ["LawCheck", "Verification", "examine", "verify"]

LawCheck: TypeAlias = Callable[[int, State], str | None]
"""Given a step and the world's state at its end: which law does not hold there, None when all do."""

_MOST = 100
_STATUS = ("running", "finished", "stopped", "failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was found.

    `sound` is the last step up to which nothing is wrong, -1 when not even step 0 is whole; `steps` is how many are
    committed. `checked_states` says at how many steps the laws were checked, `broken_laws` what did not hold.
    """

    problems: tuple[str, ...]
    steps: int
    sound: int
    checked_states: int = 0
    broken_laws: tuple[str, ...] = ()


def verify(archive: Reading) -> list[str]:
    """The problems found, none when the archive is whole; at most 100 of each kind.

    Costs a pass over everything, and memory for the states and a few thousand rows.
    """
    return list(examine(archive).problems)


def examine(archive: Reading, *, laws: LawCheck | None = None, laws_from: int = 0) -> Verification:
    """The same, and up to which step the archive is whole.

    With `laws`, also what they say of the world at keyframes and at the last step, from the step `laws_from` on.
    """
    try:
        connection = archive.reader()
        connection.execute("BEGIN")  # one point in time, while somebody may be writing
    except (ArchiveError, *READ_ERRORS) as error:
        return Verification(problems=(str(error),), steps=0, sound=-1)
    try:
        found = _Found(laws, laws_from)
        found.problems += _caught(_file, connection)
        found.problems += _caught(_self_description, connection)
        found.walk(archive, connection)
        for check in (_contents, _recalls, _vectors):
            found.problems += _caught(check, connection)
        return Verification(
            problems=tuple(dict.fromkeys(found.problems)),
            steps=found.steps,
            sound=found.sound,
            checked_states=found.checked,
            broken_laws=tuple(found.broken),
        )
    finally:
        with suppress(*READ_ERRORS):  # a file that can't be read can't be let go of either
            connection.execute("COMMIT")


class _Found:
    """What is found on the way."""

    def __init__(self, laws: LawCheck | None, laws_from: int) -> None:
        self.laws, self.laws_from = laws, laws_from
        self.problems: list[str] = []
        self.broken: list[str] = []
        self.checked = self.steps = 0
        self.sound = -1

    def walk(self, archive: Reading, connection: sqlite3.Connection) -> None:
        problems: list[str] = []
        try:
            steps = CheckedSteps(connection, archive.configuration)
            last = -1
            at_keyframe = False
            for step in steps.walk():
                self.steps += 1
                last = step.step
                problems += step.problems
                if not problems:
                    self.sound = last
                at_keyframe = step.keyframe
                if at_keyframe:
                    self._check_laws(last, steps.states)
                if len(problems) >= _MOST:
                    break
            else:
                problems += steps.rest(last)
            if not at_keyframe:
                self._check_laws(last, steps.states)
        except (ArchiveError, *READ_ERRORS) as error:
            problems.append(_said(error))
        self.problems += problems[:_MOST]

    def _check_laws(self, step: int, states: dict[str, State] | None) -> None:
        if self.laws is None or step < self.laws_from or states is None or "world" not in states or len(self.broken) >= _MOST:
            return
        self.checked += 1
        broken = self.laws(step, states["world"])
        if broken is not None:
            self.broken.append(f"Step {step}: {broken}")


def _caught(check: Callable[[sqlite3.Connection], Iterable[str]], connection: sqlite3.Connection) -> list[str]:
    found: list[str] = []
    try:
        for problem in islice(check(connection), _MOST):
            found.append(problem)  # not a comprehension: what was found before an error is kept
    except (ArchiveError, *READ_ERRORS) as error:
        found.append(_said(error))
    return found


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, ArchiveError) else f"The archive's file can't be read: {error}."


def _file(connection: sqlite3.Connection) -> Iterator[str]:
    for (found,) in connection.execute(f"PRAGMA integrity_check({_MOST})"):
        if found != "ok":
            yield f"SQLite's integrity check: {found}."


def _self_description(connection: sqlite3.Connection) -> Iterator[str]:
    held = {key: from_json(value, key) for key, value in META.rows(connection)}
    if is_sealed_wrongly(connection):
        yield "What the archive says of itself (its configuration, status, metrics) is not what was recorded."
    for key in ("configuration", "environment", "status", "stopped_by"):
        if key not in held:
            yield f"The archive lacks its {key}."
    for key in ("configuration", "environment", "pinned"):
        if not isinstance(held.get(key, {}), dict):
            yield f"The archive's {key} is no object."
    if held.get("status", "running") not in _STATUS:
        yield f"The archive's status is {str(held['status'])[:60]!r}; it is one of {', '.join(_STATUS)}."
    for name, value in METRICS.rows(connection):
        from_json(value, f"the metric {name}")


def _contents(connection: sqlite3.Connection) -> Iterator[str]:
    for digest, label, text, changes, kind, component in SECTIONS.rows(connection):
        section = Section(label=label, text=text, changes=changes, kind=kind, component=component)
        if section_digest(section) != digest:
            yield f"The prompt section {digest} is not what was recorded."
    for digest, document in DOCUMENTS.rows(connection):
        if digest_of(document) != digest:
            yield f"The document {digest} is not what was recorded."


def _recalls(connection: sqlite3.Connection) -> Iterator[str]:
    for row in RECALLS.rows(connection):
        try:
            read_recall(row)
        except ArchiveDamaged as error:
            yield str(error)


def _vectors(connection: sqlite3.Connection) -> Iterator[str]:
    for row in VECTORS.rows(connection):
        try:
            read_vector(row)
        except ArchiveDamaged as error:
            yield str(error)
