"""The memory's benchmarks run, at a tiny size, and measure what they say; how fast is no matter here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks import memory_sentences
from benchmarks.concordia_engine import Environment
from benchmarks.concordia_memory import concordia_memory
from benchmarks.memory import filled, memory
from benchmarks.memory_sentences import GivenVectors, enlarged, real_sentences, real_vectors, text_of
from gamemaster.memory import PLAIN
from gamemaster.testing import HashEmbedder


def test_rows_for_one_holder_and_for_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_sentences, "_CACHE", tmp_path)
    rows = {row.what: row for row in memory(True, HashEmbedder(32))}
    # What so few records take may drown in what the process takes anyway, and be nothing.
    assert all(row.value is not None and (row.value > 0 or row.unit == "bytes / record") for row in rows.values())
    hits = [row for row in rows.values() if row.what.startswith("recall@10")]
    assert [row.is_met for row in hits] == [True, True]
    assert {row.unit for row in rows.values()} == {
        "records / CPU s",
        "CPU ms / recall",
        "CPU s",
        "bytes / record",
        "share of the exact hits",
    }
    assert memory_sentences.MIXTURE in hits[1].note


def test_without_concordia_there_is_one_row_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_sentences, "_CACHE", tmp_path)
    monkeypatch.setattr("benchmarks.concordia_memory.real_vectors", lambda texts: real_vectors(texts, HashEmbedder(32)))
    place = Environment(version="2.4.0", interpreter=str(tmp_path / "no python"), folder=tmp_path / "environment")
    (row,) = concordia_memory(True, place)
    assert (row.value, row.note.startswith("not measured: ")) == (None, True)


def test_the_given_vectors_are_those_that_are_recalled() -> None:
    real = HashEmbedder(32).embed([f"{n} {n % 7} words" for n in range(60)])
    made = enlarged(real, 500)
    assert np.abs(np.linalg.norm(made, axis=1) - 1).max() < 1e-5
    assert made.tobytes() == enlarged(real, 500).tobytes()
    assert not {row.tobytes() for row in made} & {row.tobytes() for row in real}
    bank, _ = filled(made, 300, holders=3)
    assert [len(bank.view(each)) for each in bank.holders] == [100, 100, 100]
    hit = bank.view("2").recall(made[5], 1, weights=PLAIN)[0]
    assert (hit.memory.text, hit.cosine) == (text_of(5), pytest.approx(1.0))
    assert GivenVectors(made).embed([text_of(7)]).tobytes() == made[7].tobytes()


def test_sentences_are_sentences_and_their_vectors_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_sentences, "_CACHE", tmp_path)
    texts = real_sentences(50)
    assert len(set(texts)) == 50
    assert all(5 <= len(text.split()) <= 40 and text[-1] in ".!?" for text in texts)
    embedder = HashEmbedder(32)
    assert real_vectors(texts, embedder).tobytes() == real_vectors(texts, embedder).tobytes()
    assert embedder.calls == 1
