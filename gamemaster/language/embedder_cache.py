"""EmbeddingCache: what one embedder has embedded, so that the same text is embedded once.

The one idea: whoever needs vectors asks the cache, and what all callers at hand lack is embedded in one batch. It keeps the
vectors that were used last, up to a number. Who keeps vectors of its own, as a memory bank does, lends them to it instead,
so that none is held twice; what to keep on disk is for others to decide.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from weakref import ReferenceType, WeakValueDictionary, ref

import numpy as np
from numpy.typing import NDArray

from gamemaster.language.batching import Batcher
from gamemaster.words import GamemasterError, MemoryInputError, ModelError

if TYPE_CHECKING:
    from gamemaster.language.model import Embedder

__all__ = ["EmbeddingCache", "Lender", "Vector", "embedding_cache", "vector_problem", "vectors_problem"]

Vector: TypeAlias = NDArray[np.float32]
_ATTRIBUTE = "_gamemaster_embedding_cache"
_MOST = 20_000  # 30 MB of vectors of 384 numbers
_MOST_OF_A_BATCH = 1_000
# float32 rows of a few hundred numbers come out of a careful embedder within 1e-6 of length 1.
_LENGTH_TOLERANCE = 1e-3


class Lender(Protocol):
    """Who holds vectors of an embedder's and lends them to its cache."""

    def lend(self, text: str) -> Vector | None:
        """A copy of the text's vector, as this process's embedder gave it; None when it isn't held."""
        ...


class EmbeddingCache:
    """The vectors of one embedder, by text; take it from `embedding_cache`, which gives everyone the same one.

    Each vector is the embedder's for that text alone, so neither callers nor timing change any. The embedder is called
    from one thread at a time, off the event loop for `embed`. The `most` vectors that were used last are kept, and of what
    is embedded at once not more than the last 1,000.
    """

    def __init__(self, embedder: Embedder, *, most: int = _MOST) -> None:
        self.embedder = embedder
        self.most = most
        self.used = False
        self._known: dict[str, Vector] = {}  # the one used last at the end
        self._width: int | None = None
        self._lenders: list[ReferenceType[Lender]] = []
        self._returned: deque[tuple[str, Vector]] = deque(maxlen=most)  # to be kept as soon as nobody is reading
        self._reading = Lock()
        self._one_at_a_time = Lock()
        self._batcher: Batcher[tuple[str, ...], list[Vector]] | None = None

    @property
    def known(self) -> Mapping[str, Vector]:
        """What it holds itself: read-only vectors by text, the one used last at the end."""
        return MappingProxyType(self._known)

    async def embed(self, texts: Iterable[str]) -> Vector:
        """A float32 array of shape (n, width), a row for each text; does not suspend when all are known.

        Raises: ModelError when the embedder fails or gives vectors that can't be used; nothing is kept then.
        """
        wanted = list(texts)
        found, missing = self._find(wanted)
        if missing:
            if self._batcher is None:
                # Before a language model's batches: what it is asked may hang on what is recalled.
                self._batcher = Batcher(self._embed_batch, off_loop=True, name="embedder", order=-1)
            found.update(zip(missing, await self._batcher.submit(missing), strict=True))
        return self._rows(wanted, found)

    def embed_now(self, texts: Iterable[str]) -> Vector:
        """The same at once, for callers without an event loop."""
        wanted = list(texts)
        found, missing = self._find(wanted)
        if missing:
            found.update(zip(missing, self._embed_batch([missing])[0], strict=True))
        return self._rows(wanted, found)

    def load(self, items: Iterable[tuple[str, Vector]]) -> None:
        """Take up vectors that this embedder gave earlier; what is known already stays as it is.

        Raises: MemoryInputError for vectors of unequal widths, zero, not finite or not of length 1; none is kept then.
        """
        width = self._width
        checked: dict[str, Vector] = {}
        for text, vector in items:
            row = np.array(vector, np.float32)  # a copy: the caller's may be changed
            width = row.shape[-1] if width is None and row.ndim else width
            problem = vector_problem(row)
            if row.shape != (width,):
                problem = f"has the shape {row.shape}; the others have {(width,)}"
            if problem:
                raise MemoryInputError(f"The stored vector of {text[:80]!r} {problem}. It is not one of {self.embedder.name!r}.")
            checked[text] = row
        for text, row in checked.items():
            if text not in self._known:
                self.keep(text, row)

    def keep(self, text: str, vector: Vector) -> None:
        """Hold a vector that this embedder made in this process, whose lender holds it no longer. It never waits."""
        vector.flags.writeable = False
        self._returned.append((text, vector))
        # The collection of garbage may call this in the middle of anything, also in a thread that is reading here.
        if self._reading.acquire(blocking=False):
            try:
                self._take_returned()
            finally:
                self._reading.release()

    def _take_returned(self) -> None:
        while self._returned:
            text, vector = self._returned.popleft()
            self._width = len(vector)
            self._known[text] = vector
        self._shorten()

    def borrow(self, lender: Lender, texts: Iterable[str]) -> None:
        """From now on `lender` has the vectors of `texts`; they need not be held here as well."""
        with self._reading:
            self._take_returned()
            if all(each() is not lender for each in self._lenders):
                self._lenders = [*(each for each in self._lenders if each() is not None), ref(lender)]
            for text in texts:
                self._known.pop(text, None)

    def __deepcopy__(self, memo: Any) -> EmbeddingCache:
        """Itself: a cache holds nothing that a copy could do differently."""
        return self

    def _find(self, texts: Iterable[str]) -> tuple[dict[str, Vector], tuple[str, ...]]:
        """The vectors of those of `texts` that are known here or to a lender, and the other texts."""
        found: dict[str, Vector] = {}
        missing: list[str] = []
        with self._reading:
            self._take_returned()
            known = self._known
            for text in dict.fromkeys(texts):
                vector = known.pop(text, None)
                if vector is not None:
                    known[text] = found[text] = vector
                elif (vector := self._lent(text)) is not None:
                    found[text] = vector
                else:
                    missing.append(text)
        return found, tuple(missing)

    def _lent(self, text: str) -> Vector | None:
        for each in self._lenders:
            lender = each()
            if lender is not None and (vector := lender.lend(text)) is not None:
                return vector
        return None

    def _rows(self, texts: list[str], found: Mapping[str, Vector]) -> Vector:
        return np.stack([found[text] for text in texts]) if texts else np.zeros((0, self.embedder.width), np.float32)

    def _shorten(self) -> None:
        while len(self._known) > self.most:
            del self._known[next(iter(self._known))]

    def _embed_batch(self, items: list[tuple[str, ...]]) -> list[list[Vector]]:
        with self._one_at_a_time:
            found, texts = self._find(text for item in items for text in item)
            if texts:
                rows = self._checked(texts)
                found.update(zip(texts, rows, strict=True))
                with self._reading:
                    self._take_returned()
                    self.used, self._width = True, rows.shape[1]
                    for text in texts[-_MOST_OF_A_BATCH:]:
                        self._known[text] = found[text].copy()  # by itself: it must not keep the whole batch
                        self._known[text].flags.writeable = False
                    self._shorten()
        return [[found[text] for text in item] for item in items]

    def _checked(self, texts: tuple[str, ...]) -> Vector:
        try:
            rows = np.array(self.embedder.embed(texts), np.float32)  # a copy: the embedder's own may be changed
            width = self.embedder.width
            name = self.embedder.name
        except GamemasterError:
            raise
        except Exception as error:
            raise ModelError(f"The embedder failed on {len(texts)} texts: {type(error).__name__}: {error}") from error
        if rows.shape != (len(texts), width):
            raise ModelError(f"The embedder {name!r} gave an array of shape {rows.shape} where {(len(texts), width)} is right.")
        if self._width is not None and self._width != width:
            raise ModelError(
                f"The embedder {name!r} gives vectors of width {width}; the stored ones have {self._width}: another embedder's."
            )
        at, problem = vectors_problem(rows)
        if problem:
            raise ModelError(f"The vector that the embedder {name!r} gave for {texts[at][:80]!r} {problem}.")
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


def vectors_problem(rows: Vector) -> tuple[int, str]:
    """The first of the rows, of shape (n, width), in which `vector_problem` finds something, and what; (0, "") for none."""
    with np.errstate(invalid="ignore", over="ignore"):
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64, casting="safe"))
        wrong = np.flatnonzero(~(np.abs(lengths - 1.0) <= _LENGTH_TOLERANCE))
    return (int(wrong[0]), vector_problem(rows[wrong[0]])) if len(wrong) else (0, "")


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
