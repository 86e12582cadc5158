"""The associative memory beside Concordia's: the same vectors, the same tasks, in one run.

Concordia keeps a data frame with a row for each memory, and a recall multiplies row by row. Everything is in its favour: its
embedder looks vectors up, its state goes to no disk, and what it is recalled by is likeness alone, which it knows no other of.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.concordia_engine import Environment, Unavailable, environment
from benchmarks.measurement import Measurement, Target, at_least
from benchmarks.memory import cpu_seconds_of, filled, times_of
from benchmarks.memory_sentences import Vectors, enlarged, real_sentences, real_vectors, text_of
from benchmarks.timing import cpu_seconds
from gamemaster.memory import PLAIN, MemoryBank, RecallRequest
from gamemaster.record import Archive, StepRecord, StoredVector
from gamemaster.words import GamemasterError

__all__ = ["concordia_memory"]

_SCRIPT = Path(__file__).with_name("concordia_memory_script.py")
_REAL = 20_000
_AGENTS, _TRIES, _K = 32, 9, 10


def concordia_memory(quick: bool, within: Environment | None = None) -> Iterator[Measurement]:
    """How many times as fast as Concordia's memory at 100,000 records; in each note both times."""
    size = 500 if quick else 100_000
    place = within if within is not None else environment()
    what = f"Concordia {place.version}"
    try:
        real = real_vectors(real_sentences(300 if quick else _REAL))
        vectors = enlarged(real[_AGENTS:], size + _AGENTS)
        place.ensure()
        theirs = _theirs(place, vectors[:size], real[:_AGENTS])
    except (Unavailable, GamemasterError) as reason:
        yield Measurement(what=what, value=None, unit="times as fast", note=f"not measured: {reason}")
        return
    yield from _beside(what, theirs, vectors, real[:_AGENTS], size)


def _theirs(place: Environment, vectors: Vectors, queries: Vectors) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder) / "vectors.npy", Path(folder) / "queries.npy"
        for path, rows in zip(paths, (vectors, queries), strict=True):
            np.save(path, rows, allow_pickle=False)
        return place.run(_SCRIPT, *map(str, paths), "--agents", str(_AGENTS), "--tries", str(_TRIES))


def _beside(what: str, theirs: dict[str, float], vectors: Vectors, queries: Vectors, size: int) -> Iterator[Measurement]:
    def row(task: str, name: str, milliseconds: float, target: Target | None = None, note: str = "") -> Measurement:
        both = f"{milliseconds:.3g} ms beside {theirs[name] * 1e3:.4g} ms"
        return Measurement(
            what=f"{task}, {size:,}, beside {what}",
            value=theirs[name] * 1e3 / milliseconds,
            unit="times as fast",
            target=target,
            note=f"{both}{'; ' if note else ''}{note}",
        )

    for kind, above, least in (("exact", None, 10.0), ("approximate", size // 2, 100.0)):
        bank, seconds = filled(vectors, size, approximate_above=above)
        if above is None:
            yield row("all added", "add", seconds * 1e3, None, "they append to a list, and make a frame of it once")
        recall, turn, many = _tasks(bank, queries, size)
        yield row(f"recall, {kind}", "recall", _median(recall))
        yield row(f"add and recall, {kind}", "turn", _median(turn), at_least(least))
        yield row(f"{_AGENTS} recalls at once, {kind}", "many", _median(many, 3), at_least(100.0), "of one memory")
        if above is None:
            yield from _kept(bank, queries, size, row)
        del bank, recall, turn, many
        gc.collect()
    own, _ = filled(vectors, size, holders=_AGENTS)
    requests = [RecallRequest(holder=str(at), query=each, k=_K, weights=PLAIN, touch=False) for at, each in enumerate(queries)]
    together = _median(lambda _: own.recall_many(requests), 5)
    yield row(f"{_AGENTS} agents' recalls at once", "own", together, None, "each of a memory of its own, a share of them all")


def _tasks(
    bank: MemoryBank, queries: Vectors, size: int
) -> tuple[Callable[[int], object], Callable[[int], object], Callable[[int], object]]:
    view = bank.view("0")
    requests = [RecallRequest(holder="0", query=each, k=_K, weights=PLAIN) for each in queries]

    def recall(at: int) -> object:
        return view.recall(queries[at % len(queries)], _K, weights=PLAIN)

    def turn(at: int) -> object:
        view.add(text_of(size + at), time=1e9 + at)
        return recall(at)

    return recall, turn, lambda _: bank.recall_many(requests)


def _kept(bank: MemoryBank, queries: Vectors, size: int, row: Callable[..., Measurement]) -> Iterator[Measurement]:
    """What it costs to have the state safe, and to have it back."""
    with tempfile.TemporaryDirectory() as folder:
        at_once, step = _saved(bank, queries, size, Path(folder) / "run")
        yield row("all of it saved at once", "save", at_once, None, "into a new archive, on disk")
        yield row("state saved at a step's end", "save", step, at_least(20.0), "what is new goes to disk")
        gc.collect()
        with Archive.open(Path(folder) / "run") as archive:
            other = MemoryBank(bank.cache.embedder, approximate_above=None)
            load = cpu_seconds(lambda: _load(other, archive)) * 1e3
            note = "vectors are read at the first recall"
            yield row("state loaded", "load", load, at_least(20.0), note)
            first = cpu_seconds(lambda: other.view("0").recall(queries[0], _K, weights=PLAIN)) * 1e3
            yield row("state loaded, and recalled once", "load", load + first, None, "with all vectors read and checked")


def _saved(bank: MemoryBank, queries: Vectors, size: int, folder: Path) -> tuple[float, float]:
    """CPU milliseconds of saving a copy of the bank whole, and of saving what one step brings to it."""
    whole = MemoryBank(bank.cache.embedder, approximate_above=None)
    view = whole.view("0")
    for record in bank.view("0"):
        view.add(record.text, time=record.time, importance=record.importance)
    view.recall(queries[0], 1, weights=PLAIN, touch=False)
    with Archive.create(folder, configuration={}, environment={}) as archive:
        at_once = cpu_seconds(lambda: _commit(archive, whole, 0))
        steps: list[float] = []
        for step in range(1, _TRIES + 1):
            whole.begin_step(step)
            view.add(text_of(size + _AGENTS - step), time=2e9)
            view.recall(queries[step], _K, now=2e9)
            steps.append(cpu_seconds_of(lambda step: _commit(archive, whole, step), step))
    return at_once * 1e3, sorted(steps)[_TRIES // 2] * 1e3


def _commit(archive: Archive, bank: MemoryBank, step: int) -> None:
    changes = bank.take_changes()
    vectors = [StoredVector(embedder=changes.embedder, text=text, vector=vector) for text, vector in changes.vectors]
    asyncio.run(archive.commit(StepRecord(step=step, memories=changes.added, vectors=vectors)))


def _load(bank: MemoryBank, archive: Archive) -> None:
    bank.load(
        archive.memory_columns(),
        lambda texts: [(each.text, each.vector) for each in archive.vectors(texts=texts)],
        fingerprint=archive.embedders()[0],
    )


def _median(call: Callable[[int], object], tries: int = _AGENTS - 1) -> float:
    return times_of(call, tries)[tries // 2]
