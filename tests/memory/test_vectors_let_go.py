"""A vector is held once, as long as somebody says its text; who reads isn't disturbed by who forgets."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gamemaster.language import embedding_cache
from gamemaster.memory import PLAIN, AssociativeMemory, MemoryBank, RecallRequest
from gamemaster.memory.vector_index import VectorIndex
from gamemaster.memory.vector_rows import VectorRows
from gamemaster.testing import HashEmbedder


class Counting(HashEmbedder):
    def __init__(self) -> None:
        super().__init__(width=16)
        self.batches: list[list[str]] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.batches.append(list(texts))
        return super().embed(texts)


def test_a_text_in_the_bank_is_in_no_cache_besides() -> None:
    embedder = Counting()
    bank = MemoryBank(embedder)
    bank.view("Ann").add("bread")
    bank.view("Bob").add("bread")
    bank.view("Ann").recall("river")
    assert (list(embedding_cache(embedder).known), len(bank.index)) == (["river"], 1)
    other = MemoryBank(embedder)
    other.view("Ann").add("bread")
    other.view("Ann").recall("bread")  # lent by the first bank
    assert embedder.batches == [["bread", "river"]]


def test_what_nobody_says_any_more_is_let_go_and_not_embedded_again() -> None:
    embedder = Counting()
    bank = MemoryBank(embedder)
    ann, bob = bank.view("Ann"), bank.view("Bob")
    first, second = ann.add("bread"), bob.add("bread")
    ann.recall("river")
    bob.recall("river")
    ann.forget([first.id])
    assert len(bank.index) == 1
    bob.edit(second.id, text="apples")
    assert len(bank.index) == 0
    ann.add("bread")
    assert [hit.memory.text for hit in ann.recall("river")] == ["bread"]
    assert embedder.batches == [["bread", "river"]]


def test_each_record_holds_its_row_once() -> None:
    bank = MemoryBank(HashEmbedder(width=16))
    ann = bank.view("Ann")
    ids = [ann.add(text).id for text in ("bread", "river", "apples", "river")]
    ann.recall("bread")
    ann.edit(ids[0], text="apples")
    ann.edit(ids[1], importance=3.0)
    ann.edit(ids[2], text="stone")
    bank.rate("Ann", ids[0], 4.0)
    other = [bank.view("Bob").add(text).id for text in ("river", "stone")]
    ann.recall("bread")
    for held, id in ((3, ids[3]), (3, ids[1]), (2, ids[2]), (1, ids[0])):
        ann.forget([id])
        assert len(bank.index) == held
    bank.view("Bob").forget(other)
    assert len(bank.index) == 0


def test_a_bank_that_is_no_more_leaves_its_vectors_to_the_next() -> None:
    embedder = Counting()
    bank = MemoryBank(embedder)
    bank.view("Ann").add("bread")
    bank.view("Ann").recall("river")
    del bank
    gc.collect()
    assert set(embedding_cache(embedder).known) == {"bread", "river"}


def test_stored_vectors_stay_the_banks_own() -> None:
    embedder = Counting()
    bank = MemoryBank(embedder)
    record = MemoryBank(embedder).view("Ann").add("bread")
    other_bits = np.eye(1, 16, dtype=np.float32)[0]
    bank.load([record], [("bread", other_bits)])
    assert bank.view("Ann").recall("bread", weights=PLAIN)[0].cosine == 1.0
    assert embedding_cache(embedder).embed_now(["bread"]).tobytes() == HashEmbedder(16).embed(["bread"]).tobytes()
    bank.view("Ann").forget([record.id])
    assert embedding_cache(embedder).known["bread"].tobytes() != other_bits.tobytes()


def test_memory_is_given_back_when_most_is_forgotten() -> None:
    bank = MemoryBank(HashEmbedder(width=8))
    ids = [bank.view("Ann").add(f"{n} walks").id for n in range(9_000)]
    kept = [bank.view("Bob").add(f"{n} runs").text for n in range(50)]
    bank.recall_many([RecallRequest(holder=who, query="walks", touch=False) for who in ("Ann", "Bob")])
    before = bank.view("Bob").recall("7 runs", 50, weights=PLAIN, touch=False)
    bank.view("Ann").forget(ids[100:])
    assert len(bank.index) == 150
    assert max(bank.index.row(text) for text in kept) < 150
    assert bank.view("Bob").recall("7 runs", 50, weights=PLAIN, touch=False) == before
    assert {hit.memory.id for hit in bank.view("Ann").recall("3 walks", 200, touch=False)} == set(ids[:100])


@pytest.mark.parametrize("forget_last", [True, False])
def test_a_recall_is_of_the_moment_of_its_call_whatever_is_done_meanwhile(forget_last: bool) -> None:
    waiting, go_on = Event(), Event()

    class Slow(Counting):
        def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
            if "the query" in texts:
                waiting.set()
                assert go_on.wait(10)
            return super().embed(texts)

    bank = MemoryBank(Slow())
    ann, bob = bank.view("Ann"), bank.view("Bob")
    ids = [ann.add(f"memory {n}", time=float(n)).id for n in range(20)]
    bob.add("memory 3")
    ann.recall("memory 1", touch=False)
    fresh = ann.add("not embedded yet", time=30.0).id
    changes: list[Callable[[AssociativeMemory, MemoryBank], object]] = [
        lambda ann, bank: bank.accessed("Ann", [ids[5]], 99.0),
        lambda ann, bank: ann.edit(ids[1], text="edited"),
        lambda ann, bank: bank.rate("Ann", ids[3], 9.0),
        lambda ann, bank: ann.forget([*ids[::2], fresh]),
    ]
    expected = MemoryBank(HashEmbedder(width=16))
    for n in range(20):
        expected.view("Ann").add(f"memory {n}", time=float(n))
    expected.view("Ann").add("not embedded yet", time=30.0, id=fresh)

    async def run() -> Any:
        recalled = asyncio.create_task(ann.arecall("the query", 30, now=50.0))
        while not waiting.is_set():  # noqa: ASYNC110 - set by the embedder's thread
            await asyncio.sleep(0.001)
        for change in changes if forget_last else changes[::-1]:
            change(ann, bank)
        for n in range(30):
            ann.add(f"new {n}")
        bob.add("new 5")
        go_on.set()
        return await recalled

    found = asyncio.run(run())
    wanted = expected.view("Ann").recall("the query", 30, now=50.0)
    assert [(hit.memory.text, hit.score, hit.cosine, hit.memory.last_access) for hit in found] == [
        (hit.memory.text, hit.score, hit.cosine, hit.memory.last_access) for hit in wanted
    ]
    assert ann.recall("new 7", 1, weights=PLAIN)[0].memory.text == "new 7"
    assert "not embedded yet" not in bank.index
    last = [ann.get(id) for id in ids[1::2]]
    assert [each.last_access for each in last if each is not None] == [50.0, 50.0, 99.0, *[50.0] * 7]


def test_who_reads_keeps_rows_from_being_used_again() -> None:
    index = VectorIndex()
    made = HashEmbedder(width=16).embed(["a", "b", "c", "d"])
    index.add(["a", "b"], made[:2])
    index.hold(np.array([0, 1]))
    with index.reading():
        assert [text for text, _ in index.release([("a", 0)])] == ["a"]
        index.add(["c"], made[2:3])
        assert (index.row("a"), index.row("c")) == (-1, 2)
        assert index.vector(0).tobytes() == made[0].tobytes()
    index.add(["d"], made[3:])
    assert index.row("d") == 0


@pytest.mark.parametrize("width", [5, 384])
def test_rows_in_several_blocks(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from gamemaster.memory import vector_rows

    made = np.random.default_rng(0).standard_normal((300, width)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    plain = VectorRows(width)
    plain.add(made)
    monkeypatch.setattr(vector_rows, "_BITS", 5)
    monkeypatch.setattr(vector_rows, "_BLOCK", 32)
    rows = VectorRows(width)
    places = np.concatenate([rows.add(made[start : start + 7]) for start in range(0, 300, 7)])
    random = np.random.default_rng(1)
    for asked in (places, places[::-1], random.permutation(places), random.integers(0, 300, 40), places[:0], places[31:33]):
        assert rows.cosines(made[3], asked).tobytes() == plain.cosines(made[3], asked).tobytes()
        assert rows.take(asked).tobytes() == made[asked].tobytes()
        together = rows.cosines_of_all(made[:9], asked)
        assert all(together[n].tobytes() == plain.cosines(made[n], asked).tobytes() for n in range(9))
    rows.free([4, 40, 200])
    assert rows.add(made[:4]).tolist() == [4, 40, 200, 300]
    assert (len(rows), rows.vector(40).tobytes(), rows.vector(300).tobytes()) == (301, made[1].tobytes(), made[3].tobytes())


def test_queries_together_get_the_bits_that_they_get_alone() -> None:
    bank = MemoryBank(HashEmbedder(width=32))
    for n in range(700):
        for who in ("Ann", "Bob"):
            bank.view(who).add(f"{n} walks to {n % 7}", time=float(n))
    bank.view("Cleo").add("alone")
    asked = [
        RecallRequest(holder=who, query=f"{n} walks", k=20, touch=False) for n in range(20) for who in ("Ann", "Bob", "Cleo")
    ]
    assert bank.recall_many(asked) == [bank.recall_many([each])[0] for each in asked]


def test_vectors_come_back_while_the_cache_is_read() -> None:
    """As when garbage is collected there: a bank that is no more gives its vectors back in the thread that is reading."""
    cache = embedding_cache(Counting())
    back = np.eye(1, 16, dtype=np.float32)[0]

    class Lending:
        def lend(self, text: str) -> NDArray[np.float32] | None:
            cache.keep("given back", back)
            return None

    lender = Lending()
    cache.borrow(lender, [])
    reader = Thread(target=cache.embed_now, args=(["bread"],), daemon=True)
    reader.start()
    reader.join(30)
    assert not reader.is_alive(), "it waits for itself"
    assert set(cache.known) == {"bread", "given back"}
    assert np.array_equal(cache.embed_now(["given back"])[0], back)
