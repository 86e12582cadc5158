"""Writer: the one thread that writes an archive, and how coroutines wait for it.

The one idea: durability is bought by the group. What the coroutines of one tick of the event loop hand over goes to the
thread together; the thread writes up to 500 calls in one transaction, so they share one fsync, and comes back to the
loop once for all of them. Until then they count as work outside the loop, so that no batch starts without them.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from gamemaster.language.batching import outside_work
from gamemaster.record.call_record import CallRecord
from gamemaster.record.ledger import Ledger
from gamemaster.words import ArchiveError

__all__ = ["Writer"]

_GROUP = 500


class Writer:
    """Writes through a ledger that only its own thread touches: `make` opens it there, `shut` closes it there."""

    def __init__(self, make: Callable[[], Ledger], shut: Callable[[], None], *, name: str) -> None:
        self._make, self._shut, self._name = make, shut, name
        self._queue: SimpleQueue[_Tick | _Job | None] = SimpleQueue()
        self._tick: _Tick | None = None
        self._closed = False
        started: Future[None] = Future()
        # A daemon, or a program that forgets to close its archive would never end; what it committed is on disk anyway.
        self._thread = threading.Thread(target=self._run, args=(started,), name=f"writer of {name}", daemon=True)
        self._thread.start()
        started.result()

    async def write_call(self, record: CallRecord) -> None:
        """Return when the call is on disk."""
        tick = self._tick
        if tick is None:
            self._check_open()
            tick = self._tick = _Tick(asyncio.get_running_loop())
            tick.loop.call_soon(self._hand_over)
        future = tick.loop.create_future()
        tick.waiting.append((record, future))
        await future

    async def write(self, run: Callable[[Ledger], None]) -> None:
        """Do this with the ledger, after all that was handed over before; return when it is on disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with outside_work():
            self._put(_Job(run, lambda error: _on_loop(loop, _settle_one, future, error)))
            await future

    def write_now(self, run: Callable[[Ledger], None]) -> None:
        """The same for a caller that is no coroutine: blocks until it is on disk."""
        future: Future[None] = Future()
        self._put(_Job(run, lambda error: _settle_one(future, error)))
        future.result()

    def close(self) -> None:
        """Write what was handed over, and end the thread."""
        if not self._closed:
            self._hand_over()
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _check_open(self) -> None:
        if self._closed:
            raise ArchiveError(f"{self._name} is closed; open it again to write to it.")

    def _put(self, job: _Job) -> None:
        self._check_open()
        self._hand_over()
        self._queue.put(job)

    def _hand_over(self) -> None:
        if self._tick is not None:
            self._queue.put(self._tick)
            self._tick = None

    def _run(self, started: Future[None]) -> None:
        try:
            ledger = self._make()
        except BaseException as error:
            started.set_exception(error)
            return
        started.set_result(None)
        waiting: deque[_Tick | _Job | None] = deque()
        while True:
            waiting.append(self._queue.get()) if not waiting else None
            _drain(self._queue, waiting)
            item = waiting.popleft()
            if item is None:
                self._shut()
                return
            if isinstance(item, _Job):
                item.done(_error_of(item.run, ledger))
            else:
                _write_calls(ledger, _group(item, waiting))


class _Tick:
    """The calls that were handed over in one tick of a loop."""

    __slots__ = ("loop", "waiting", "work")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.waiting: list[tuple[CallRecord, asyncio.Future[None]]] = []
        self.work: AbstractContextManager[None] = outside_work()
        self.work.__enter__()


@dataclass(frozen=True, slots=True)
class _Job:
    run: Callable[[Ledger], None]
    done: Callable[[BaseException | None], None]


def _drain(queue: SimpleQueue[_Tick | _Job | None], into: deque[_Tick | _Job | None]) -> None:
    try:
        while True:
            into.append(queue.get_nowait())
    except Empty:
        return


def _group(first: _Tick, waiting: deque[_Tick | _Job | None]) -> list[_Tick]:
    """The tick and those right behind it, of the same loop, that fit into its transaction."""
    group, size = [first], len(first.waiting)
    while waiting and isinstance(tick := waiting[0], _Tick) and tick.loop is first.loop and size + len(tick.waiting) <= _GROUP:
        waiting.popleft()
        group.append(tick)
        size += len(tick.waiting)
    return group


def _write_calls(ledger: Ledger, group: list[_Tick]) -> None:
    calls = [each for tick in group for each in tick.waiting]
    for start in range(0, len(calls), _GROUP):
        chunk = calls[start : start + _GROUP]
        errors: Sequence[BaseException | None]
        try:
            errors = ledger.add_calls([record for record, _ in chunk])
        except BaseException as error:
            errors = [error] * len(chunk)
        last = start + _GROUP >= len(calls)
        futures = [future for _, future in chunk]
        _on_loop(group[0].loop, _settle, futures, errors, [tick.work for tick in group] if last else [])


def _settle(
    futures: Sequence[asyncio.Future[None]],
    errors: Sequence[BaseException | None],
    works: Sequence[AbstractContextManager[None]],
) -> None:
    for future, error in zip(futures, errors, strict=True):
        _settle_one(future, error)
    for work in works:
        work.__exit__(None, None, None)


def _settle_one(future: asyncio.Future[None] | Future[None], error: BaseException | None) -> None:
    if future.done():  # cancelled meanwhile
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)


def _error_of(run: Callable[[Ledger], None], ledger: Ledger) -> BaseException | None:
    try:
        run(ledger)
    except BaseException as error:
        return error
    return None


def _on_loop(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *values: object) -> None:
    try:
        loop.call_soon_threadsafe(call, *values)
    except RuntimeError:  # the loop was closed meanwhile: nobody waits any more
        return
