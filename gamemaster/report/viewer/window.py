"""Window: whose prompts and recalls a report has room for.

The one idea: all of them where they fit. In a large run first the turns that were refused or failed, then the steps that were
asked for, or the first ones, as far as there is room; of the others there are the answers and the requests' digests.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field

from gamemaster.record import Archive
from gamemaster.record.table import query
from gamemaster.words import BadInput

__all__ = ["Window", "read_window", "window_of"]


@dataclass(slots=True, kw_only=True)
class Window:
    """Steps `first` to `last`, and single turns besides; `whole` when that is all there is."""

    first: int
    last: int
    whole: bool
    turns: set[tuple[int, str]] = field(default_factory=set[tuple[int, str]])

    def wanted(self, step: int, who: str, what: str) -> bool:
        """Whether a prompt or recall is in it; what the game master asks about somebody's attempt belongs to that turn."""
        if self.whole or self.first <= step <= self.last:
            return True
        actor = what.split("/")[1] if what.startswith("resolve/") else who
        return (step, actor) in self.turns


def read_window(text: str) -> tuple[int, int]:
    """The steps that "10-30" or "10" names. Raises: BadInput."""
    found = re.fullmatch(r"([0-9]{1,9})(?:-([0-9]{1,9}))?", text.strip())
    if found is None:
        raise BadInput(f"--prompts {text}: name the steps whose prompts are wanted, as in --prompts 10-30.")
    first = int(found[1])
    last = first if found[2] is None else int(found[2])
    if last < first:
        raise BadInput(f"--prompts {text}: the last step is before the first.")
    return first, last


def window_of(archive: Archive, steps: tuple[int, int] | None = None, *, room: int) -> Window:
    """The window that fits into `room` characters; `steps` are taken as they are, whether they fit or not."""
    last = -1 if archive.last_step is None else archive.last_step
    weights = _weights(archive)
    if steps is None and sum(weights.values()) <= room:
        return Window(first=0, last=last, whole=True)
    turns = _unlucky(archive, weights, room // 4)
    if steps is not None:
        return Window(first=steps[0], last=steps[1], whole=steps[0] <= 0 and steps[1] >= last, turns=turns)
    until, used = -1, room // 4
    while until < last and used + weights[until + 1] <= room:
        until += 1
        used += weights[until]
    return Window(first=0, last=until, whole=False, turns=turns)


def _weights(archive: Archive) -> Counter[int]:
    """How many characters each step brings: its calls and recalls, and the sections that stand in a prompt for the first time."""
    connection = archive.reader()
    weights: Counter[int] = Counter()
    lengths = dict(query(connection, "SELECT digest, length(text) FROM sections"))
    for step, size in query(
        connection, 'SELECT step, sum(length("call") + length(parameters) + length(answer) + 300) FROM calls GROUP BY step'
    ):
        weights[step] += size
    for step, size in query(connection, "SELECT step, sum(length(hits) + length(query)) FROM recalls GROUP BY step"):
        weights[step] += size
    for step, sections in query(connection, "SELECT step, sections FROM calls ORDER BY step"):
        for digest in json.loads(sections):
            weights[step] += lengths.pop(digest, 0)
    return weights


def _unlucky(archive: Archive, weights: Counter[int], room: int) -> set[tuple[int, str]]:
    """The turns of refused and failed attempts, the first ones, as far as there is room."""
    turns: set[tuple[int, str]] = set()
    asked = Counter(dict(query(archive.reader(), "SELECT step, count(*) FROM attempts GROUP BY step")))
    used = 0
    for step, actor in query(
        archive.reader(), "SELECT step, actor FROM events WHERE kind IN ('refusal', 'failure') ORDER BY step, n"
    ):
        used += weights[step] // max(asked[step], 1)
        if used > room:
            break
        turns.add((step, actor))
    return turns
