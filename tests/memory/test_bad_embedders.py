"""What an embedder does wrong, and another one in its place, is one clear error; what is stored stays, bit for bit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gamemaster.memory import PLAIN, MemoryBank
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError, ModelError


class Turning(HashEmbedder):
    """A hash embedder that gives `wrong` of what is right once it is set."""

    wrong: Callable[[NDArray[np.float32]], Any] | None = None

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = super().embed(texts)
        return rows if self.wrong is None else self.wrong(rows)


def of_width(width: int) -> Callable[[NDArray[np.float32]], Any]:
    return lambda rows: HashEmbedder(width).embed(["x"] * len(rows))


WRONG: dict[str, Callable[[NDArray[np.float32]], Any]] = {
    "'the new one' is not finite": lambda rows: rows * np.float32("nan"),
    "'the new one' is zero": lambda rows: rows * 0,
    "'the new one' has the length 3": lambda rows: rows * 3,
    r"array of shape \(2, 64\) where \(2, 128\)": of_width(64),
    r"array of shape \(1, 128\) where": lambda rows: rows[:1],
    "ValueError: could not convert": lambda rows: [["no number"] * 128] * len(rows),
}


def state(bank: MemoryBank) -> Any:
    vectors = [(text, vector.tobytes()) for text, vector in bank.vectors()]
    return list(bank.view("Ann")), vectors, len(bank.index)


@pytest.mark.parametrize("message", WRONG)
def test_a_wrong_vector_is_an_error_and_no_memory_changes(message: str) -> None:
    embedder = Turning()
    bank = MemoryBank(embedder)
    ann = bank.view("Ann")
    ann.add("bread", importance=3)
    ann.recall("river", now=1.0)
    bank.take_changes()
    added = ann.add("the new one")
    before = state(bank)
    embedder.wrong = WRONG[message]
    with pytest.raises(ModelError, match=message):
        ann.recall("a query", now=5.0)
    assert state(bank) == before
    changes = bank.take_changes()
    assert ([each.id for each in changes.added], changes.accessed, changes.vectors) == ([added.id], {}, ())
    embedder.wrong = None
    assert ann.recall("the new one", 1, weights=PLAIN)[0].memory.text == "the new one"


class Renamed(HashEmbedder):
    def __init__(self, *, width: int = 128, fingerprint: str = "hash/128/1") -> None:
        super().__init__(width)
        self.name, self.fingerprint = "renamed", fingerprint


OTHERS: dict[str, tuple[HashEmbedder, type[Exception]]] = {
    "made by an embedder with the fingerprint 'hash/128/1'; this one is 'renamed' with 'other'": (
        Renamed(fingerprint="other"),
        MemoryInputError,
    ),
    "this one is 'hash' with 'hash/64/1'": (HashEmbedder(64), MemoryInputError),
    "'renamed' gives vectors of width 64; the stored ones have 128": (Renamed(width=64), ModelError),
}


@pytest.mark.parametrize("lazily", [True, False])
@pytest.mark.parametrize("message", OTHERS)
def test_another_embedder_than_the_one_that_they_are_from(message: str, lazily: bool) -> None:
    first = MemoryBank(HashEmbedder())
    record = first.view("Ann").add("bread")
    first.view("Ann").recall("river", touch=False)
    stored = first.vectors()

    def read(texts: Sequence[str]) -> list[tuple[str, NDArray[np.float32]]]:
        return [(text, vector) for text, vector in stored if text in texts]

    embedder, error = OTHERS[message]
    bank = MemoryBank(embedder)

    def load_and_recall() -> None:
        bank.load([record], read if lazily else stored, fingerprint="hash/128/1")
        assert list(bank.view("Ann")) == [record]
        bank.view("Ann").recall("cold")

    with pytest.raises(error, match=message):
        load_and_recall()
    assert [row.tobytes() for _, row in bank.vectors()] in ([], [row.tobytes() for _, row in stored])
    again = MemoryBank(HashEmbedder())
    again.load([record], stored, fingerprint="hash/128/1")
    assert again.view("Ann").recall("bread", touch=False) == first.view("Ann").recall("bread", touch=False)


def test_damaged_vectors_that_are_read_are_an_error_and_load_nothing() -> None:
    record = MemoryBank(HashEmbedder()).view("Ann").add("bread")
    for wrong, message in ((np.zeros(128), "is zero"), (np.full(128, np.inf), "not finite"), (np.ones((1, 128)), "shape")):
        bank = MemoryBank(HashEmbedder())
        row = wrong.astype(np.float32)
        bank.load([record], lambda texts, row=row: [(text, row) for text in texts], fingerprint="hash/128/1")
        with pytest.raises(MemoryInputError, match=f"stored vector of 'bread'.*{message}"):
            bank.view("Ann").recall("river")
        assert (list(bank.view("Ann")), len(bank.index)) == ([record], 0)
