"""Device turns: those who compute on one accelerator take turns, in the order in which they ask.

A local model and an embedder on the same device would otherwise each hold it as long as they have work: an embedder that has
a thousand memories to read while agents wait for words, or the other way about. Each takes a turn for one pass, and whoever
asked first is next, so nobody waits for more than a pass of each of the others; when one is idle, the other has it all. On a
CPU nothing is held: its cores are shared by the system. It neither weighs nor interrupts anybody, and knows only this process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from threading import Lock
from types import TracebackType

__all__ = ["DeviceTurns", "turns_on"]


class DeviceTurns:
    """A lock that is handed on in the order of asking; a context manager, for any number of threads, not re-entrant."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            gate = Lock()
            gate.acquire()
            self._waiting.append(gate)
        gate.acquire()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()  # handed on without being free in between
            else:
                self._taken = False


class _All:
    """The turns of several devices, always taken in the same order, so that no two can wait for each other."""

    def __init__(self, turns: Iterable[DeviceTurns]) -> None:
        self._turns = tuple(turns)
        self._held = ExitStack()

    def __enter__(self) -> None:
        with ExitStack() as held:
            for each in self._turns:
                held.enter_context(each)
            self._held = held.pop_all()  # written by whoever holds the turns, and by nobody else

    def __exit__(self, *_: object) -> None:
        self._held.close()


_TURNS: dict[str, DeviceTurns] = {}
_GUARD = Lock()


def turns_on(*devices: object) -> AbstractContextManager[None]:
    """The turns on these devices ("cuda:1", a torch device), the same for all who name them; of a CPU, nothing.

    "cuda" without a number is its first. What comes back may be entered again and again.
    """
    names = sorted({_name(str(each)) for each in devices} - {""})
    if not names:
        return nullcontext()
    with _GUARD:
        turns = [_TURNS.setdefault(name, DeviceTurns()) for name in names]
    return turns[0] if len(turns) == 1 else _All(turns)


def _name(device: str) -> str:
    kind, _, number = device.partition(":")
    return "" if kind in ("cpu", "meta", "disk") else f"{kind}:{number or 0}"
