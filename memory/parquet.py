"""Memories as a Parquet file: for tables elsewhere, and to move many with their vectors.

The one idea: a column for each field of a record and, where they are wanted, one of float32 vectors, which come back bit for
bit. A vector stands once a text, with the first record that says it. The file says in its metadata what it is and whose
vectors it holds, and each page has a checksum, so that damage is noticed. pyarrow is imported when a file is first touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gamemaster.language.embedder_cache import Vector, vector_problem
from gamemaster.memory.jsonl import VERSION
from gamemaster.memory.record_row import record_of, row_of
from gamemaster.memory.whole_file import write_whole
from gamemaster.words import MemoryInputError, MemoryRecord

__all__ = ["SavedMemories", "read_parquet", "write_parquet"]

_FORMAT, _EMBEDDER = b"gamemaster_memories", b"embedder"
_VECTOR = "vector"
_OPTIONAL = ("versions", _VECTOR)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SavedMemories:
    """What a file holds: `bank.load(saved.records, saved.vectors, fingerprint=saved.embedder or None)` takes it up.

    `vectors` are texts of the records with their vectors, float32 of length 1, by the embedder with the fingerprint
    `embedder` ("" when there are none).
    """

    records: tuple[MemoryRecord, ...]
    vectors: tuple[tuple[str, Vector], ...] = ()
    embedder: str = ""


def write_parquet(
    records: Iterable[MemoryRecord],
    path: str | Path,
    *,
    vectors: Iterable[tuple[str, Vector]] = (),
    embedder: str = "",
) -> None:
    """Write `records` to the file, in their order; a file that was there is replaced only when the new one is whole.

    `vectors` (of texts among the records; others are left out) go along when given, with the fingerprint of the `embedder`
    that made them: `write_parquet(memory, path, vectors=bank.vectors(), embedder=bank.cache.embedder.fingerprint)`. After
    the call returns, the file survives a power loss.
    Raises: MemoryInputError when it can't be written, for vectors without an embedder's fingerprint, of unequal widths, or
    that a bank would refuse, for a text with half a character, which Parquet can't hold, and when pyarrow isn't installed.
    """
    arrow, parquet = _pyarrow()
    kept = list(records)
    known = _checked_vectors(dict(vectors), embedder)
    rows: list[dict[str, Any]] = [{"versions": None, **row_of(record)} for record in kept]
    if known:
        for record, row in zip(kept, rows, strict=True):
            row[_VECTOR] = known.pop(record.text, None)
    schema = _schema(arrow, with_vectors=bool(embedder))
    schema = schema.with_metadata({_FORMAT: str(VERSION).encode(), _EMBEDDER: embedder.encode()})
    try:
        table = arrow.Table.from_pylist(rows, schema=schema)
    except (arrow.ArrowException, UnicodeEncodeError) as error:
        raise MemoryInputError(f"The memories can't be written to {path}: {error}. Write them as JSONL.") from error

    def write(file: BinaryIO) -> None:
        names = [each for each in schema.names if each != _VECTOR]
        parquet.write_table(table, file, compression="zstd", use_dictionary=names, write_page_checksum=True)

    write_whole(path, write)


def read_parquet(path: str | Path) -> SavedMemories:
    """The records and vectors in a file that `write_parquet` wrote, in the order of the rows; equal to those written.

    Raises: MemoryInputError, naming file and row or column, for one that is missing, truncated, damaged or foreign, for
    columns that no record has, for a record that can't be used or an id that is there twice, and for vectors of unequal
    widths, zero, not finite or not of length 1; and when pyarrow isn't installed.
    """
    arrow, parquet = _pyarrow()
    try:
        stream = Path(path).open("rb")  # noqa: SIM115  # closed below; what fails here is named otherwise
    except OSError as error:
        raise MemoryInputError(f"{path} can't be read: {error.strerror}.") from error
    with stream:
        try:
            file = parquet.ParquetFile(stream, page_checksum_verification=True)
            metadata: Mapping[bytes, bytes] = file.schema_arrow.metadata or {}
            _check_form(file.schema_arrow, metadata, path, arrow)
            table = file.read()
            values: list[dict[str, Any]] = table.select([each for each in table.column_names if each != _VECTOR]).to_pylist()
        except (arrow.ArrowException, OSError, UnicodeDecodeError) as error:
            size = Path(path).stat().st_size
            raise MemoryInputError(
                f"{path} ({size:,} bytes) is no whole Parquet file; it is truncated, damaged or something else: {error}."
            ) from error
    records: dict[str, MemoryRecord] = {}
    for number, row in enumerate(values, start=1):
        where = f"{path}, row {number}"
        record = record_of({name: value for name, value in row.items() if not (name == "versions" and value is None)}, where)
        if record.id in records:
            raise MemoryInputError(f"{where}: the id {record.id!r} is there already; each may be there once.")
        records[record.id] = record
    vectors = _vectors(table.column(_VECTOR), list(records.values()), path) if _VECTOR in table.column_names else ()
    embedder = metadata.get(_EMBEDDER, b"").decode("utf-8", "replace")
    if vectors and not embedder:
        raise MemoryInputError(f"{path} holds vectors and doesn't say whose; drop its column {_VECTOR!r}, to embed anew.")
    return SavedMemories(records=tuple(records.values()), vectors=vectors, embedder=embedder if vectors else "")


def _check_form(schema: Any, metadata: Mapping[bytes, bytes], path: str | Path, arrow: Any) -> None:
    """Raises MemoryInputError for a file that `write_parquet` didn't write, or in another version."""
    version = metadata.get(_FORMAT)
    if version is None:
        raise MemoryInputError(
            f"{path} is a Parquet file, but none of memories: its metadata lack {_FORMAT.decode()!r}; its columns are "
            f"{', '.join(schema.names)}. Write it with write_parquet."
        )
    if version != str(VERSION).encode():
        raise MemoryInputError(
            f"{path} has memories in version {version.decode('utf-8', 'replace')}; this release reads version {VERSION}. Read it "
            "with the release that wrote it."
        )
    wanted = _schema(arrow, with_vectors=True)
    for name in schema.names:
        if name not in wanted.names:
            raise MemoryInputError(f"{path} has a column {name!r}, which no memory has; known are {', '.join(wanted.names)}.")
    for name in wanted.names:
        if name not in schema.names:
            if name in _OPTIONAL:
                continue
            raise MemoryInputError(f"{path} lacks the column {name!r}; it may be another program's file.")
        found = schema.field(name).type
        if not found.equals(wanted.field(name).type):
            raise MemoryInputError(
                f"{path} has values of the type {found} in the column {name!r}; {wanted.field(name).type} is right."
            )


def _schema(arrow: Any, *, with_vectors: bool) -> Any:
    names = arrow.list_(arrow.string())
    version = arrow.struct(
        [
            ("step", arrow.int64()),
            ("time", arrow.float64()),
            ("changed", names),
            ("text", arrow.string()),
            ("importance", arrow.float64()),
            ("kind", arrow.string()),
            ("tags", names),
        ]
    )
    columns = [
        ("id", arrow.string()),
        ("holder", arrow.string()),
        ("text", arrow.string()),
        ("time", arrow.float64()),
        ("last_access", arrow.float64()),
        ("importance", arrow.float64()),
        ("kind", arrow.string()),
        ("tags", names),
        ("rests_on", names),
        ("depth", arrow.int64()),
        ("versions", arrow.list_(version)),
    ]
    return arrow.schema([*columns, (_VECTOR, arrow.list_(arrow.float32()))] if with_vectors else columns)


def _checked_vectors(vectors: dict[str, Vector], embedder: str) -> dict[str, Vector]:
    if vectors and not embedder:
        raise MemoryInputError("The vectors to be written are nobody's; give the fingerprint of the embedder that made them.")
    found: dict[str, Vector] = {}
    width: tuple[int, ...] = ()
    for text, vector in vectors.items():
        row = np.asarray(vector, np.float32)
        width = width or row.shape
        _check_vector(row, width, f"The vector of {text[:80]!r}")
        found[text] = row
    return found


def _vectors(column: Any, records: list[MemoryRecord], path: str | Path) -> tuple[tuple[str, Vector], ...]:
    """Texts with their vectors, bit for bit."""
    found: dict[str, Vector] = {}
    width: tuple[int, ...] = ()
    for number, (record, held) in enumerate(zip(records, column, strict=True), start=1):
        if not held.is_valid:
            continue
        if held.values.null_count:
            raise MemoryInputError(f"{path}, row {number}: the vector has a place without a number.")
        row = held.values.to_numpy(zero_copy_only=False).astype(np.float32)  # a copy that keeps no file's memory alive
        width = width or row.shape
        _check_vector(row, width, f"{path}, row {number}: the vector")
        found.setdefault(record.text, row)
    return tuple(found.items())


def _check_vector(row: Vector, width: tuple[int, ...], what: str) -> None:
    problem = vector_problem(row)
    if row.shape != width:
        problem = f"has the shape {row.shape}; the first has {width}"
    if problem:
        raise MemoryInputError(f"{what} {problem}. Vectors are of one embedder, of length 1; leave them out to embed anew.")


def _pyarrow() -> tuple[Any, Any]:
    """The package pyarrow, and its part for Parquet."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise MemoryInputError(
            "Parquet files need pyarrow, which isn't installed: pip install 'gamemaster[experiment]'. JSONL needs nothing."
        ) from error
