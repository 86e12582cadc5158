"""BankRecall: the recalling half of a memory bank: its embedder, its vectors, and the recalls of all holders.

The one idea: vectors come when they are needed, for all holders at once: those that are stored are read, the rest is embedded
in one batch. It changes of a holder's records only which row of the index their texts have.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any, TypeAlias
from weakref import finalize

import numpy as np

from gamemaster.language.embedder_cache import EmbeddingCache, Vector, embedding_cache, vectors_problem
from gamemaster.memory.approximate_recall import can_be_approximate, narrowed
from gamemaster.memory.columns import Columns, Places
from gamemaster.memory.holder_rows import HolderRows
from gamemaster.memory.near_lists import NearLists, Sizes
from gamemaster.memory.recall_request import CheckedRecall
from gamemaster.memory.recalling import Narrow, Recalling, begin_recall
from gamemaster.memory.recalling_together import compared_together
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.words import Hit, MemoryInputError, ModelError

__all__ = ["BankRecall", "StoredVectors", "VectorReader"]

_AT_A_TIME = 1_000

VectorReader: TypeAlias = Callable[[Sequence[str]], Iterable[tuple[str, Vector]]]
"""Reads the stored vectors of these texts, of those of them that are stored."""
StoredVectors: TypeAlias = Iterable[tuple[str, Vector]] | VectorReader
"""Texts with their vectors, or what reads them when they are needed."""


class BankRecall:
    """Recalls for the holders of a bank. `embedder` is what `load_embedder` takes, and is loaded when it is first needed.

    Recall is approximate for a holder with more candidates than `approximate_above`; never, when that is None.
    """

    def __init__(self, embedder: Any, approximate_above: int | None) -> None:
        above = approximate_above
        whole = isinstance(above, int) and not isinstance(above, bool)  # pyright: ignore[reportUnnecessaryIsInstance]
        if above is not None and not (whole and above >= 1):
            raise MemoryInputError(f"approximate_above={above!r}; give a number of records of at least 1, or None for never.")
        self.index = VectorIndex()
        self.approximate_above = above
        self.sizes = Sizes.of(1 if above is None else above)
        self._given = embedder
        self._cache: EmbeddingCache | None = None
        self._readers: list[tuple[VectorReader, str | None]] = []
        self._lists: dict[str, NearLists] = {}

    @property
    def cache(self) -> EmbeddingCache:
        """The cache of the embedder, which is loaded now if it is known by name only."""
        if self._cache is None:
            from gamemaster.language.embedding import load_embedder

            self._cache = embedding_cache(load_embedder() if self._given is None else load_embedder(self._given))
            # What this process has embedded is of use to the next bank too.
            finalize(self, self.index.give_back, self._cache.keep, self._cache.most).atexit = False
        return self._cache

    def take_up(self, rows: HolderRows, first: int, end: int) -> None:
        """The records of a holder in the places from `first` to before `end` are new: those whose texts have a row hold it."""
        if len(self.index):
            self._hold(rows, np.arange(first, end))

    def let_go(self, said: Iterable[tuple[str, int]]) -> None:
        """Records say these texts, with these rows, no longer."""
        for text, vector in self.index.release([(text, row) for text, row in said if row >= 0]):
            self.cache.keep(text, vector)

    def compact(self, holders: Iterable[HolderRows]) -> None:
        """Give back the memory of vectors that were let go, when there are many."""
        moved = self.index.compact()
        if moved is not None:
            for rows in holders:
                rows.move_rows(moved)

    def check(self, vectors: StoredVectors, fingerprint: str | None) -> StoredVectors:
        """The vectors, if they can be used. Raises: MemoryInputError, also for those of another embedder, if it is known now."""
        if callable(vectors):
            named = self._given is None or isinstance(self._given, str)
            if self._cache is not None if named else getattr(self._given, "is_loaded", True):
                self._check_fingerprint(fingerprint)
            return vectors
        known = list(vectors)
        if known:
            self._check_fingerprint(fingerprint)
            self._checked([text for text, _ in known], [vector for _, vector in known])
        return known

    def load(self, vectors: StoredVectors, fingerprint: str | None, holders: Iterable[HolderRows]) -> None:
        """Use vectors that have been checked, for texts of these holders."""
        if callable(vectors):
            self._readers.append((vectors, fingerprint))
            return
        known = dict(vectors)
        if known:
            held = {text for rows in holders for text in rows.columns.texts}
            # The stored ones, even where the cache knows the text from this machine: bit for bit as they were.
            self._add({text: known[text] for text in known if text in held}, stored=True)

    @contextmanager
    def reading(self, holders: Iterable[HolderRows]) -> Generator[None]:
        """What a recall of these holders reads stays as it is until the end of the block."""
        with ExitStack() as stack:
            stack.enter_context(self.index.reading())
            for rows in holders:
                stack.enter_context(rows.reading())
            yield

    def begin(self, asked: Sequence[CheckedRecall], rows_of: Callable[[str], HolderRows]) -> list[Recalling]:
        """The recalls, over what is held now; vectors that are stored are read."""
        begin = partial(begin_recall, index=self.index, approximate_above=self.approximate_above)
        self._settle(dict.fromkeys(rows_of(each.holder) for each in asked))
        begun = [begin(rows_of(each.holder), asked=each) for each in asked]
        if self._readers:
            missing = list(dict.fromkeys(text for each in begun for text in each.missing))
            if missing and self._read(missing):
                self._settle(dict.fromkeys(rows_of(each.holder) for each in asked))
                begun = [begin(rows_of(each.holder), asked=each) for each in asked]
        return begun

    def finish(
        self, begun: Sequence[Recalling], rows_of: Callable[[str], HolderRows], by_text: Mapping[str, Vector]
    ) -> list[list[Hit]]:
        """The hits of each, given the vectors of their texts. Raises: ModelError for vectors of another width than the stored."""
        if by_text and self.index.width is not None:
            width = len(next(iter(by_text.values())))
            if width != self.index.width:
                raise ModelError(
                    f"The embedder {self.cache.embedder.name!r} gives vectors of width {width}; the stored ones have "
                    f"{self.index.width}: another embedder's. Load them with the embedder that they were stored with."
                )
        held = dict.fromkeys(text for each in begun for text in each.missing if text in by_text)
        still = {text for each in begun for text in _without_row(rows_of(each.asked.holder))} if held else set[str]()
        self._add({text: by_text[text] for text in held if text in still}, stored=False)
        self._settle(dict.fromkeys(rows_of(each.asked.holder) for each in begun))
        for each in begun:
            columns = each.own.columns
            if columns is not rows_of(each.asked.holder).columns:  # as they were when it began
                _set_rows(columns, each.own.count, self.index)
        narrow = [self._narrow(each, rows_of(each.asked.holder)) for each in begun]
        known = compared_together([None if few else each for each, few in zip(begun, narrow, strict=True)], self.index, by_text)
        return [
            each.finish(self.index, by_text, narrow=few, compared=compared)
            for each, few, compared in zip(begun, narrow, known, strict=True)
        ]

    def _narrow(self, begun: Recalling, rows: HolderRows) -> Narrow | None:
        """What makes the candidates fewer; None where all are looked at."""
        above, own, asked = self.approximate_above, begun.own, begun.asked
        if above is None or len(own) <= above or not can_be_approximate(asked.weights):
            return None
        if (own.columns is not rows.columns or rows.lacking) and (own.columns.rows[: own.count] < 0).any():
            return None  # some were forgotten while the recall waited for their vectors
        lists = self._lists.get(asked.holder)
        if lists is None:
            lists = self._lists[asked.holder] = NearLists(self.sizes)
        return partial(narrowed, index=self.index, lists=lists)

    def _settle(self, holders: Iterable[HolderRows]) -> None:
        """Have the records of these holders hold the rows of their texts, where there is one."""
        for rows in holders:
            if rows.lacking and len(self.index):
                self._hold(rows, rows.without_row())

    def _hold(self, rows: HolderRows, places: Places) -> None:
        """Have the records in these places, which have no row, hold the rows of their texts."""
        found = self.index.rows(map(rows.text, places.tolist()))
        known = found >= 0
        if known.any():
            rows.set_rows(places[known], found[known])
            self.index.hold(found[known])

    def _add(self, vectors: Mapping[str, Vector], *, stored: bool) -> None:
        if vectors:
            texts = list(vectors)
            self.index.add(texts, np.stack(list(vectors.values())), stored=stored)
            if not stored:
                self.cache.borrow(self.index, texts)

    def _read(self, texts: Sequence[str]) -> bool:
        """Take from what is stored the vectors of these texts; whether there were any."""
        found: dict[str, Vector] = {}
        for read, fingerprint in self._readers:
            some = dict(read([text for text in texts if text not in found]))
            if some:
                self._check_fingerprint(fingerprint)
                self._checked(list(some), list(some.values()))
                found.update(some)
        self._add(found, stored=True)
        return bool(found)

    def _check_fingerprint(self, fingerprint: str | None) -> None:
        own = self.cache.embedder
        if fingerprint is not None and fingerprint != own.fingerprint:
            raise MemoryInputError(
                f"The stored vectors were made by an embedder with the fingerprint {fingerprint!r}; this one is {own.name!r} "
                f"with {own.fingerprint!r}. Load them with the first, or leave the vectors out to embed anew."
            )

    def _checked(self, texts: Sequence[str], vectors: Sequence[Vector]) -> None:
        """Raises: MemoryInputError for vectors of unequal widths, zero, not finite or not of length 1."""
        width = self.index.width
        width = (np.shape(vectors[0])[-1] if np.ndim(vectors[0]) else 0) if width is None else width
        for start in range(0, len(vectors), _AT_A_TIME):
            some = vectors[start : start + _AT_A_TIME]
            at = next((at for at, vector in enumerate(some) if np.shape(vector) != (width,)), -1)
            if at >= 0:
                problem = f"has the shape {np.shape(some[at])}; the others have {(width,)}"
            else:
                at, problem = vectors_problem(np.stack(some).astype(np.float32, copy=False))
            if problem:
                raise MemoryInputError(
                    f"The stored vector of {texts[start + at][:80]!r} {problem}. It is not one of {self.cache.embedder.name!r}."
                )


def _without_row(rows: HolderRows) -> list[str]:
    return [rows.text(place) for place in rows.without_row().tolist()]


def _set_rows(columns: Columns, count: int, index: VectorIndex) -> None:
    places = np.flatnonzero(columns.rows[:count] < 0)
    columns.rows[places] = index.rows([columns.texts[place] for place in places.tolist()])
