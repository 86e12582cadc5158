"""Documents become records; metadata that names a record's fields is taken, and checked."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.documents import Document

from gamemaster.memory import MemoryBank, export_documents, import_documents
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError, MemoryRecord


def test_a_document_is_a_record() -> None:
    metadata = {"time": 3, "importance": 8, "kind": "thought", "tags": ["bread"], "source": "a book", "depth": 2}
    records = import_documents([Document("bread", id="d1", metadata=metadata), Document("river")], holder="Ann")
    assert records == [
        MemoryRecord(
            id="d1",
            holder="Ann",
            text="bread",
            time=3,
            last_access=3,
            importance=8,
            kind="thought",
            tags=("bread",),
            depth=2,
        ),
        MemoryRecord(id="Ann/documents/1", holder="Ann", text="river", time=0.0, last_access=0.0),
    ]
    bank = MemoryBank(HashEmbedder())
    bank.load(records)
    assert bank.view("Ann").recall("bread", 1)[0].memory == records[0]


BAD: dict[str, dict[str, Any]] = {
    "time='noon'": {"metadata": {"time": "noon"}},
    "depth=True": {"metadata": {"depth": True}},
    "tags='bread'": {"metadata": {"tags": "bread"}},
    "kind=5": {"metadata": {"kind": 5}},
    "importance 11": {"metadata": {"importance": 11}},
    "isn't empty": {"page_content": " "},
    "'d1' is there twice": {"id": "d1"},
}


@pytest.mark.parametrize("message", BAD)
def test_what_no_record_can_have_is_refused(message: str) -> None:
    with pytest.raises(MemoryInputError, match=message):
        import_documents([Document("bread", id="d1"), Document(**{"page_content": "river", **BAD[message]})], holder="Ann")


def test_there_and_back_again() -> None:
    bank = MemoryBank(HashEmbedder())
    first = bank.add("Ann", "bread", time=3.0, importance=8.0, tags=["food"], last_access=5.0)
    bank.add("Ann", "so", kind="thought", rests_on=[first.id])
    records = list(bank.view("Ann"))
    documents = export_documents(records)
    assert all(isinstance(each, Document) for each in documents)
    assert documents[1].metadata["importance"] == 8.0
    assert import_documents(documents, holder="Ann") == records
