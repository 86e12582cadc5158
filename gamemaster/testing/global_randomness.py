"""unmoved_by_global_randomness: whether something draws from the process's own random streams.

Global random state belongs to nobody: what reads it changes with whatever else ran before, and what moves it changes
that for all others. It is looked at here for the standard library, numpy, and torch where somebody has loaded it.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numpy

from gamemaster.testing.conformance import expect

__all__ = ["unmoved_by_global_randomness"]

Result = TypeVar("Result")


def unmoved_by_global_randomness(work: Callable[[], Result], what: str) -> None:
    """Do `work` twice with different global streams; its results must be the same, and the streams unmoved.

    The streams are put back afterwards. Raises: AssertionError, with `what` it was.
    """
    before = _position()
    try:
        results: list[Result] = []
        for seed in (1, 2):
            _place(seed)
            start = _position()
            results.append(work())
            expect(_position() == start, f"{what} moves a global random stream (random, numpy.random or torch)")
        if results[0] != results[1]:
            _place(1)
            # What differs from itself with the very same streams has other reasons, and breaks other rules.
            expect(work() != results[0], f"{what} depends on a global random stream: {results[0]!r}, then {results[1]!r}")
    finally:
        _put_back(before)


def _position() -> tuple[Any, ...]:
    # numpy's state holds an array, which has no truth value when compared: its bytes have.
    kind, keys, *rest = numpy.random.get_state()  # noqa: NPY002
    torch = sys.modules.get("torch")
    drawn = None if torch is None else torch.get_rng_state().numpy().tobytes()
    return (random.getstate(), (kind, numpy.asarray(keys).tobytes(), *rest), drawn)


def _place(seed: int) -> None:
    random.setstate(random.Random(seed).getstate())
    numpy.random.set_state(numpy.random.RandomState(seed).get_state())  # noqa: NPY002


def _put_back(position: tuple[Any, ...]) -> None:
    plain, (kind, keys, *rest), _ = position  # torch's was not placed anew
    random.setstate(plain)
    numpy.random.set_state((kind, numpy.frombuffer(keys, numpy.uint32), *rest))  # noqa: NPY002
