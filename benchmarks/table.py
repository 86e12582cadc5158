"""The table of measurements: as lines for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from benchmarks.measurement import Measurement

__all__ = ["as_json", "as_markdown", "heading", "line"]

_WIDTHS = (9, 56, 9, 26, 15, 6)
_HEADS = ("benchmark", "what", "value", "unit", "target", "")

Rows = Mapping[str, Sequence[Measurement]]


def heading() -> str:
    """The table's first line and the one that rules it off."""
    return f"{_aligned(_HEADS).rstrip()}\n{_aligned(['-' * width for width in _WIDTHS])}"


def line(benchmark: str, row: Measurement) -> str:
    """One row, with its note behind it."""
    return f"{_aligned(_cells(benchmark, row))}  {row.note}".rstrip()


def as_markdown(rows: Rows, *, machine: Mapping[str, str], date: str, command: str) -> str:
    """The table with what it was measured on."""
    heads = [*_HEADS[:-1], "kept", "note"]
    lines = ["# Benchmarks", "", f"`{command}`, {date}. {'; '.join(f'{key} {value}' for key, value in machine.items())}.", ""]
    lines += [f"| {' | '.join(heads)} |", f"|{'|'.join('---' for _ in heads)}|"]
    for benchmark, found in rows.items():
        lines += [f"| {' | '.join([*_cells(benchmark, row), row.note])} |" for row in found]
    return "\n".join(lines) + "\n"


def as_json(rows: Rows, *, machine: Mapping[str, str], date: str, command: str) -> str:
    """The same as a JSON object."""
    measurements = [
        {
            "benchmark": benchmark,
            "what": row.what,
            "value": row.value,
            "unit": row.unit,
            "target": None if row.target is None else [row.target.side, row.target.bound],
            "met": row.is_met,
            "note": row.note,
        }
        for benchmark, found in rows.items()
        for row in found
    ]
    whole = {"command": command, "date": date, "machine": dict(machine), "measurements": measurements}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _cells(benchmark: str, row: Measurement) -> list[str]:
    target = "" if row.target is None else f"{row.target.side} {row.target.bound:,g}"
    kept = {True: "met", False: "MISSED", None: ""}[row.is_met]
    return [benchmark, row.what, _number(row.value), row.unit, target, kept]


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _aligned(cells: Sequence[str]) -> str:
    padded = [
        cell.rjust(width) if at == 2 else cell.ljust(width) for at, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ]
    return "  ".join(padded)
