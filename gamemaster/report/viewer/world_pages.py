"""World pages: the world as it stood before a stretch of steps, and how each of them changed it."""

from __future__ import annotations

from typing import Any, cast

from gamemaster.record import Archive
from gamemaster.record.json_text import from_json
from gamemaster.record.read_rows import read_event
from gamemaster.record.schema import CHANGES, EVENTS
from gamemaster.report.viewer.paging import WORLD_STEPS
from gamemaster.words import ArchiveError

__all__ = ["world_page"]

Json = dict[str, Any]


def world_page(archive: Archive, number: int) -> Json:
    """Steps `number` x WORLD_STEPS and the following: the fields before them, and by step the patch or the whole that came.

    `events` has, by step, the events that changed something, with their patches.
    """
    last = archive.last_step
    first = number * WORLD_STEPS
    if last is None or not 0 <= first <= last:
        raise ArchiveError(f"The run has no page {number} of the world.")
    before = max(first - 1, 0)
    state = archive.states(before).get("world")
    until = min(first + WORLD_STEPS - 1, last)
    changes = CHANGES.rows(archive.reader(), "part = 'world' AND step >= ? AND step <= ?", (max(first, 1), until))
    return {
        "first": first,
        "last": until,
        "before": before,
        "fields": {} if state is None else _fields(state[1]),
        "steps": [[step, *_change(kind, value, step)] for step, _, _, kind, value in changes],
        "events": _events(archive, first, until),
    }


def _change(kind: str, value: str, step: int) -> tuple[str, Any]:
    held = from_json(value, f"the world's change of step {step}")
    if kind != "patch":
        return "state", _fields(cast("Json", held or {}))
    inner = [each for each in held if str(each.get("path", "")).startswith("/fields")]
    return "patch", [{**each, "path": str(each["path"]).removeprefix("/fields")} for each in inner]


def _fields(state: Json) -> Any:
    return state.get("fields", {})


def _events(archive: Archive, first: int, last: int) -> list[Json]:
    where = 'step >= ? AND step <= ? AND "change" IS NOT NULL AND "change" <> \'[]\''
    found = map(read_event, EVENTS.rows(archive.reader(), where, (first, last)))
    return [{"id": each.id, "step": each.step, "text": each.text, "kind": each.kind, "change": each.change} for each in found]
