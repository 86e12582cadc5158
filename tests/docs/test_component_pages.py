"""The pages of the components say what the code says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent.parent / "docs" / "components"


def maker() -> Any:
    spec = importlib.util.spec_from_file_location("make_pages", FOLDER / "make_pages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_each_component_has_a_page_that_follows_from_the_code() -> None:
    made = maker().pages()
    there = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
    assert sorted(there) == sorted(made)
    for name, text in made.items():
        assert there[name] == text, f"{name}: run `python docs/components/make_pages.py`"


def test_each_component_has_an_example_but_those_that_need_a_package() -> None:
    pages = maker()
    assert {each.__name__ for each in pages.components()} - set(pages.EXAMPLES) <= {"Tools"}


@pytest.mark.parametrize("name", sorted(maker().EXAMPLES))
def test_each_example_is_of_a_component_that_is_there(name: str) -> None:
    assert name in {each.__name__ for each in maker().components()}
