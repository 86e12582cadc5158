"""JSONL: a sheet as lines of JSON, one object a row."""

from __future__ import annotations

from typing import BinaryIO

from gamemaster.record.exports.sheet import Sheet
from gamemaster.record.json_text import to_json

__all__ = ["write_jsonl"]


def write_jsonl(sheet: Sheet, stream: BinaryIO) -> None:
    """UTF-8, members in the order of the columns, then `"synthetic": true`; any text comes back as it was.

    U+2028, U+2029 and U+0085, at which some programs end a line, are written as JSON escapes.
    """
    names = [each.name for each in sheet.columns]
    for row in sheet.rows:
        line = to_json({**dict(zip(names, row, strict=True)), "synthetic": True})
        if not line.isascii():
            line = line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").replace("\x85", "\\u0085")
        stream.write(line.encode())
        stream.write(b"\n")
