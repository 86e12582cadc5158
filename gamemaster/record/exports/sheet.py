"""Sheet: rows with named and typed columns, on their way from an archive into a file of any format.

The one idea: what is exported says what its values are, and each format says how it writes those; neither knows the other.
Rows are made while they are written, so a run of any length takes the memory of a few thousand rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

__all__ = ["ExportColumn", "ExportKind", "Sheet", "columns"]

ExportKind: TypeAlias = Literal["text", "int", "real", "bool", "names", "json", "said"]
"""`names` is a list of texts, `json` any JSON value; `said` too, but one that mostly is a text, which then stands as it is
where there are no JSON values. A value of any kind may be None."""


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """One column."""

    name: str
    kind: ExportKind = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`rows` give a value for each of `columns`, in their order. Every format adds the column `synthetic` itself."""

    name: str
    columns: Sequence[ExportColumn]
    rows: Iterable[Sequence[Any]]


def columns(text: str) -> tuple[ExportColumn, ...]:
    """Columns from "step:int text witnesses:names"; a name without a kind is a text's."""
    kinds: dict[str, ExportKind] = {
        "int": "int",
        "real": "real",
        "bool": "bool",
        "names": "names",
        "json": "json",
        "said": "said",
        "": "text",
    }
    made = [each.partition(":") for each in text.split()]
    return tuple([ExportColumn(name, kinds[kind]) for name, _, kind in made])
