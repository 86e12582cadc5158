"""The canonical export: a run as lines of JSON, the same bytes for the same run.

Two runs are identical when these bytes are. So what differs between equal runs is left out: clock and cost columns, the
environment, vectors (they follow from the texts), and what belongs to no committed step.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, BinaryIO

from gamemaster.record.json_text import from_json, to_json
from gamemaster.record.reading import Reading
from gamemaster.record.schema import ASKS, ATTEMPTS, DOCUMENTS, FORMAT, METRICS, PROBE_ANSWERS, SECTIONS, STEP_TABLES, STEPS
from gamemaster.record.table import Column, Table, query
from gamemaster.words import ArchiveDamaged

__all__ = ["canonical_export"]


def canonical_export(archive: Reading, stream: BinaryIO) -> None:
    """Write the run to a binary stream: UTF-8, one JSON object a line, each with its `table`.

    First a line for the run, with the export's `format` and `"synthetic": true`; then metrics, documents, sections, steps,
    and what the steps brought, table by table, ordered by step and place in the step (calls by key). Names of columns are
    sorted; values are as they were recorded.
    """
    connection = archive.reader()
    last = archive.last_step
    upto = -1 if last is None else last
    head = {
        "configuration": archive.configuration,
        "format": FORMAT,
        "status": archive.status,
        "stopped_by": archive.stopped_by,
        "synthetic": True,
        "table": "run",
    }
    _write(stream, head)
    sections, documents = _named(connection, upto)
    for table, digests in ((METRICS, None), (DOCUMENTS, documents), (SECTIONS, sections), (STEPS, None)):
        for line in _lines(connection, table):
            if digests is None or line["digest"] in digests:
                _write(stream, line)
    for table in STEP_TABLES:
        for line in _lines(connection, table, f"step <= {upto}"):
            _write(stream, line)


def _named(connection: sqlite3.Connection, upto: int) -> tuple[set[str], set[str]]:
    """The digests of the sections and documents that committed steps name."""
    sections: set[str] = set()
    documents: set[str] = set()
    for held, parameters in query(connection, "SELECT sections, parameters FROM calls WHERE step <= ?", (upto,)):
        sections.update(from_json(held, "a call's sections"))
        if '"schema"' in parameters:
            documents.add(str(from_json(parameters, "a call's parameters").get("schema")))
    for table in (ASKS, ATTEMPTS, PROBE_ANSWERS):
        documents.update(row[0] for row in query(connection, f"SELECT DISTINCT spec FROM {table.name} WHERE step <= ?", (upto,)))
    return sections, documents


def _lines(connection: sqlite3.Connection, table: Table, where: str = "") -> Iterator[dict[str, Any]]:
    kept = sorted([*enumerate(table.columns), (-1, Column("table"))], key=lambda each: each[1].name)
    for row in table.rows(connection, where):
        line: dict[str, Any] = {}
        for place, column in kept:
            if place < 0:
                line["table"] = table.name
            elif column.fact:
                line[column.name] = _value(row[place], column, table)
        yield line


def _value(value: Any, column: Column, table: Table) -> Any:
    if value is None:
        return None
    if column.kind == "json":
        return from_json(value, f"{table.name}.{column.name}")
    if column.kind == "bool":
        return bool(value)
    if column.kind == "blob":
        raise ArchiveDamaged(f"The table {table.name} holds bytes in {column.name}, which has no place in an export.")
    return value


def _write(stream: BinaryIO, line: dict[str, Any]) -> None:
    stream.write(to_json(line).encode())
    stream.write(b"\n")
