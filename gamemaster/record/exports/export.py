"""export_run: a run, or parts of it, as files for other programs."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

from gamemaster.record.canonical_export import canonical_export
from gamemaster.record.exports import happened
from gamemaster.record.exports.conversation import messages
from gamemaster.record.exports.csv_file import write_csv
from gamemaster.record.exports.finetuning import finetuning
from gamemaster.record.exports.graphml_file import write_graphml
from gamemaster.record.exports.jsonl_file import write_jsonl
from gamemaster.record.exports.network import network, network_of
from gamemaster.record.exports.parquet_file import write_parquet
from gamemaster.record.exports.remembered import calls, memories
from gamemaster.record.exports.sheet import Sheet
from gamemaster.record.exports.survey import survey, survey_wide
from gamemaster.record.exports.whole_files import Fill, write_files
from gamemaster.record.reading import Reading
from gamemaster.words import BadInput, UnknownName

__all__ = ["EXPORTS", "FORMATS", "export_run", "export_to_stream"]

RUN = "run"
FORMATS = ("jsonl", "csv", "parquet", "graphml")

_SHEETS: Mapping[str, Callable[[Reading], Sheet]] = {
    "events": happened.events,
    "observations": happened.observations,
    "attempts": happened.attempts,
    "calls": calls,
    "memories": memories,
    "world": happened.world,
    "measures": happened.measures,
    "dialogue": happened.dialogue,
    "network": network,
    "survey": survey,
    "survey_wide": survey_wide,
}
_OF_ONE: Mapping[str, Callable[[Reading, str | None], Sheet]] = {
    "calls": calls,
    "memories": memories,
    "messages": messages,
    "finetuning": finetuning,
}
"""What may be asked for one agent alone."""

EXPORTS = (RUN, *_SHEETS, "messages", "finetuning")
"""What can be exported; `run` is the canonical export."""

_WRITERS: Mapping[str, Callable[[Sheet, BinaryIO], None]] = {"jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet}


def export_run(
    archive: Reading,
    path: Path | str,
    *,
    what: Sequence[str] | str | None = None,
    format: str | None = None,
    agent: str | None = None,
    force: bool = False,
) -> list[Path]:
    """Write what is asked for to `path`; the files that were written, in the order of `what`.

    `what` are names of EXPORTS. One goes into the file `path`; several go into the folder `path`, each into a file named
    after it. Without it, jsonl is the canonical export, csv and parquet are all sheets, graphml is the network. The format
    is that of the path's ending where none is given, and jsonl where that says nothing. Files appear when all of them are
    whole, and replace nothing unless `force` is set. Each row says `synthetic`; the same archive gives the same bytes.
    Memory doesn't grow with the run.
    Raises: BadInput, UnknownName for what can't be; ArchiveDamaged for an archive that can't be read.
    """
    target = Path(path)
    form, wanted = _chosen(what, format or target.suffix.lstrip(".").lower(), given=format is not None, agent=agent)
    several = len(wanted) > 1
    if several and target.is_file():
        raise BadInput(f"{target} is a file; {', '.join(wanted)} go into a folder. Name one, or take one of them.")
    if several and target.suffix.lstrip(".").lower() in FORMATS:
        raise BadInput(
            f"{target} would hold one of {', '.join(wanted)}: say which with --what (what=...), or name a folder for all of "
            f"them and give the format with --format {form}."
        )
    if not several and target.is_dir():
        raise BadInput(f"{target} is a folder; {wanted[0]} goes into a file. Name one in it: {target / wanted[0]}.{form}.")
    files = [target / f"{name}.{form}" for name in wanted] if several else [target]
    folder: Path | None = getattr(archive, "folder", None)
    if folder is not None and target.resolve().is_relative_to(folder.resolve()):
        raise BadInput(f"{target}: this is a part of the run itself; name another place.")
    with _one_point_in_time(archive):
        fills: list[tuple[Path, Fill]] = [
            (file, partial(_fill, archive, name, form, agent)) for file, name in zip(files, wanted, strict=True)
        ]
        write_files(fills, force=force)
    return files


def export_to_stream(
    archive: Reading, stream: BinaryIO, *, what: str | None = None, format: str | None = None, agent: str | None = None
) -> None:
    """Write one export to a binary stream. Raises: as `export_run`."""
    form, wanted = _chosen(what, format or "", given=format is not None, agent=agent)
    if len(wanted) > 1:
        raise BadInput(f"{', '.join(wanted)} go into a folder; name one, or take one of them alone.")
    with _one_point_in_time(archive):
        _fill(archive, wanted[0], form, agent, stream)


def _chosen(what: Sequence[str] | str | None, format: str, *, given: bool, agent: str | None) -> tuple[str, list[str]]:
    """The format, and what is to be exported in it."""
    named = [what] if isinstance(what, str) else list(what or ())
    for each in named:
        if each not in EXPORTS:
            raise UnknownName.of("export", each, EXPORTS)
    if given and format not in FORMATS:
        raise BadInput(f"There is no format {format!r}; take one of {', '.join(FORMATS)}.")
    form = format if format in FORMATS else "graphml" if named == ["network"] else "jsonl"
    if not named:
        named = ["network"] if form == "graphml" else [RUN] if form == "jsonl" and agent is None else list(_SHEETS)
        if agent is not None:
            named = [each for each in named if each in _OF_ONE] or ["messages"]
    named = list(dict.fromkeys(named))
    for each in named:
        if form == "graphml" and each != "network":
            raise BadInput(f"{each} can't be written as graphml, which holds the network alone; take jsonl, csv or parquet.")
        if form != "jsonl" and each in (RUN, "finetuning"):
            raise BadInput(f"{each} can't be written as {form}; take jsonl.")
        if agent is not None and each not in _OF_ONE:
            raise BadInput(f"{each} can't be exported for one agent alone; {', '.join(_OF_ONE)} can.")
    return form, named


def _fill(archive: Reading, name: str, form: str, agent: str | None, stream: BinaryIO) -> None:
    if agent is not None:
        _check_agent(archive, agent)
    if name == RUN:
        canonical_export(archive, stream)
    elif form == "graphml":
        write_graphml(network_of(archive), stream)
    else:
        sheet = _OF_ONE[name](archive, agent) if name in _OF_ONE else _SHEETS[name](archive)
        _WRITERS[form](sheet, stream)


def _check_agent(archive: Reading, agent: str) -> None:
    known = dict.fromkeys(name for phase in archive.phases for name in phase.configuration.get("order", ()))
    known |= dict.fromkeys(measure.who for _, measure in archive.measures("born"))
    masters = [phase.configuration.get("game_master", {}) for phase in archive.phases]
    if agent not in known and all(agent not in (each.get("name"), *each.get("others", ())) for each in masters):
        raise UnknownName.of("agent", agent, known)


@contextmanager
def _one_point_in_time(archive: Reading) -> Generator[None, None, None]:
    """All that is read inside is what was committed at its beginning, while somebody may be writing."""
    connection: sqlite3.Connection = archive.reader()
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")
