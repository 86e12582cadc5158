"""What was written is read, value for value; a file that is cut off or foreign is refused, and nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.memory import read_jsonl, write_jsonl
from gamemaster.words import MemoryInputError, MemoryRecord

WORDS = st.text(st.characters(exclude_categories=[]), min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
TIMES = st.floats(allow_nan=False, allow_infinity=False)
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
    ),
    max_size=5,
    unique_by=lambda record: record.id,
)
THREE = [MemoryRecord(id=f"0/memory/{n}", holder="Ann", text=f"text {n}", time=float(n), last_access=9.0) for n in range(3)]


@given(RECORDS)
def test_what_was_written_is_read(tmp_path_factory: pytest.TempPathFactory, records: list[MemoryRecord]) -> None:
    path = tmp_path_factory.getbasetemp() / "memories.jsonl"
    write_jsonl(records, path)
    assert read_jsonl(path) == records


def test_a_file_by_hand_may_leave_out_what_has_a_default(tmp_path: Path) -> None:
    path = tmp_path / "memories.jsonl"
    path.write_text('{"gamemaster_memories": 1}\n\n{"id": "a", "holder": "Ann", "text": "bread", "time": 3}')
    assert read_jsonl(path) == [MemoryRecord(id="a", holder="Ann", text="bread", time=3.0, last_access=3.0)]


def test_every_cut_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "memories.jsonl"
    write_jsonl(THREE, path)
    whole = path.read_bytes()
    for end in range(len(whole) - 1):
        path.write_bytes(whole[:end])
        with pytest.raises(MemoryInputError, match=str(path)):
            read_jsonl(path)
    path.write_bytes(whole[:-1])  # all but the last line's end
    assert read_jsonl(path) == THREE


def line(**values: Any) -> str:
    return json.dumps({"id": "a", "holder": "Ann", "text": "bread", "time": 0.0} | values)


HEAD = '{"gamemaster_memories": 1}'
BAD = {
    "is no file of memories": "SQLite format 3",
    "no file of memories: its first line is ''": "",
    "version 2": '{"gamemaster_memories": 2}',
    "line 2: the file is truncated": HEAD + '\n{"id": "a", "hol',
    "line 2: the line is no JSON": HEAD + "\nno\n" + line(),
    "line 2: .*number.*time": HEAD + "\n" + line(time="3"),
    "line 2: .*at mood": HEAD + "\n" + line(mood="good"),
    "line 2: .*importance 11": HEAD + "\n" + line(importance=11),
    "line 2: .*a time is a number": HEAD + "\n" + line(time=float("nan")),
    "line 2: .*isn't empty": HEAD + "\n" + line(text=" "),
    "line 3: the id 'a' is there already": HEAD + "\n" + line() + "\n" + line(),
    "line 2: Input should be": HEAD + "\n[]",
    "holds 1 records and says 3": '{"gamemaster_memories": 1, "records": 3}\n' + line(),
}


@pytest.mark.parametrize("message", BAD)
def test_a_foreign_or_broken_file_is_refused_by_line(tmp_path: Path, message: str) -> None:
    path = tmp_path / "memories.jsonl"
    path.write_text(BAD[message])
    with pytest.raises(MemoryInputError, match=message):
        read_jsonl(path)


def test_what_can_t_be_read_or_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(MemoryInputError, match=r"nothing\.jsonl can't be read"):
        read_jsonl(tmp_path / "nothing.jsonl")
    with pytest.raises(MemoryInputError, match="can't be written"):
        write_jsonl(THREE, tmp_path / "no folder" / "x.jsonl")
    (tmp_path / "folder").mkdir()
    with pytest.raises(MemoryInputError, match="can't be written"):
        write_jsonl(THREE, tmp_path / "folder")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_a_record_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "memories.jsonl"
    write_jsonl(THREE, path)

    def broken() -> Any:
        yield THREE[0]
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        write_jsonl(broken(), path)
    assert read_jsonl(path) == THREE
    assert [each.name for each in tmp_path.iterdir()] == ["memories.jsonl"]
