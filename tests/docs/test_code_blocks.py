"""Every Python block of every page runs, prints what the page says it prints, and leaves nothing in the checkout."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.docs.pages import PAGES, ROOT, blocks

WITH_CODE = [page for page in PAGES if any(block.language == "python" for block in blocks(page))]


@pytest.mark.parametrize("page", WITH_CODE, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run_one_after_the_other(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Blocks of a page build on each other; one with a title is a file, and is written instead of run."""
    monkeypatch.chdir(tmp_path)
    module = ModuleType(f"page_{page.stem}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    for block in blocks(page):
        if block.title:
            (tmp_path / block.title).write_text(block.text, encoding="utf-8")
        elif block.language == "python":
            run(block.text, page, block.line, module.__dict__)
            printed = capsys.readouterr().out
            if block.output is not None:
                assert printed.strip() == block.output.strip(), f"{page.name}, line {block.line}"


def run(text: str, page: Path, line: int, names: dict[str, Any]) -> None:
    # The lines before it are put in, so that a traceback names the line of the page.
    exec(compile("\n" * line + text, str(page), "exec"), names)


def test_pages_have_code_that_is_compared() -> None:
    assert len(WITH_CODE) >= 5
    assert any(block.output for page in WITH_CODE for block in blocks(page))


def test_an_unknown_language_is_a_mistake() -> None:
    for page in PAGES:
        for block in blocks(page):
            assert block.language in ("python", "sh", "text", "toml", "yaml", "sql", "json", ""), (
                f"{page.name}, line {block.line}"
            )


def test_a_fence_is_closed() -> None:
    for page in PAGES:
        fences = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("```")]
        assert len(fences) == 2 * len(blocks(page)), page.name
