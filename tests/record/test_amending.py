"""The last step alone can be amended: wholly or not at all, with a chain that fits, and without answers given too early."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gamemaster.language import Answer, TextRequest
from gamemaster.record import Archive, CallRecord, MemoryChange, StepRecord, verify
from gamemaster.words import ActionSpec, ArchiveError, Ask, Event, MemoryRecord

BREAD = MemoryRecord(id="0/memory/0", holder="Ann", text="bread", time=0.0, last_access=0.0)
RIVER = MemoryRecord(id="1/memory/0", holder="Ann", text="river", time=1.0, last_access=1.0)
NEW = MemoryRecord(id="1/memory/1", holder="Ann", text="boat", time=1.0, last_access=1.0)
EDIT = MemoryChange(id=RIVER.id, field="edited", value=[{"step": 1, "time": 1.0, "text": "a river"}])


def event(n: int, step: int = 1) -> Event:
    return Event(id=f"{step}/event/{n}", step=step, time=1.0, kind="intervention", actor="", text="By hand.")


def change(step: int = 1, n: int = 0) -> StepRecord:
    return StepRecord(step=step, events=[event(n, step)], memories=[NEW], memory_changes=[EDIT], forgotten=[BREAD.id])


async def filled(folder: Path | None, *, steps: int = 2) -> Archive:
    archive = Archive.create(folder, configuration={"seed": 1}, environment={})
    changes = [MemoryChange(id=BREAD.id, field="last_access", value=1.0)]
    records = [
        StepRecord(step=0, memories=[BREAD]),
        StepRecord(step=1, time=1.0, memories=[RIVER], memory_changes=changes),
    ]
    for record in records[:steps]:
        await archive.commit(record)
    return archive


@pytest.mark.parametrize("on_disk", [True, False])
async def test_what_is_added_stands_behind_the_step(tmp_path: Path, on_disk: bool) -> None:
    archive = await filled(tmp_path / "run" if on_disk else None)
    before = [each.digest for each in archive.steps]
    archive.amend(change())
    assert [each.id for each in archive.memories()] == [RIVER.id, NEW.id]
    assert (archive.memories()[0].text, archive.memories()[0].versions[0].text) == ("a river", "river")
    assert [each.text for each in archive.memories(step=0)] == ["bread"]
    assert [each.text for each in archive.events()] == ["By hand."]
    assert verify(archive) == []
    after = [each.digest for each in archive.steps]
    assert (after[0], after[1] != before[1]) == (before[0], True)
    await archive.commit(StepRecord(step=2, time=2.0))  # the chain goes on from the new link
    assert verify(archive) == []
    archive.close()
    if on_disk:
        with Archive.open(tmp_path / "run") as again:
            assert verify(again) == []
            entry = again.amended
            assert [(each["step"], each["digest"]) for each in entry] == [(1, before[1])]


async def test_step_0_can_be_amended_and_again(tmp_path: Path) -> None:
    with await filled(tmp_path / "run", steps=1) as archive:
        archive.amend(StepRecord(step=0, events=[event(0, 0)], memories=[NEW]))
        archive.amend(StepRecord(step=0, events=[event(1, 0)], forgotten=[NEW.id]))
        assert [each.id for each in archive.memories()] == [BREAD.id]
        assert len(archive.amended) == 2
        assert verify(archive) == []


async def test_what_is_no_amendment_changes_nothing(tmp_path: Path) -> None:
    with await filled(tmp_path / "run") as archive:
        held, digests = archive.memories(), [each.digest for each in archive.steps]
        ask = Ask(agent="Ann", spec=ActionSpec.free("?"))
        for wrong, message in (
            (change(step=0), "Step 0 can't be amended .* which is 1"),
            (change(step=2), "Step 2 can't be amended"),
            (StepRecord(step=1, asks=[ask]), "brings asks"),
            (StepRecord(step=1, memories=[RIVER], events=[event(0), event(0)]), "could not be written"),
        ):
            with pytest.raises(ArchiveError, match=message):
                archive.amend(wrong)
        assert archive.memories() == held
        assert [each.digest for each in archive.steps] == digests
        assert archive.amended == []
        assert verify(archive) == []
    with Archive.open(tmp_path / "run") as reading, pytest.raises(ArchiveError, match="opened for reading"):
        reading.amend(change())


async def test_answers_given_with_another_past_are_forgotten(tmp_path: Path, ask: Callable[..., TextRequest]) -> None:
    early, answered = ask(1), ask(2)
    with await filled(tmp_path / "run", steps=1) as archive:
        await archive.record_call(CallRecord(request=early, answer=Answer(text="Bread."), model="m"))
        await archive.commit(StepRecord(step=1, memories=[RIVER]))
        await archive.record_call(CallRecord(request=answered, answer=Answer(text="Fish."), model="m"))
        archive.amend(change())
        assert archive.recorded(answered.key) is None
        assert [call.key for call in archive.calls()] == [early.key]
        await archive.record_call(CallRecord(request=answered, answer=Answer(text="A boat."), model="m"))
        await archive.commit(StepRecord(step=2))
        assert [call.answer.text for call in archive.calls()] == ["Bread.", "A boat."]
        assert verify(archive) == []
