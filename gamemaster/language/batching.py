"""Batcher: gathers what many coroutines ask for at once, and does it in one go.

The one idea: a batch starts when nothing else can run. A tick, scheduled behind all that the event loop has ready, looks
whether anything else became ready since; after two ticks in which nothing did, whoever could have added to the batch has
done so. Work outside the loop (a thread, a disk) may still bring coroutines back that want to add something, so it is
counted, and waited for a little. Nothing is polled: without anything waiting there are no ticks.

What comes of a batch must not depend on what else was in it; this file decides only when one starts. It neither splits
batches by size nor knows of tokens.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import Context
from threading import Lock
from typing import Generic, Protocol, TypeVar, cast

from gamemaster.words import ModelError

__all__ = ["Batcher", "outside_work"]

In = TypeVar("In")
Out = TypeVar("Out")

_QUIET_TICKS = 2
# An event loop that does not show what it has ready (uvloop) is taken for quiet after more ticks without a submission.
_BLIND_TICKS = 8
# Someone who spins on `sleep(0)` until we are done would keep the loop from ever being quiet.
_MOST_TICKS = 1000


class Batcher(Generic[In, Out]):
    """Calls `process` once with all that was submitted when the event loop has nothing else to do.

    `process` gets the items in the order of submission and gives a result for each, in that order; a result that is an
    exception is raised at its own waiter, an exception that `process` raises at every waiter. A batch starts when the
    loop has been quiet for two ticks and no `outside_work` is going on; or when `max_items` are waiting (it then takes
    all that wait, which may be more); or after `max_wait` seconds with only outside work left. A waiter that is
    cancelled before the start takes its item with it.

    With `off_loop`, `process` runs in a thread of its own, one batch at a time, and counts as outside work; what is
    submitted meanwhile makes the next batch. When several batchers are ready, one starts at a time, that of the lowest
    `order` first, so that what feeds others (an embedder) goes before what is fed by them (a model).

    It may be used from one event loop after another. `batches` and `items` count what was processed so far.
    """

    def __init__(
        self,
        process: Callable[[list[In]], Sequence[Out | BaseException]],
        *,
        max_items: int = 512,
        max_wait: float = 0.002,
        off_loop: bool = False,
        name: str = "",
        order: int = 0,
    ) -> None:
        self.name = name or "batch"
        self.order = order
        self.max_items = max_items
        self.max_wait = max_wait
        self.batches = 0
        self.items = 0
        self._process = process
        self._one_at_a_time = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=self.name) if off_loop else None
        self._queues: dict[asyncio.AbstractEventLoop, _Queue[In, Out]] = {}

    async def submit(self, item: In) -> Out:
        """The result for `item`, once the batch that it is in has been processed."""
        loop = asyncio.get_running_loop()
        queue = self._queues.get(loop)
        if queue is None:
            _forget_closed(self._queues)
            queue = self._queues[loop] = _Queue(self, loop)
        future: asyncio.Future[Out] = loop.create_future()
        queue.waiting.append((item, future))
        queue.watch.stir(queue)
        return await future

    def _results(self, items: list[In]) -> Sequence[Out | BaseException]:
        with self._one_at_a_time:
            self.batches += 1
            self.items += len(items)
            results = self._process(items)
        if len(results) != len(items):
            raise ModelError(
                f"{self.name} gave {len(results)} results for {len(items)} items; it must give one for each, in order."
            )
        return results


def outside_work() -> AbstractContextManager[None]:
    """A context in which the running loop counts one piece of work outside it (a thread, a disk, a process).

    Batches wait for it, up to their `max_wait`, because what it brings may want to be in them. Enter and leave it on
    the loop, around the await.
    """
    return _OutsideWork(_watch(asyncio.get_running_loop()))


class _Waiting(Protocol):
    """What a watch needs to know of a queue, whatever is in it."""

    expired: bool
    timer: asyncio.TimerHandle | None

    @property
    def order(self) -> int: ...
    @property
    def max_wait(self) -> float: ...
    def is_full(self) -> bool: ...
    def can_start(self) -> bool: ...
    def start(self) -> None: ...


class _Queue(Generic[In, Out]):
    """What is waiting for one batcher on one loop."""

    def __init__(self, batcher: Batcher[In, Out], loop: asyncio.AbstractEventLoop) -> None:
        self.watch = _watch(loop)
        self.waiting: list[tuple[In, asyncio.Future[Out]]] = []
        self.expired = False
        self.timer: asyncio.TimerHandle | None = None
        self._batcher = batcher
        self._loop = loop
        self._busy = False

    @property
    def order(self) -> int:
        return self._batcher.order

    @property
    def max_wait(self) -> float:
        return self._batcher.max_wait

    def is_full(self) -> bool:
        return len(self.waiting) >= self._batcher.max_items and not self._busy

    def can_start(self) -> bool:
        return bool(self.waiting) and not self._busy

    def start(self) -> None:
        taken = [each for each in self.waiting if not each[1].done()]
        self.waiting.clear()
        self.expired = False
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if not taken:
            return
        thread = self._batcher._thread  # pyright: ignore[reportPrivateUsage]
        if thread is None:
            results, error = self._attempt(taken)
            self._deliver(taken, results, error)
            if error is not None and not isinstance(error, Exception):
                raise error
        else:
            self._busy = True
            self.watch.outside += 1
            thread.submit(self._work, taken)

    def _work(self, taken: list[tuple[In, asyncio.Future[Out]]]) -> None:
        results, error = self._attempt(taken)
        try:
            self._loop.call_soon_threadsafe(self._finish, taken, results, error)
        except RuntimeError:  # the loop was closed meanwhile: nobody waits any more
            return

    def _finish(
        self, taken: list[tuple[In, asyncio.Future[Out]]], results: Sequence[Out | BaseException], error: BaseException | None
    ) -> None:
        self._busy = False
        self.watch.outside -= 1
        self._deliver(taken, results, error)
        self.watch.stir()

    def _attempt(self, taken: list[tuple[In, asyncio.Future[Out]]]) -> tuple[Sequence[Out | BaseException], BaseException | None]:
        try:
            return self._batcher._results([item for item, _ in taken]), None  # pyright: ignore[reportPrivateUsage]
        except BaseException as error:
            return (), error

    def _deliver(
        self, taken: list[tuple[In, asyncio.Future[Out]]], results: Sequence[Out | BaseException], error: BaseException | None
    ) -> None:
        for place, (_, future) in enumerate(taken):
            if future.done():
                continue
            result = results[place] if error is None else error
            if isinstance(result, StopIteration):  # the one exception that a future refuses
                future.set_exception(RuntimeError(f"{self._batcher.name} raised {result!r}"))
            elif isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)


class _Watch:
    """One loop's ticks and its count of outside work; all queues of the loop share it.

    They must: two tickers would each take the other for something that is ready to run.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.outside = 0
        self._loop = loop
        self._ready = cast("Sequence[object] | None", getattr(loop, "_ready", None))
        self._queues: list[_Waiting] = []
        self._ticking = False
        self._quiet = 0
        self._ticks = 0
        # A tick must not run in the context of whoever happened to submit first.
        self._context = Context()

    def stir(self, queue: _Waiting | None = None) -> None:
        """Something happened: a submission to `queue`, or outside work has ended."""
        self._quiet = self._ticks = 0
        if queue is not None and queue not in self._queues:
            self._queues.append(queue)
        if not self._ticking and self._queues:
            self._ticking = True
            self._loop.call_soon(self._tick, context=self._context)

    def _tick(self) -> None:
        self._ticking = False
        for queue in [each for each in self._queues if each.is_full()]:
            self._start(queue)
        if not self._queues or self._count_quiet():
            return
        startable = [each for each in self._queues if each.can_start()]
        due = [each for each in startable if not self.outside or each.expired]
        if due:
            self._start(min(due, key=lambda each: each.order))  # of equal order, the one that has waited longest
            self.stir()
            return
        for queue in startable:
            if queue.timer is None:
                queue.timer = self._loop.call_later(queue.max_wait, self._expire, queue, context=self._context)

    def _count_quiet(self) -> bool:
        """Whether to wait for another tick, which is then scheduled."""
        self._quiet = 0 if self._ready else self._quiet + 1
        self._ticks += 1
        enough = _BLIND_TICKS if self._ready is None else _QUIET_TICKS
        if self._quiet >= enough or self._ticks >= _MOST_TICKS:
            return False
        self._ticking = True
        self._loop.call_soon(self._tick, context=self._context)
        return True

    def _start(self, queue: _Waiting) -> None:
        self._queues.remove(queue)
        queue.start()

    def _expire(self, queue: _Waiting) -> None:
        queue.timer = None
        queue.expired = True
        self.stir()


class _OutsideWork:
    __slots__ = ("_watch",)

    def __init__(self, watch: _Watch) -> None:
        self._watch = watch

    def __enter__(self) -> None:
        self._watch.outside += 1

    def __exit__(self, *_: object) -> None:
        self._watch.outside -= 1
        self._watch.stir()


_watches: dict[asyncio.AbstractEventLoop, _Watch] = {}


def _watch(loop: asyncio.AbstractEventLoop) -> _Watch:
    watch = _watches.get(loop)
    if watch is None:
        _forget_closed(_watches)
        watch = _watches[loop] = _Watch(loop)
    return watch


_Kept = TypeVar("_Kept")


def _forget_closed(by_loop: dict[asyncio.AbstractEventLoop, _Kept]) -> None:
    for loop in [each for each in by_loop if each.is_closed()]:
        by_loop.pop(loop, None)
