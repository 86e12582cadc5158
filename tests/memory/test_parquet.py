"""What was written to Parquet is read, value for value and bit for bit; a damaged or foreign file is refused by name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as arrow  # pyright: ignore[reportMissingTypeStubs]
import pyarrow.parquet as parquet  # pyright: ignore[reportMissingTypeStubs]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster.memory import MemoryBank, read_jsonl, read_parquet, write_jsonl, write_parquet
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError, MemoryRecord, MemoryVersion

WORDS = st.text(min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
TIMES = st.floats(allow_nan=False, allow_infinity=False)
VERSIONS = st.builds(
    MemoryVersion,
    step=st.integers(0, 9),
    time=TIMES,
    changed=st.sampled_from([("text",), ("importance", "tags")]),
    text=WORDS,
    importance=st.none() | st.floats(0, 10),
    kind=WORDS,
    tags=st.lists(WORDS, max_size=2).map(tuple),
)
RECORDS = st.lists(
    st.builds(
        MemoryRecord,
        id=WORDS,
        holder=WORDS,
        text=WORDS,
        time=TIMES,
        last_access=TIMES,
        importance=st.none() | st.floats(0, 10),
        kind=WORDS,
        tags=st.lists(WORDS, max_size=2).map(tuple),
        rests_on=st.lists(WORDS, max_size=2).map(tuple),
        depth=st.integers(0, 9),
        versions=st.lists(VERSIONS, max_size=2).map(tuple),
    ),
    max_size=5,
    unique_by=lambda record: record.id,
)
THREE = [MemoryRecord(id=f"0/memory/{n}", holder="Ann", text=f"text {n % 2}", time=float(n), last_access=9.0) for n in range(3)]


@settings(max_examples=25)  # each writes and syncs two files
@given(RECORDS)
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, records: list[MemoryRecord]) -> None:
    path = tmp_path_factory.getbasetemp() / "memories.parquet"
    write_parquet(records, path)
    saved = read_parquet(path)
    assert (list(saved.records), saved.vectors, saved.embedder) == (records, (), "")
    write_jsonl(saved.records, path.with_suffix(".jsonl"))
    assert read_jsonl(path.with_suffix(".jsonl")) == records


def filled() -> MemoryBank:
    bank = MemoryBank(HashEmbedder())
    bank.load(THREE)
    bank.view("Ann").recall("text", 3)
    return bank


def test_vectors_come_back_bit_for_bit(tmp_path: Path) -> None:
    bank, path = filled(), tmp_path / "m.parquet"
    fingerprint = bank.cache.embedder.fingerprint
    write_parquet(bank.view("Ann"), path, vectors=bank.vectors(), embedder=fingerprint)
    saved = read_parquet(path)
    assert [text for text, _ in saved.vectors] == ["text 0", "text 1"]  # once a text
    for (_, found), (_, made) in zip(saved.vectors, bank.vectors(), strict=True):
        assert found.dtype == np.float32
        assert found.tobytes() == np.asarray(made).tobytes()
    other = MemoryBank(HashEmbedder())
    other.load(saved.records, saved.vectors, fingerprint=saved.embedder)
    assert list(other.view("Ann")) == list(bank.view("Ann"))
    wanted = bank.view("Ann").recall("text 1", 3, touch=False)
    assert other.view("Ann").recall("text 1", 3, touch=False) == wanted


def test_another_embedder_s_file_is_refused_by_the_bank(tmp_path: Path) -> None:
    bank, path = filled(), tmp_path / "m.parquet"
    write_parquet(bank.view("Ann"), path, vectors=bank.vectors(), embedder="somebody else's")
    saved, other = read_parquet(path), MemoryBank(HashEmbedder())
    with pytest.raises(MemoryInputError, match="somebody else's"):
        other.load(saved.records, saved.vectors, fingerprint=saved.embedder)
    assert len(other) == 0


def test_every_cut_and_every_flipped_bit_of_the_pages_is_noticed(tmp_path: Path) -> None:
    bank, path = filled(), tmp_path / "m.parquet"
    write_parquet(bank.view("Ann"), path, vectors=bank.vectors(), embedder="e")
    whole = path.read_bytes()
    for end in range(0, len(whole), 97):
        path.write_bytes(whole[:end])
        with pytest.raises(MemoryInputError, match=r"m\.parquet .*bytes\) is no whole Parquet file"):
            read_parquet(path)
    with parquet.ParquetFile(arrow.BufferReader(whole)) as file:
        group = file.metadata.row_group(0)
        column = group.column(group.num_columns - 1)
    for place in range(column.data_page_offset + 40, column.data_page_offset + column.total_compressed_size, 61):
        flipped = bytearray(whole)
        flipped[place] ^= 4
        path.write_bytes(flipped)
        with pytest.raises(MemoryInputError, match=r"m\.parquet"):
            read_parquet(path)
    path.write_bytes(whole)
    assert len(read_parquet(path).records) == 3


def rewritten(change: Callable[[Any], Any]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        bank = filled()
        write_parquet(bank.view("Ann"), path, vectors=bank.vectors(), embedder="e")
        table = parquet.read_table(path)
        parquet.write_table(change(table).replace_schema_metadata(table.schema.metadata), path)

    return make


def put(name: str, values: Any) -> Callable[[Any], Any]:
    return lambda table: table.set_column(table.column_names.index(name), name, values)


def stranger(path: Path) -> None:
    parquet.write_table(arrow.table({"a": [1]}), path)


VECTORS = arrow.list_(arrow.float32())
BAD: dict[str, Callable[[Path], Any]] = {
    r"none of memories.*its columns are a": stranger,
    r"version 7": lambda path: parquet.write_table(
        arrow.table({"a": [1]}).replace_schema_metadata({"gamemaster_memories": "7"}), path
    ),
    r"bytes\) is no whole Parquet file": lambda path: path.write_bytes(b"PAR1 and then nothing"),
    r"can't be read": lambda path: path.mkdir(),
    r"a column 'mood'": rewritten(lambda table: table.append_column("mood", arrow.array(["good"] * 3))),
    r"lacks the column 'kind'": rewritten(lambda table: table.drop_columns(["kind"])),
    r"type string in the column 'time'": rewritten(put("time", arrow.array(["1", "2", "3"]))),
    r"row 2: .*text": rewritten(put("text", arrow.array(["a", None, "b"]))),
    r"row 3: .*importance 11": rewritten(put("importance", arrow.array([None, 1.0, 11.0]))),
    r"row 1: .*a time is a number": rewritten(put("time", arrow.array([float("nan"), 1.0, 2.0]))),
    r"row 2: the id 'a' is there already": rewritten(put("id", arrow.array(["a", "a", "b"]))),
    r"row 2: the vector has the shape \(1,\); the first has \(2,\)": rewritten(
        put("vector", arrow.array([[0.6, 0.8], [1.0], None], VECTORS))
    ),
    r"row 1: the vector is zero": rewritten(put("vector", arrow.array([[0.0, 0.0], None, None], VECTORS))),
    r"row 1: the vector is not finite": rewritten(put("vector", arrow.array([[float("nan"), 1.0], None, None], VECTORS))),
    r"row 1: the vector has a place without a number": rewritten(put("vector", arrow.array([[None, 1.0], None, None], VECTORS))),
    r"doesn't say whose": lambda path: _nobody_s(path),
}


def _nobody_s(path: Path) -> None:
    rewritten(lambda table: table)(path)
    table = parquet.read_table(path)
    parquet.write_table(table.replace_schema_metadata({"gamemaster_memories": "1"}), path)


@pytest.mark.parametrize("message", BAD)
def test_a_foreign_or_broken_file_is_refused_by_its_place(tmp_path: Path, message: str) -> None:
    path = tmp_path / "memories.parquet"
    BAD[message](path)
    with pytest.raises(MemoryInputError, match=message) as caught:
        read_parquet(path)
    assert str(path) in str(caught.value)


def test_what_can_t_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "memories.parquet"
    write_parquet(THREE, path)
    half = MemoryRecord(id="h", holder="Ann", text="half \ud800", time=0.0, last_access=0.0)
    row = np.array([0.6, 0.8], np.float32)
    for wrong, message in (
        (lambda: write_parquet([half], path), "Write them as JSONL"),
        (lambda: write_parquet(THREE, path, vectors=[("text 0", row)]), "nobody's"),
        (lambda: write_parquet(THREE, path, vectors=[("text 0", row), ("text 1", row[:1])], embedder="e"), "length|shape"),
        (lambda: write_parquet(THREE, path, vectors=[("text 0", row * 2)], embedder="e"), "has the length 2"),
        (lambda: write_parquet(THREE, tmp_path / "no folder" / "x"), "can't be written"),
        (lambda: read_parquet(tmp_path / "nothing.parquet"), "can't be read"),
    ):
        with pytest.raises(MemoryInputError, match=message):
            wrong()
    assert list(read_parquet(path).records) == THREE
    assert [each.name for each in tmp_path.iterdir()] == ["memories.parquet"]


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    for wrong in (lambda: write_parquet(THREE, tmp_path / "x"), lambda: read_parquet(tmp_path / "x")):
        with pytest.raises(MemoryInputError, match=r"gamemaster\[experiment\]"):
            wrong()
    assert list(tmp_path.iterdir()) == []
