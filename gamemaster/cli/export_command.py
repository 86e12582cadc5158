"""gamemaster export: a run as lines of JSON."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["export"]

FORMATS = ("jsonl",)


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="PATH", help="The file to write; - is standard output.")],
    format: Annotated[str, typer.Option(metavar="FORMAT", help="jsonl: the canonical export.")] = "jsonl",
) -> int:
    """Export a run. Equal runs give equal files; the file appears when it is whole."""
    from gamemaster.record import canonical_export
    from gamemaster.simulation import load_run
    from gamemaster.words import BadInput

    if format not in FORMATS:
        raise BadInput(f"--format {format}: this version exports {', '.join(FORMATS)} and nothing else yet; take --format jsonl.")
    with load_run(folder) as run:
        if str(out) == "-":
            canonical_export(run.archive, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return 0
        if out.exists() and out.resolve().is_relative_to(folder.resolve()):
            raise BadInput(f"-o {out}: this is a part of the run itself; name another file.")
        new = out.with_name(f"{out.name}.new")
        try:
            with new.open("wb") as stream:
                canonical_export(run.archive, stream)
            os.replace(new, out)
        except OSError as error:
            raise BadInput(f"-o {out}: it can't be written: {error.strerror}. Name another file.") from None
        finally:
            new.unlink(missing_ok=True)
    print(f"{out}: {folder} exported")
    return 0
