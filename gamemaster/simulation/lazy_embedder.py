"""LazyEmbedder: an embedder that is loaded when something is first embedded.

A run in which nobody recalls anything never loads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gamemaster.language import Embedder

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

__all__ = ["LazyEmbedder"]


class LazyEmbedder:
    """Stands for the embedder that `load` gives, and loads it when it is first asked for anything."""

    def __init__(self, load: Callable[[], Embedder]) -> None:
        self._load = load
        self._loaded: Embedder | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether it has been asked for anything yet."""
        return self._loaded is not None

    @property
    def loaded(self) -> Embedder:
        """The embedder itself."""
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    @property
    def name(self) -> str:
        """The embedder's name."""
        return self.loaded.name

    @property
    def width(self) -> int:
        """The length of a vector."""
        return self.loaded.width

    @property
    def fingerprint(self) -> str:
        """What pins the embedder."""
        return self.loaded.fingerprint

    def embed(self, texts: Sequence[str]) -> NDArray[numpy.float32]:
        """A float32 array of shape (len(texts), width), rows of length 1."""
        return self.loaded.embed(texts)

    def __deepcopy__(self, memo: object) -> LazyEmbedder:
        return self
