"""Changes and keyframes: what is recorded of states, and that it gives the states back, order of members included."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gamemaster.record import Archive, StateTracker, StepChanges, StepRecord, verify
from gamemaster.record.state_tracker import rebuilt
from gamemaster.words import ArchiveError

LARGE = {f"person {n}": n for n in range(100)}


def kinds(found: StepChanges) -> list[tuple[str, str]]:
    return [(each.part, each.kind) for each in found.changes]


def test_the_first_step_is_a_keyframe_and_what_is_unchanged_is_nothing() -> None:
    tracker = StateTracker()
    first = tracker.changes({"world": (1, {"a": 1}), "clock": (1, {"now": 0})})
    assert first.changes == ()
    assert first.keyframe is not None
    assert [each.part for each in first.keyframe] == ["clock", "world"]
    assert tracker.changes({"world": (1, {"a": 1}), "clock": (1, {"now": 0})}) == StepChanges(changes=(), keyframe=None)


def test_small_states_are_recorded_whole_and_large_ones_by_patch() -> None:
    tracker = StateTracker()
    tracker.changes({"small": (1, {"a": 1}), "large": (1, LARGE)})
    found = tracker.changes({"small": (1, {"a": 2}), "large": (1, {**LARGE, "person 7": 8})})
    assert kinds(found) == [("large", "patch"), ("small", "state")]
    assert json.loads(found.changes[0].value) == [{"op": "replace", "path": "/person 7", "value": 8}]


def test_another_order_of_members_is_another_state() -> None:
    tracker = StateTracker()
    tracker.changes({"world": (1, LARGE)})
    moved = {key: LARGE[key] for key in sorted(LARGE, reverse=True)}
    found = tracker.changes({"world": (1, moved)})
    assert kinds(found) == [("world", "state")]
    assert list(json.loads(found.changes[0].value)) == list(moved)


def test_one_and_true_and_one_point_zero_are_three_states() -> None:
    tracker = StateTracker()
    tracker.changes({"world": (1, {"flags": [1], **LARGE})})
    for value in (True, 1.0, 1):
        found = tracker.changes({"world": (1, {"flags": [value], **LARGE})})
        assert len(found.changes) == 1


def test_a_given_patch_is_recorded_as_it_is_and_shares_nothing() -> None:
    tracker = StateTracker()
    tracker.changes({"world": (1, {"rooms": {}})})
    patch: list[dict[str, Any]] = [
        {"op": "add", "path": "/rooms/hall", "value": {}},
        {"op": "add", "path": "/rooms/hall/door", "value": "open"},
    ]
    found = tracker.changes({}, {"world": patch})
    assert json.loads(found.changes[0].value) == patch
    assert patch[0]["value"] == {}
    assert tracker.changes({"world": (1, {"rooms": {"hall": {"door": "open"}}})}).changes == ()


def test_a_patch_that_leads_elsewhere_than_its_state_is_not_believed() -> None:
    tracker = StateTracker()
    tracker.changes({"world": (1, LARGE)})
    wrong = [{"op": "replace", "path": "/person 1", "value": 5}]
    found = tracker.changes({"world": (1, {**LARGE, "person 1": 6})}, {"world": wrong})
    assert json.loads(found.changes[0].value) == [{"op": "replace", "path": "/person 1", "value": 6}]


def test_a_patch_that_does_not_fit_is_an_error() -> None:
    tracker = StateTracker()
    tracker.changes({"world": (1, {"a": 1})})
    with pytest.raises(ArchiveError, match="does not fit the state of world"):
        tracker.changes({}, {"world": [{"op": "remove", "path": "/b"}]})


def test_a_new_version_of_a_state_is_recorded_whole() -> None:
    tracker = StateTracker()
    tracker.changes({"world": (1, LARGE)})
    found = tracker.changes({"world": (2, LARGE)})
    assert [(each.version, each.kind) for each in found.changes] == [(2, "state")]


def test_sixteen_kilobytes_are_allowed_and_one_more_byte_is_not() -> None:
    tracker = StateTracker()
    fits = {"x": "é" * 8187 + "ab"}
    assert len(json.dumps(fits, ensure_ascii=False, separators=(",", ":")).encode()) == 16384
    tracker.changes({"agent/Ann/plan": (1, dict(fits)), "world": (1, {"x": "y" * 50_000})})
    with pytest.raises(ArchiveError, match=r"agent/Ann/plan has 16,385 bytes.*belongs in memory"):
        tracker.changes({"agent/Ann/plan": (1, {"x": fits["x"] + "c"})})


def test_a_keyframe_comes_when_changes_outweigh_the_last() -> None:
    tracker = StateTracker()
    tracker.changes({"world": (1, {f"field {n}": "x" * 100 for n in range(100)})})
    due = [
        tracker.changes({}, {"world": [{"op": "replace", "path": "/field 1", "value": f"{n:0500}"}]}).keyframe for n in range(60)
    ]
    frames = [n for n, frame in enumerate(due) if frame is not None]
    assert 1 <= len(frames) <= 4


values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2) | st.text("ab/~é", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=4),
    max_leaves=12,
)
padding = {"padding": "p" * 600}


@settings(max_examples=40)
@given(states=st.lists(st.dictionaries(st.text("ab/~", max_size=2), values, max_size=4), min_size=2, max_size=8))
def test_what_is_recorded_gives_every_state_back(states: list[dict[str, Any]]) -> None:
    tracker = StateTracker()
    keyframe, changes = [], []
    for state in states:
        whole = {**state, **padding}
        found = tracker.changes({"world": (1, whole)})
        if found.keyframe is not None:
            keyframe, changes = list(found.keyframe), []
        else:
            changes += found.changes
        assert json.dumps(rebuilt(keyframe, changes)["world"][1]) == json.dumps(whole)


def test_a_reopened_archive_has_its_keyframes_where_an_unbroken_run_has_them(tmp_path: Path) -> None:
    def step(n: int) -> StepRecord:
        patch = [{"op": "replace", "path": "/note", "value": f"é{n}" * 150}]
        if n == 0:
            return StepRecord(step=0, states={"world": (1, {"note": "", "more": "m" * 3000}), "clock": (1, {"now": 0})})
        return StepRecord(step=n, states={"clock": (1, {"now": n})}, patches={"world": patch})

    def frames(archive: Archive) -> list[tuple[int, str]]:
        return archive.reader().execute("SELECT step, part FROM keyframes ORDER BY step, part").fetchall()

    unbroken = Archive.create(tmp_path / "a", configuration={}, environment={})
    broken = Archive.create(tmp_path / "b", configuration={}, environment={})
    for n in range(40):
        asyncio.run(unbroken.commit(step(n)))
        asyncio.run(broken.commit(step(n)))
        if n % 3 == 0:
            broken.close()
            broken = Archive.open(tmp_path / "b", write=True)
    assert len(frames(unbroken)) > 4
    assert frames(broken) == frames(unbroken)
    for n in (0, 7, 20, 39):
        assert unbroken.states(n)["clock"] == (1, {"now": n})
        assert unbroken.states(n) == broken.states(n)
    assert len(list(unbroken.changes("world", step=5))) == 1
    assert verify(broken) == []
    unbroken.close()
    broken.close()
