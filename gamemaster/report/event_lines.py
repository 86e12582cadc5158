"""Event lines: what happened, one line an event, as the console shows it."""

from __future__ import annotations

from rich.text import Text

from gamemaster.report.terminal import clean
from gamemaster.simulation.run import line
from gamemaster.words import Event, Moment

__all__ = ["event_line"]

_STYLES = {"refusal": "yellow", "failure": "red", "speech": "cyan", "narration": "italic", "intervention": "magenta"}


def event_line(event: Event, moment: Moment) -> Text:
    """The event with its step and the time of day before it, as in "[3 09:20] Ann buys 2 apples."; styled by its kind."""
    day = f"day {moment.day} " if moment.day > 1 else ""
    shown = Text(f"[{event.step} {day}{moment.clock}] ", style="dim")
    return shown.append(clean(line(event)), style=_STYLES.get(event.kind, "not dim"))
