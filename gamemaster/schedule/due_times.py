"""DueTimes: who is due when.

The one idea: a table of times and a heap beside it. Whoever comes first is found without looking at the others; an entry of
the heap that the table doesn't bear out any more is passed over.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping

__all__ = ["DueTimes"]


class DueTimes:
    """Names and the simulated second at which each is due. Every operation costs the logarithm of how many there are."""

    __slots__ = ("_heap", "_times")

    def __init__(self, times: Mapping[str, float] | None = None) -> None:
        self._times = dict(times or {})
        self._heap = [(at, name) for name, at in self._times.items()]
        heapq.heapify(self._heap)

    def __len__(self) -> int:
        return len(self._times)

    def __contains__(self, name: str) -> bool:
        return name in self._times

    def __iter__(self) -> Iterator[str]:
        return iter(self._times)

    def at(self, name: str) -> float | None:
        """When this one is due; None when never."""
        return self._times.get(name)

    def put(self, name: str, at: float) -> None:
        """Be due at this time, and at no other."""
        if self._times.get(name) == at:
            return
        self._times[name] = at
        heapq.heappush(self._heap, (at, name))
        if len(self._heap) > 64 + 2 * len(self._times):
            self._heap = [(time, each) for each, time in self._times.items()]
            heapq.heapify(self._heap)

    def drop(self, name: str) -> None:
        """Not be due any more."""
        self._times.pop(name, None)

    def first(self) -> tuple[float, str] | None:
        """The earliest time and who is due then, one of them; None when nobody is."""
        heap, times = self._heap, self._times
        while heap and times.get(heap[0][1]) != heap[0][0]:
            heapq.heappop(heap)
        return heap[0] if heap else None

    def take(self) -> tuple[float, str]:
        """The same, taken out. Raises: IndexError when nobody is due."""
        first = self.first()
        if first is None:
            raise IndexError("Nobody is due.")
        heapq.heappop(self._heap)
        del self._times[first[1]]
        return first

    def times(self) -> dict[str, float]:
        """All of them, sorted by name."""
        return dict(sorted(self._times.items()))
