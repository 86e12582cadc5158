"""Memories taken up by another process: a known text added again stays one row, and nothing is read before it is needed."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gamemaster.memory import PLAIN, MemoryBank
from gamemaster.record import Archive, StepRecord, StoredVector
from gamemaster.testing import HashEmbedder

SCRIPT = """
import json, sys
from collections.abc import Sequence
from gamemaster.memory import PLAIN, MemoryBank
from gamemaster.record import Archive
from gamemaster.testing import HashEmbedder

class Counting(HashEmbedder):
    asked = []
    def embed(self, texts):
        self.asked.extend(texts)
        return super().embed(texts)

with Archive.open(sys.argv[1]) as archive:
    read = []
    def stored(texts):
        read.append(list(texts))
        return [(each.text, each.vector) for each in archive.vectors(texts=texts)]
    bank = MemoryBank(Counting())
    bank.load(archive.memories(), stored, fingerprint=archive.embedders()[0])
    bank.begin_step(1)
    loaded = len(bank.index)
    ann = bank.view("Ann")
    ann.add("bread at the market", time=9.0)
    ann.add("something new", time=9.0)
    hits = ann.recall("bread at the market", 9, weights=PLAIN, now=10.0)
    print(json.dumps({
        "loaded": loaded,
        "rows": len(bank.index),
        "read": read,
        "asked": Counting.asked,
        "hits": [[hit.memory.id, hit.memory.text, hit.score.hex()] for hit in hits],
        "new": [text for text, _ in bank.take_changes().vectors],
    }))
"""


def saved(bank: MemoryBank, folder: Path) -> None:
    changes = bank.take_changes()
    vectors = [StoredVector(embedder=changes.embedder, text=text, vector=vector) for text, vector in changes.vectors]

    async def commit() -> None:
        with Archive.create(folder, configuration={}, environment={}) as archive:
            await archive.commit(StepRecord(step=0, memories=changes.added, vectors=vectors))

    asyncio.run(commit())


def test_a_known_text_added_again_stays_one_row(tmp_path: Path) -> None:
    bank = MemoryBank(HashEmbedder())
    ann = bank.view("Ann")
    for time, text in enumerate(["bread at the market", "cold river water", "bread at the market"]):
        ann.add(text, time=float(time))
    bank.view("Bob").add("bob's own")
    ann.recall("river", touch=False)
    bank.view("Bob").recall("river", touch=False)
    saved(bank, tmp_path / "run")
    done = subprocess.run([sys.executable, "-c", SCRIPT, tmp_path / "run"], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["loaded"] == 0
    assert found["read"] == [["bread at the market", "cold river water", "something new"]]  # and nothing of Bob's
    assert found["asked"] == ["something new"]
    assert found["new"] == ["something new"]
    assert found["rows"] == 3

    bank.begin_step(1)
    ann.add("bread at the market", time=9.0)
    ann.add("something new", time=9.0)
    here = ann.recall("bread at the market", 9, weights=PLAIN, now=10.0)
    assert found["hits"] == [[hit.memory.id, hit.memory.text, hit.score.hex()] for hit in here]


def test_many_vectors_are_read_in_several_queries(tmp_path: Path) -> None:
    bank = MemoryBank(HashEmbedder(width=8))
    texts = [f"{n} walks" for n in range(1_203)]
    for text in texts:
        bank.view("Ann").add(text)
    bank.view("Ann").recall("walks", touch=False)
    saved(bank, tmp_path / "run")
    with Archive.open(tmp_path / "run") as archive:
        found = {each.text: each.vector.tobytes() for each in archive.vectors(texts=[*texts, "never said"])}
        assert found == {text: vector.tobytes() for text, vector in bank.vectors()}
        assert [each.text for each in archive.vectors("hash/8/1", texts=texts[3:4])] == texts[3:4]
        assert list(archive.vectors("another", texts=texts)) == []
        assert archive.embedders() == ("hash/8/1",)


def test_another_embedder_is_noticed_when_vectors_are_read(tmp_path: Path) -> None:
    import pytest

    from gamemaster.words import MemoryInputError

    class Late(HashEmbedder):
        is_loaded = False

    record = MemoryBank(HashEmbedder()).view("Ann").add("bread")

    def stored(texts: Sequence[str]) -> list[tuple[str, Any]]:
        return [(text, HashEmbedder().embed([text])[0]) for text in texts]

    bank = MemoryBank(HashEmbedder())
    with pytest.raises(MemoryInputError, match=r"'other'.*Load them with the first"):
        bank.load([record], stored, fingerprint="other")
    assert len(bank) == 0
    bank = MemoryBank(Late())  # not known before it is loaded
    bank.load([record], stored, fingerprint="other")
    with pytest.raises(MemoryInputError, match=r"'other'.*Load them with the first"):
        bank.view("Ann").recall("bread")
    assert (list(bank.view("Ann")), len(bank.index), bank.take_changes().vectors) == ([record], 0, ())
