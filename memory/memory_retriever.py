"""MemoryRetriever: an associative memory where LangChain wants a retriever.

The one idea: what it retrieves is what the memory recalls, with the same scores. LangChain is imported, and the class made,
when the class is first named.
"""

from __future__ import annotations

from types import new_class
from typing import TYPE_CHECKING, Any

from gamemaster.memory.associative_memory import AssociativeMemory
from gamemaster.memory.documents import record_metadata
from gamemaster.words import Hit, Weights

if TYPE_CHECKING:
    from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever as _BaseRetriever
else:
    _BaseRetriever = object

__all__ = ["MemoryRetriever"]


class _Methods(_BaseRetriever):
    """Retrieves the `k` memories of `memory` that score highest by `weights` (None: `PAPER`), best first.

    A document has the record's id and text; its metadata are the record's other fields and the score with its parts.
    `only_kinds` and `only_tags` are `kinds` and `tags` of `AssociativeMemory.recall` (a retriever's own `tags` are for
    tracing); `since` and `until` (simulated seconds), `matching`, `diversity` and `touch` are as there. Any option of `recall`
    can also be given to `invoke`, for that time alone. Raises: MemoryInputError for what `recall` refuses.
    """

    memory: AssociativeMemory
    k: int = 10
    weights: Weights | None = None
    only_kinds: tuple[str, ...] | None = None
    only_tags: tuple[str, ...] | None = None
    since: float | None = None
    until: float | None = None
    matching: str | None = None
    diversity: float = 0.0
    touch: bool = True

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        return [_document(hit) for hit in self.memory.recall(query, **self._options(options))]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **options: Any
    ) -> list[Document]:
        return [_document(hit) for hit in await self.memory.arecall(query, **self._options(options))]

    def _options(self, given: dict[str, Any]) -> dict[str, Any]:
        own = {
            "k": self.k,
            "weights": self.weights,
            "kinds": self.only_kinds,
            "tags": self.only_tags,
            "since": self.since,
            "until": self.until,
            "matching": self.matching,
            "diversity": self.diversity,
            "touch": self.touch,
        }
        return own | given


def _document(hit: Hit) -> Document:
    from langchain_core.documents import Document

    scores = {
        "score": hit.score,
        "relevance_part": hit.relevance,
        "recency_part": hit.recency,
        "importance_part": hit.importance,
        "cosine": hit.cosine,
    }
    return Document(id=hit.memory.id, page_content=hit.memory.text, metadata=record_metadata(hit.memory) | scores)


if TYPE_CHECKING:

    class MemoryRetriever(_Methods):
        """`_Methods` on top of LangChain's `BaseRetriever`, as type checkers see it; `__getattr__` makes it."""


def __getattr__(name: str) -> Any:
    if name != "MemoryRetriever":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from langchain_core.retrievers import BaseRetriever

    body = {"__module__": __name__, "__doc__": _Methods.__doc__}
    made = new_class(name, (_Methods, BaseRetriever), exec_body=lambda names: names.update(body))
    globals()[name] = made
    return made
