"""gamemaster memories: what an agent of a run remembers; to look at, to search, to edit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from gamemaster.simulation import Run
    from gamemaster.words import Hit, MemoryRecord

__all__ = ["memories"]

_HITS = 10


def memories(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="Whose memories: an agent, or the game master by its name.")],
    edit: Annotated[
        Path | None,
        typer.Option(metavar="FILE.jsonl", help="Change the memories as this edited file says, for when the run goes on."),
    ] = None,
    step: Annotated[int | None, typer.Option(min=0, help="As they were at the end of this step; the last by default.")] = None,
    search: Annotated[str | None, typer.Option(metavar="QUERY", help=f"Only the {_HITS} that this text recalls.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write them to a file: .jsonl, to be edited; or .parquet.")
    ] = None,
) -> int:
    """Show what an agent of a run remembers. Nothing of the scenario is executed."""
    from gamemaster.simulation import load_run
    from gamemaster.words import BadInput

    if edit is not None:
        if step is not None or search is not None or out is not None or as_json:
            raise BadInput("--edit changes the memories at the end of the last step; leave --step, --search, --json and -o out.")
        return _edit(folder, agent, edit)
    if out is not None and out.suffix not in (".jsonl", ".parquet"):
        raise BadInput(f"-o {out}: memories are written as .jsonl or .parquet; name such a file.")
    if out is not None and as_json:
        raise BadInput("--json prints and -o writes; take one of them.")
    if search is not None and not search.strip():  # before an embedder is loaded for it
        raise BadInput(f"--search {search!r}: a query is a text that isn't empty.")
    with load_run(folder) as run:
        records = run.memories(agent, step)
        hits = None if search is None else _search(run, records, search)
        kept = records if hits is None else [hit.memory for hit in hits]
        if out is not None:
            _write(run, kept, out)
            print(f"{out}: {len(kept)} memories of {agent}")
        elif as_json:
            _print_json(kept, hits)
        else:
            _print(run, agent, kept, hits)
    return 0


def _edit(folder: Path, agent: str, path: Path) -> int:
    from gamemaster.simulation.memory_editing import edit_memories

    edits = edit_memories(folder, agent, path)
    if not edits:
        print(f"{folder}: {path} changes nothing of what {agent} remembers")
        return 0
    print(
        f"{folder}: of what {agent} remembers, {len(edits.changed)} changed, {len(edits.added)} added, "
        f"{len(edits.forgotten)} forgotten; `gamemaster resume {folder}` goes on with it"
    )
    return 0


def _search(run: Run, records: Sequence[MemoryRecord], query: str) -> list[Hit]:
    """What is recalled by `query` by the default embedder, with the run's vectors where they are that embedder's."""
    from gamemaster.memory import MemoryBank, load_embedder

    bank = MemoryBank(load_embedder())
    own = bank.cache.embedder.fingerprint
    texts = {record.text for record in records}
    bank.load(records, [(each.text, each.vector) for each in run.archive.vectors(own) if each.text in texts])
    if not records:
        return []
    return bank.view(records[0].holder).recall(query, _HITS, touch=False)


def _write(run: Run, records: Sequence[MemoryRecord], out: Path) -> None:
    from gamemaster.memory import write_jsonl, write_parquet

    if out.suffix == ".jsonl":
        write_jsonl(records, out)
        return
    texts = {record.text for record in records}
    held = [each for each in run.archive.vectors() if each.text in texts]
    embedder = held[0].embedder if held else ""
    vectors = [(each.text, each.vector) for each in held if each.embedder == embedder]
    write_parquet(records, out, vectors=sorted(vectors, key=lambda each: each[0]), embedder=embedder)


def _print_json(records: Sequence[MemoryRecord], hits: Sequence[Hit] | None) -> None:
    from gamemaster.memory import row_of

    for place, record in enumerate(records):
        row: dict[str, Any] = row_of(record)
        if hits is not None:
            hit = hits[place]
            row |= {
                "score": hit.score,
                "relevance_part": hit.relevance,
                "recency_part": hit.recency,
                "importance_part": hit.importance,
            }
        print(json.dumps(row, allow_nan=False))


def _print(run: Run, agent: str, records: Sequence[MemoryRecord], hits: Sequence[Hit] | None) -> None:
    from rich.text import Text

    from gamemaster.report import clean, open_console

    console = open_console()
    start = run.configuration.get("start")
    calendar = None if start is None else datetime.fromisoformat(start)
    for place, record in enumerate(records):
        if hits is not None:
            hit = hits[place]
            parts = f"relevance {hit.relevance:.3f} + recency {hit.recency:.3f} + importance {hit.importance:.3f}"
            console.print(Text(f"{hit.score:.3f} = {parts}", style="dim"))
        shown = Text(f"[{_clock(record.time, calendar)}] ", style="dim")
        shown.append(clean(record.text).replace("\n", " "))
        console.print(shown.append(f"  ({_about(record)})", style="dim"))
        for version in record.versions:
            was = Text(f"    until step {version.step}: ", style="dim")
            console.print(was.append(f"{clean(version.text)}".replace("\n", " ")).append(f"  ({_told(version)})", style="dim"))
    what = "memories" if hits is None else "hits"
    console.print(Text(f"{agent}: {len(records)} {what}", style="bold"))


def _clock(time: float, calendar: datetime | None) -> str:
    from gamemaster.words import Moment

    moment = Moment(step=0, time=time, start=calendar)
    return f"day {moment.day} {moment.clock}"


def _about(record: MemoryRecord) -> str:
    parts = [record.id, _told(record)]
    if record.rests_on:
        parts.append(f"rests on {', '.join(record.rests_on)}")
    return ", ".join(parts)


def _told(held: Any) -> str:
    """Kind, importance and tags, of a record or of a version."""
    rated = "unrated" if held.importance is None else f"importance {held.importance:g}"
    return ", ".join([held.kind, rated, *(f"#{tag}" for tag in held.tags)])
