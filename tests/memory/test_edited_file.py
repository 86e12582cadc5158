"""An edited file is read as changes; a wrong line is named with its field, whatever the others say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gamemaster.memory import MemoryEdits, read_edits, write_jsonl
from gamemaster.words import MemoryInputError, MemoryRecord, MemoryVersion

VERSION = MemoryVersion(step=2, time=5.0, changed=("text",), text="old", importance=None, kind="observation", tags=("x",))
RECORDS = [
    MemoryRecord(id="1/memory/0", holder="Ann", text="bread", time=1.5, last_access=2.0, importance=3.0, tags=("food",)),
    MemoryRecord(id="1/memory/1", holder="Ann", text="river", time=1.5, last_access=2.0, versions=(VERSION,)),
    MemoryRecord(id="1/memory/2", holder="Ann", text="so", time=2.0, last_access=2.0, rests_on=("1/memory/0",), depth=1),
]
TAKEN = {each.id: "Ann" for each in RECORDS} | {"0/memory/0": "Ann", "0/memory/1": "Bob", "6/memory/0": "Bob"}


def edits(tmp_path: Path, *rows: Any, head: str = '{"gamemaster_memories": 1}') -> MemoryEdits:
    path = tmp_path / "edit.jsonl"
    path.write_text("\n".join([head, *(each if isinstance(each, str) else json.dumps(each) for each in rows)]))
    return read_edits(path, RECORDS, holder="Ann", step=6, time=60.0, taken=TAKEN)


def test_a_file_as_it_was_written_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    write_jsonl(RECORDS, path)
    assert not read_edits(path, RECORDS, holder="Ann", step=6, time=60.0, taken=TAKEN)


def test_lines_change_add_and_forget(tmp_path: Path) -> None:
    found = edits(
        tmp_path,
        {"id": "1/memory/0", "text": "stale bread", "importance": None, "tags": ["food"]},
        {"id": "1/memory/2", "deleted": True},
        {"text": "a thought", "kind": "thought", "rests_on": ["1/memory/2"]},
        {"text": "on top", "id": "mine", "time": 3.0, "rests_on": ["6/memory/1"], "depth": 3},
    )
    assert found.changed == {"1/memory/0": {"text": "stale bread", "importance": None}}
    assert found.forgotten == ("1/memory/2",)
    assert found.added == (
        MemoryRecord(
            id="6/memory/1",
            holder="Ann",
            text="a thought",
            time=60.0,
            last_access=60.0,
            kind="thought",
            rests_on=("1/memory/2",),
            depth=2,
        ),
        MemoryRecord(id="mine", holder="Ann", text="on top", time=3.0, last_access=3.0, rests_on=("6/memory/1",), depth=3),
    )


FIRST = {"id": "1/memory/0", "text": "bread"}
BAD: dict[str, list[Any]] = {
    "line 3, field time: it is '4.0', and '1.5' on record": [FIRST, {"id": "1/memory/1", "time": 4.0}],
    "line 2, field last_access": [{**FIRST, "last_access": 3.0}],
    "line 2, field rests_on": [{**FIRST, "rests_on": ["1/memory/1"]}],
    "line 2, field depth": [{**FIRST, "depth": 4}],
    "line 2, field versions": [{"id": "1/memory/1", "versions": []}],
    "line 2, field holder: it is 'Bob'": [{**FIRST, "holder": "Bob"}],
    "line 2: .*importance 11": [{"id": "1/memory/0", "importance": 11}],
    "line 2: .*isn't empty": [{"id": "1/memory/0", "text": ""}],
    "line 3: .*isn't empty": [FIRST, {"kind": "thought"}],
    "line 2: .*at text, which is '5'": [{"id": "1/memory/0", "text": 5}],
    "line 2: .*at mood": [{"id": "1/memory/0", "mood": "good"}],
    "line 2: .*at deleted": [{"id": "1/memory/0", "deleted": "yes"}],
    "line 3, field id: '1/memory/0' is there already": [FIRST, FIRST],
    "line 2, field id: 'Ann' has no memory 'x'": [{"id": "x", "deleted": True}],
    "line 2, field id: 'Ann' has no memory ''": [{"text": "new", "deleted": True}],
    r"line 2, field id: '0/memory/0' is taken \(forgotten\)": [{"id": "0/memory/0", "text": "back"}],
    r"line 2, field id: '0/memory/1' is taken \(a memory of 'Bob'\)": [{"id": "0/memory/1", "text": "mine"}],
    "line 3, field id: '6/memory/1' is taken": [{"text": "new"}, {"text": "newer", "id": "6/memory/1"}],
    "line 2, field versions: a new memory has none": [
        {
            "text": "new",
            "versions": [{"step": 1, "time": 2.0, "changed": ["text"], "text": "o", "kind": "k"}],
        }
    ],
    "line 2, field rests_on: 'Ann' has no memory '9'": [{"text": "new", "rests_on": ["9"]}],
    "line 2, field depth: it is 2; by what it rests on it is 1": [{"text": "new", "rests_on": ["1/memory/0"], "depth": 2}],
    "line 2: .*a time is a number": [{"text": "new", "time": float("nan")}],
    "line 3: the file is truncated": [FIRST, '{"id": "1/mem'],
    "line 2: the line is no JSON": ["no", FIRST],
}


@pytest.mark.parametrize("message", BAD)
def test_a_wrong_line_is_named_with_its_field(tmp_path: Path, message: str) -> None:
    with pytest.raises(MemoryInputError, match=message) as caught:
        edits(tmp_path, *BAD[message])
    assert "edit.jsonl" in str(caught.value)


def test_fewer_lines_than_the_file_says_are_a_truncated_file(tmp_path: Path) -> None:
    head = '{"gamemaster_memories": 1, "records": 2}'
    with pytest.raises(MemoryInputError, match="holds 1 records and says 2"):
        edits(tmp_path, FIRST, head=head)
    assert edits(tmp_path, FIRST, {"text": "a"}, {"text": "b"}, head=head).added[1].id == "6/memory/2"
    with pytest.raises(MemoryInputError, match="no file of memories"):
        edits(tmp_path, FIRST, head="{}")
    with pytest.raises(MemoryInputError, match="can't be read"):
        read_edits(tmp_path / "none", RECORDS, holder="Ann", step=6, time=60.0, taken=TAKEN)
