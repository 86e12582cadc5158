"""Every tutorial runs from its first cell to its last, and is committed without outputs."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.docs.pages import ROOT

NOTEBOOKS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))


def cells(notebook: Path, kind: str) -> list[dict[str, Any]]:
    return [cell for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == kind]


def source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_there_is_a_tutorial() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_its_cells_run_in_order(
    notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    module = ModuleType(f"notebook_{notebook.stem}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for at, cell in enumerate(cells(notebook, "code")):
        exec(compile(source(cell), f"{notebook.name}, code cell {at}", "exec"), module.__dict__)
    assert capsys.readouterr().out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_it_is_committed_as_it_was_written(notebook: Path) -> None:
    for cell in cells(notebook, "code"):
        assert cell["outputs"] == [] and cell["execution_count"] is None
    assert not re.search(r"(?<![\w.])/(home|root|work|tmp|Users)/", notebook.read_text(encoding="utf-8"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.name)
def test_its_links_lead_somewhere(notebook: Path) -> None:
    for cell in cells(notebook, "markdown"):
        for link in re.findall(r"\]\(([^)\s]+)\)", source(cell)):
            assert "://" in link or (notebook.parent / link).exists(), link
