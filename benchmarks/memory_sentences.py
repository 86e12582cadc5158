"""Sentence embeddings to measure on: real ones of what the standard library's documentation says, and many more like them.

The one idea: an index is quick or slow, good or bad, by how its vectors lie, so these lie as real ones do. Embedding a
million sentences takes hours on a processor, so some thousands are embedded once and kept beside the benchmark, and the
rest are made from them: each is a mixture of a sentence and one that is among the nearest to it, with a little noise,
scaled to length 1.
"""

from __future__ import annotations

import ast
import re
import sysconfig
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gamemaster.language import Embedder, load_embedder

__all__ = ["MIXTURE", "GivenVectors", "Vectors", "enlarged", "real_sentences", "real_vectors", "text_of"]

Vectors = NDArray[np.float32]

_CACHE = Path(__file__).parent / ".environments"
_ENDS = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_WORDS = (5, 40)
_NEAREST = 8
_NOISE = 0.35
MIXTURE = (
    f"each made vector is a*s + (1-a)*t, a drawn from 0.5 .. 1, s a real sentence's vector, t one of the {_NEAREST} nearest to "
    f"it, plus noise of length {_NOISE} in the space of the real ones, scaled to length 1"
)
"""How `enlarged` makes vectors, for a table's note."""


def real_sentences(count: int) -> list[str]:
    """The first `count` different sentences in the docstrings of the standard library and what is installed beside it."""
    found: dict[str, None] = {}
    for text in _docstrings():
        for sentence in _ENDS.split(" ".join(text.split())):
            if _WORDS[0] <= len(sentence.split()) <= _WORDS[1] and sentence[-1:] in ".!?" and sentence.isascii():
                found[sentence] = None
                if len(found) == count:
                    return list(found)
    return list(found)


def text_of(number: int) -> str:
    """A text of the length of an observation, whose vector `GivenVectors` knows by its number."""
    return f"Ann buys {number} apples from Bob at the market on the north side of the square, and walks home."


class GivenVectors:
    """An embedder that costs next to nothing: it looks up the vectors of `text_of`."""

    name = "given"

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
        self.width = vectors.shape[1]
        self.fingerprint = f"given/{self.width}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of these texts."""
        return self.vectors[[int(text.split(" ", 3)[2]) for text in texts]]


def real_vectors(texts: list[str], embedder: Embedder | None = None) -> Vectors:
    """A row for each text, by the default embedder; kept in a file, so that they are made once."""
    model = load_embedder() if embedder is None else embedder
    digest = blake2b("\n".join([model.fingerprint, *texts]).encode(), digest_size=8).hexdigest()
    path = _CACHE / f"sentences-{len(texts)}-{digest}.npy"
    if path.exists():
        return np.load(path, allow_pickle=False)
    rows = model.embed(texts)
    _CACHE.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npy")
    np.save(part, rows, allow_pickle=False)
    part.replace(path)
    return rows


def enlarged(real: Vectors, count: int, *, seed: int = 0) -> Vectors:
    """`count` vectors that lie as the real ones do, none of them real; see `MIXTURE`."""
    random = np.random.default_rng(seed)
    near = _nearest(real)
    # Noise has the real vectors' spread: the difference of two of them, scaled.
    made = np.empty((count, real.shape[1]), np.float32)
    for start in range(0, count, 50_000):
        size = min(50_000, count - start)
        first = random.integers(0, len(real), size)
        second = near[first, random.integers(0, near.shape[1], size)]
        share = random.uniform(0.5, 1.0, (size, 1)).astype(np.float32)
        noise = real[random.integers(0, len(real), size)] - real[random.integers(0, len(real), size)]
        noise /= np.maximum(np.linalg.norm(noise, axis=1, keepdims=True), np.float32(1e-6))
        rows = share * real[first] + (1 - share) * real[second] + np.float32(_NOISE) * noise
        made[start : start + size] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return made


def _nearest(real: Vectors) -> NDArray[np.int64]:
    """For each row the places of those nearest to it, itself left out."""
    count = min(_NEAREST, len(real) - 1)
    near = np.empty((len(real), count), np.int64)
    for start in range(0, len(real), 2_000):
        likeness = real[start : start + 2_000] @ real.T
        places = np.arange(len(likeness))
        likeness[places, start + places] = -2.0
        near[start : start + 2_000] = np.argpartition(likeness, -count, axis=1)[:, -count:]
    return near


def _docstrings() -> Iterator[str]:
    folders = [Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib")]
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            if folder == folders[0] and "site-packages" in path.parts:
                continue
            try:
                tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError, OSError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                    text = ast.get_docstring(node)
                    if text:
                        yield text
