"""run_html: a run on one screen of a notebook: what it was, how it ended, its metrics, its last events.

It counts in the database and reads the last events alone, so that looking at a long run costs what looking at a short one does.
"""

from __future__ import annotations

from typing import Any

from gamemaster.record.spent import spent_since
from gamemaster.record.table import query
from gamemaster.simulation import Run
from gamemaster.words import Event
from gamemaster.words.static_html import facts_html, table_html

__all__ = ["run_html"]

_EVENTS = 10
_METRICS = 40


def run_html(run: Run) -> str:
    """The run as static HTML; every text in it is escaped."""
    archive = run.archive
    connection = archive.reader()
    attempts, failures = next(query(connection, "SELECT count(*), count(failure) FROM attempts"))
    (events,) = next(query(connection, "SELECT count(*) FROM events WHERE text <> ''"))
    spent = spent_since(connection, 0).values()
    calls, tokens = sum(each.calls for each in spent), sum(each.prompt_tokens + each.answer_tokens for each in spent)
    stopped = f" ({run.stopped_by})" if run.stopped_by else ""
    degraded = ", more than 1 %: degraded" if failures > 0.01 * attempts else ""
    facts: list[tuple[str, Any]] = [
        ("status", ("not finished" if run.status == "running" else run.status) + stopped),
        ("steps", run.last_step),
        ("seed", run.seed),
        ("model", run.model),
        ("agents", ", ".join(run.agents)),
        ("asked", f"{calls:,} requests, {tokens:,} tokens" if calls else "no model"),
        ("answers", f"{attempts:,}, {failures:,} of them not usable{degraded}"),
        ("folder", "in memory" if run.folder is None else str(run.folder)),
    ]
    if run.parameters:
        facts.insert(3, ("parameters", run.parameters))
    metrics = run.metrics
    measured = ""
    if metrics:
        some = list(metrics.items())[:_METRICS]
        measured = table_html(("metric", "value"), some, title="Metrics", more=len(metrics) - len(some))
    last = _last_events(run)
    rows = [(each.id, each.kind, each.actor, each.text) for each in last]
    title = f"The last {len(rows)} of {events:,} events" if events > len(rows) else "Events"
    happened = table_html(("event", "kind", "actor", "text"), rows, title=title) if rows else ""
    return facts_html(f"Run of {run.scenario or 'a simulation'}", facts, measured, happened)


def _last_events(run: Run) -> list[Event]:
    """The last events that have words, in order."""
    found: list[Event] = []
    last = run.archive.last_step
    for step in range(-1 if last is None else last, -1, -1):
        found = [*(event for event in run.archive.events(step=step) if event.text), *found]
        if len(found) >= _EVENTS:
            break
    return found[-_EVENTS:]
