"""The command `python -m benchmarks`: measures what is named, prints each row as it comes, and keeps the whole table."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from benchmarks.catalogue import BENCHMARKS
from benchmarks.machine import machine
from benchmarks.measurement import Measurement
from benchmarks.table import as_json, as_markdown, heading, line

__all__ = ["RESULTS", "main"]

RESULTS = Path(__file__).parent / "results"
"""Where the last whole table is kept."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. A missed target is a number like the others: 0 all the same. 2 for a benchmark that isn't there."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    names: list[str] = asked.names or list(BENCHMARKS)
    for name in names:
        if name not in BENCHMARKS:
            parser.error(f"There is no benchmark {name!r}; there are {', '.join(BENCHMARKS)}.")
    print(heading())
    rows: dict[str, list[Measurement]] = {}
    for name in names:
        rows[name] = []
        for measured in BENCHMARKS[name](asked.quick):
            row = measured.without_target() if asked.quick else measured
            rows[name].append(row)
            print(line(name, row), flush=True)
    _keep(rows, asked)
    missed = sum(row.is_met is False for found in rows.values() for row in found)
    if missed:
        print(f"{missed} target{'s' if missed > 1 else ''} missed.")
    return 0


def _keep(rows: dict[str, list[Measurement]], asked: argparse.Namespace) -> None:
    """Write the table, unless it is a part or inexact and no folder was named for it."""
    if asked.out is None and (asked.names or asked.quick):
        return
    folder: Path = asked.out if asked.out is not None else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    command = " ".join(["python -m benchmarks", *asked.names, *(["--quick"] if asked.quick else [])])
    date = datetime.now().date().isoformat()
    around = machine()
    (folder / "latest.json").write_text(as_json(rows, machine=around, date=date, command=command), encoding="utf-8")
    (folder / "latest.md").write_text(as_markdown(rows, machine=around, date=date, command=command), encoding="utf-8")
    print(f"Kept in {folder}/latest.md and latest.json.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of {', '.join(BENCHMARKS)}; without a name all")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: whether it runs, not how fast")
    parser.add_argument(
        "--out", type=Path, help="a folder for the table; without it only the whole table is kept, in benchmarks/results"
    )
    return parser
