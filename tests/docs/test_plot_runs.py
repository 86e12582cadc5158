"""The script that draws the plots of the scenarios' pages."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gamemaster.scenarios import list_scenarios
from tests.docs.pages import ROOT

SCRIPT = ROOT / "docs" / "scenarios" / "plot_runs.py"
SHORT = ("commons", "--run", "all take 12: policy=take:12 discussion=false", "--run", "at random: policy=random seed=3")


@pytest.fixture(scope="module")
def plot_runs() -> ModuleType:
    pytest.importorskip("matplotlib")
    spec = importlib.util.spec_from_file_location("plot_runs", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_same_runs_give_the_same_picture(plot_runs: ModuleType, tmp_path: Path) -> None:
    for name in ("one.svg", "other.svg"):
        assert plot_runs.main([*SHORT, "--series", "stock before", "--series", "gain", "-o", str(tmp_path / name)]) == 0
    one = (tmp_path / "one.svg").read_bytes()
    assert one == (tmp_path / "other.svg").read_bytes()
    assert b"all take 12" in one and b"stock before" in one


def test_wrong_input_is_told(plot_runs: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, said in (
        (["comons"], "commons"),
        ([*SHORT, "--series", "stok before"], "Did you mean 'stock before'"),
        (["commons", "--run", "policy=share"], "LABEL"),
        (["riverbend"], "--series"),
    ):
        assert plot_runs.main([*arguments, "-o", str(tmp_path / "x.svg")]) == 2
        assert said in capsys.readouterr().err


def test_every_plot_is_of_a_scenario_and_stands_in_its_page(plot_runs: ModuleType) -> None:
    scenarios = list_scenarios()
    for name in plot_runs.PLOTS:
        assert name in scenarios
        picture, page = SCRIPT.parent / f"{name}.svg", SCRIPT.parent / f"{name}.md"
        assert picture.stat().st_size < 100_000
        if page.is_file():
            assert f"({picture.name})" in page.read_text(encoding="utf-8")
