from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from benchmarks.concordia_engine import Environment
from benchmarks.inference import inference, main
from benchmarks.inference_concordia import concordia_turns
from benchmarks.inference_town import town
from benchmarks.measurement import Measurement


def test_inference_gives_the_same_answers_and_computes_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    for peer in ("concordia_turns", "town"):
        monkeypatch.setattr(f"benchmarks.inference.{peer}", lambda *_: iter(()))
    threads = torch.get_num_threads()
    rows = list(inference(True))
    assert torch.get_num_threads() == threads
    assert [row.value for row in rows if row.unit == "of ideal"] == [1.0, 1.0, 1.0]
    ratios = [row for row in rows if row.unit == "x" and row.value is not None]
    assert len(ratios) >= 4
    same = [row.note.partition("; ")[2] for row in ratios]
    assert same[0] == "4 of 4 answers the same"
    assert same[2] == "20 of 20 answers the same"
    assert same[3].endswith("4 of 4 answers the same")
    assert all(each == "4 of 4 answers the same" for each in same[4:])
    assert all("not run: " in row.note for row in rows if row.value is None)


def test_the_command_prints_a_table_and_keeps_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    row = Measurement(what="sixteen texts", value=4.0, unit="x")
    monkeypatch.setattr("benchmarks.inference.inference", lambda quick, name: iter([row]))
    assert main(["--quick", "--model", "hf:x", "--out", str(tmp_path / "table.md")]) == 0
    assert "sixteen texts" in capsys.readouterr().out
    kept = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert "`python -m benchmarks.inference --model hf:x --quick`" in kept
    assert "| sixteen texts | 4 | x |" in kept


def test_a_wrapper_that_can_not_be_installed_is_a_row_that_says_so(tmp_path: Path) -> None:
    place = Environment(version="2.1.0", interpreter=str(tmp_path / "no python"), folder=tmp_path / "environment")
    (row,) = concordia_turns(True, place)
    assert row.value is None
    assert row.note.startswith("not run: ")


def test_a_wrapper_that_fails_tells_its_error(tmp_path: Path) -> None:
    place = Environment(version="2.1.0", interpreter=sys.executable, folder=tmp_path / "environment")
    place.python.parent.mkdir(parents=True)
    place.python.write_text("#!/bin/sh\necho 'ERROR: no such module' >&2\nexit 1\n", encoding="utf-8")
    place.python.chmod(0o755)
    (place.folder / "ready").touch()
    (row,) = concordia_turns(True, place)
    assert "ERROR: no such module" in row.note


@pytest.mark.slow
def test_a_run_of_riverbend_has_the_answers_that_its_requests_have_one_by_one() -> None:
    (row,) = town(True)
    assert row.value is not None
    computed, same = row.note.partition(" computed")[0].split()[-1], row.note.split()[-4]
    assert computed == same
