"""Many coroutines at the same time: results in order, errors in order, nothing left running."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gamemaster.language import together


async def after(ticks: int, result: Any) -> Any:
    for _ in range(ticks):
        await asyncio.sleep(0)
    if isinstance(result, BaseException):
        raise result
    return result


async def test_results_stand_in_the_order_given() -> None:
    assert await together([after(3, "a"), after(0, "b"), after(1, "c"), after(0, "d")]) == ["a", "b", "c", "d"]
    assert await together([]) == []


async def test_what_never_waits_starts_no_task() -> None:
    before = len(asyncio.all_tasks())

    async def count() -> int:
        return len(asyncio.all_tasks())

    assert await together([count() for _ in range(5)]) == [before] * 5


async def test_the_first_error_in_the_order_given_is_raised_when_all_have_ended() -> None:
    ended: list[str] = []

    async def note(ticks: int, name: str) -> None:
        await after(ticks, None)
        ended.append(name)

    with pytest.raises(ValueError, match="first"):
        await together([note(9, "slow"), after(5, ValueError("first")), after(0, ValueError("second")), note(0, "quick")])
    assert ended == ["quick", "slow"]


async def test_several_may_wait_for_one_future_or_task() -> None:
    shared = asyncio.ensure_future(after(3, "shared"))

    async def wait() -> Any:
        return await shared

    assert await together([wait(), wait(), after(1, "own"), wait()]) == ["shared", "shared", "own", "shared"]
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def wait_too() -> str:
        return await future

    asyncio.get_running_loop().call_soon(future.set_result, "done")
    assert await together([wait_too(), wait_too()]) == ["done", "done"]


async def test_an_exception_is_thrown_into_the_coroutine_that_waits() -> None:
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def careful() -> str:
        try:
            return await future
        except KeyError:
            return "caught"

    asyncio.get_running_loop().call_soon(future.set_exception, KeyError("x"))
    assert await together([careful(), careful()]) == ["caught", "caught"]


async def test_a_cancellation_cancels_all() -> None:
    cancelled: list[int] = []

    async def wait(number: int) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    task = asyncio.create_task(together([wait(1), wait(2)]))  # pyright: ignore[reportArgumentType]
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0)
    assert sorted(cancelled) == [1, 2]


async def test_tools_that_know_the_current_task_work_after_the_first_wait() -> None:
    async def patient() -> str:
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            await asyncio.sleep(0.001)
        return "in time"

    assert await together([patient(), patient()]) == ["in time", "in time"]
