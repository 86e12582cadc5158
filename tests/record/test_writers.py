"""One writer, any number of readers; locks of the dead; folders that several machines share."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gamemaster import load_run
from gamemaster.record import Archive, Measure, StepRecord, archive_folder, verify
from gamemaster.record.network_folder import network_file_system
from gamemaster.words import ArchiveInUse

ROOT = Path(__file__).parents[2]

WRITER = """
import sys, time
from gamemaster.record import Archive
archive = Archive.{how}
print("holds", flush=True)
time.sleep(60)
"""


def writer(folder: Path, how: str) -> subprocess.Popen[str]:
    code = WRITER.format(how=how)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", code, str(folder)], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "holds\n"
    return process


@pytest.mark.parametrize("how", ["create(sys.argv[1], configuration={}, environment={})", "open(sys.argv[1], write=True)"])
def test_a_second_writer_is_told_who_writes_and_the_lock_of_a_dead_one_is_no_lock(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "run"
    if how.startswith("open"):
        Archive.create(folder, configuration={}, environment={}).close()
    process = writer(folder, how)
    try:
        with pytest.raises(ArchiveInUse, match=rf"Another process \({process.pid}\) is writing to"):
            Archive.open(folder, write=True)
        with Archive.open(folder) as archive:
            assert archive.status == "running"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert (folder / "run.lock").exists()
    with Archive.open(folder, write=True) as archive:
        asyncio.run(archive.commit(StepRecord(step=0)))
        assert verify(archive) == []


def test_readers_read_while_somebody_writes(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "run", configuration={}, environment={}) as archive:
        for step in range(5):
            asyncio.run(archive.commit(StepRecord(step=step, measures=[Measure(name="a", value=step)])))
            with Archive.open(tmp_path / "run") as reader, Archive.open(tmp_path / "run") as other:
                assert reader.last_step == other.last_step == step


MOUNTS = """\
/dev/root / ext4 rw 0 0
server:/home /home nfs4 rw 0 0
//nas/share /mnt/my\\040share cifs rw 0 0
host:/x /home/ann/remote fuse.sshfs rw 0 0
tmpfs /home/ann/tmp tmpfs rw 0 0
lustre /scratch lustre rw 0 0
share /win 9p rw 0 0
/dev/sdb /scratch ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/run", None),
        ("/home/ann/run", "nfs4"),
        ("/mnt/my share/run", "cifs"),
        ("/mnt/my", None),
        ("/home/ann/remote/run", "fuse.sshfs"),
        ("/home/ann/tmp/run", None),
        ("/win/a/b/c", "9p"),
        ("/scratch/run", None),  # mounted over
        ("/homes/run", None),
    ],
)
def test_network_file_systems_are_known(tmp_path: Path, folder: str, kind: str | None) -> None:
    (tmp_path / "mounts").write_text(MOUNTS)
    assert network_file_system(Path(folder), tmp_path / "mounts") == kind


def test_where_there_is_no_list_of_mounts_nothing_is_known(tmp_path: Path) -> None:
    assert network_file_system(tmp_path, tmp_path / "none") is None


def test_on_a_network_file_system_there_is_no_write_ahead_log_and_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.simulation.market import build_market
    from tests.simulation.test_same_seed import exported

    monkeypatch.setattr(archive_folder, "network_file_system", lambda folder: "nfs4")
    seen: set[str] = set()

    def walked() -> None:
        for _ in build_market().steps(3, archive=tmp_path / "run"):
            seen.update(each.name for each in (tmp_path / "run").iterdir())

    with pytest.warns(UserWarning, match=r"network file system .nfs4."):
        walked()
    assert seen == {"run.sqlite", "run.lock"}
    with load_run(tmp_path / "run") as run:
        assert "rollback journal" in run.archive.environment["note"]
        assert verify(run.archive) == []
    with pytest.warns(UserWarning, match="network"):
        again = build_market().run(5, archive=tmp_path / "run", resume=True)
    assert exported(again) == exported(build_market().run(5))
