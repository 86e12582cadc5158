"""Side by side: two lists of lines in two columns, what is the same on one height, what differs marked between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rich.table import Table
from rich.text import Text

from gamemaster.report.terminal import clean
from gamemaster.words import one_line

__all__ = ["around", "side_by_side"]


def side_by_side(first: Sequence[str], second: Sequence[str], headings: tuple[str, str], *, width: int, most: int = 12) -> Table:
    """The lines in two columns of one width, at most `most` rows from shortly before the first that differs.

    Between them stands "≠" where they differ, "<" and ">" where only one has the line, and nothing where both have it.
    """
    column = (width - 3) // 2
    table = Table(box=None, pad_edge=False, padding=0, width=width, show_header=True, header_style="dim")
    table.add_column(Text(clean(one_line(headings[0])), overflow="ellipsis", no_wrap=True), width=column, overflow="fold")
    table.add_column("", width=3, justify="center")
    table.add_column(Text(clean(one_line(headings[1])), overflow="ellipsis", no_wrap=True), width=column, overflow="fold")
    rows = list(_rows(first, second))
    begin = max(0, next((at for at, row in enumerate(rows) if row[1]), 0) - 2)
    for one, mark, other in rows[begin : begin + most]:
        style = "dim" if not mark else ""
        table.add_row(_cell(one, style), Text(mark, style="bold"), _cell(other, style))
    if len(rows) > begin + most:
        table.add_row(Text(f"… and {len(rows) - begin - most} more", style="dim"), "", "")
    return table


def around(first: str, second: str, most: int) -> tuple[str, str]:
    """Both texts on one line each, from shortly before they part, at most `most` characters of each."""
    texts = [clean(one_line(each)) for each in (first, second)]
    pairs = zip(texts[0], texts[1], strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(map(len, texts)))
    start = 0 if max(map(len, texts)) <= most else max(0, same - most // 4)
    return _cut(texts[0], start, most), _cut(texts[1], start, most)


def _rows(first: Sequence[str], second: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for kind, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        left, right = first[a:b], second[c:d]
        for at in range(max(len(left), len(right))):
            one, other = left[at] if at < len(left) else "", right[at] if at < len(right) else ""
            mark = "" if kind == "equal" else "<" if at >= len(right) else ">" if at >= len(left) else "≠"
            yield one, mark, other


def _cell(text: str, style: str) -> Text:
    return Text(clean(one_line(text)), style=style)


def _cut(text: str, start: int, most: int) -> str:
    shown = ("… " if start else "") + text[start : start + most]
    return shown + (" …" if len(text) > start + most else "") if text else "(empty)"
