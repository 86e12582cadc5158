"""Journey: a way of several places that somebody is walking, and where on it they are.

The one idea: a journey is a list of places with the seconds at which each is reached. Where somebody is follows from the
clock; going back and stopping early are other lists.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable

from pydantic import BaseModel

__all__ = ["Journey", "shortest_path"]


class Journey(BaseModel):
    """Places in the order in which they are passed, and the simulated second at which each is reached, both from the start on."""

    path: list[str]
    times: list[float]

    @property
    def end(self) -> str:
        """Where it leads."""
        return self.path[-1]

    @property
    def arrival(self) -> float:
        """When it is over."""
        return self.times[-1]

    def passed(self, now: float) -> int:
        """The number of the place that was passed last, from 0."""
        return max(at for at, time in enumerate(self.times) if at == 0 or time <= now)

    def ahead(self, now: float) -> str:
        """The next place on the way."""
        return self.path[min(self.passed(now) + 1, len(self.path) - 1)]

    def back(self, now: float) -> Journey:
        """The way back to the place passed last, which takes as long as it is ago."""
        at = self.passed(now)
        ahead = self.times[min(at + 1, len(self.times) - 1)]
        return Journey(path=[self.ahead(now), self.path[at]], times=[now - (ahead - now), now + (now - self.times[at])])

    def cut(self, at: int) -> Journey:
        """The same, over at place number `at`."""
        return Journey(path=list(self.path[: at + 1]), times=list(self.times[: at + 1]))


def shortest_path(start: str, end: str, ways: Callable[[str], dict[str, int]]) -> tuple[int, list[str]] | None:
    """The least minutes from one place to another, and the places on the way, both ends included; None when no way leads there.

    `ways` gives the minutes to each place next to one. Of ways equally long the one comes first whose places do in the alphabet.
    """
    heap: list[tuple[int, list[str]]] = [(0, [start])]
    seen: set[str] = set()
    while heap:
        minutes, path = heapq.heappop(heap)
        here = path[-1]
        if here == end:
            return minutes, path
        if here not in seen:
            seen.add(here)
            for there, far in ways(here).items():
                if there not in seen:
                    heapq.heappush(heap, (minutes + far, [*path, there]))
    return None
