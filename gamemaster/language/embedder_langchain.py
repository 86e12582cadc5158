"""LangChainEmbedder: any LangChain `Embeddings` object as an embedder.

It scales vectors to length 1 and checks them; the rest is the object's business. Whether a text's vector depends on the
other texts of a batch is too: a remote service promises nothing, and then a run is repeated from its archive, which holds
the vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from gamemaster.words import GamemasterError, ModelError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LangChainEmbedder", "LangChainEmbeddings"]


@runtime_checkable
class LangChainEmbeddings(Protocol):
    """The two methods of langchain_core's `Embeddings`; they take one positional argument each."""

    def embed_documents(self, texts: list[str], /) -> list[list[float]]: ...
    def embed_query(self, text: str, /) -> list[float]: ...


class LangChainEmbedder:
    """Embeds with a LangChain `Embeddings` object; every text as a document, for what is asked may be remembered.

    `width` asks for one vector when nothing has been embedded yet. A lone surrogate, which no service takes, counts as "?".
    Raises: ModelError when the object fails, or gives vectors that are not finite, are zero, or of unequal widths.
    """

    def __init__(self, embeddings: LangChainEmbeddings) -> None:
        self._embeddings = embeddings
        named: Any = embeddings
        model = next((str(each) for key in ("model", "model_name", "model_id") if (each := getattr(named, key, None))), "")
        self.name = f"langchain:{type(embeddings).__name__}" + (f":{model}" if model else "")
        self.fingerprint = self.name
        self._width: int | None = None

    @property
    def width(self) -> int:
        """The length of a vector."""
        if self._width is None:
            self.embed(["width"])
        assert self._width is not None
        return self._width

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A float32 array of shape (len(texts), width), rows of length 1."""
        if not texts:
            return np.zeros((0, self.width), np.float32)
        try:
            clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
            raw = np.asarray(self._embeddings.embed_documents(clean), np.float64)
        except GamemasterError:
            raise
        except Exception as error:
            raise ModelError(f"The embedder {self.name} failed: {type(error).__name__}: {error}") from error
        if raw.ndim != 2 or len(raw) != len(texts) or (self._width is not None and raw.shape[1] != self._width):
            wanted = f"({len(texts)}, {self._width or 'width'})"
            raise ModelError(f"The embedder {self.name} gave vectors of shape {raw.shape} where {wanted} was expected.")
        lengths = np.sqrt(np.sum(raw * raw, axis=1, keepdims=True))
        if not np.isfinite(lengths).all() or not lengths.all():
            bad = int(np.flatnonzero(~(np.isfinite(lengths) & (lengths > 0)))[0])
            raise ModelError(
                f"The embedder {self.name} gave a vector that is zero or not finite for the text {texts[bad][:80]!r}."
            )
        self._width = int(raw.shape[1])
        return (raw / lengths).astype(np.float32)
