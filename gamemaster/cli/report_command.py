"""gamemaster report: a run as one HTML file, to be read in a browser and given away."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["report"]


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE.html", help="The file to write; by default DIR.html.")
    ] = None,
    prompts: Annotated[
        str | None,
        typer.Option(metavar="FROM-TO", help="The steps whose prompts are wanted, where a large run's don't all fit."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> int:
    """Write a run as one HTML file that opens from disk and loads nothing. Nothing of the scenario is executed."""
    from gamemaster.report.viewer import write_report
    from gamemaster.report.viewer.window import read_window
    from gamemaster.simulation import load_run

    steps = None if prompts is None else read_window(prompts)
    path = folder.with_name(f"{folder.resolve().name}.html") if out is None else out
    with load_run(folder) as run:
        write_report(run.archive, path, prompts=steps, force=force)
        going_on = run.status == "running"
    size = path.stat().st_size / 1e6
    print(f"{path}: {folder} reported, {size:.1f} MB. Open it in a browser.")
    if going_on:
        print(f"The run is not finished; to follow one that goes on: gamemaster view {shlex.quote(str(folder))}")
    return 0
