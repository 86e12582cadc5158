"""Plain calls into asynchronous code: one long-lived event loop in a thread of its own.

`simulation.run()` works alike in a script and in a notebook, whose own loop is busy: the coroutine runs on this loop,
and the caller waits. Ctrl-C reaches the caller, which passes it on as a wish to stop at the step's end; a second one
cancels.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from gamemaster.simulation.terminating import Terminated

__all__ = ["run_plain"]

Result = TypeVar("Result")

# How long a cancelled run may take to close its archive; what it committed is on disk whatever happens.
_PATIENCE = 5.0

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def _the_loop() -> asyncio.AbstractEventLoop:
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            loop = asyncio.new_event_loop()
            threading.Thread(target=_run_for_ever, args=(loop,), name="gamemaster-loop", daemon=True).start()
            _loop = loop
        return _loop


def _run_for_ever(loop: asyncio.AbstractEventLoop) -> None:
    while True:
        try:
            loop.run_forever()
            return
        except (KeyboardInterrupt, SystemExit):  # raised in a task: who waits for that is told, and the loop goes on
            continue


async def _ending(coroutine: Coroutine[Any, Any, Result], ended: threading.Event) -> Result:
    try:
        return await coroutine
    finally:
        ended.set()


def run_plain(coroutine: Coroutine[Any, Any, Result], *, on_interrupt: Callable[[], None] | None = None) -> Result:
    """What the coroutine returns, awaited on the common loop.

    The first Ctrl-C calls `on_interrupt`, where there is one, and goes on waiting; the next cancels the coroutine and
    raises KeyboardInterrupt. Raises: RuntimeError when called on that loop itself (await instead).
    """
    loop = _the_loop()
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        running = None
    if running is loop:
        coroutine.close()
        raise RuntimeError("This is asynchronous code already; await the coroutine (arun) instead of the plain call (run).")
    ended = threading.Event()
    future = asyncio.run_coroutine_threadsafe(_ending(coroutine, ended), loop)
    while True:
        try:
            return future.result()
        except KeyboardInterrupt as interrupt:
            if on_interrupt is None or future.done() or isinstance(interrupt, Terminated):
                future.cancel()
                ended.wait(_PATIENCE)  # it has still to say how it ended
                raise
            on_interrupt()
            on_interrupt = None
