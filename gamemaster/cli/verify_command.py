"""gamemaster verify: whether an archive is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["verify"]


def verify(folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")]) -> int:
    """Check an archive: its file, the chain of its steps, its states and rows. Exits with 1 when something is wrong."""
    from gamemaster.record import Archive
    from gamemaster.record import verify as problems_of
    from gamemaster.report.terminal import clean, open_console

    console = open_console()
    with Archive.open(folder) as archive:
        problems = problems_of(archive)
        for problem in problems:
            console.print(clean(problem))
        steps = len(archive.steps) if not problems else 0
    if problems:
        console.print(f"{folder}: {len(problems)} problems")
        return 1
    console.print(
        f"{folder}: whole; steps 0 to {steps - 1}, no problem found" if steps else f"{folder}: whole; no step committed yet"
    )
    return 0
