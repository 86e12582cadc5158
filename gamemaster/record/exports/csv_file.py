"""CSV: a sheet for spreadsheets, in which no text is taken for a formula.

A cell of text that begins with one of = + - @, tab, carriage return or line feed (their full-width forms, and blanks before
them, too) would be run as a formula by a spreadsheet; it gets an apostrophe before it. So does one that begins with an
apostrophe: whoever takes one apostrophe from the start of each text cell that has it has the texts as they were.
Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from typing import Any, BinaryIO

from gamemaster.record.exports.plain_text import without_controls
from gamemaster.record.exports.sheet import ExportKind, Sheet
from gamemaster.record.json_text import to_json

__all__ = ["write_csv"]

_RISKY = re.compile(r"'| *[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def write_csv(sheet: Sheet, stream: BinaryIO) -> None:
    """RFC 4180, UTF-8: a line of names, then the rows; texts quoted, numbers bare, None an empty cell, lists and JSON as text.

    The last column is `synthetic`, true in each row. Control characters but tab and line ends become their pictures.
    """
    kinds: list[ExportKind] = [each.kind for each in sheet.columns]
    _write(stream, [*(_text(each.name) for each in sheet.columns), _text("synthetic")])
    for row in sheet.rows:
        _write(stream, [*map(_cell, row, kinds), "true"])


def _write(stream: BinaryIO, cells: list[str]) -> None:
    stream.write(",".join(cells).encode())
    stream.write(b"\r\n")


def _cell(value: Any, kind: ExportKind) -> str:
    if value is None:
        return ""
    if kind == "bool":
        return "true" if value else "false"
    if kind == "real":
        return repr(float(value))
    if kind == "int":
        return str(int(value))
    return _text(value if kind == "text" or (kind == "said" and isinstance(value, str)) else to_json(value))


def _text(text: str) -> str:
    kept = without_controls(text)
    if _RISKY.match(kept):
        kept = f"'{kept}"
    return '"' + kept.replace('"', '""') + '"'
