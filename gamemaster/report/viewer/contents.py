"""Contents: everything that a page may ask for, by name.

The one idea: the report and the server hold the same things under the same names, such as `events/3`; a report has them all
written down, the server makes each when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gamemaster.record import Archive
from gamemaster.report.viewer import counted
from gamemaster.report.viewer.happened import events_page, outline
from gamemaster.report.viewer.overview import holders_of, overview
from gamemaster.report.viewer.paging import WORLD_STEPS, page_at, pages_of
from gamemaster.report.viewer.remembered import Remembered
from gamemaster.report.viewer.thought import Thinking, details_page
from gamemaster.report.viewer.world_pages import world_page
from gamemaster.words import ArchiveError

__all__ = ["Contents"]

Json = dict[str, Any]


class Contents:
    """What there is to see of one archive, as it stands. Made anew when the run has gone on."""

    def __init__(self, archive: Archive, *, thinking: Thinking | None = None) -> None:
        self._archive = archive
        self._thinking = thinking or Thinking()
        self.pages = pages_of(archive)
        self.index = overview(archive, self.pages)
        self.holders = holders_of(archive)
        self._measures = [name for name, _ in self.index["measures"]]
        self._remembered: Remembered | None = None

    def names(self) -> Iterator[str]:
        """The names of all that there is, but the index and the sections of prompts."""
        yield "outline"
        for page in range(len(self.pages)):
            yield f"events/{page}"
        for page in range(len(self.pages)):
            yield f"details/{page}"
        if self.index["world"] is not None or self.index["counts"]["changes"]:
            for page in range(self.index["last_step"] // WORLD_STEPS + 1):
                yield f"world/{page}"
        yield from (f"memories/{holder}" for holder in range(len(self.holders)))
        yield from (f"measure/{measure}" for measure in range(len(self._measures)))
        yield from ("probes", "costs", "failures", "relations", "states")

    def make(self, name: str) -> Json:
        """What stands under a name. Raises: ArchiveError for a name that there isn't."""
        kind, _, rest = name.partition("/")
        number = int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 12 else -1
        archive = self._archive
        plain = {
            "index": lambda: self.index,
            "outline": lambda: outline(archive),
            "probes": lambda: counted.probe_answers(archive),
            "costs": lambda: counted.costs(archive),
            "failures": lambda: counted.failures(archive),
            "relations": lambda: counted.relations(archive),
            "states": lambda: counted.states(archive),
        }
        numbered = {
            "outline": lambda: outline(archive, number),
            "events": lambda: events_page(archive, page_at(self.pages, number)),
            "details": lambda: details_page(archive, page_at(self.pages, number), self._thinking),
            "world": lambda: world_page(archive, number),
            "memories": lambda: self._memories(number),
            "measure": lambda: counted.measured(archive, number, self._measures),
        }
        made = (numbered if rest else plain).get(kind)
        if made is None or (rest and number < 0):
            raise ArchiveError(f"There is nothing named {name[:60]!r} to be shown.")
        return made()

    def _memories(self, number: int) -> Json:
        if not 0 <= number < len(self.holders):
            raise ArchiveError(f"There is no holder {number} of memories; there are {len(self.holders)}.")
        if self._remembered is None:
            self._remembered = Remembered(self._archive)
        return self._remembered.of(self.holders[number])
