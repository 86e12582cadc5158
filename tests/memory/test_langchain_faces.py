"""The faces do what LangChain's own suites ask, and share their memory with the agent."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Generator
from typing import Any

import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests import RetrieversIntegrationTests, VectorStoreIntegrationTests

from gamemaster.memory import AssociativeMemory, MemoryBank, MemoryRetriever, MemoryVectorStore
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError


class TestMemoryVectorStore(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self) -> VectorStore:  # pyright: ignore[reportIncompatibleMethodOverride]
        return MemoryVectorStore(embedding=self.get_embeddings())


class TestSharedMemoryVectorStore(VectorStoreIntegrationTests):
    """The same in one holder's view of a bank."""

    @pytest.fixture
    def vectorstore(self) -> Generator[VectorStore, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        bank = MemoryBank(self.get_embeddings())
        bank.add("Bob", "foo", id="1")
        yield MemoryVectorStore(bank.view("Ann"))
        assert [record.text for record in bank.view("Bob")] == ["foo"]


class TestMemoryRetriever(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return MemoryRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"memory": filled()}

    @property
    def retriever_query_example(self) -> str:
        return "bread"


def filled() -> AssociativeMemory:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    for at, text in enumerate(["bread is baked", "bread is baked", "a cold river", "the market"]):
        memory.add(text, time=float(at), importance=3.0, tags=["food"] if "bread" in text else [])
    return memory


def test_a_retriever_recalls() -> None:
    memory = filled()
    retriever = MemoryRetriever(memory=memory, k=2, only_tags=("food",))
    wanted = memory.recall("bread", 2, tags=["food"], touch=False)
    found = asyncio.run(retriever.ainvoke("bread", now=50.0))
    assert [each.id for each in found] == [hit.memory.id for hit in wanted]
    assert found[0].metadata["importance"] == 3.0
    assert found[0].metadata["tags"] == ["food"]
    assert found[0].metadata["score"] == sum(found[0].metadata[f"{part}_part"] for part in ("relevance", "recency", "importance"))
    assert [record.last_access for record in memory] == [50.0, 50.0, 2.0, 3.0]
    assert len(retriever.invoke("bread", k=1)) == 1


def test_a_retriever_s_filters_are_the_recall_s() -> None:
    memory = filled()
    every: dict[str, Any] = {"memory": memory, "k": 9, "touch": False}

    def found(**options: Any) -> list[str]:
        return sorted(each.id or "" for each in MemoryRetriever(**every, **options).invoke("bread"))

    assert found(since=1.0, until=2.0) == ["0/memory/1", "0/memory/2"]
    assert found(matching="^the|river") == ["0/memory/2", "0/memory/3"]
    assert found(only_kinds=("thought",)) == []
    unlike = [each.id for each in MemoryRetriever(**every, diversity=0.9).invoke("bread")]
    assert unlike == [hit.memory.id for hit in memory.recall("bread", 9, diversity=0.9, touch=False)]
    assert [each.id for each in MemoryRetriever(**every, until=0.0).invoke("bread", until=None, since=3.0)] == ["0/memory/3"]
    with pytest.raises(MemoryInputError, match="k=0"):
        MemoryRetriever(memory=memory, k=0).invoke("bread")
    with pytest.raises(MemoryInputError, match="isn't empty"):
        asyncio.run(MemoryRetriever(memory=memory).ainvoke(" "))


def test_a_store_s_filters_are_the_recall_s() -> None:
    store = MemoryVectorStore(filled())
    for filters, wanted in (
        ({"since": 1.0, "until": 2.0}, {"0/memory/1", "0/memory/2"}),
        ({"tags": ["food"]}, {"0/memory/0", "0/memory/1"}),
        ({"kinds": ["thought"]}, set[str]()),
        ({"matching": "river"}, {"0/memory/2"}),
    ):
        assert {each.id for each in store.similarity_search("bread", 9, **filters)} == wanted
        assert {each.id for each in asyncio.run(store.asimilarity_search("bread", 9, **filters))} == wanted
        assert {each.id for each, _ in store.similarity_search_with_score("bread", 9, **filters)} == wanted
        assert {each.id for each in store.as_retriever(search_kwargs={"k": 9, **filters}).invoke("bread")} == wanted
    with pytest.raises(MemoryInputError, match="k=0"):
        store.similarity_search("bread", 0)


def test_deleting_and_replacing_without_waiting() -> None:
    store = MemoryVectorStore(filled())
    assert asyncio.run(store.aadd_texts(["a", "b"], ids=["x", "y"])) == ["x", "y"]
    assert asyncio.run(store.aadd_texts(["c"], ids=["x"])) == ["x"]
    assert asyncio.run(store.adelete(["nobody's", "y", "y"])) is True
    assert [each.page_content for each in asyncio.run(store.aget_by_ids(["y", "x"]))] == ["c"]
    assert len(store.memory) == 5


def test_a_store_shows_what_the_agent_remembers_and_the_other_way_round() -> None:
    memory = filled()
    store = MemoryVectorStore(memory)
    found = store.similarity_search("river", k=1)[0]
    assert (found.id, found.metadata["time"], found.metadata["holder"]) == ("0/memory/2", 2.0, "Ann")
    metadata = {"importance": 9, "kind": "thought", "tags": ["x"], "time": 7, "source": "a book"}
    (id,) = store.add_texts(["swans swim"], [metadata])
    record = memory.get(id)
    assert record is not None
    assert (record.importance, record.kind, record.tags, record.time) == (9, "thought", ("x",), 7)
    assert store.get_by_ids([id])[0].metadata == metadata
    assert memory.recall("swans swim", 1, touch=False)[0].memory == record
    assert [each.last_access for each in memory] == [0.0, 1.0, 2.0, 3.0, 7.0]  # searching accesses nothing
    assert store.similarity_search("swans", k=3, kinds=["thought"])[0].id == id


def test_replacing_keeps_the_id_however_often() -> None:
    memory = AssociativeMemory(HashEmbedder())
    store = MemoryVectorStore(memory)
    for n in range(3):
        assert store.add_texts([f"text {n}", "other"], ids=["a", "b"]) == ["a", "b"]
    assert len(memory) == 2
    assert [each.page_content for each in store.get_by_ids(["b", "a", "c"])] == ["other", "text 2"]
    store.delete(["a", "a"])
    assert store.get_by_ids(["a"]) == []
    assert store.add_texts(["again", "twice"], ids=["a", "a"]) == ["a", "a"]
    assert [each.page_content for each in store.get_by_ids(["a"])] == ["twice"]
    assert store.delete()
    assert len(memory) == 0


def test_scores_and_unlike_documents() -> None:
    store = MemoryVectorStore(filled())
    (_, cosine), *_ = store.similarity_search_with_score("bread is baked", k=1)
    assert cosine == pytest.approx(1.0)
    assert asyncio.run(store.asimilarity_search_with_score("bread is baked", k=1))[0][1] == cosine
    for document, score in store.similarity_search_with_relevance_scores("river"):
        assert 0.0 <= score <= 1.0, document
    unlike = store.as_retriever(search_type="mmr", search_kwargs={"k": 2, "lambda_mult": 0.2}).invoke("bread")
    assert unlike[0].page_content == "bread is baked" != unlike[1].page_content
    assert asyncio.run(store.amax_marginal_relevance_search("bread", 2, lambda_mult=0.2)) == unlike
    vector = HashEmbedder().embed(["a cold river"])[0].tolist()
    assert store.similarity_search_by_vector(vector, k=1)[0].page_content == "a cold river"
    assert asyncio.run(store.asimilarity_search_by_vector(vector, k=1))[0].page_content == "a cold river"


def test_from_texts_has_its_own_memory() -> None:
    embedding = DeterministicFakeEmbedding(size=6)
    store = MemoryVectorStore.from_texts(["bread", "river"], embedding, ids=["1", "2"])
    assert store.embeddings is embedding
    assert store.similarity_search("river", k=1)[0].id == "2"


BAD: dict[str, dict[str, Any]] = {
    "2 texts and 1 ids": {"ids": ["1"]},
    "2 texts and 3 metadatas": {"metadatas": [{}, {}, {}]},
    "importance 11": {"metadatas": [{}, {"importance": 11}]},
    "time='noon'": {"metadatas": [{}, {"time": "noon"}]},
    "isn't empty": {"texts": ["bread", " "]},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_documents_store_nothing(message: str) -> None:
    store = MemoryVectorStore(filled())
    options: dict[str, Any] = {"texts": ["bread", "river"], **BAD[message]}
    with pytest.raises(MemoryInputError, match=message):
        store.add_texts(**options)
    assert len(store.memory) == 4


def test_a_store_has_one_embedder() -> None:
    with pytest.raises(MemoryInputError, match="leave one out"):
        MemoryVectorStore(filled(), embedding=DeterministicFakeEmbedding(size=6))


def test_a_face_is_one_class_with_its_name_and_documentation() -> None:
    import gamemaster.memory
    import gamemaster.memory.memory_vector_store as home

    assert home.MemoryVectorStore is MemoryVectorStore is gamemaster.memory.MemoryVectorStore
    assert issubclass(MemoryVectorStore, VectorStore)
    assert issubclass(MemoryRetriever, BaseRetriever)
    for face in (MemoryVectorStore, MemoryRetriever):
        assert "memory" in (face.__doc__ or "")
    with pytest.raises(AttributeError, match="no attribute 'MemoryStore'"):
        _ = home.MemoryStore  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]


def test_langchain_is_imported_when_a_face_is_named() -> None:
    code = (
        "import sys, gamemaster.memory as m; before = 'langchain_core' in sys.modules; m.MemoryRetriever; "
        "print(before, 'langchain_core' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
