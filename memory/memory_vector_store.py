"""MemoryVectorStore: an associative memory where LangChain wants a vector store.

The one idea: a document is a memory of the holder, so that what an agent remembers can be searched by LangChain, and what
LangChain adds is recalled by the agent. Its searches rank by cosine alone and access nothing: recency stays as it was.
LangChain is imported, and the class made, when the class is first named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import new_class
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.documents import record_fields, record_metadata
from gamemaster.memory.presets import PLAIN
from gamemaster.memory.recall_request import Query
from gamemaster.memory.record_checks import check_record
from gamemaster.words import Hit, MemoryInputError, MemoryRecord

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import VectorStore as _VectorStore
else:
    _VectorStore = object

__all__ = ["MemoryVectorStore"]

_K = 4  # LangChain's own default


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addition:
    """A document on its way in: `time`, `importance`, `kind` and `tags` go with `fields`."""

    id: str | None
    text: str
    metadata: dict[str, Any]
    fields: dict[str, Any]


class _Methods(_VectorStore):
    """A vector store of what `memory` holds; without one, of a memory of its own with `embedding`.

    A document's metadata may set a memory's `time`, `importance`, `kind` and `tags`. All of it comes back from this store
    object; of it a record, and so a run's archive, keeps those four. A memory that was not added here has its fields for
    metadata. Adding a document under an id that is held replaces it: the document keeps its id, while the memory is a new
    one, for an id of the bank's is never given twice. Adding embeds nothing; the next search does, in one batch.

    Every search takes the filters `since`, `until`, `kinds`, `tags` and `matching` of `AssociativeMemory.recall`.
    """

    def __init__(self, memory: AssociativeMemory | None = None, *, embedding: Embeddings | None = None) -> None:
        self.memory = AssociativeMemory(embedding) if memory is None else memory
        if memory is not None and embedding is not None:
            raise MemoryInputError("The store is given a memory and an embedding; the memory has its own, leave one out.")
        self._embedding = embedding
        self._record_of: dict[str, str] = {}  # by document, where the two ids differ
        self._document_of: dict[str, str] = {}
        self._metadata: dict[str, dict[str, Any]] = {}  # by record

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[Any, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> Self:
        """A store of its own memory, with these texts in it."""
        store = cls(embedding=embedding, **kwargs)
        store.add_texts(texts, metadatas, ids=ids)
        return store

    @property
    def embeddings(self) -> Embeddings | None:
        """The LangChain embedding that it was made with, if any."""
        return self._embedding

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[Any, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add or replace; the ids of the documents, in their order. Where no id is given, the memory's is the document's.

        Raises: MemoryInputError for an empty text, lists of unequal lengths, or metadata that a memory can't have;
        nothing is stored then.
        """
        return [self._put(each) for each in self._checked(list(texts), metadatas, ids)]

    async def aadd_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[Any, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """The same as `add_texts`, which waits for nothing."""
        return self.add_texts(texts, metadatas, ids=ids)

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        """Forget these documents, or with None all; an id that isn't held is passed over."""
        held = [record.id for record in self.memory] if ids is None else [self._record_id(id) for id in ids]
        gone = list(dict.fromkeys(id for id in held if self.memory.get(id) is not None))
        self.memory.forget(gone)
        for record in gone:
            self._metadata.pop(record, None)
            self._record_of.pop(self._document_of.pop(record, ""), None)
        return True

    async def adelete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        """The same as `delete`, which waits for nothing."""
        return self.delete(ids)

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The documents with these ids, in their order, without those that aren't held."""
        found = [self.memory.get(self._record_id(id)) for id in ids]
        return [self._document(record) for record in found if record is not None]

    async def aget_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The same as `get_by_ids`, which waits for nothing."""
        return self.get_by_ids(ids)

    def similarity_search(self, query: str, k: int = _K, **kwargs: Any) -> list[Document]:
        """The `k` documents most like `query`, best first; of equals the older first."""
        return self._documents(self._search(query, k, kwargs))

    async def asimilarity_search(self, query: str, k: int = _K, **kwargs: Any) -> list[Document]:
        """The same as `similarity_search`, embedding with all that wait at the same time."""
        return self._documents(await self._asearch(query, k, kwargs))

    def similarity_search_with_score(self, query: str, k: int = _K, **kwargs: Any) -> list[tuple[Document, float]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The same with each document's cosine, -1 .. 1."""
        return [(self._document(hit.memory), hit.cosine) for hit in self._search(query, k, kwargs)]

    async def asimilarity_search_with_score(self, query: str, k: int = _K, **kwargs: Any) -> list[tuple[Document, float]]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The same with each document's cosine, -1 .. 1."""
        return [(self._document(hit.memory), hit.cosine) for hit in await self._asearch(query, k, kwargs)]

    def similarity_search_by_vector(self, embedding: list[float], k: int = _K, **kwargs: Any) -> list[Document]:
        """The `k` documents most like a vector of the embedder's."""
        return self._documents(self._search(np.array(embedding, np.float32), k, kwargs))

    async def asimilarity_search_by_vector(self, embedding: list[float], k: int = _K, **kwargs: Any) -> list[Document]:
        """The same, embedding with all that wait at the same time."""
        return self._documents(await self._asearch(np.array(embedding, np.float32), k, kwargs))

    def max_marginal_relevance_search(
        self, query: str, k: int = _K, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """`k` documents like `query` and unlike each other, by maximal marginal relevance over all (`fetch_k` is not needed)."""
        return self._documents(self._search(query, k, kwargs, diversity=1.0 - lambda_mult))

    async def amax_marginal_relevance_search(
        self, query: str, k: int = _K, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """The same, embedding with all that wait at the same time."""
        return self._documents(await self._asearch(query, k, kwargs, diversity=1.0 - lambda_mult))

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda cosine: (1.0 + cosine) / 2.0

    def _search(self, query: Query, k: int, filters: dict[str, Any], *, diversity: float = 0.0) -> list[Hit]:
        return self.memory.recall(query, k, weights=PLAIN, touch=False, diversity=diversity, **filters)

    async def _asearch(self, query: Query, k: int, filters: dict[str, Any], *, diversity: float = 0.0) -> list[Hit]:
        return await self.memory.arecall(query, k, weights=PLAIN, touch=False, diversity=diversity, **filters)

    def _checked(
        self, texts: list[str], metadatas: list[dict[Any, Any]] | None, ids: Sequence[str | None] | None
    ) -> list[_Addition]:
        for what, given in (("metadatas", metadatas), ("ids", ids)):
            if given is not None and len(given) != len(texts):
                raise MemoryInputError(f"The store is given {len(texts)} texts and {len(given)} {what}; give one for each.")
        additions: list[_Addition] = []
        for at, text in enumerate(texts):
            id, metadata = None if ids is None else ids[at], {} if metadatas is None else dict(metadatas[at])
            named = record_fields(metadata, f"The document {text[:80]!r}")
            fields: dict[str, Any] = {"time": 0.0} | {
                name: named[name] for name in ("time", "importance", "kind", "tags") if name in named
            }
            check_record(MemoryRecord(id=id or "new", holder=self.memory.holder, text=text, last_access=0.0, **fields))
            additions.append(_Addition(id=id, text=text, metadata=metadata, fields=fields))
        return additions

    def _put(self, given: _Addition) -> str:
        memory, id = self.memory, given.id
        if id is not None:
            self.delete([id])
        own = id is None or memory.bank.is_taken(id)
        record = memory.add(given.text, **given.fields, id=None if own else id)
        self._metadata[record.id] = given.metadata
        if id is not None and id != record.id:
            self._record_of[id], self._document_of[record.id] = record.id, id
        return id or record.id

    def _record_id(self, id: str) -> str:
        return self._record_of.get(id, id)

    def _documents(self, hits: list[Hit]) -> list[Document]:
        return [self._document(hit.memory) for hit in hits]

    def _document(self, record: MemoryRecord) -> Document:
        from langchain_core.documents import Document

        known = self._metadata.get(record.id)
        metadata = record_metadata(record) if known is None else dict(known)
        return Document(id=self._document_of.get(record.id, record.id), page_content=record.text, metadata=metadata)


if TYPE_CHECKING:

    class MemoryVectorStore(_Methods):
        """`_Methods` on top of LangChain's `VectorStore`, as type checkers see it; `__getattr__` makes it."""


def __getattr__(name: str) -> Any:
    if name != "MemoryVectorStore":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from langchain_core.vectorstores import VectorStore

    body = {"__module__": __name__, "__doc__": _Methods.__doc__}
    made = new_class(name, (_Methods, VectorStore), exec_body=lambda names: names.update(body))
    globals()[name] = made
    return made
