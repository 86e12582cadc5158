"""Processes with other hash seeds, thread counts and batch sizes make one run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gamemaster import load_run
from gamemaster.record import verify
from tests.simulation.test_same_seed import exported

ROOT = Path(__file__).parents[2]

CODE = """
import sys
from gamemaster.testing import ScriptedModel
from tests.simulation.village import build_village, village_rule
concurrent, batched, slow = int(sys.argv[2]), sys.argv[3] == "1", float(sys.argv[4])
model = ScriptedModel(village_rule, batched=batched, delay=lambda request: slow * (request.seed % 5))
build_village(model).run(8, archive=sys.argv[1], concurrent=concurrent)
"""


def digests(place: Path, processes: int) -> set[str]:
    """Of so many processes, two at a time."""
    found: set[str] = set()
    for pair in range(0, processes, 2):
        running: list[tuple[Path, subprocess.Popen[bytes]]] = []
        for number in range(pair, min(pair + 2, processes)):
            threads = str(1 + number % 4)
            environment = {
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PYTHONHASHSEED": str(number * 7919),
                **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), threads),
            }
            options = [str((1, 2, 7, 64)[number % 4]), str(number % 2), str(0.0004 * (number % 3))]
            folder = place / str(number)
            running.append((folder, subprocess.Popen([sys.executable, "-c", CODE, str(folder), *options], env=environment)))
        for folder, process in running:
            assert process.wait(timeout=120) == 0
            with load_run(folder) as run:
                assert verify(run.archive) == []
                found.add(hashlib.sha256(exported(run).encode()).hexdigest())
    return found


def test_four_processes_make_one_run(tmp_path: Path) -> None:
    assert len(digests(tmp_path, 4)) == 1


@pytest.mark.slow
def test_twenty_processes_make_one_run(tmp_path: Path) -> None:
    assert len(digests(tmp_path, 20)) == 1
