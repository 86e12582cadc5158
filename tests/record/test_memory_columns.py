"""Memories read as columns are those that were recorded, changed as was recorded; and what no column may hold is refused."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster.memory import MemoryBank
from gamemaster.record import Archive, MemoryChange, StepRecord
from gamemaster.record.memory_columns import MemoryColumns
from gamemaster.testing import HashEmbedder
from gamemaster.words import ArchiveDamaged, MemoryInputError, MemoryRecord

names = st.lists(st.sampled_from(["a", "b", "é"]), max_size=2).map(tuple)
memories = st.builds(
    MemoryRecord,
    id=st.just(""),
    holder=st.sampled_from(["Ann", "Bob"]),
    text=st.sampled_from(["fish", "the river", "川", "lone \ud800"]),
    time=st.integers(0, 9).map(float),
    last_access=st.integers(0, 9).map(float),
    importance=st.none() | st.integers(0, 10).map(float),
    kind=st.sampled_from(["observation", "thought"]),
    tags=names,
    rests_on=names,
    depth=st.integers(0, 3),
)
edit = st.fixed_dictionaries(
    {"step": st.integers(0, 5), "time": st.integers(0, 9).map(float)}, optional={"text": st.just("cod"), "tags": names.map(list)}
)
changes = st.tuples(
    st.integers(0, 8),
    st.one_of(
        st.tuples(st.just("last_access"), st.integers(0, 99).map(float)),
        st.tuples(st.just("importance"), st.none() | st.integers(0, 10).map(float)),
        st.tuples(st.just("edited"), st.lists(edit, min_size=1, max_size=2)),
        st.tuples(st.just("forgotten"), st.just(True)),
    ),
)
steps = st.lists(st.tuples(st.lists(memories, max_size=4), st.lists(changes, max_size=3)), min_size=1, max_size=4)


def changed(record: MemoryRecord, field: str, value: Any) -> MemoryRecord:
    if field != "edited":
        return replace(record, **{field: value})
    for each in value:
        fields = {name: tuple(new) if name == "tags" else new for name, new in each.items() if name in ("text", "tags")}
        record = record.edited(fields, step=each["step"], time=each["time"])
    return record


def recorded(steps: Sequence[Any]) -> tuple[Archive, list[list[MemoryRecord]]]:
    """An archive in memory, and what is remembered at the end of each step."""
    archive = Archive.create(None, configuration={}, environment={})
    held: dict[str, MemoryRecord] = {}
    after: list[list[MemoryRecord]] = []
    for step, (added, became) in enumerate(steps):
        new = [replace(each, id=f"{step}/memory/{n}") for n, each in enumerate(added)]
        held.update({each.id: each for each in new})
        told: dict[tuple[str, str], MemoryChange] = {}
        gone: list[str] = []
        for at, (field, value) in became:
            if at >= len(held):
                continue
            id = list(held)[at]
            if field == "forgotten":
                gone.append(id)
            elif (id, field) not in told:
                told[id, field] = MemoryChange(id=id, field=field, value=value)
        record = StepRecord(step=step, memories=new, memory_changes=list(told.values()), forgotten=list(dict.fromkeys(gone)))
        asyncio.run(archive.commit(record))
        for change in told.values():
            held[change.id] = changed(held[change.id], change.field, change.value)
        for id in gone:
            held.pop(id, None)
        after.append(list(held.values()))
    return archive, after


@settings(max_examples=60, deadline=None)
@given(steps)
def test_columns_are_what_was_recorded(steps: Sequence[Any]) -> None:
    archive, after = recorded(steps)
    with archive:
        for step, held in enumerate(after):
            columns = archive.memory_columns(step=step)
            assert columns.records() == held == archive.memories(step=step)
            assert [columns.record(at) for at in range(len(columns))] == held
            assert MemoryColumns.of(held).columns() == columns.columns()
            assert archive.memories(step=step, holder="Bob") == [each for each in held if each.holder == "Bob"]
        one, other = MemoryBank(HashEmbedder()), MemoryBank(HashEmbedder())
        one.load(archive.memory_columns())
        other.load(archive.memories())
        for holder in ("Ann", "Bob"):
            assert list(one.view(holder)) == list(other.view(holder))
            assert one.view(holder).recall("fish") == other.view(holder).recall("fish")
        assert one.holders == other.holders


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("time", "'noon'", "holds str in time, where real belongs"),
        ("importance", "x'00'", "holds bytes in importance, where real belongs"),
        ("depth", "1.5", "holds float in depth, where int belongs"),
        ("tags", "'{}'", "where a list of names belongs"),
        ("tags", "'[1]'", "where a list of names belongs"),
        ("rests_on", "'['", "no readable JSON"),
        ("text", "x'ff'", "holds bytes that are no text"),
        ("text", "cast(x'ff' as text)", "can't be read"),
    ],
)
def test_what_a_column_may_not_hold_is_refused(tmp_path: Path, column: str, value: str, said: str) -> None:
    new = [MemoryRecord(id=f"0/memory/{n}", holder="Ann", text="fish", time=0.0, last_access=0.0) for n in range(3)]
    with Archive.create(tmp_path / "run", configuration={}, environment={}) as archive:
        asyncio.run(archive.commit(StepRecord(step=0, memories=new)))
    connection = sqlite3.connect(tmp_path / "run" / "run.sqlite")
    connection.execute(f"UPDATE memories SET {column} = {value} WHERE n = 1")
    connection.commit()
    connection.close()
    with Archive.open(tmp_path / "run") as archive, pytest.raises(ArchiveDamaged, match=said):
        archive.memory_columns()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("importance", 11.0, "importance 11.0"),
        ("importance", float("nan"), "importance nan"),
        ("text", " ", "isn't empty"),
        ("kind", "", "name a kind"),
        ("id", "", "empty id"),
        ("time", float("inf"), "a time is a number"),
        ("last_access", float("nan"), "a time is a number"),
        ("id", "0/memory/1", "is there twice"),
        ("id", "taken", "is there twice"),
    ],
)
def test_nothing_is_loaded_where_one_can_not_be(field: str, value: Any, said: str) -> None:
    records = [MemoryRecord(id=f"0/memory/{n}", holder="Ann", text="fish", time=0.0, last_access=0.0) for n in range(3)]
    records[0] = replace(records[0], **{field: value})
    for stored in (MemoryColumns.of(records), records):
        bank = MemoryBank(HashEmbedder())
        bank.add("Bob", "was here", id="taken")
        with pytest.raises(MemoryInputError, match=said):
            bank.load(stored)
        assert (len(bank), bank.holders) == (1, ("Bob",))
