"""Remembered: everything that one holder has ever remembered, with what became of it."""

from __future__ import annotations

from typing import Any

from gamemaster.record import Archive
from gamemaster.record.read_rows import read_memory, read_memory_change
from gamemaster.record.schema import MEMORIES, MEMORY_CHANGES
from gamemaster.record.step_rows import EDITED, FORGOTTEN

__all__ = ["Remembered"]

Json = dict[str, Any]


class Remembered:
    """The memories of a run; what became of them is read once, last accesses apart, which say nothing of what is held."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._became: dict[str, Json] = {}
        where = "field <> 'last_access' AND step <= coalesce((SELECT max(step) FROM steps), -1)"
        for row in MEMORY_CHANGES.rows(archive.reader(), where):
            name, value, ids = read_memory_change(row)
            for id in ids:
                became = self._became.setdefault(id, {})
                if name == FORGOTTEN:
                    became["gone"] = row[0]
                elif name == EDITED:
                    became.setdefault("edits", []).extend(value)
                else:
                    became[name] = value

    def of(self, holder: str) -> Json:
        """What `holder` remembers or has remembered, in the order of adding; times are simulated seconds.

        A memory has its first text, with later ones under `edits`, and `gone` is the step in which it was forgotten.
        """
        rows = MEMORIES.rows(self._archive.reader(), "holder = ?", (holder,))
        return {"holder": holder, "memories": [self._memory(row) for row in rows]}

    def _memory(self, row: tuple[Any, ...]) -> Json:
        record = read_memory(row)
        memory: Json = {"id": record.id, "step": row[0], "time": record.time, "text": record.text}
        if record.kind != "observation":
            memory["kind"] = record.kind
        if record.importance is not None:
            memory["importance"] = record.importance
        if record.tags:
            memory["tags"] = list(record.tags)
        if record.rests_on:
            memory["rests_on"] = list(record.rests_on)
        return memory | self._became.get(record.id, {})
