"""frame: a table of a run as a pandas DataFrame. pandas is imported here, when it is asked for, and nowhere else needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gamemaster.record.exports import happened
from gamemaster.record.exports.network import network
from gamemaster.record.exports.sheet import Sheet
from gamemaster.record.exports.survey import survey, survey_wide
from gamemaster.record.reading import Reading
from gamemaster.simulation import Run
from gamemaster.simulation.run import TABLES
from gamemaster.words import BadInput, UnknownName

__all__ = ["FRAMES", "frame"]

_SHEETS: Mapping[str, Callable[[Reading], Sheet]] = {
    "dialogue": happened.dialogue,
    "network": network,
    "survey": survey,
    "survey_wide": survey_wide,
    "world": happened.world,
}

FRAMES = (*TABLES, *_SHEETS)
"""What there is a frame of: the tables of `run.table`, and the sheets of `run.export` that are no table."""


def frame(run: Run, name: str) -> Any:
    """A pandas DataFrame: the rows of `run.table(name)`, or of the export of that name (`FRAMES` says which there are).

    Lists and objects stay what they are, in columns of Python objects. A table without rows has no columns.
    Raises: UnknownName; BadInput when pandas is not installed.
    """
    if name not in FRAMES:
        raise UnknownName.of("table", name, FRAMES)
    try:
        import pandas  # pyright: ignore[reportMissingTypeStubs]
    except ImportError:
        raise BadInput(
            "Frames need pandas: pip install 'gamemaster[experiment]'. Without it run.table gives the rows as dicts."
        ) from None
    made: Any = pandas.DataFrame
    if name in TABLES:
        return made(run.table(name))
    sheet = _SHEETS[name](run.archive)
    return made([list(row) for row in sheet.rows], columns=[column.name for column in sheet.columns])
