"""Paging: the steps of a run in stretches, each of which is looked at as a whole.

The one idea: a page is a row of steps with a few hundred events, the same in a report and in the server, so that the browser
asks for either in one way. Pages never change but the last one, which grows while the run goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gamemaster.record import Reading
from gamemaster.record.table import query
from gamemaster.words import ArchiveError

__all__ = ["WORLD_STEPS", "Page", "cut", "page_at", "pages_of"]

_EVENTS = 400
"""How many events a page has before the next begins."""
_STEPS = 200
"""How many steps, where little happens in them."""

WORLD_STEPS = 50
"""How many steps of the world's changes stand together, behind the world as it was before them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Steps `first` to `last`; `start` is the place of its first event among all, `count` how many it has."""

    first: int
    last: int
    start: int
    count: int


def pages_of(archive: Reading) -> list[Page]:
    """The pages of a run, up to its last committed step; none before the first is committed."""
    last = archive.last_step
    if last is None:
        return []
    counted = dict(query(archive.reader(), "SELECT step, count(*) FROM events GROUP BY step"))
    return cut((step, counted.get(step, 0)) for step in range(last + 1))


def cut(steps: Iterable[tuple[int, int]]) -> list[Page]:
    """The pages of steps that are given with their numbers of events."""
    pages: list[Page] = []
    first, count, start, last = 0, 0, 0, -1
    for step, events in steps:
        if last >= first and (count + events > _EVENTS or step - first >= _STEPS):
            pages.append(Page(first=first, last=last, start=start, count=count))
            first, start, count = step, start + count, 0
        count, last = count + events, step
    if last >= first:
        pages.append(Page(first=first, last=last, start=start, count=count))
    return pages


def page_at(pages: list[Page], number: int) -> Page:
    """The page of this number. Raises: ArchiveError when there is none."""
    if not 0 <= number < len(pages):
        raise ArchiveError(f"The run has no page {number}; it has {len(pages)}.")
    return pages[number]
