"""Parquet: a sheet with typed columns, written in row groups as it comes. pyarrow is imported when one is written."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from itertools import islice
from typing import Any, BinaryIO

from gamemaster.record.exports.plain_text import encodable
from gamemaster.record.exports.sheet import ExportKind, Sheet
from gamemaster.record.json_text import to_json
from gamemaster.words import BadInput

__all__ = ["write_parquet"]

_ROWS = 5_000


def write_parquet(sheet: Sheet, stream: BinaryIO) -> None:
    """Texts as strings, lists of names as lists, JSON as text; the last column is `synthetic`, as is an entry of the metadata.

    A lone surrogate becomes its escape. Raises: BadInput when pyarrow isn't installed.
    """
    arrow, parquet = _pyarrow()
    kinds: dict[ExportKind, Any] = {
        "text": arrow.string(),
        "json": arrow.string(),
        "said": arrow.string(),
        "int": arrow.int64(),
        "real": arrow.float64(),
        "bool": arrow.bool_(),
        "names": arrow.list_(arrow.string()),
    }
    fields = [(encodable(each.name), kinds[each.kind]) for each in sheet.columns]
    schema = arrow.schema([*fields, ("synthetic", arrow.bool_())])
    schema = schema.with_metadata({"synthetic": "true", "gamemaster_export": sheet.name})
    rows = iter(sheet.rows)
    with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
        while chunk := list(islice(rows, _ROWS)):
            held = [
                arrow.array([_value(row[at], each.kind) for row in chunk], kinds[each.kind])
                for at, each in enumerate(sheet.columns)
            ]
            held.append(arrow.array([True] * len(chunk), arrow.bool_()))
            writer.write_table(arrow.Table.from_arrays(held, schema=schema))


def _value(value: Any, kind: ExportKind) -> Any:
    if value is None:
        return None
    if kind == "text" or (kind == "said" and isinstance(value, str)):
        return encodable(value)
    if kind in ("json", "said"):
        return to_json(value)
    if kind == "names":
        names: Sequence[str] = value
        return [encodable(each) for each in names]
    return float(value) if kind == "real" else value


def _pyarrow() -> tuple[Any, Any]:
    """The package pyarrow, and its part for Parquet."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise BadInput(
            "Parquet files need pyarrow, which isn't installed: pip install 'gamemaster[experiment]'. "
            "The formats jsonl and csv need nothing."
        ) from error
