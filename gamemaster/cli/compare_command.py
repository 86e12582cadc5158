"""gamemaster compare: where two runs part, and what was pinned differently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["compare"]


def compare(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder.")],
    other: Annotated[Path, typer.Argument(metavar="DIR2", help="The other run's.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the comparison as one JSON object.")] = False,
) -> int:
    """Show where two runs part, side by side. Exits with 0 when they are the same run, with 1 when they differ."""
    from gamemaster.report import compare as compare_runs
    from gamemaster.report import open_console, print_comparison
    from gamemaster.simulation import load_run

    with load_run(folder) as first, load_run(other) as second:
        found = compare_runs(first, second)
        if as_json:
            print(json.dumps(found.to_json(), indent=2, allow_nan=False))
        else:
            print_comparison(open_console(), found, first, second)
    return 0 if found.same else 1
