"""Who computes on one accelerator takes turns, and nothing is held on a CPU."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import nullcontext

import pytest

from gamemaster.language.device_turns import DeviceTurns, turns_on


def until(condition: Callable[[], bool]) -> None:
    for _ in range(5000):
        if condition():
            return
        time.sleep(0.001)
    pytest.fail("it never came to that")


def test_turns_are_had_in_the_order_of_asking() -> None:
    turns, had = DeviceTurns(), list[int]()

    def take(number: int) -> None:
        with turns:
            had.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    with turns:
        for number, thread in enumerate(threads):
            thread.start()
            until(lambda number=number: turns.waiting == number + 1)
        assert had == []
    for thread in threads:
        thread.join()
    assert had == list(range(8))
    assert turns.waiting == 0


def test_one_who_has_much_to_do_lets_the_other_in_after_a_pass() -> None:
    """The busy one asks again at once, and yet the other is next."""
    turns, had = DeviceTurns(), list[str]()
    stop = False

    def busy() -> None:
        while not stop:
            with turns:
                had.append("busy")

    thread = threading.Thread(target=busy)
    thread.start()
    passes: list[int] = []
    for _ in range(50):
        before = len(had)
        asked = threading.Event()

        def other(asked: threading.Event = asked, passes: list[int] = passes) -> None:
            with turns:
                had.append("other")
            asked.set()

        with turns:  # the busy one waits now
            until(lambda: turns.waiting == 1)
            second = threading.Thread(target=other)
            second.start()
            until(lambda: turns.waiting == 2)
            before = len(had)
        asked.wait()
        second.join()
        passes.append(had.index("other", before) - before)
    stop = True
    thread.join()
    assert passes == [1] * 50


def test_a_turn_ends_with_an_error() -> None:
    turns = DeviceTurns()
    with pytest.raises(KeyError), turns:
        raise KeyError
    with turns:
        pass


def test_a_device_has_one_set_of_turns_by_whatever_name() -> None:
    assert turns_on("fake:0") is turns_on("fake")
    assert turns_on("fake:0") is not turns_on("fake:1")
    assert isinstance(turns_on("cpu"), nullcontext)
    assert isinstance(turns_on("cpu", "disk"), nullcontext)
    assert turns_on("fake:0", "cpu") is turns_on("fake:0")


def test_several_devices_are_taken_together_and_two_who_name_them_in_another_order_do_not_lock() -> None:
    one, other = turns_on("fake:7", "fake:8"), turns_on("fake:8", "fake:7")
    inside = [0]

    def take(both: object) -> None:
        for _ in range(300):
            with both:  # type: ignore[attr-defined]
                inside[0] += 1
                assert inside[0] == 1
                inside[0] -= 1

    threads = [threading.Thread(target=take, args=(each,)) for each in (one, other, turns_on("fake:7", "fake:8"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    with pytest.raises(ValueError, match="stop"), one:
        raise ValueError("stop")
    with turns_on("fake:7"), turns_on("fake:8"):
        pass
