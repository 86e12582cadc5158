"""The associative memory: adding, recalling at four sizes, what a record takes, and an approximate recall's hits.

Vectors are of the width of the default embedder, 384 numbers, and lie as real ones do (`memory_sentences`); embedding itself is
measured once by itself. Times are CPU seconds of one thread, in the median and at the 95th percentile, for others use the
machine too.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.measurement import Measurement, at_least, at_most
from benchmarks.memory_sentences import MIXTURE, GivenVectors, Vectors, enlarged, real_sentences, real_vectors, text_of
from benchmarks.timing import cpu_seconds
from gamemaster.language import Embedder, load_embedder
from gamemaster.memory import PAPER, PLAIN, RECENT, MemoryBank
from gamemaster.memory.near_lists import Sizes
from gamemaster.words import GamemasterError, Weights

__all__ = ["cpu_seconds_of", "filled", "memory", "times_of"]

_SIZE_SCRIPT = Path(__file__).with_name("memory_size_script.py")
_REAL, _QUERIES = 20_000, 300
_CHUNK = 20_000
_K = 10
_HOUR = 3600.0


def memory(quick: bool, given: Embedder | None = None) -> Iterator[Measurement]:
    """Rows of the table, at sizes up to a million."""
    sizes = (200, 1_000) if quick else (1_000, 10_000, 100_000, 1_000_000)
    try:
        embedder = load_embedder() if given is None else given
        real = real_vectors(real_sentences(300 if quick else _REAL), embedder)
        yield _embedding(embedder, 20 if quick else 300)
    except GamemasterError as error:
        yield Measurement(what="memory", value=None, unit="", note=f"not measured: {error}")
        return
    order = np.random.default_rng(0).permutation(len(real))
    count = len(real) // 10 if quick else _QUERIES
    queries, real = real[order[:count]], real[order[count:]]
    yield from _real_alone(real, queries)
    yield _size(500 if quick else 100_000)
    vectors = enlarged(real, sizes[-1])
    for size in sizes[:-1]:
        yield from _one_holder(vectors, queries, size)
    yield from _a_long_life(vectors, queries, above=sizes[-2])
    yield from _many_holders(vectors, queries, holders=10 if quick else 1_000)


def filled(vectors: Vectors, size: int, *, holders: int = 1, approximate_above: int | None = None) -> tuple[MemoryBank, float]:
    """A bank of `size` records of holders "0", "1", … in turns, all embedded, and the CPU seconds that adding took."""
    bank = MemoryBank(GivenVectors(vectors), approximate_above=approximate_above)
    views = [bank.view(str(at)) for at in range(holders)]
    texts = [text_of(number) for number in range(size)]
    seconds = 0.0
    for start in range(0, size, _CHUNK):
        part = range(start, min(size, start + _CHUNK))
        began = time.process_time()
        for number in part:
            views[number % holders].add(texts[number], time=number * _HOUR / 4, importance=float(number * 7 % 11))
        seconds += time.process_time() - began
        for view in views:
            view.recall(vectors[0], 1, touch=False)
    bank.take_changes()
    gc.collect()
    return bank, seconds


def times_of(call: Callable[[int], object], tries: int) -> Sequence[float]:
    """CPU milliseconds of `call(n)` for n from 0; the first, which may have something to make, doesn't count."""
    call(0)
    return sorted(1e3 * cpu_seconds_of(call, number) for number in range(1, tries + 1))


def cpu_seconds_of(call: Callable[[int], object], number: int) -> float:
    """CPU seconds of one call, without collecting garbage before it as `cpu_seconds` does: a bank of a million is big."""
    began = time.process_time()
    call(number)
    return time.process_time() - began


def _spread(times: Sequence[float]) -> str:
    """The 95th percentile, for a note."""
    return f"p95 {times[int(0.95 * (len(times) - 1))]:.3g} ms, {len(times)} recalls"


def _one_holder(vectors: Vectors, queries: Vectors, size: int) -> Iterator[Measurement]:
    bank, seconds = filled(vectors, size)
    yield Measurement(what=f"added, {size:,} of one holder, embedding excluded", value=size / seconds, unit="records / CPU s")
    for name, weights in (("plain", PLAIN), ("paper", PAPER)):
        yield _recall(bank, queries, f"recall, {size:,} of one holder, {name}", weights)


def _a_long_life(vectors: Vectors, queries: Vectors, *, above: int) -> Iterator[Measurement]:
    size = len(vectors)
    bank, seconds = filled(vectors, size)
    yield Measurement(what=f"added, {size:,} of one holder, embedding excluded", value=size / seconds, unit="records / CPU s")
    exact = {name: _recall(bank, queries, f"recall, {size:,}, {name}, exact", w, tries=10) for name, w in _PRESETS.items()}
    yield from exact.values()
    wanted = _found(bank, queries)
    near = _taken_over(bank, vectors, above)
    del bank
    gc.collect()
    near.view("0").recall(queries[0], 1, weights=RECENT, touch=False)  # reads the vectors, and needs no index
    build = cpu_seconds(lambda: near.view("0").recall(queries[0], 1, weights=PLAIN, touch=False))
    yield Measurement(
        what=f"approximate index of {size:,}, built at once",
        value=build,
        unit="CPU s",
        note=f"used above {above:,} records; {_sizes(above)}",
    )
    yield _recall(near, queries, f"recall, {size:,}, plain, approximate", PLAIN, most=10.0)
    yield _recall(near, queries, f"recall, {size:,}, paper, approximate", PAPER)
    yield _recall_at_k(near, queries, wanted, f"recall@{_K}, {size:,}, plain, approximate", MIXTURE)


def _taken_over(bank: MemoryBank, vectors: Vectors, above: int) -> MemoryBank:
    """Another bank with the same records, which is approximate."""
    columns = bank.rows("0").columns
    near = MemoryBank(GivenVectors(vectors), approximate_above=above)
    near.load(
        (columns.record(place) for place in range(len(columns))),
        lambda texts: zip(texts, GivenVectors(vectors).embed(texts), strict=True),
        fingerprint=near.cache.embedder.fingerprint,
    )
    return near


def _sizes(above: int) -> str:
    """How big the approximate index is, for a note."""
    sizes = Sizes.of(above)
    return f"trained on {sizes.trained_on:,} records, {sizes.cells:,} cells, {sizes.probed_cells} or more of them looked into"


def _real_alone(real: Vectors, queries: Vectors) -> Iterator[Measurement]:
    """Hits among nothing but real sentences, at a threshold low enough for so few."""
    exact, _ = filled(real, len(real))
    near, _ = filled(real, len(real), approximate_above=len(real) // 2)
    what = f"recall@{_K}, {len(real):,} real sentences, plain, approximate"
    yield _recall_at_k(near, queries, _found(exact, queries), what, f"above {len(real) // 2:,}; {_sizes(len(real) // 2)}")


def _many_holders(vectors: Vectors, queries: Vectors, *, holders: int) -> Iterator[Measurement]:
    bank, _ = filled(vectors, len(vectors), holders=holders)
    for name, weights in _PRESETS.items():
        times = times_of(
            lambda n, w=weights: bank.view(str(7 * n % holders)).recall(queries[n % len(queries)], _K, weights=w, now=1e10), 200
        )
        yield Measurement(
            what=f"recall, one of {holders:,} holders in {len(vectors):,}, {name}",
            value=times[len(times) // 2],
            unit="CPU ms / recall",
            target=at_most(1.0),
            note=_spread(times),
        )


def _recall(
    bank: MemoryBank, queries: Vectors, what: str, weights: Weights, *, most: float | None = None, tries: int = 60
) -> Measurement:
    view, now = bank.view("0"), len(bank) * _HOUR / 4
    times = times_of(lambda n: view.recall(queries[n % len(queries)], _K, weights=weights, now=now, touch=False), tries)
    return Measurement(
        what=what,
        value=times[len(times) // 2],
        unit="CPU ms / recall",
        target=None if most is None else at_most(most),
        note=_spread(times),
    )


def _found(bank: MemoryBank, queries: Vectors) -> list[set[str]]:
    view = bank.view("0")
    return [{hit.memory.text for hit in view.recall(each, _K, weights=PLAIN, touch=False)} for each in queries]


def _recall_at_k(bank: MemoryBank, queries: Vectors, wanted: list[set[str]], what: str, note: str) -> Measurement:
    shares = [len(one & other) / len(other) for one, other in zip(_found(bank, queries), wanted, strict=True)]
    return Measurement(
        what=what,
        value=sum(shares) / len(shares),
        unit="share of the exact hits",
        target=at_least(0.95),
        note=f"{len(queries)} real sentences that are not held; {note}",
    )


def _embedding(embedder: Embedder, count: int) -> Measurement:
    """Adding real sentences and recalling once, which embeds them."""
    texts = [f"{text} ({at})" for at, text in enumerate(real_sentences(count))]
    bank = MemoryBank(embedder)
    embedder.embed(["The first sentence loads the weights."])

    def live() -> None:
        for text in texts:
            bank.view("0").add(text)
        bank.view("0").recall(texts[0])

    return Measurement(
        what="added, embedding included",
        value=count / cpu_seconds(live),
        unit="records / CPU s",
        note=f"{embedder.name}; {count} at once",
    )


def _size(count: int) -> Measurement:
    """What a record takes, in a process of its own."""
    what, unit = f"memory of a record, {count:,} of one holder, beyond its text", "bytes / record"
    command = [sys.executable, "-m", "benchmarks.memory_size_script", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return Measurement(what=what, value=None, unit=unit, note=f"not measured: {done.stderr.strip().splitlines()[-1]}")
    found = json.loads(done.stdout)
    return Measurement(
        what=what,
        value=found["bytes"],
        unit=unit,
        target=at_most(2_000) if count >= 10_000 else None,
        note=f"resident; 1,536 of them the vector; {found['peak']:,.0f} with what the allocator has not given back",
    )


_PRESETS = {"plain": PLAIN, "paper": PAPER}
