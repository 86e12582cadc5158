"""gamemaster show: what a run came to, what happened in it, and where an event came from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["show"]


def show(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The run's folder.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the run's figures, or with --why the event's origin, as one JSON object.")
    ] = False,
    why: Annotated[str | None, typer.Option(metavar="EVENT", help="Where an event came from; its id is as in 3/event/0.")] = None,
    events: Annotated[int, typer.Option(min=0, help="How many of the last events to show.")] = 30,
) -> int:
    """Show a run: its last events, a summary, metrics. Nothing of the scenario is executed."""
    from rich.text import Text

    from gamemaster.cli.interrupted import exit_code
    from gamemaster.report import clean, event_line, facts, open_console, print_summary
    from gamemaster.simulation import load_run
    from gamemaster.words import Moment

    with load_run(folder) as run:
        if why is not None and as_json:
            print(json.dumps(run.provenance(why), indent=2, allow_nan=False))
            return 0
        if as_json:
            print(json.dumps({**facts(run), "exit_code": exit_code(run.status, run.stopped_by)}, indent=2, allow_nan=False))
            return 0
        console = open_console()
        if why is not None:
            console.print(clean(run.why(why)))
            return 0
        start = run.configuration.get("start")
        calendar = None if start is None else datetime.fromisoformat(start)
        happened = [event for event in run.archive.events() if event.text]
        if len(happened) > events:
            more = f"… {len(happened) - events} earlier events: --events {len(happened)} shows all"
            console.print(Text(more, style="dim"))
        for event in happened[len(happened) - min(events, len(happened)) :]:
            shown = event_line(event, Moment(step=event.step, time=event.time, start=calendar))
            console.print(shown.append(f"  {event.id}", style="dim") if console.is_terminal else shown.append(f"  ({event.id})"))
        print_summary(console, run)
    return 0
