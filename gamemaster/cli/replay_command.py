"""gamemaster replay: a run made again from its recorded answers, to see whether the code still makes it."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gamemaster.record import Difference

__all__ = ["replay"]

_AROUND = 2
"""How many lines stand around a change."""


def replay(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder; it isn't changed.")],
    file: Annotated[str | None, typer.Argument(metavar="[FILE]", help="The scenario's file, changed or not.")] = None,
) -> int:
    """Make a run again without a model, and show the first thing that differs. Exits with 1 when something does."""
    from gamemaster.cli.resume_command import find_again
    from gamemaster.report import clean, open_console
    from gamemaster.simulation import load_run
    from gamemaster.simulation import replay as made_again

    with load_run(folder) as run:
        find_again(run, file, command=f"gamemaster replay {shlex.quote(str(folder))}")
        last = run.last_step
    console = open_console()
    found = made_again(folder, file=file)
    if found.same:
        console.print(f"{folder}: the same run, steps 0 to {last}; {found.requests} requests answered from the record")
        return 0
    stands = "not even its preparation is the recorded one" if found.steps < 0 else f"the same up to step {found.steps} of {last}"
    console.print(f"{folder}: {stands}; {found.requests} requests answered from the record")
    console.print(clean(f"First difference, at {found.place}: {found.message}"))
    for each in found.differences:
        console.print()
        console.print(clean("\n".join(_shown(each))))
    return 1


def _shown(difference: Difference) -> Iterator[str]:
    """What was expected and what came, line by line, those that are the same left out but for a few around a change."""
    then, now = difference.expected.splitlines(), difference.got.splitlines()
    yield f"{difference.where}: - expected by the record, + got now"
    for line in list(difflib.unified_diff(then, now, lineterm="", n=_AROUND))[2:]:
        yield "  …" if line.startswith("@@") else f"  {line}"
