"""Table: one table of the archive, as columns with types; SQL text and row checks follow from it.

The one idea: a column says what it holds and whether it is a fact of the run. Clock and cost columns are no facts: they
differ between two runs that are the same, so they are left out of the hash chain and of the canonical export.

Text with lone surrogates, which SQLite's UTF-8 can't hold, is stored as a BLOB of its bytes (each surrogate as the three
bytes that UTF-8 would give it); it comes back as the same text. This file opens no database.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from gamemaster.words import ArchiveDamaged

__all__ = ["READ_ERRORS", "Column", "ColumnKind", "Row", "Table", "query"]

READ_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What a damaged file raises; the second where SQLite's own message quotes bytes of the file."""

ColumnKind: TypeAlias = Literal["text", "json", "int", "real", "bool", "blob"]
Row: TypeAlias = tuple[Any, ...]

_SQL = {"text": "TEXT", "json": "TEXT", "int": "INTEGER", "real": "REAL", "bool": "INTEGER", "blob": "BLOB"}
_INSERT = {"error": "INSERT", "keep old": "INSERT OR IGNORE", "keep new": "INSERT OR REPLACE"}
_HELD: dict[ColumnKind, tuple[type, ...]] = {
    "text": (str, bytes),
    "json": (str,),
    "int": (int,),
    "real": (float, int),
    "bool": (int,),
    "blob": (bytes,),
}
_CHUNK = 100  # rows: tuples that are let go at once are cheaper than many that the garbage collector looks through


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `null`: may be NULL. `fact`: False for what differs between two equal runs (clock, cost).

    `covered`: a digest in the same row is made from it, so that the hash chain needs that alone.
    """

    name: str
    kind: ColumnKind = "text"
    null: bool = False
    fact: bool = True
    covered: bool = False


@dataclass(frozen=True)
class Table:
    """A table: its columns and its primary key, which is also the order of its rows everywhere.

    `clustered` tables are kept in the order of their key (SQLite's WITHOUT ROWID): right for short rows that are written
    in that order. `twice` says what becomes of a row whose key is there already: an error, or one of the two is kept.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    clustered: bool = True
    twice: Literal["error", "keep old", "keep new"] = "error"
    names: tuple[str, ...] = field(init=False)
    create: str = field(init=False)
    insert: str = field(init=False)
    select: str = field(init=False)
    select_chained: str = field(init=False)
    order: str = field(init=False)
    _held: set[tuple[type, ...]] = field(init=False, default_factory=set[tuple[type, ...]], repr=False)
    _with_bytes: set[tuple[type, ...]] = field(init=False, default_factory=set[tuple[type, ...]], repr=False)

    def __post_init__(self) -> None:
        names = tuple(column.name for column in self.columns)
        quoted = ", ".join(f'"{name}"' for name in names)
        marks = ", ".join("?" * len(names))
        chained = ", ".join(f'"{column.name}"' for column in self.columns if column.fact and not column.covered)
        lines = [f'"{each.name}" {_SQL[each.kind]}{"" if each.null else " NOT NULL"}' for each in self.columns]
        keys = ", ".join(f'"{name}"' for name in self.key)
        tail = " WITHOUT ROWID" if self.clustered else ""
        for name, value in {
            "names": names,
            "create": f'CREATE TABLE "{self.name}" ({", ".join(lines)}, PRIMARY KEY ({keys})){tail}',
            "insert": f'{_INSERT[self.twice]} INTO "{self.name}" ({quoted}) VALUES ({marks})',
            "select": f'SELECT {quoted} FROM "{self.name}"',
            "select_chained": f'SELECT {chained} FROM "{self.name}"',
            "order": f"ORDER BY {keys}",
        }.items():
            object.__setattr__(self, name, value)

    def rows(self, connection: sqlite3.Connection, where: str = "", values: Sequence[object] = ()) -> Iterator[Row]:
        """The rows that `where` picks, all columns, in the order of the key, checked for the types they must have."""
        clause = f" WHERE {where}" if where else ""
        return map(self.checked, query(connection, f"{self.select}{clause} {self.order}", values))

    def column_lists(
        self,
        connection: sqlite3.Connection,
        names: Sequence[str],
        where: str = "",
        values: Sequence[object] = (),
        *,
        recurring: Collection[str] = (),
    ) -> list[list[Any]]:
        """The columns of these names, of the rows that `where` picks: as `rows` gives them, and checked as there, but faster.

        In columns that are `recurring`, equal values are one object.
        """
        clause = f" WHERE {where}" if where else ""
        quoted = ", ".join(f'"{name}"' for name in names)
        columns = [self.columns[self.names.index(name)] for name in names]
        found: list[list[Any]] = [[] for _ in names]
        known: list[dict[Any, Any] | None] = [{} if name in recurring else None for name in names]
        for rows in _in_chunks(connection, f'SELECT {quoted} FROM "{self.name}"{clause} {self.order}', values):
            for held, seen, part in zip(found, known, zip(*rows, strict=True), strict=True):
                held += part if seen is None else map(seen.setdefault, part, part)
        return [self._checked_column(column, held) for column, held in zip(columns, found, strict=True)]

    def checked(self, row: Row) -> Row:
        """The row as it was given, text for text.

        Raises: ArchiveDamaged for a value of another type than its column's.
        """
        types = tuple(map(type, row))
        if types not in self._held:
            for column, kind in zip(self.columns, types, strict=True):
                self._check_kinds(column, (kind,))
            self._held.add(types)
            if any(kind is bytes and column.kind == "text" for kind, column in zip(types, self.columns, strict=True)):
                self._with_bytes.add(types)
        if types in self._with_bytes:
            return tuple(
                self._as_given(value) if kind is bytes and column.kind == "text" else value
                for value, kind, column in zip(row, types, self.columns, strict=True)
            )
        return row

    def _checked_column(self, column: Column, held: list[Any]) -> list[Any]:
        try:
            if column.kind in ("text", "json"):
                "".join(held)  # the quickest look at whether all are texts
                return held
            if not column.null:
                array("d" if column.kind == "real" else "q", held)  # and whether all are numbers
                return held
        except TypeError:
            pass
        kinds = set(map(type, held))
        self._check_kinds(column, kinds)
        return list(map(self._as_given, held)) if bytes in kinds and column.kind == "text" else held

    def _check_kinds(self, column: Column, kinds: Iterable[type]) -> None:
        for kind in kinds:
            if kind not in _HELD[column.kind] and not (kind is type(None) and column.null):
                raise ArchiveDamaged(
                    f"The archive's table {self.name} holds {kind.__name__} in {column.name}, where {column.kind} belongs."
                )

    def _as_given(self, value: Any) -> Any:
        """A text column's value, which may be text that SQLite holds as bytes."""
        try:
            return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value
        except UnicodeDecodeError as error:
            raise ArchiveDamaged(f"The archive's table {self.name} holds bytes that are no text: {error}.") from error

    def storable(self, row: Row) -> Row:
        """The row with text that SQLite can't hold in the form in which it can."""
        return tuple(map(_storable, row))


def query(connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> Iterator[Row]:
    """The rows of a query, as they are read.

    Raises: ArchiveDamaged where the file can't be read.
    """
    try:
        # Not `yield from`: a query that is given up would have the cursor closed, which fails once the connection is.
        for row in connection.execute(sql, values):  # noqa: UP028
            yield row
    except READ_ERRORS as error:
        raise _unreadable(error) from error


def _in_chunks(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> Iterator[list[Row]]:
    try:
        cursor = connection.execute(sql, values)
        while rows := cursor.fetchmany(_CHUNK):
            yield rows
    except READ_ERRORS as error:
        raise _unreadable(error) from error


def _unreadable(error: Exception) -> ArchiveDamaged:
    return ArchiveDamaged(
        f"The archive can't be read: {error}. `gamemaster verify DIR` says what is left of it, and with --salvage OUT "
        "writes that into a new folder."
    )


def _storable(value: Any) -> Any:
    if not isinstance(value, str) or value.isascii():
        return value
    try:
        value.encode()
        return value
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogatepass")
