"""EmbeddingCache: what one embedder has embedded, so that the same text is embedded once.

The one idea: whoever needs vectors asks the cache, and what all callers at hand lack is embedded in one batch. It forgets
nothing while the embedder lives; what to keep on disk is for others to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.batching import Batcher
from gamemaster.words import GamemasterError, MemoryInputError, ModelError

if TYPE_CHECKING:
    from gamemaster.language.model import Embedder

__all__ = ["EmbeddingCache", "Vector", "embedding_cache"]

Vector: TypeAlias = NDArray[np.float32]
_ATTRIBUTE = "_gamemaster_embedding_cache"
# float32 rows of a few hundred numbers come out of a careful embedder within 1e-6 of length 1.
_LENGTH_TOLERANCE = 1e-3


class EmbeddingCache:
    """The vectors of one embedder, by text; take it from `embedding_cache`, which gives everyone the same one.

    `known` maps a text to its read-only vector: read it, and change it through the methods. Each vector is the embedder's
    for that text alone, so neither callers nor timing change any. The embedder is called from one thread at a time,
    off the event loop for `embed`.
    """

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self.known: dict[str, Vector] = {}
        self._new: list[str] = []
        self._one_at_a_time = Lock()
        self._batcher: Batcher[tuple[str, ...], None] | None = None

    async def embed(self, texts: Iterable[str]) -> Vector:
        """A float32 array of shape (n, width), a row for each text; does not suspend when all are known.

        Raises: ModelError when the embedder fails or gives vectors that can't be used; nothing is kept then.
        """
        wanted = list(texts)
        missing = self._missing(wanted)
        if missing:
            if self._batcher is None:
                # Before a language model's batches: what it is asked may hang on what is recalled.
                self._batcher = Batcher(self._embed_batch, off_loop=True, name="embedder", order=-1)
            await self._batcher.submit(missing)
        return self._rows(wanted)

    def embed_now(self, texts: Iterable[str]) -> Vector:
        """The same at once, for callers without an event loop."""
        wanted = list(texts)
        missing = self._missing(wanted)
        if missing:
            self._embed_batch([missing])
        return self._rows(wanted)

    def take_new(self) -> list[tuple[str, Vector]]:
        """What was embedded since the last call, in the order of embedding; what was loaded doesn't count."""
        taken, self._new = self._new, []
        return [(text, self.known[text]) for text in taken]

    def load(self, items: Iterable[tuple[str, Vector]]) -> None:
        """Take up vectors that this embedder gave earlier; what is known already stays as it is.

        Raises: MemoryInputError for vectors of unequal widths, zero, not finite or not of length 1; none is kept then.
        """
        given = list(items)
        width = next(iter(self.known.values())).shape if self.known else None
        checked: dict[str, Vector] = {}
        for text, vector in given:
            row = np.array(vector, np.float32)  # a copy: the caller's may be changed
            if width is None:
                width = row.shape
            problem = vector_problem(row)
            if row.shape != width:
                problem = f"has the shape {row.shape}; the others have {width}"
            if problem:
                raise MemoryInputError(f"The stored vector of {text[:80]!r} {problem}. It is not one of {self.embedder.name!r}.")
            row.flags.writeable = False
            checked[text] = row
        with self._one_at_a_time:
            self.known = checked | self.known

    def __deepcopy__(self, memo: Any) -> EmbeddingCache:
        """Itself: a cache holds nothing that a copy could do differently."""
        return self

    def _missing(self, texts: Iterable[str]) -> tuple[str, ...]:
        known = self.known
        return tuple(dict.fromkeys(text for text in texts if text not in known))

    def _rows(self, texts: Sequence[str]) -> Vector:
        known = self.known
        return np.stack([known[text] for text in texts]) if texts else np.zeros((0, self.embedder.width), np.float32)

    def _embed_batch(self, items: list[tuple[str, ...]]) -> list[None]:
        with self._one_at_a_time:
            texts = self._missing(text for item in items for text in item)
            if texts:
                rows = self._checked(texts)
                self.known.update(zip(texts, rows, strict=True))
                self._new.extend(texts)
        return [None] * len(items)

    def _checked(self, texts: tuple[str, ...]) -> Vector:
        try:
            rows = np.array(self.embedder.embed(texts), np.float32)
            width = self.embedder.width
            name = self.embedder.name
        except GamemasterError:
            raise
        except Exception as error:
            raise ModelError(f"The embedder failed on {len(texts)} texts: {type(error).__name__}: {error}") from error
        if rows.shape != (len(texts), width):
            raise ModelError(f"The embedder {name!r} gave an array of shape {rows.shape} where {(len(texts), width)} is right.")
        if self.known and (held := next(iter(self.known.values())).shape[0]) != width:
            raise ModelError(
                f"The embedder {name!r} gives vectors of width {width}; the stored ones have {held}: another embedder's."
            )
        for text, row in zip(texts, rows, strict=True):
            if problem := vector_problem(row):
                raise ModelError(f"The vector that the embedder {name!r} gave for {text[:80]!r} {problem}.")
        rows.flags.writeable = False
        return rows


def vector_problem(vector: NDArray[np.floating[Any]]) -> str:
    """What is wrong with a vector that should be finite and of length 1; "" when nothing is."""
    if vector.ndim != 1 or not len(vector):
        return f"has the shape {vector.shape}; one dimension is right"
    if not np.isfinite(vector).all():
        return "is not finite"
    length = float(np.sqrt(np.sum(vector.astype(np.float64) ** 2)))
    if length == 0.0:
        return "is zero"
    return "" if abs(length - 1.0) <= _LENGTH_TOLERANCE else f"has the length {length:.6g}; 1 is right"


_without_attributes: WeakValueDictionary[int, EmbeddingCache] = WeakValueDictionary()


def embedding_cache(embedder: Embedder) -> EmbeddingCache:
    """The one cache of this embedder object; it lives as long as the object does.

    For an object that takes no attributes it lives as long as somebody holds the cache.
    """
    known: EmbeddingCache | None = getattr(embedder, _ATTRIBUTE, None) or _without_attributes.get(id(embedder))
    if known is not None and known.embedder is embedder:  # a copied embedder brings the cache of the original
        return known
    cache = EmbeddingCache(embedder)
    try:
        object.__setattr__(embedder, _ATTRIBUTE, cache)
    except (AttributeError, TypeError):
        _without_attributes[id(embedder)] = cache
    return cache
