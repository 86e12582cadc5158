"""together: many coroutines at the same time, at no price for those that never wait.

Each coroutine is run at once until it first waits for something; only one that does wait becomes a task. A thousand
components that merely return a text therefore start no task. Results stand in the order given, whoever was first.

Before Python 3.12 the part up to the first wait runs as the caller's task: code there should not enter
`asyncio.timeout` or an `asyncio.TaskGroup`, which take hold of the current task.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import Coroutine, Generator, Iterable
from typing import Any, TypeVar

__all__ = ["together"]

Result = TypeVar("Result")


async def together(coroutines: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """The results of all, in the order given.

    When some fail, the others are still waited for, so that nothing is left running; then the first error, in the order
    given, is raised. A cancellation, or an exit such as KeyboardInterrupt, cancels the rest.
    """
    waiting = list(coroutines)
    results: list[Any] = [None] * len(waiting)
    errors: dict[int, Exception] = {}
    tasks: dict[int, asyncio.Task[Result]] = {}
    at = 0
    try:
        for at, coroutine in enumerate(waiting):
            try:
                first = coroutine.send(None)
            except StopIteration as stop:
                results[at] = stop.value
            except Exception as error:  # raised below, when all have ended
                errors[at] = error
            else:
                if asyncio.isfuture(first):  # unmarked, or no other coroutine could await this future before the task begins
                    first._asyncio_future_blocking = False
                tasks[at] = asyncio.ensure_future(_go_on(coroutine, first))
        if tasks:
            await asyncio.wait(tasks.values())
    except BaseException:
        for task in tasks.values():
            task.cancel()
        for rest in waiting[at + 1 :]:
            rest.close()
        raise
    for at, task in tasks.items():
        if task.cancelled():
            errors[at] = asyncio.CancelledError()  # type: ignore[assignment]
        elif (failed := task.exception()) is not None:
            if not isinstance(failed, Exception):
                raise failed
            errors[at] = failed
        else:
            results[at] = task.result()
    if errors:
        raise errors[min(errors)]
    return results


@types.coroutine
def _drive(coroutine: Coroutine[Any, Any, Result], yielded: Any) -> Generator[Any, Any, Result]:
    if asyncio.isfuture(yielded):  # the mark by which a task knows that the future was awaited
        yielded._asyncio_future_blocking = True
    while True:
        try:
            try:
                sent = yield yielded
            except BaseException as error:
                yielded = coroutine.throw(error)
            else:
                yielded = coroutine.send(sent)
        except StopIteration as stop:
            return stop.value


async def _go_on(coroutine: Coroutine[Any, Any, Result], yielded: Any) -> Result:
    """Go on with a coroutine that has already yielded `yielded` to be waited for."""
    return await _drive(coroutine, yielded)
