from __future__ import annotations

import pytest
import torch

from benchmarks.inference import inference, main


def test_inference_gives_the_same_answers_and_computes_nothing_twice() -> None:
    threads = torch.get_num_threads()
    rows = list(inference(True))
    assert torch.get_num_threads() == threads
    assert [row.value for row in rows if row.unit == "of ideal"] == [1.0, 1.0, 1.0]
    ratios = [row for row in rows if row.unit == "x" and row.value is not None]
    assert len(ratios) == 4
    same = [row.note.partition("; ")[2] for row in ratios]
    assert same[0] == "4 of 4 answers the same"
    assert same[2] == "20 of 20 answers the same"
    assert same[3].endswith("4 of 4 answers the same")
    assert all("not run: " in row.note for row in rows if row.value is None)


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.inference.inference", lambda quick, name: iter(()))
    assert main(["--quick"]) == 0
    assert "benchmark" in capsys.readouterr().out
