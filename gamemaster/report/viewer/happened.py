"""Happened: the events of a run as the story shows them: page by page, and all of them in outline."""

from __future__ import annotations

from typing import Any

from gamemaster.record import Archive
from gamemaster.record.json_text import from_json
from gamemaster.record.schema import EVENTS, OBSERVATIONS, STEPS
from gamemaster.record.table import Table, query
from gamemaster.report.viewer.paging import Page

__all__ = ["events_page", "outline", "rows_of_page"]

Json = dict[str, Any]


def rows_of_page(archive: Archive, table: Table, page: Page) -> list[Json]:
    """The rows of a table that belong to a page's steps, by column."""
    rows = table.rows(archive.reader(), "step >= ? AND step <= ?", (page.first, page.last))
    return [dict(zip(table.names, row, strict=True)) for row in rows]


def events_page(archive: Archive, page: Page) -> Json:
    """The events of a page, in their order, each with who noticed it and how; and its steps with time and scene.

    `seen` has, for each observation, who and how, and its text where that isn't the event's own.
    """
    seen: dict[str, list[list[Any]]] = {}
    texts: dict[str, str] = {}
    events = rows_of_page(archive, EVENTS, page)
    for row in events:
        texts[row["id"]] = row["text"]
    for row in rows_of_page(archive, OBSERVATIONS, page):
        noticed = [row["to"], row["how"]]
        if row["text"] != texts.get(row["event_id"]):
            noticed.append(row["text"])
        seen.setdefault(row["event_id"], []).append(noticed)
    return {
        "steps": [[row["step"], row["time"], row["scene"]] for row in rows_of_page(archive, STEPS, page)],
        "events": [_event(row, seen.get(row["id"])) for row in events],
    }


def _event(row: Json, seen: list[list[Any]] | None) -> Json:
    event: Json = {"id": row["id"], "step": row["step"], "time": row["time"], "kind": row["kind"], "text": row["text"]}
    for name in ("actor", "place", "scene", "action", "attempt_id", "channel"):
        if row[name]:
            event[name] = row[name]
    if row["change"] not in (None, "[]"):
        event["change"] = from_json(row["change"], f"the event {row['id']}")
    if seen:
        event["seen"] = seen
    return event


def outline(archive: Archive, after: int = -1) -> Json:
    """All events of the steps after `after` in columns: step, kind, actor, place, scene, and whether anybody is told of it.

    Names are numbers into `names`; it is what filters look at before any page is there.
    """
    names: dict[str, int] = {}
    columns: dict[str, list[int]] = {name: [] for name in ("step", "kind", "actor", "place", "scene", "told")}
    asked = (
        "SELECT step, kind, actor, coalesce(place, ''), scene, text <> '' FROM events "
        "WHERE step > ? AND step <= coalesce((SELECT max(step) FROM steps), -1) ORDER BY step, n, id"
    )
    for step, kind, actor, place, scene, told in query(archive.reader(), asked, (after,)):
        columns["step"].append(step)
        columns["told"].append(told)
        for column, name in (("kind", kind), ("actor", actor), ("place", place), ("scene", scene)):
            text = name if isinstance(name, str) else str(bytes(name), "utf-8", "replace")
            columns[column].append(names.setdefault(text, len(names)))
    return {"names": list(names), **columns}
