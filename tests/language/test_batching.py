"""When a batch starts, what is in it, and what its waiters get."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from typing import Any

import pytest

from gamemaster.language.batching import Batcher, outside_work
from gamemaster.words import ModelError


class Doubler:
    """A process that keeps what it was given."""

    def __init__(self, **options: Any) -> None:
        self.seen: list[list[int]] = []
        self.threads: set[int] = set()
        self.batcher = Batcher[int, int](self.process, name="double", **options)

    def process(self, items: list[int]) -> list[int]:
        self.threads.add(threading.get_ident())
        self.seen.append(list(items))
        return [2 * item for item in items]


async def aside(seconds: float) -> None:
    with outside_work():
        await asyncio.to_thread(time.sleep, seconds)


async def steps(n: int) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


@pytest.mark.parametrize("off_loop", [False, True])
def test_chains_of_a_thousand_coroutines_make_as_many_batches_as_the_chain_is_long(off_loop: bool) -> None:
    double = Doubler(off_loop=off_loop)

    async def chain(start: int) -> int:
        value = start
        for _ in range(3):
            value = await double.batcher.submit(value)
        return value

    async def main() -> list[int]:
        return await asyncio.gather(*(chain(n) for n in range(1000)))

    assert asyncio.run(main()) == [8 * n for n in range(1000)]
    assert [len(batch) for batch in double.seen] == [1000, 1000, 1000]
    assert (double.batcher.batches, double.batcher.items) == (3, 3000)
    assert double.seen[0] == list(range(1000))
    assert (threading.get_ident() in double.threads) is not off_loop


def test_waits_for_coroutines_that_are_still_on_their_way() -> None:
    double = Doubler()

    async def late(n: int) -> int:
        await steps(5 * n)  # each arrives several turns of the loop after the one before
        inner = asyncio.create_task(double.batcher.submit(n))
        return (await asyncio.gather(inner))[0]

    async def main() -> None:
        await asyncio.gather(*(late(n) for n in range(20)))

    asyncio.run(main())
    assert double.seen == [list(range(20))]


def test_waits_for_outside_work_that_ends_in_time() -> None:
    double = Doubler(max_wait=10.0)

    async def late() -> None:
        await aside(0.02)
        await double.batcher.submit(2)

    async def main() -> None:
        await asyncio.gather(double.batcher.submit(1), late())

    asyncio.run(main())
    assert double.seen == [[1, 2]]


def test_without_being_counted_work_outside_is_not_waited_for() -> None:
    double = Doubler(max_wait=10.0)

    async def late() -> None:
        await asyncio.to_thread(time.sleep, 0.02)
        await double.batcher.submit(2)

    async def main() -> None:
        await asyncio.gather(double.batcher.submit(1), late())

    asyncio.run(main())
    assert double.seen == [[1], [2]]


def test_starts_after_the_longest_wait_while_outside_work_goes_on() -> None:
    double = Doubler(max_wait=0.001)
    released = threading.Event()

    async def work() -> None:
        with outside_work():
            await asyncio.to_thread(released.wait, 10)

    async def main() -> int:
        working = asyncio.create_task(work())
        result = await double.batcher.submit(1)  # would not return if the end of the work were needed
        released.set()
        await working
        return result

    assert asyncio.run(main()) == 2


def test_starts_at_once_when_enough_are_waiting() -> None:
    double = Doubler(max_items=3, max_wait=60.0)
    released = threading.Event()

    async def work() -> None:
        with outside_work():
            await asyncio.to_thread(released.wait, 10)

    async def main() -> None:
        working = asyncio.create_task(work())
        await asyncio.gather(*(double.batcher.submit(n) for n in range(3)))
        released.set()
        await working

    asyncio.run(main())
    assert double.seen == [[0, 1, 2]]


def test_a_coroutine_that_spins_does_not_keep_a_batch_from_starting() -> None:
    double = Doubler()

    async def main() -> None:
        waiting = asyncio.create_task(double.batcher.submit(1))
        while not waiting.done():  # noqa: ASYNC110 (what a user might write)
            await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(main(), 10))
    assert double.seen == [[1]]


@pytest.mark.parametrize("max_items", [1, 512])
def test_what_comes_while_a_thread_is_busy_makes_the_next_batch(max_items: int) -> None:
    begun, go_on = threading.Event(), threading.Event()
    seen: list[list[int]] = []

    def process(items: list[int]) -> list[int]:
        seen.append(items)
        begun.set()
        go_on.wait(10)
        return items

    batcher = Batcher[int, int](process, off_loop=True, max_wait=0.0, max_items=max_items)

    async def main() -> None:
        first = asyncio.create_task(batcher.submit(1))
        await asyncio.to_thread(begun.wait, 10)
        second = asyncio.create_task(batcher.submit(2))
        await asyncio.sleep(0.01)
        third = asyncio.create_task(batcher.submit(3))
        await asyncio.sleep(0.01)
        go_on.set()
        await asyncio.gather(first, second, third)

    asyncio.run(main())
    assert seen == [[1], [2, 3]]


def test_the_lower_order_goes_first_and_feeds_the_higher() -> None:
    model, embedder = Doubler(order=1), Doubler(order=0, off_loop=True, max_wait=10.0)
    model.batcher.max_wait = 10.0

    async def plain() -> None:
        await model.batcher.submit(1)

    async def recalling() -> None:
        await model.batcher.submit(await embedder.batcher.submit(1))

    async def main() -> None:
        await asyncio.gather(plain(), recalling(), plain())

    asyncio.run(main())
    assert (len(embedder.seen), model.seen) == (1, [[1, 1, 2]])


@pytest.mark.parametrize("off_loop", [False, True])
@pytest.mark.parametrize("error", [ValueError("broken"), StopIteration("odd")])
def test_an_exception_reaches_every_waiter(off_loop: bool, error: Exception) -> None:
    def process(items: list[int]) -> list[int]:
        raise error

    batcher = Batcher[int, int](process, off_loop=off_loop, name="frail")

    async def main() -> list[int | BaseException]:
        return await asyncio.gather(*(batcher.submit(n) for n in range(5)), return_exceptions=True)

    results = asyncio.run(main())
    wanted = RuntimeError if isinstance(error, StopIteration) else ValueError
    assert [type(each) for each in results] == [wanted] * 5


def test_a_result_that_is_an_exception_is_raised_at_its_own_waiter() -> None:
    batcher = Batcher[int, int](lambda items: [ModelError("too long") if item == 2 else item for item in items])

    async def main() -> list[int | BaseException]:
        return await asyncio.gather(*(batcher.submit(n) for n in range(4)), return_exceptions=True)

    results = asyncio.run(main())
    assert [results[n] for n in (0, 1, 3)] == [0, 1, 3]
    assert isinstance(results[2], ModelError)


def test_too_few_results_are_an_error_that_names_the_batcher() -> None:
    batcher = Batcher[int, int](lambda items: items[1:], name="short")
    with pytest.raises(ModelError, match="short gave 0 results for 1 items"):
        asyncio.run(batcher.submit(1))


@pytest.mark.parametrize("off_loop", [False, True])
def test_a_cancelled_waiter_takes_its_item_with_it_and_harms_nobody(off_loop: bool) -> None:
    double = Doubler(off_loop=off_loop)

    async def main() -> list[int | BaseException]:
        tasks = [asyncio.create_task(double.batcher.submit(n)) for n in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(main())
    assert (results[0], results[2]) == (0, 4)
    assert isinstance(results[1], asyncio.CancelledError)
    assert double.seen == [[0, 2]]


def test_a_waiter_cancelled_while_its_batch_runs_harms_nobody() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def process(items: list[int]) -> list[int]:
        begun.set()
        go_on.wait(10)
        return items

    batcher = Batcher[int, int](process, off_loop=True)

    async def main() -> int:
        first, second = (asyncio.create_task(batcher.submit(n)) for n in (1, 2))
        await asyncio.to_thread(begun.wait, 10)
        first.cancel()
        go_on.set()
        return await second

    assert asyncio.run(main()) == 2


def test_a_loop_that_ends_before_its_batch_leaves_the_batcher_usable() -> None:
    double = Doubler(off_loop=True)

    async def abandon() -> None:
        task = asyncio.create_task(double.batcher.submit(1))
        await steps(6)
        task.cancel()

    async def ask(n: int) -> int:
        return await double.batcher.submit(n)

    asyncio.run(abandon())
    assert [asyncio.run(ask(n)) for n in (5, 6)] == [10, 12]


def test_two_loops_in_two_threads_do_not_mix() -> None:
    double = Doubler()
    results: dict[int, list[int]] = {}

    def run(first: int) -> None:
        async def main() -> list[int]:
            return await asyncio.gather(*(double.batcher.submit(first + n) for n in range(50)))

        results[first] = asyncio.run(main())

    threads = [threading.Thread(target=run, args=(first,)) for first in (0, 1000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {first: [2 * (first + n) for n in range(50)] for first in (0, 1000)}
    assert sorted(double.seen) == [list(range(50)), list(range(1000, 1050))]


def test_a_batch_does_not_run_in_the_context_of_its_first_submitter() -> None:
    who = ContextVar("who", default="nobody")
    seen: list[str] = []

    def process(items: list[int]) -> list[int]:
        seen.append(who.get())
        return items

    async def main() -> None:
        who.set("Ann")
        await Batcher[int, int](process).submit(1)

    asyncio.run(main())
    assert seen == ["nobody"]


def test_an_interrupt_in_a_batch_is_not_swallowed() -> None:
    def process(items: list[int]) -> list[int]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(Batcher[int, int](process).submit(1))


def test_a_loop_that_hides_what_it_has_ready_is_served_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Blind(asyncio.SelectorEventLoop):
        def __getattribute__(self, name: str) -> Any:
            if name == "_ready" and hidden[0]:
                raise AttributeError(name)
            return super().__getattribute__(name)

    hidden = [False]
    double = Doubler()

    async def main() -> None:
        hidden[0] = True
        try:
            with outside_work():
                pass
        finally:
            hidden[0] = False
        await asyncio.gather(*(double.batcher.submit(n) for n in range(10)))

    loop = Blind()
    try:
        loop.run_until_complete(main())
    finally:
        loop.close()
    assert double.seen == [list(range(10))]


def run_twice(make: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[Any, Any]:
    return asyncio.run(make()), asyncio.run(make())


def test_batches_are_the_same_each_time() -> None:
    async def main() -> list[list[int]]:
        double = Doubler()

        async def wander(n: int) -> None:
            for turn in range(n % 4):
                await steps(n % 3)
                await double.batcher.submit(10 * n + turn)

        await asyncio.gather(*(wander(n) for n in range(40)))
        return double.seen

    first, second = run_twice(main)
    assert first == second
    assert len(first) == 3
