"""What a record takes in memory: a life of N records, recalled as it goes. Prints one line of JSON."""

from __future__ import annotations

import ctypes
import gc
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.memory_sentences import Vectors, text_of
from gamemaster.memory import MemoryBank

_WIDTH = 384
_PAGE = 4096


class DrawnVectors:
    """An embedder that draws a vector when it is asked, so that it holds none itself."""

    name = "drawn"
    width = _WIDTH
    fingerprint = "drawn/384"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Random directions."""
        rows = np.random.default_rng(len(texts)).standard_normal((len(texts), _WIDTH), np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def resident() -> int:
    """Bytes of memory that the process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE


def main(count: int) -> None:
    """Live, and print what it took."""
    texts = [text_of(number) for number in range(count)]
    bank = MemoryBank(DrawnVectors(), approximate_above=None)
    view = bank.view("Ann")
    view.add("The first memory loads what has to be loaded.")
    view.recall("anything")
    gc.collect()
    before = resident()
    for number, text in enumerate(texts):
        view.add(text, time=number * 0.25, importance=number % 10 + 0.5)
        if number % 500 == 499:
            view.recall(texts[number // 2], 1, now=number * 0.25)
            bank.take_changes()
    view.recall(texts[0], 1)
    gc.collect()
    peak = resident() - before
    # What the allocator keeps for later is nobody's.
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    print(json.dumps({"bytes": (resident() - before) / count, "peak": peak / count}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
