"""Processes that kill themselves at every point of writing; what the archive then holds, and how the run goes on."""

from __future__ import annotations

import asyncio
import importlib.util
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from gamemaster.record import Archive, verify

CHILD = Path(__file__).with_name("crash_child.py")
ROOT = Path(__file__).parents[2]
CASES = [
    ("call.before_write", 1),
    ("call.before_write", 6),
    ("call.written", 1),
    ("call.written", 5),
    ("step.before_commit", 3),
    ("step.in_transaction", 1),
    ("step.in_transaction", 4),
    ("step.committed", 2),
]


def killed(folder: Path, log: Path, point: str, nth: int) -> None:
    """Run in a process that kills itself there."""
    arguments = [sys.executable, str(CHILD), str(folder), point, str(nth), str(log)]
    done = subprocess.run(arguments, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (-9, b"")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The same script, to be run here."""
    spec = importlib.util.spec_from_file_location("crash_child", CHILD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("point", "nth"), CASES)
def test_a_killed_run_goes_on_as_if_nothing_had_happened(
    tmp_path: Path, script: ModuleType, export: Callable[[Archive], bytes], point: str, nth: int
) -> None:
    folder, log = tmp_path / "run", tmp_path / "log"
    killed(folder, log, point, nth)
    lines = log.read_text().splitlines()
    with Archive.open(folder) as archive:
        assert verify(archive) == []
        committed = {"step.before_commit": nth - 2, "step.in_transaction": nth - 2, "step.committed": nth - 1}
        if point in committed:
            assert archive.last_step == (None if committed[point] < 0 else committed[point])
        assert [step.step for step in archive.steps] == list(range(len(archive.steps)))
        on_disk = {str(call.key) for call in archive.calls()}
    handed_on = {line[4:] for line in lines if line.startswith("got ")}
    assert handed_on <= on_disk

    for place in (folder, tmp_path / "whole"):
        asyncio.run(script.run(place, script.Log(log if place == folder else tmp_path / "other"), "none", 0))
    with Archive.open(folder) as archive, Archive.open(tmp_path / "whole") as whole:
        assert verify(archive) == []
        assert archive.status == "finished"
        assert export(archive) == export(whole)
    asked = Counter(line[4:] for line in log.read_text().splitlines() if line.startswith("ask "))
    assert {key for key, times in asked.items() if times > 1}.isdisjoint(on_disk)
    assert max(asked.values()) <= 2


def test_a_folder_in_which_making_the_run_was_cut_short_is_free(tmp_path: Path) -> None:
    (tmp_path / "run.sqlite.new").write_bytes(b"half a database")
    with Archive.create(tmp_path, configuration={}, environment={}) as archive:
        assert verify(archive) == []
