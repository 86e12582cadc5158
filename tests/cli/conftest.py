"""Driving the command line in this process, in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gamemaster.cli import main


@dataclass(frozen=True)
class Told:
    """The exit code of a command, and what it printed."""

    code: int
    out: str
    err: str


Command = Callable[..., Told]


@pytest.fixture
def market() -> str:
    return str(Path(__file__).parent / "scenarios" / "market.py")


@pytest.fixture
def tea() -> str:
    return str(Path(__file__).parent / "scenarios" / "tea.yaml")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: str) -> Told:
        capsys.readouterr()
        code = main(list(arguments))
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err or "--debug" in arguments
        return Told(code, printed.out, printed.err)

    return call
