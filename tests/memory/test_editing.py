"""A memory edited by hand keeps what it was, in the bank, in the changes of the step, and in the archive."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.memory import AssociativeMemory, MemoryBank
from gamemaster.record import Archive, MemoryChange, StepRecord, canonical_export, verify
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError, MemoryRecord, MemoryVersion

EDITS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "text": st.sampled_from(["bread", "river", "a market day"]),
            "importance": st.none() | st.sampled_from([0.0, 3.0, 10.0]),
            "kind": st.sampled_from(["observation", "thought"]),
            "tags": st.sampled_from([(), ("a",), ("a", "b")]),
        },
    ),
    max_size=6,
)


def memory_of(*texts: str) -> AssociativeMemory:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    for at, text in enumerate(texts):
        memory.add(text, time=float(at), tags=["t"])
    return memory


def test_an_edit_keeps_what_was() -> None:
    memory = memory_of("bread is cheap", "the river is cold", "the mill turns")
    memory.bank.begin_step(4)
    first = memory.edit("0/memory/1", text="the river is warm", importance=7, time=50.0)
    assert first.versions == (
        MemoryVersion(
            step=4,
            time=50.0,
            changed=("text", "importance"),
            text="the river is cold",
            importance=None,
            kind="observation",
            tags=("t",),
        ),
    )
    second = memory.edit("0/memory/1", importance=None, tags=["x", "y"], time=60.0)
    assert (second.text, second.importance, second.tags) == ("the river is warm", None, ("x", "y"))
    assert [(each.time, each.changed) for each in second.versions] == [
        (50.0, ("text", "importance")),
        (60.0, ("importance", "tags")),
    ]
    assert [each.id for each in memory] == ["0/memory/0", "0/memory/1", "0/memory/2"]
    assert memory.get("0/memory/1") == second
    assert (second.time, second.last_access) == (1.0, 1.0)


def test_an_edit_that_changes_nothing_is_none() -> None:
    memory = memory_of("bread")
    record = memory.edit("0/memory/0", text="bread", kind="observation", tags=["t"])
    assert record.versions == ()
    memory.bank.take_changes()
    memory.edit("0/memory/0", importance=None)
    assert memory.bank.take_changes().edited == ()


def test_the_new_text_is_what_is_recalled() -> None:
    memory = memory_of("bread is cheap", "the river is cold", "the mill turns")
    memory.recall("river", 1, touch=False)
    memory.edit("0/memory/0", text="a boat sails down the river", importance=9.0)
    (hit,) = memory.recall("a boat sails down the river", 1, touch=False)
    assert (hit.memory.id, hit.cosine) == ("0/memory/0", pytest.approx(1.0))
    assert [each.memory.id for each in memory.recall("bread", 9, matching="bread", touch=False)] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": " "}, "isn't empty"),
        ({"text": 5}, "the text 5"),
        ({"importance": 10.5}, "importance 10.5"),
        ({"importance": float("nan")}, "importance nan"),
        ({"kind": ""}, "name a kind"),
        ({"tags": [1]}, "the tags"),
        ({"tags": 5}, "the tags 5"),
        ({"text": "x", "time": float("inf")}, "simulated seconds"),
    ],
)
def test_a_wrong_edit_changes_nothing(changes: Any, message: str) -> None:
    memory = memory_of("bread", "river")
    memory.bank.take_changes()
    before = list(memory)
    with pytest.raises(MemoryInputError, match=message):
        memory.edit("0/memory/0", **changes)
    with pytest.raises(MemoryInputError, match="no record with that id"):
        memory.edit("nobody's", text="x")
    with pytest.raises(MemoryInputError, match="change its 'time'"):
        memory.bank.edit("Ann", "0/memory/0", {"time": 4.0})
    assert list(memory) == before
    assert memory.bank.take_changes().edited == ()


def commit(archive: Archive, bank: MemoryBank, step: int) -> StepRecord:
    """What the engine records of a bank's changes."""
    bank.apply_accesses()
    changes = bank.take_changes()
    edits: dict[str, list[dict[str, Any]]] = {}
    for each in changes.edited:
        edits.setdefault(each.id, []).append({"step": each.step, "time": each.time, **each.changes})
    return StepRecord(
        step=step,
        memories=changes.added,
        memory_changes=[
            *(MemoryChange(id=id, field="last_access", value=time) for id, time in changes.accessed.items()),
            *(MemoryChange(id=id, field="edited", value=value) for id, value in edits.items()),
        ],
        forgotten=changes.forgotten,
    )


@given(st.lists(st.tuples(st.integers(0, 3), EDITS), min_size=1, max_size=4))
async def test_the_archive_gives_the_versions_again(steps: list[tuple[int, list[dict[str, Any]]]]) -> None:
    archive = Archive.create(None, configuration={}, environment={})
    bank = MemoryBank(HashEmbedder(), deferred=True)
    held: list[list[MemoryRecord]] = []
    for number, (which, edits) in enumerate(steps):
        bank.begin_step(number)
        bank.add("Ann", "bread", time=float(number))
        ids = [each.id for each in bank.view("Ann")]
        for edit in edits:  # also of what was added in this very step, and several times in one
            bank.edit("Ann", ids[which % len(ids)], edit)
        await archive.commit(commit(archive, bank, number))
        held.append(list(bank.view("Ann")))
    for number, records in enumerate(held):
        assert archive.memories(step=number) == records
    assert verify(archive) == []
    stream = BytesIO()
    canonical_export(archive, stream)
    again = MemoryBank(HashEmbedder())
    again.load(archive.memories())
    assert list(again.view("Ann")) == held[-1]
    archive.close()


async def test_what_was_edited_and_forgotten_is_gone_and_its_history_stays(tmp_path: Path) -> None:
    bank = MemoryBank(HashEmbedder(), deferred=True)
    with Archive.create(tmp_path / "run", configuration={}, environment={}) as archive:
        record = bank.add("Ann", "bread")
        bank.edit("Ann", record.id, {"text": "stale bread"})
        bank.forget("Ann", [record.id])
        await archive.commit(commit(archive, bank, 0))
        assert archive.memories() == []
        stream = BytesIO()
        canonical_export(archive, stream)
    assert b'"text":"bread"' in stream.getvalue() and b"stale bread" in stream.getvalue()
