"""The summary as the console shows it: who did what, what changed, what was refused, and the metrics."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gamemaster.report.summary import Change, Summary, summarize
from gamemaster.report.terminal import clean
from gamemaster.simulation import Run
from gamemaster.words import one_line

__all__ = ["last_line", "print_summary"]

_ROWS = 20
"""How many rows a table has before it is cut."""
_CELL = 36
"""How many characters of a value are shown."""


def print_summary(console: Console, run: Run, *, baseline: Mapping[str, Any] | None = None, cost: float | None = None) -> None:
    """Print what a run came to; `baseline` are the metrics of the null baseline, shown beside the run's, `cost` is in money."""
    summary = summarize(run)
    _print_deeds(console, summary)
    _print_changes(console, summary.changes)
    _print_refusals(console, summary.refusals)
    _print_metrics(console, summary.metrics, baseline)
    console.print()
    console.print(Text(last_line(run, summary, cost=cost), style="bold"))
    if summary.failures:
        reasons = "" if run.folder is None else f"; why: gamemaster show {shlex.quote(str(run.folder))}"
        said = f"{summary.failures} of {summary.attempts} answers could not be used"
        marked = ": more than 1 %, this run is degraded" if summary.degraded else ""
        console.print(Text(said + marked + reasons, style="red" if summary.degraded else "yellow"))


def last_line(run: Run, summary: Summary | None = None, *, cost: float | None = None) -> str:
    """The run on one line: scenario, steps, how it ended, requests, and where it is on record."""
    summary = summary or summarize(run)
    name = run.scenario or "run"
    asked = f"{summary.requests} requests, {summary.tokens} tokens" if summary.requests else "no model asked"
    asked += f", cost {cost:.4g}" if cost is not None else ""
    degraded = ", degraded" if summary.degraded else ""
    ended = "not finished" if run.status == "running" else run.status
    why = f" ({one_line(run.stopped_by)})" if run.stopped_by else ""
    where = "" if run.folder is None else f"; on record in {run.folder}"
    return clean(f"{name}, seed {run.seed}: {run.last_step} steps, {ended}{why}{degraded}; {asked}{where}")


def _print_deeds(console: Console, summary: Summary) -> None:
    if not any(summary.deeds.values()):
        return
    table = _table(console, "Who did what", "", "")
    for name, counted in list(summary.deeds.items())[:_ROWS]:
        said = ", ".join(f"{deed} {count}" for deed, count in counted.items()) or "nothing"
        table.add_row(Text(clean(name)), Text(clean(said)))
    _print(console, table, len(summary.deeds))


def _print_changes(console: Console, changes: tuple[Change, ...]) -> None:
    if not changes:
        return
    table = _table(console, "What changed in the world", "start", "end", "")
    for change in changes[:_ROWS]:
        table.add_row(Text(clean(change.place)), _value(change.start), _value(change.end), Text(_difference(change), style="dim"))
    _print(console, table, len(changes))


def _print_refusals(console: Console, refusals: Mapping[str, int]) -> None:
    if not refusals:
        return
    table = _table(console, "Refused", "")
    for reason, count in list(refusals.items())[:_ROWS]:
        table.add_row(Text(clean(one_line(reason))), Text(f"{count} x"))
    _print(console, table, len(refusals))


def _print_metrics(console: Console, metrics: Mapping[str, Any], baseline: Mapping[str, Any] | None) -> None:
    if not metrics:
        return
    headings = ["this run"] if baseline is None else ["this run", "baseline"]
    table = _table(console, "Metrics", *headings)
    for name, value in metrics.items():
        beside = [] if baseline is None else [_value(baseline.get(name))]
        table.add_row(Text(clean(name)), _value(value), *beside)
    _print(console, table, 0)


def _table(console: Console, title: str, *headings: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=True, header_style="dim")
    table.add_column(Text(title, style="bold not dim"))
    for heading in headings:
        table.add_column(heading, justify="right" if heading in ("start", "end", "this run", "baseline") else "left")
    return table


def _print(console: Console, table: Table, rows: int) -> None:
    console.print()
    console.print(table)
    if rows > _ROWS:
        console.print(Text(f"… and {rows - _ROWS} more", style="dim"))


def _value(value: Any) -> Text:
    if value is None:
        return Text("–", style="dim")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, float):
        return Text(f"{value:.4g}" if abs(value) < 1e6 else f"{value:,.0f}")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = clean(one_line(text))
    return Text(text if len(text) <= _CELL else f"{text[: _CELL - 1]}…")


def _difference(change: Change) -> str:
    numbers = [each for each in (change.start, change.end) if isinstance(each, int | float) and not isinstance(each, bool)]
    return f"{numbers[1] - numbers[0]:+.6g}" if len(numbers) == 2 else ""
