"""How many sentences a second the default embedder turns into vectors, one by one and in one batch."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.measurement import Measurement
from gamemaster.language import Embedder
from gamemaster.memory import load_embedder
from gamemaster.words import GamemasterError

__all__ = ["embedder"]


def embedder(quick: bool, given: Embedder | None = None) -> Iterator[Measurement]:
    """Sentences per second of wall clock: a sentence at a time, and all at once."""
    count = 8 if quick else 256
    try:
        model = given if given is not None else load_embedder()
    except GamemasterError as error:
        yield Measurement(what="embedder", value=None, unit="sentences / s", note=f"not measured: {error}")
        return
    model.embed(["The first sentence loads the weights."])
    singly, together = _sentences(count, "one"), _sentences(count, "many")
    started = time.perf_counter()
    for each in singly:
        model.embed([each])
    one_by_one = time.perf_counter() - started
    started = time.perf_counter()
    model.embed(together)
    at_once = time.perf_counter() - started
    yield Measurement(what="one by one", value=count / one_by_one, unit="sentences / s", note=f"{model.name}; wall clock")
    yield Measurement(what=f"{count} at once", value=count / at_once, unit="sentences / s", note=f"{model.name}; wall clock")


def _sentences(count: int, tag: str) -> list[str]:
    """Sentences of the length of an observation, no two alike."""
    return [
        f"Ann buys {at} apples from Bob at the market on the {tag} side of the square, and walks home." for at in range(count)
    ]
