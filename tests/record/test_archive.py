"""Making, opening, locking and closing an archive; what it refuses; order and durability of what is written."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from gamemaster.language.batching import Batcher
from gamemaster.language.request import Answer, TextRequest
from gamemaster.record import Archive, CallRecord, Measure, StepRecord, verify
from gamemaster.record.schema import FORMAT
from gamemaster.words import ArchiveDamaged, ArchiveError, ArchiveInUse, Event

Ask = Callable[..., TextRequest]


def new(folder: Path | None) -> Archive:
    return Archive.create(folder, configuration={"seed": 7}, environment={"python": "3"})


def record(request: TextRequest, text: str = "Yes.") -> CallRecord:
    return CallRecord(request=request, answer=Answer(text=text), model="m")


def act(step: int, n: int = 0, **fields: object) -> Event:
    given: dict[str, object] = {"time": 0.0, "kind": "act", "actor": "Ann", "text": "Ann waits."} | fields
    return Event(id=f"{step}/event/{n}", step=step, **given)  # pyright: ignore[reportArgumentType]


def test_what_a_run_says_of_itself(tmp_path: Path) -> None:
    with new(tmp_path / "a" / "run") as archive:
        assert (archive.configuration, archive.environment) == ({"seed": 7}, {"python": "3"})
        assert (archive.status, archive.stopped_by, archive.last_step, archive.steps) == ("running", "", None, [])
        archive.set_metrics({"gini": 0.25, "survived": None})
        archive.set_metrics({"gini": 0.5, "survived": None})
        archive.finish("finished", stopped_by="steps")
    with Archive.open(tmp_path / "a" / "run") as archive:
        assert archive.metrics == {"gini": 0.5, "survived": None}
        assert (archive.status, archive.stopped_by) == ("finished", "steps")


def test_a_closed_archive_is_one_file_beside_its_lock(tmp_path: Path) -> None:
    new(tmp_path).close()
    assert {each.name for each in tmp_path.iterdir()} <= {"run.sqlite", "run.lock"}


def test_a_folder_with_a_run_is_not_written_over(tmp_path: Path) -> None:
    new(tmp_path).close()
    with pytest.raises(ArchiveInUse, match=f"gamemaster resume {tmp_path}.*--out"):
        new(tmp_path)


def test_one_writes_and_any_read(tmp_path: Path) -> None:
    with new(tmp_path) as archive:
        with pytest.raises(ArchiveInUse, match="Another process"):
            Archive.open(tmp_path, write=True)
        with Archive.open(tmp_path) as reader:
            assert reader.last_step is None
            asyncio.run(archive.commit(StepRecord(step=0)))
            assert reader.last_step == 0
            with pytest.raises(ArchiveError, match="opened for reading"):
                asyncio.run(reader.commit(StepRecord(step=1)))
    Archive.open(tmp_path, write=True).close()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: None, "There is no folder"),
        (lambda folder: folder.write_text("x"), "is no folder"),
        (lambda folder: folder.mkdir(), "holds no run: run.sqlite is missing"),
    ],
)
def test_a_folder_that_is_no_archive(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    make(tmp_path / "run")
    for write in (False, True):
        with pytest.raises(ArchiveError, match=message):
            Archive.open(tmp_path / "run", write=write)


@pytest.mark.parametrize("content", [b"", b"garbage " * 1000, b"SQLite format 3\x00" + b"\x00" * 5000])
def test_a_file_that_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.sqlite").write_bytes(content)
    for write in (False, True):
        with pytest.raises(ArchiveError):
            Archive.open(tmp_path, write=write)
    assert (tmp_path / "run.sqlite").read_bytes() == content


def change(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / "run.sqlite", isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "error", "message"),
    [
        ("PRAGMA user_version=99", ArchiveError, f"format 99; this gamemaster reads up to {FORMAT}"),
        ("PRAGMA application_id=5", ArchiveError, "no run archive"),
        ("CREATE TRIGGER t AFTER INSERT ON events BEGIN DELETE FROM events; END", ArchiveDamaged, "does not hold the tables"),
        ("DROP TABLE events", ArchiveDamaged, "does not hold the tables"),
    ],
)
def test_an_archive_of_another_form_is_refused(tmp_path: Path, statement: str, error: type[Exception], message: str) -> None:
    new(tmp_path).close()
    change(tmp_path, statement)
    for write in (False, True):
        with pytest.raises(error, match=message):
            Archive.open(tmp_path, write=write)


def test_a_truncated_archive_is_damaged_and_never_a_bare_traceback(tmp_path: Path) -> None:
    archive = new(tmp_path)
    for step in range(3):
        asyncio.run(archive.commit(StepRecord(step=step, events=[act(step, n, text="x" * 3000) for n in range(20)])))
    archive.close()
    with Archive.open(tmp_path) as reader:
        steps = [each.digest for each in reader.steps]
    whole = (tmp_path / "run.sqlite").read_bytes()
    for size in range(100, len(whole), 20011):
        (tmp_path / "run.sqlite").write_bytes(whole[:size])
        try:
            with Archive.open(tmp_path) as cut:  # where only what is unused was cut off, nothing is wrong
                assert verify(cut) or steps == [each.digest for each in cut.steps]
        except ArchiveError:
            pass


@pytest.mark.parametrize("on_disk", [True, False])
def test_steps_come_one_by_one(tmp_path: Path, on_disk: bool) -> None:
    async def run() -> None:
        with new(tmp_path if on_disk else None) as archive:
            with pytest.raises(ArchiveError, match="Step 1 can't follow step -1"):
                await archive.commit(StepRecord(step=1))
            await archive.commit(StepRecord(step=0))
            with pytest.raises(ArchiveError, match="Step 0 can't follow step 0"):
                await archive.commit(StepRecord(step=0))
            assert archive.last_step == 0
            assert [each.step for each in archive.steps] == [0]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (StepRecord(step=0, events=[act(1)]), "says step 1, but stands in the record of step 0"),
        (StepRecord(step=0, measures=[Measure(name="gini", value=float("nan"))]), "nan can't be put on record"),
        (StepRecord(step=0, events=[act(0), act(0)]), "UNIQUE constraint"),
        (StepRecord(step=0, states={"agent/Ann/plan": (1, {"days": ["x" * 20_000]})}), r"agent/Ann/plan has 20,0\d\d bytes"),
        (StepRecord(step=0, patches={"world": [{"op": "add", "path": "/x", "value": 1}]}), "'world' has a patch but no state"),
    ],
)
def test_a_step_that_cannot_be_recorded_leaves_no_trace(tmp_path: Path, step: StepRecord, message: str) -> None:
    async def run() -> None:
        with new(tmp_path) as archive:
            with pytest.raises(ArchiveError, match=message):
                await archive.commit(step)
            assert archive.last_step is None
            await archive.commit(StepRecord(step=0, states={"world": (1, {"coins": 3})}))
            assert (archive.states(), list(archive.events()), verify(archive)) == ({"world": (1, {"coins": 3})}, [], [])

    asyncio.run(run())


@pytest.mark.parametrize("on_disk", [True, False])
def test_a_call_has_the_open_step_and_a_key_of_its_own(tmp_path: Path, ask: Ask, on_disk: bool) -> None:
    async def run() -> None:
        with new(tmp_path if on_disk else None) as archive:
            with pytest.raises(ArchiveError, match="so calls are of step 0"):
                await archive.record_call(record(ask(1)))
            await archive.record_call(record(ask(0)))
            with pytest.raises(ArchiveError, match="Two model calls have the key of step 0, Ann, actor, answer #0"):
                await archive.record_call(record(ask(0)))
            assert [call.answer.text for call in archive.calls()] == ["Yes."]

    asyncio.run(run())


def test_an_answer_is_on_disk_when_recording_returns(tmp_path: Path, ask: Ask) -> None:
    async def run() -> None:
        with new(tmp_path) as archive, Archive.open(tmp_path) as other:
            await asyncio.gather(*(archive.record_call(record(ask(0, index=n))) for n in range(1200)))
            assert len(list(other.calls())) == 1200

    asyncio.run(run())


def test_calls_of_one_tick_share_transactions(tmp_path: Path, ask: Ask) -> None:
    points: list[str] = []

    async def run() -> None:
        with new(tmp_path) as archive:
            archive.on_point = points.append
            await asyncio.gather(*(archive.record_call(record(ask(0, index=n))) for n in range(1200)))

    asyncio.run(run())
    assert points == ["call.before_write", "call.written"] * 3


def test_recording_holds_a_batch_back(tmp_path: Path, ask: Ask) -> None:
    sizes: list[int] = []

    def process(items: list[int]) -> list[int]:
        sizes.append(len(items))
        return items

    async def run() -> None:
        with new(tmp_path) as archive:
            batcher: Batcher[int, int] = Batcher(process, max_wait=10.0)

            async def after_recording() -> None:
                await archive.record_call(record(ask(0)))
                await batcher.submit(2)

            await asyncio.gather(batcher.submit(1), after_recording())

    asyncio.run(run())
    assert sizes == [2]


def test_in_memory_nothing_suspends_and_nothing_is_lost(ask: Ask) -> None:
    archive = new(None)
    for coroutine in (archive.record_call(record(ask(0))), archive.commit(StepRecord(step=0, events=[act(0)]))):
        with pytest.raises(StopIteration):
            coroutine.send(None)
    archive.set_metrics({"m": 1})
    with pytest.raises(ArchiveError, match=r"nan.* can't be put on record"):
        archive.set_metrics({"m": float("nan")})
    archive.finish("stopped", stopped_by="budget")
    assert (archive.last_step, len(list(archive.calls())), len(list(archive.events())), archive.metrics) == (0, 1, 1, {"m": 1})
    assert archive.status == "stopped"
    asyncio.run(archive.commit(StepRecord(step=1, events=[act(1)])))
    assert len(list(archive.events())) == 2
    archive.close()


def test_in_memory_what_cannot_be_recorded_is_an_error_of_every_reading() -> None:
    archive = new(None)
    asyncio.run(archive.commit(StepRecord(step=0, measures=[Measure(name="gini", value=float("inf"))])))
    for _ in range(2):
        with pytest.raises(ArchiveError, match="inf can't be put on record"):
            archive.events()


def test_a_cancelled_recording_is_recorded(tmp_path: Path, ask: Ask) -> None:
    async def run() -> None:
        with new(tmp_path) as archive:
            task = asyncio.create_task(archive.record_call(record(ask(0))))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await archive.commit(StepRecord(step=0))
            assert len(list(archive.calls())) == 1

    asyncio.run(run())


def test_a_closed_archive_says_so(tmp_path: Path, ask: Ask) -> None:
    archive = new(tmp_path)
    archive.close()
    archive.close()
    with pytest.raises(ArchiveError, match="is closed"):
        archive.events()
    with pytest.raises(ArchiveError, match="is closed"):
        asyncio.run(archive.record_call(record(ask(0))))


def test_filters_and_order(tmp_path: Path) -> None:
    async def run() -> None:
        with new(tmp_path) as archive:
            for step in range(12):
                await archive.commit(
                    StepRecord(step=step, events=[act(step, n, actor=name) for n, name in enumerate("BACBACBACBAC")])
                )
            assert [each.id for each in archive.events(step=11)] == [f"11/event/{n}" for n in range(12)]
            assert {each.actor for each in archive.events(actor="A")} == {"A"}
            assert [each.step for each in archive.events(actor="A", kind="act")] == sorted(4 * list(range(12)))
            assert list(archive.events(kind="speech")) == []

    asyncio.run(run())


def test_a_step_that_is_not_there(tmp_path: Path) -> None:
    with new(tmp_path) as archive:
        with pytest.raises(ArchiveError, match="no committed step yet"):
            archive.states()
        asyncio.run(archive.commit(StepRecord(step=0)))
        with pytest.raises(ArchiveError, match="no step 3; its committed steps are 0 to 0"):
            archive.memories(step=3)
