"""gamemaster bench: what a model does with a crowd."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gamemaster.cli import main


def test_it_tells_what_the_embedded_model_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--agents", "3", "--steps", "1"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("embedded: 3 agents, 2 steps, ")
    assert "requests" in out


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--agents", "2", "--steps", "2", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["agents"], told["steps"], told["requests"]) == (2, 4, 8)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--agents", "0"], "--agents"),
        (["--model", "hf:"], "names no Hugging Face model"),
        (["--model", "no such"], "There is no model 'no such'"),
    ],
)
def test_wrong_input_has_one_message(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["bench", *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told
