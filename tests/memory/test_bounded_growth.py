"""Policies forget what they say and nothing else; merging loses no count, time, rating or tag."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gamemaster.memory import (
    AssociativeMemory,
    ForgetFaint,
    ForgetOld,
    KeepStrongest,
    MemoryBank,
    forget_by,
    merge_duplicates,
    strength,
    times,
)
from gamemaster.testing import HashEmbedder
from gamemaster.words import MemoryInputError, MemoryRecord

HOUR = 3600.0
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["bread", "river", "market"]),
        st.integers(0, 50).map(lambda hours: hours * HOUR),
        st.none() | st.integers(0, 10),
        st.sampled_from(["observation", "thought", "formative"]),
    ),
    max_size=12,
)
Row = tuple[str, float, int | None, str]


def memory_of(rows: list[Row]) -> AssociativeMemory:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    for text, time, importance, kind in rows:
        memory.add(text, time=time, importance=importance, kind=kind)
    return memory


def kept_by(rows: list[Row], *policies: Any, now: float = 60 * HOUR) -> tuple[list[MemoryRecord], list[MemoryRecord]]:
    memory = memory_of(rows)
    before = list(memory)
    gone = forget_by(memory, *policies, now=now)
    assert sorted([*memory, *gone], key=before.index) == before
    assert gone == sorted(gone, key=before.index)
    assert not any(each.kind == "formative" for each in gone)
    return list(memory), gone


@given(ROWS, st.integers(0, 60))
def test_what_is_old_is_forgotten(rows: list[Row], hours: int) -> None:
    kept, gone = kept_by(rows, ForgetOld(age=hours * HOUR))
    assert all(60 * HOUR - each.last_access > hours * HOUR for each in gone)
    assert all(each.kind == "formative" or 60 * HOUR - each.last_access <= hours * HOUR for each in kept)


@given(ROWS, st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_what_is_faint_is_forgotten(rows: list[Row], below: float) -> None:
    kept, gone = kept_by(rows, ForgetFaint(below=below, decay=0.9))

    def by_hand(each: MemoryRecord) -> float:
        return (5 if each.importance is None else each.importance) / 10 * 0.9 ** (60 - each.last_access / HOUR)

    assert all(by_hand(each) < below for each in gone)
    assert all(each.kind == "formative" or by_hand(each) >= below for each in kept)


@given(ROWS, st.integers(0, 8))
def test_the_strongest_are_kept(rows: list[Row], count: int) -> None:
    kept, gone = kept_by(rows, KeepStrongest(count=count))
    others = [each for each in kept if each.kind != "formative"]
    assert len(others) == min(count, len(others) + len(gone))
    ranks = {each.id: at for at, each in enumerate(memory_of(rows))}
    for weak in gone:
        for strong in others:
            assert (strength(weak, 60 * HOUR), ranks[weak.id]) < (strength(strong, 60 * HOUR), ranks[strong.id])


def test_policies_follow_each_other_and_now_is_the_latest_time() -> None:
    rows: list[Row] = [("a", 0.0, 9, "thought"), ("b", 10.0, 1, "thought"), ("c", 20.0, 5, "thought"), ("d", 30.0, 4, "thought")]
    memory = memory_of(rows)
    assert [each.text for each in forget_by(memory, ForgetOld(age=25.0), KeepStrongest(count=2))] == ["a", "b"]
    assert forget_by(memory, ForgetOld(age=0.0, spare=("thought",))) == []
    assert forget_by(memory_of([]), ForgetOld(age=0.0), KeepStrongest(count=0)) == []


def test_what_is_recalled_is_kept() -> None:
    memory = memory_of([("bread", 0.0, 5, "observation"), ("river", 0.0, 5, "observation")])
    memory.recall("bread", 1, now=9 * HOUR)
    assert [each.text for each in forget_by(memory, ForgetOld(age=HOUR))] == ["river"]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ForgetOld(age=-1.0), "at the age -1.0"),
        (lambda: ForgetOld(age=float("nan")), "at the age nan"),
        (lambda: ForgetFaint(below=float("nan")), "strength nan"),
        (lambda: ForgetFaint(below=0.5, decay=0.0), "decay per hour is 0.0"),
        (lambda: KeepStrongest(count=-1), "-1 are to be kept"),
        (lambda: KeepStrongest(count=1, decay=1.5), "decay per hour is 1.5"),
    ],
)
def test_a_policy_that_means_nothing_is_refused(make: Any, message: str) -> None:
    with pytest.raises(MemoryInputError, match=message):
        make()


def test_a_policy_of_one_s_own_that_errs_forgets_nothing() -> None:
    class Wrong:
        def gone(self, records: Any, now: float) -> list[str]:
            return [records[0].id, "nobody"]

    memory = memory_of([("bread", 0.0, 5, "observation")])
    with pytest.raises(MemoryInputError, match="'nobody'"):
        forget_by(memory, Wrong())
    with pytest.raises(MemoryInputError, match="simulated seconds"):
        forget_by(memory, ForgetOld(age=0.0), now=float("nan"))
    assert len(memory) == 1


@given(ROWS)
def test_merging_keeps_what_the_many_knew(rows: list[Row]) -> None:
    memory = memory_of(rows)
    before = list(memory)
    merged = merge_duplicates(memory)
    after = list(memory)
    assert sum(map(times, after)) == len(before)
    assert len({(each.kind, each.text) for each in before}) == len(after)
    assert merged == [each for each in after if times(each) > 1]
    for each in after:
        old = [other for other in before if (other.kind, other.text) == (each.kind, each.text)]
        assert times(each) == len(old)
        assert (each.time, each.last_access) == (max(other.time for other in old), max(other.last_access for other in old))
        assert each.importance == max((other.importance for other in old if other.importance is not None), default=None)
    assert merge_duplicates(memory) == []


def test_merged_memories_merge_again_with_their_tags_and_grounds() -> None:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    ground = memory.add("bread")
    for tag in ("a", "b"):
        memory.add("bread is good", kind="thought", tags=[tag], rests_on=[ground.id])
    (two,) = merge_duplicates(memory)
    assert (two.tags, two.rests_on, two.depth) == (("a", "b", "times:2"), (ground.id,), 1)
    memory.add("bread is good", kind="thought", tags=["times:many", "c"], time=5.0)
    (three,) = merge_duplicates(memory)
    assert three.tags == ("a", "b", "times:many", "c", "times:3")
    assert (times(three), three.time, three.rests_on) == (3, 5.0, (ground.id,))
    assert len(memory) == 2


def test_what_others_rest_on_is_not_merged() -> None:
    memory = AssociativeMemory(HashEmbedder(), holder="Ann")
    first = memory.add("bread")
    memory.add("bread")
    memory.add("a thought", kind="thought", rests_on=[first.id])
    assert merge_duplicates(memory) == []
    memory.add("bread")
    (merged,) = merge_duplicates(memory)
    assert times(merged) == 2
    assert memory.get(first.id) == first


def test_in_a_step_the_last_access_comes_along() -> None:
    bank = MemoryBank(HashEmbedder(), deferred=True)
    bank.load(MemoryRecord(id=f"m{n}", holder="Ann", text="bread", time=float(n), last_access=9.0 - n) for n in range(2))
    (merged,) = merge_duplicates(bank.view("Ann"))
    assert merged.last_access == 9.0
    bank.apply_accesses()
    assert [each.last_access for each in bank.view("Ann")] == [9.0]
    changes = bank.take_changes()
    assert ([each.id for each in changes.added], changes.forgotten) == ([merged.id], ("m0", "m1"))
    assert changes.added[0].last_access == 9.0
