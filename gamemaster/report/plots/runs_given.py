"""The runs that a plot over seeds is drawn of: runs, folders of runs, or a folder of such folders."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from gamemaster.simulation import Run, load_run
from gamemaster.words import BadInput

__all__ = ["RunsGiven", "opened"]

RunsGiven: TypeAlias = "str | Path | Iterable[Run | str | Path]"
"""Runs, or their folders; or one folder with a folder for each run, as `gamemaster run --seeds` makes it."""


@contextmanager
def opened(runs: RunsGiven) -> Generator[Iterable[Run]]:
    """The runs, one after the other; those that were given as folders are closed again. Raises: BadInput for none."""
    given = _folders(Path(runs)) if isinstance(runs, str | Path) else list(runs)
    if not given:
        raise BadInput("No run is given; give a list of runs, or the folder that `gamemaster run --seeds` made.")
    with ExitStack() as stack:

        def each() -> Iterable[Run]:
            for one in given:
                yield one if isinstance(one, Run) else stack.enter_context(load_run(one))

        yield each()


def _folders(folder: Path) -> list[Run | str | Path]:
    """The folder itself when it holds a run, else those in it that do, `seed-2` before `seed-10`."""
    if (folder / "run.sqlite").is_file():
        return [folder]
    if not folder.is_dir():
        raise BadInput(f"There is no folder {folder}; give the one that `gamemaster run --seeds` made, or a list of runs.")
    return [*sorted((each.parent for each in folder.glob("*/run.sqlite")), key=_by_number)]


def _by_number(folder: Path) -> list[tuple[int, str]]:
    return [(int(each), "") if each.isdecimal() else (-1, each) for each in re.split(r"(\d+)", folder.name)]
