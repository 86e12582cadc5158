"""The same seed gives the same run: whatever the batches, the number in flight, the timing, the process."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gamemaster import Run, load_run
from gamemaster.record import canonical_export
from gamemaster.testing import ScriptedModel
from tests.simulation.market import build_market, market_rule

ROOT = Path(__file__).parents[2]


def exported(run: Run) -> str:
    stream = io.BytesIO()
    canonical_export(run.archive, stream)
    return stream.getvalue().decode()


@pytest.mark.parametrize("concurrent", [1, 8, 64])
def test_the_number_in_flight_changes_nothing(concurrent: int) -> None:
    assert exported(build_market().run(6, concurrent=concurrent)) == exported(build_market().run(6))


def test_who_answers_first_changes_nothing() -> None:
    slow = ScriptedModel(market_rule, delay=lambda request: 0.001 * (request.seed % 5))
    instant = ScriptedModel(market_rule, batched=False)
    first = exported(build_market().run(4))
    assert exported(build_market(model=slow).run(4)) == first
    assert exported(build_market(model=instant).run(4)) == first


def test_another_seed_is_another_run() -> None:
    assert exported(build_market(seed=8).run(4)) != exported(build_market().run(4))


def test_on_disk_and_in_memory_are_the_same(tmp_path: Path) -> None:
    assert exported(build_market().run(5, archive=tmp_path / "run")) == exported(build_market().run(5))


def test_two_processes_with_other_hash_seeds_and_thread_counts(tmp_path: Path) -> None:
    code = "import sys; from tests.simulation.market import build_market; build_market().run(5, archive=sys.argv[1])"
    seen: set[str] = set()
    for number, (hash_seed, threads) in enumerate([("0", "1"), ("12345", "2")]):
        folder = tmp_path / str(number)
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "OMP_NUM_THREADS": threads, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", code, str(folder)], check=True, env=environment)
        with load_run(folder) as run:
            seen.add(exported(run))
    assert len(seen) == 1
