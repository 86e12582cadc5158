"""Cut anywhere, flipped bits, a log that is missing, folders that can't be written to.

Whatever the damage: opening, verifying, exporting and salvaging give the run as it was, its longest verified prefix, or a
typed error that names the place. There is no other traceback, no wrong world, no hang; and the damaged files keep their
bytes.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gamemaster.record import Archive, verify
from gamemaster.record.salvage import salvage
from gamemaster.record.verify import examine
from gamemaster.words import ArchiveDamaged, ArchiveError, ArchiveInUse
from tests.record import trial_run

FILES = ("run.sqlite", "run.sqlite-wal", "run.sqlite-journal")


@dataclass
class Whole:
    """A run that ended, and one that was stopped with its log beside it; what each says at each step."""

    file: bytes
    log_file: bytes
    log: bytes
    exported: bytes
    states: list[object]
    digests: list[str]


def cheap(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "run.sqlite", isolation_level=None, check_same_thread=False)


@pytest.fixture(scope="module")
def whole() -> Whole:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(trial_run.walk(folder / "ended"))
        with Archive.open(folder / "ended") as archive:
            states: list[object] = [archive.states(step.step) for step in archive.steps]
            digests = [step.digest for step in archive.steps]
            exported = trial_run.exported(archive)

        # A reader that stays keeps the log from being put away; then both files are as after a kill.
        reading: list[sqlite3.Connection] = []

        def hold(point: str) -> None:
            if point == "step.committed":
                reading.append(cheap(folder / "log"))
                reading[-1].execute("BEGIN")
                reading[-1].execute("SELECT count(*) FROM steps").fetchone()

        asyncio.run(trial_run.walk(folder / "log", tick=hold))
        log_file, log = (folder / "log" / "run.sqlite").read_bytes(), (folder / "log" / "run.sqlite-wal").read_bytes()
        for each in reading:
            each.close()
        file = (folder / "ended" / "run.sqlite").read_bytes()
        return Whole(file=file, log_file=log_file, log=log, exported=exported, states=states, digests=digests)


@pytest.fixture
def place() -> Iterator[Path]:
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=shm if os.access(shm, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def no_hang() -> Iterator[None]:
    def ring(number: int, frame: object) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def put(folder: Path, file: bytes, log: bytes | None = None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "run.sqlite").write_bytes(file)
    if log is not None:
        (folder / "run.sqlite-wal").write_bytes(log)


def held(folder: Path) -> dict[str, bytes]:
    """The files that say something: not the index of a log (-shm), nor an empty log, which SQLite makes to read at all."""
    found = {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}
    return {name: content for name, content in found.items() if content}


def outcome(folder: Path, whole: Whole, *, saving: bool = True) -> int:
    """The last step that can be had of what lies in `folder`, -1 for none; everything about it is checked."""
    signal.alarm(60)
    before = held(folder)
    try:
        with Archive.open(folder) as archive:
            found = examine(archive)
            if not found.problems:
                last = found.steps - 1
                check_prefix(archive, last, whole)
                if archive.status == "finished":
                    assert trial_run.exported(archive) == whole.exported
                assert held(folder) == before
                return last
            assert all(isinstance(each, str) and each for each in found.problems)
    except ArchiveError as error:
        told = str(error)
        if str(folder) not in told and "The archive" not in told:
            raise AssertionError(f"it names no place: {told}") from error
    assert held(folder) == before
    if not saving:
        return -1
    out = folder.with_name("saved")
    try:
        saved = salvage(folder, out)
    except ArchiveError as error:
        if str(folder) not in str(error) or out.exists():
            raise AssertionError(f"it names no place, or left something: {error}") from error
        last = -1
    else:
        last = saved.last
        with Archive.open(out) as archive:
            assert verify(archive) == []
            check_prefix(archive, last, whole)
        shutil.rmtree(out)
    assert held(folder) == before
    return last


def check_prefix(archive: Archive, last: int, whole: Whole) -> None:
    """What can be had are steps of the run as they were."""
    assert [step.digest for step in archive.steps] == whole.digests[: last + 1]
    for step in range(last + 1):
        assert archive.states(step) == whole.states[step], "a wrong world"


def test_what_is_whole_is_found_whole(place: Path, whole: Whole) -> None:
    put(place / "run", whole.file)
    assert outcome(place / "run", whole) == trial_run.STEPS
    put(place / "run", whole.log_file, whole.log)
    assert outcome(place / "run", whole) == trial_run.STEPS


def last_frames(log: bytes, count: int) -> int:
    """Where the last records of a log begin: a header of 32 bytes, then frames of 24 bytes and a page."""
    frame = 24 + int.from_bytes(log[8:12], "big")
    frames = (len(log) - 32) // frame
    assert 32 + frames * frame == len(log)
    return 32 + (frames - count) * frame


@pytest.mark.parametrize("stride", [pytest.param(331, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)])
def test_a_log_cut_at_every_byte_of_its_last_three_records(place: Path, whole: Whole, stride: int) -> None:
    """What is cut off was not committed, as far as SQLite is concerned: the rest is a run that was stopped earlier."""
    for size in range(last_frames(whole.log, 3), len(whole.log), stride):
        put(place / "run", whole.log_file, whole.log[:size])
        assert outcome(place / "run", whole) >= trial_run.STEPS - 1


@pytest.mark.parametrize("stride", [pytest.param(607, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)])
def test_a_file_cut_at_every_byte_of_its_last_three_pages(place: Path, whole: Whole, stride: int) -> None:
    for size in range(len(whole.file) - 3 * 8192, len(whole.file), stride):
        put(place / "run", whole.file[:size])
        outcome(place / "run", whole)


@pytest.mark.parametrize("count", [pytest.param(60, id="some"), pytest.param(1000, id="all", marks=pytest.mark.slow)])
def test_cut_at_random_offsets(place: Path, whole: Whole, count: int) -> None:
    draw = random.Random(5)
    lasts: list[int] = []
    for n in range(count):
        if n % 2:
            put(place / "run", whole.file[: draw.randrange(len(whole.file))])
        else:
            put(place / "run", whole.log_file, whole.log[: draw.randrange(len(whole.log))])
        lasts.append(outcome(place / "run", whole))
    assert {-1, 0, 1, 2} <= set(lasts), "of a log cut short, every prefix can be had"


@pytest.mark.parametrize("count", [pytest.param(150, id="some"), pytest.param(1000, id="all", marks=pytest.mark.slow)])
def test_flipped_bits(place: Path, whole: Whole, count: int) -> None:
    draw = random.Random(7)
    found = 0
    for n in range(count):
        file, log = bytearray(whole.file if n % 2 else whole.log_file), bytearray(whole.log)
        # Of the half with a log, most bits are in the log.
        damaged = file if n % 2 or n % 8 == 0 else log
        at = draw.randrange(len(damaged))
        damaged[at] ^= 1 << draw.randrange(8)
        put(place / "run", bytes(file), None if n % 2 else bytes(log))
        found += outcome(place / "run", whole) < trial_run.STEPS
    assert found > count // 10


def test_the_log_is_missing(place: Path, whole: Whole) -> None:
    put(place / "run", whole.log_file)
    assert outcome(place / "run", whole) < trial_run.STEPS
    put(place / "run", whole.log_file, b"")
    outcome(place / "run", whole)
    put(place / "run", whole.log_file, whole.log[:32] + bytes(len(whole.log) - 32))
    outcome(place / "run", whole)
    put(place / "run", whole.log_file, os.urandom(100_000))
    outcome(place / "run", whole)


def read_only(folder: Path) -> bool:
    """Make it a place where nobody, not even the superuser, can write."""
    mounted = subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True, check=False).returncode == 0
    if mounted:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(folder)], check=True)
    elif os.geteuid() != 0:
        for each in (*folder.iterdir(), folder):
            each.chmod(0o555 if each.is_dir() else 0o444)
    else:
        pytest.skip("the superuser may write everywhere, and no file system may be mounted here")
    return mounted


@pytest.mark.parametrize("with_log", [False, True])
def test_a_folder_that_cannot_be_written_to(place: Path, whole: Whole, with_log: bool) -> None:
    folder = place / "run"
    put(folder, whole.log_file if with_log else whole.file, whole.log if with_log else None)
    mounted = read_only(folder)
    try:
        assert outcome(folder, whole) == trial_run.STEPS
        with pytest.raises(ArchiveError, match="can't be written"):
            Archive.open(folder, write=True)
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)
        else:
            folder.chmod(0o755)


def test_salvage_gives_the_steps_before_the_damage_and_the_run_goes_on(place: Path, whole: Whole) -> None:
    put(place / "run", whole.file)
    connection = cheap(place / "run")
    connection.execute("UPDATE observations SET text = 'I was never there.' WHERE step = 2 AND n = 3")
    connection.close()
    before = held(place / "run")
    saved = salvage(place / "run", place / "out" / "saved")
    assert (saved.last, saved.found.steps) == (1, 4)
    assert held(place / "run") == before
    with Archive.open(saved.folder) as archive:
        assert verify(archive) == []
        assert (archive.status, archive.metrics) == ("stopped", {})
        assert archive.stopped_by.startswith("damage behind step 1: Step 2 is not what was committed")
    asyncio.run(trial_run.walk(saved.folder))
    with Archive.open(saved.folder) as archive:
        assert trial_run.exported(archive) == whole.exported


def test_a_whole_run_is_salvaged_whole(place: Path, whole: Whole) -> None:
    put(place / "run", whole.file)
    salvage(place / "run", place / "saved")
    with Archive.open(place / "saved") as archive:
        assert trial_run.exported(archive) == whole.exported


def test_salvage_refuses_what_it_cannot_do(place: Path, whole: Whole) -> None:
    put(place / "run", whole.file)
    put(place / "other", whole.file)
    with pytest.raises(ArchiveInUse, match="already holds a run"):
        salvage(place / "run", place / "other")
    with pytest.raises(ArchiveError, match="another folder"):
        salvage(place / "run", place / "run")
    with pytest.raises(ArchiveError, match="There is no folder"):
        salvage(place / "nothing", place / "saved")
    put(place / "run", whole.file[:100] + bytes(8092) + whole.file[8192:])
    with pytest.raises(ArchiveDamaged, match=str(place / "run")):
        salvage(place / "run", place / "saved")
    assert not (place / "saved").exists()
    assert held(place / "other") == {"run.sqlite": whole.file}


def test_a_damaged_file_says_how_to_save_what_is_whole(place: Path, whole: Whole) -> None:
    put(place / "run", whole.file[:30_000])
    with pytest.raises(ArchiveError, match=r"gamemaster verify .* --salvage OUT"), Archive.open(place / "run") as archive:
        list(archive.events())


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE meta SET value = '\"finished!\"' WHERE key = 'stopped_by'", "says of itself"),
        ("UPDATE metrics SET value = '25'", "says of itself"),
        ("UPDATE meta SET value = '\"done\"' WHERE key = 'status'", "status is 'done'"),
        ("UPDATE memory_changes SET value = '\"noon\"' WHERE step = 1", "as a memory's last_access"),
        ("UPDATE vectors SET text = 'text 9' WHERE text = 'text 1'", "vector of 'text 9' is damaged"),
        ("UPDATE events SET change = '3' WHERE step = 1", "where a list of operations belongs"),
        ("UPDATE measures SET value = 'NaN' WHERE step = 1", "NaN is no JSON"),
        ("UPDATE measures SET value = '1e999' WHERE step = 1", "is no finite number"),
    ],
)
def test_what_no_step_covers_is_checked_too(place: Path, whole: Whole, statement: str, problem: str) -> None:
    put(place / "run", whole.file)
    connection = cheap(place / "run")
    connection.execute(statement)
    connection.close()
    with Archive.open(place / "run") as archive:
        found = verify(archive)
    assert any(problem in each for each in found), found
