"""One bank for all: ids, changes for the archive, deferred accesses, one batch, and the same after a reload."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from gamemaster.memory import PLAIN, MemoryBank
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError, MemoryRecord


def test_ids_follow_from_step_and_order() -> None:
    bank = MemoryBank(HashEmbedder())
    ann, bob = bank.view("Ann"), bank.view("Bob")
    ids = [ann.add("a").id, bob.add("b").id]
    bank.begin_step(3)
    bank.begin_step(3)
    ids += [bob.add("c").id, ann.add("d", id="mine").id, ann.add("e").id]
    assert ids == ["0/memory/0", "0/memory/1", "3/memory/0", "mine", "3/memory/1"]
    assert (len(bank), bank.holders, bank.view("Ann") is ann) == (5, ("Ann", "Bob"), True)
    with pytest.raises(MemoryInputError, match="taken"):
        bob.add("f", id="mine")
    ann.forget("mine")
    with pytest.raises(MemoryInputError, match="taken"):  # an id on record means one thing for ever
        bob.add("f", id="mine")


def test_nobody_recalls_what_others_hold() -> None:
    bank = MemoryBank(HashEmbedder())
    bank.view("Ann").add("the secret password is swordfish")
    bank.view("Bob").add("the weather is fine")
    hits = bank.view("Bob").recall("secret password swordfish", 10)
    assert [hit.memory.holder for hit in hits] == ["Bob"]
    with pytest.raises(MemoryInputError):
        bank.view("Bob").forget(["0/memory/0"])
    with pytest.raises(MemoryInputError):
        bank.view("Bob").add("I heard it", rests_on=["0/memory/0"])


def test_deferred_accesses_wait_for_the_commit() -> None:
    bank = MemoryBank(HashEmbedder(), deferred=True)
    ann, bob = bank.view("Ann"), bank.view("Bob")
    first, second = ann.add("bread"), bob.add("bread")
    bank.take_changes()
    assert [hit.score for hit in ann.recall("bread", now=9.0)] == [hit.score for hit in ann.recall("bread", now=9.0)]
    bob.recall("bread", now=7.0)
    ann.recall("bread", now=8.0)
    assert [record.last_access for record in (*ann, *bob)] == [0.0, 0.0]
    assert bank.take_changes().accessed == {}
    bank.apply_accesses()
    assert [record.last_access for record in (*ann, *bob)] == [9.0, 7.0]
    assert bank.take_changes().accessed == {first.id: 9.0, second.id: 7.0}
    assert bank.take_changes().accessed == {}


def test_changes_are_what_the_archive_needs() -> None:
    embedder = HashEmbedder()
    bank = MemoryBank(embedder)
    ann = bank.view("Ann")
    bread, river = ann.add("bread", time=1.0), ann.add("river", time=2.0)
    changes = bank.take_changes()
    assert changes.added == (bread, river)
    assert (changes.accessed, changes.forgotten, changes.vectors, changes.embedder) == ({}, (), (), "")
    apples = ann.add("apples", time=3.0)
    ann.add("apples", time=3.5, id="again")
    ann.recall("apples", 4, weights=PLAIN, now=5.0)
    ann.forget([bread.id, apples.id])
    changes = bank.take_changes()
    assert [record.id for record in changes.added] == [apples.id, "again"]
    assert [record.last_access for record in changes.added] == [5.0, 5.0]
    assert changes.accessed == {river.id: 5.0}
    assert changes.forgotten == (bread.id, apples.id)
    assert [text for text, _ in changes.vectors] == ["apples", "river"]  # nobody says "bread" any more
    assert changes.embedder == embedder.fingerprint
    for text, vector in changes.vectors:
        assert vector.tobytes() == embedder.embed([text])[0].tobytes()


def test_vectors_are_reported_by_what_this_bank_did(make_embedder: type[Any]) -> None:
    embedder = make_embedder()
    reported: list[list[str]] = []
    for _ in range(2):  # the second finds every text in the cache already
        bank = MemoryBank(embedder)
        bank.view("Ann").add("bread")
        bank.view("Ann").add("river")
        reported.append([text for text, _ in bank.take_changes().vectors])
        bank.view("Ann").recall("apples")
        reported.append([text for text, _ in bank.take_changes().vectors])
    assert reported == [[], ["bread", "river"]] * 2
    assert embedder.batches == [["bread", "river", "apples"]]


def test_one_batch_for_all_and_each_text_once(make_embedder: type[Any]) -> None:
    embedder = make_embedder()
    bank = MemoryBank(embedder, deferred=True)
    for n in range(100):
        bank.view(f"agent {n}").add("everybody saw this")
        bank.view(f"agent {n}").add(f"only {n} saw this")

    async def everybody(query: str) -> None:
        await asyncio.gather(*(bank.view(f"agent {n}").arecall(query, 1) for n in range(100)))

    asyncio.run(everybody("what was seen"))
    assert len(embedder.batches) == 1
    assert len(embedder.batches[0]) == len(set(embedder.batches[0])) == 102
    asyncio.run(everybody("what was seen"))
    bank.view("agent 3").add("something new")
    asyncio.run(everybody("what was heard"))
    assert embedder.batches[1:] == [["what was heard", "something new"]]
    assert len(bank.index) == 102


def test_the_order_in_which_agents_wait_changes_nothing() -> None:
    def run(order: list[int]) -> tuple[Any, Any]:
        bank = MemoryBank(HashEmbedder(), deferred=True)
        for n in range(8):
            for text in ("bread at the market", f"{n} walks by the river", "cold river water"):
                bank.view(str(n)).add(text, time=float(n))
        bank.take_changes()
        found: dict[int, Any] = {}

        async def ask(n: int) -> None:
            found[n] = await bank.view(str(n)).arecall(f"river {n}", 2, now=9.0)

        async def all_of_them() -> None:
            await asyncio.gather(*(ask(n) for n in order))

        asyncio.run(all_of_them())
        bank.apply_accesses()
        changes = bank.take_changes()
        vectors = [(text, vector.tobytes()) for text, vector in changes.vectors]
        return [found[n] for n in range(8)], (list(changes.accessed.items()), vectors)

    assert run([0, 1, 2, 3, 4, 5, 6, 7]) == run([5, 2, 7, 0, 6, 4, 1, 3])


def test_a_reloaded_bank_goes_on_as_if_nothing_had_happened(make_embedder: type[Any]) -> None:
    def first_half(bank: MemoryBank) -> None:
        bank.begin_step(1)
        for n in range(20):
            bank.view("Ann" if n % 3 else "Bob").add(f"memory {n % 7}", time=float(n % 5), importance=float(n % 4), tags=("t",))
        bank.view("Ann").recall("memory 3", 4, now=20.0)
        bank.view("Ann").forget([bank.view("Ann").recent(3)[0].id])

    def second_half(bank: MemoryBank) -> Any:
        bank.begin_step(2)
        bank.view("Bob").add("memory 99", time=21.0)
        hits = bank.view("Ann").recall("memory 5", 9, now=30.0), bank.view("Bob").recall("memory 99", 9, now=30.0)
        changes = bank.take_changes()
        vectors = [(text, vector.tobytes()) for text, vector in changes.vectors]
        return hits, changes.added, changes.accessed, vectors, list(bank.view("Ann")), list(bank.view("Bob"))

    whole = MemoryBank(make_embedder())
    first_half(whole)
    changes = whole.take_changes()
    # as an archive would hold it: by id, without what was forgotten, with the last access of each
    stored = sorted((*whole.view("Ann"), *whole.view("Bob")), key=lambda record: int(record.id.rsplit("/", 1)[1]))

    reader = make_embedder()
    resumed = MemoryBank(reader)
    resumed.load(stored, changes.vectors, fingerprint=changes.embedder)
    assert (resumed.take_changes().added, resumed.take_changes().vectors) == ((), ())
    assert second_half(resumed) == second_half(whole)
    assert not {text for batch in reader.batches for text in batch} & {text for text, _ in changes.vectors}


def record(id: str, text: str = "bread") -> MemoryRecord:
    return MemoryRecord(id=id, holder="Ann", text=text, time=0.0, last_access=0.0)


def unit(width: int, scale: float = 1.0) -> Any:
    out = np.zeros(width, np.float32)
    out[0] = scale
    return out


BAD_LOADS: dict[str, tuple[list[MemoryRecord], list[tuple[str, Any]], str | None]] = {
    "there twice": ([record("1/memory/0"), record("1/memory/0")], [], None),
    "there twice; each": ([record("held")], [], None),
    "isn't empty": ([record("a", " ")], [], None),
    "of 'other'|fingerprint 'other'": ([record("a")], [("bread", unit(128))], "other"),
    "the others have": ([record("a")], [("bread", unit(128)), ("river", unit(64))], None),
    "is zero": ([record("a")], [("bread", unit(128, 0.0))], None),
    "not finite": ([record("a")], [("bread", unit(128, float("nan")))], None),
    "has the length 2": ([record("a")], [("bread", unit(128, 2.0))], None),
}


@pytest.mark.parametrize("message", BAD_LOADS)
def test_a_bad_load_takes_up_nothing(message: str) -> None:
    records, vectors, fingerprint = BAD_LOADS[message]
    bank = MemoryBank(HashEmbedder())
    bank.view("Ann").add("held already", id="held")
    with pytest.raises(MemoryInputError, match=message):
        bank.load(records, vectors, fingerprint=fingerprint)
    assert [each.id for each in bank.view("Ann")] == ["held"]
    assert len(bank.index) == 0


def test_vectors_of_another_width_are_noticed_before_anything_is_mixed() -> None:
    from gamemaster.words import ModelError

    bank = MemoryBank(HashEmbedder(width=128))
    bank.load([record("a")], [("bread", unit(64))])
    with pytest.raises(ModelError, match="another embedder's"):
        bank.view("Ann").recall("river")


def test_stored_vectors_come_back_bit_for_bit() -> None:
    bank = MemoryBank(HashEmbedder())
    vector = np.random.default_rng(0).standard_normal(128).astype(np.float32)
    vector /= np.sqrt(np.sum(vector.astype(np.float64) ** 2))
    vector = vector.astype(np.float32)
    bank.load([record("a")], [("bread", vector), ("of nobody", unit(128))])
    assert bank.index.vectors(["bread"])[0][1].tobytes() == vector.tobytes()
    assert "of nobody" not in bank.index
