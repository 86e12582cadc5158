"""Meaning: how alike in meaning two texts are, by the sentence embedder.

The one idea: similarities are rounded to four places before anything is compared, so that no decision hangs on the
last bit of a sum; what then ties is decided by key. Texts are learned in one call, so that the texts of all requests
at hand are embedded in one batch.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gamemaster.language.embedded.reader import clean

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Learns", "Meaning"]

_MOST_CHARACTERS = 300


class Learns(Protocol):
    """What `Meaning` needs of the embedding cache."""

    async def embed(self, texts: list[str], /) -> NDArray[np.float32]: ...


class Meaning:
    """Similarities among the texts that one request has learned; -1 .. 1, and 0 for a text with no words."""

    def __init__(self, cache: Learns) -> None:
        self._cache = cache
        self._vectors: dict[str, NDArray[np.float64]] = {}

    async def learn(self, texts: Iterable[str]) -> None:
        """Embed those of `texts` that are new here; texts are cut at 300 characters."""
        wanted: dict[str, None] = {}
        for text in texts:
            key = _key(text)
            if key and key not in self._vectors:
                wanted[key] = None
        if not wanted:
            return
        rows: Any = await self._cache.embed(list(wanted))
        for key, row in zip(wanted, np.asarray(rows, dtype=np.float64), strict=True):
            self._vectors[key] = row

    def alike(self, one: str, other: str) -> float:
        """The similarity of two texts, both learned before."""
        first, second = _key(one), _key(other)
        if not first or not second:
            return 0.0
        return round(float(np.sum(self._vectors[first] * self._vectors[second])), 4)


def _key(text: str) -> str:
    key = clean(text, _MOST_CHARACTERS)
    return key if any(character.isalnum() for character in key) else ""
