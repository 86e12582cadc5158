"""Terminating: SIGTERM, by which machines ask a process to end, ends a run as Ctrl-C does: at the step's end.

The first one asks; a second ends the run at once. Whoever runs a simulation in a script is then ended as was wished; the
command line has a message and an exit code of its own.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

__all__ = ["Terminated", "Terminating"]


class Terminated(KeyboardInterrupt):
    """A second SIGTERM has come, or one after Ctrl-C."""


class Terminating:
    """Within it SIGTERM calls `stop`, and raises Terminated when it comes again; `came` says whether it did.

    Signals reach the main thread alone: elsewhere, and where somebody handles SIGTERM already, it does nothing.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self.came = False
        self._stop = stop
        self._handles = False

    def __enter__(self) -> Terminating:
        self._handles = (
            threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        )
        if self._handles:
            signal.signal(signal.SIGTERM, self._told)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._handles:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def pass_on(self) -> None:
        """End the process as was wished, if SIGTERM came."""
        if self.came:
            signal.raise_signal(signal.SIGTERM)

    def _told(self, number: int, frame: FrameType | None) -> None:
        if self.came:
            raise Terminated
        self.came = True
        self._stop()
