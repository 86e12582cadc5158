"""gamemaster export: a run as files for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["export"]

_WHAT = (
    "run, events, observations, attempts, calls, memories, world, measures, dialogue, network, survey, survey_wide, messages, "
    "finetuning; several with commas between them, or the option more than once."
)


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="PATH", help="The file to write, or the folder for several; - is standard output."),
    ],
    format: Annotated[
        str | None, typer.Option(metavar="FORMAT", help="jsonl, csv, parquet or graphml; by default as PATH ends, else jsonl.")
    ] = None,
    what: Annotated[list[str] | None, typer.Option(metavar="WHAT", help=_WHAT)] = None,
    agent: Annotated[
        str | None, typer.Option(metavar="AGENT", help="One agent's calls, memories, messages or finetuning alone.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> int:
    """Export a run. Equal runs give equal files; files appear when they are whole, and each row says that it is synthetic."""
    from gamemaster.record.exports import export_to_stream
    from gamemaster.simulation import load_run
    from gamemaster.words import BadInput

    named = [each.strip() for given in what or () for each in given.split(",") if each.strip()] or None
    with load_run(folder) as run:
        if str(out) == "-":
            if named is not None and len(named) > 1:
                raise BadInput(f"-o -: {', '.join(named)} go into a folder; name one, or take one of them.")
            one = None if named is None else named[0]
            export_to_stream(run.archive, sys.stdout.buffer, what=one, format=format, agent=agent)
            sys.stdout.buffer.flush()
            return 0
        written = run.export(out, what=named, format=format, agent=agent, force=force)
    for path in written:
        print(f"{path}: {folder} exported")
    return 0
