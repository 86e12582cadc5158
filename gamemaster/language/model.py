"""LanguageModel and Embedder: the two things that the library asks of a machine that learns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

from gamemaster.language.request import Answer, Request

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[numpy.float32]

__all__ = ["Embedder", "LanguageModel"]


@runtime_checkable
class LanguageModel(Protocol):
    """Answers requests. Callers await as many at a time as they like; batching is the model's business.

    An answer depends on its own request and on nothing else: not on what is asked at the same time. A request that
    can't be parsed is answered with `failure` set; `ModelError` is for a model that couldn't be asked at all.
    """

    @property
    def name(self) -> str:
        """The name under which it is on record, as in `load_model(name)`."""
        ...

    @property
    def deterministic(self) -> bool:
        """Whether the same request always gets the same answer."""
        ...

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """What pins it: revision, weights' digest, dtype, library versions; JSON strings."""
        ...

    async def answer(self, request: Request) -> Answer:
        """The answer to one request."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their similarity.

    A text's vector depends on that text alone: not on the other texts of the batch, bit for bit.
    """

    @property
    def name(self) -> str: ...

    @property
    def width(self) -> int:
        """The length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """What pins it: two embedders of one fingerprint give the same vectors."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """A float32 array of shape (len(texts), width), rows of length 1. Called off the event loop or on it."""
        ...
