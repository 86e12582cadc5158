"""The language layer knows no scenario: no action, item or place of any example stands anywhere in its files."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LANGUAGE = sorted((ROOT / "gamemaster" / "language").rglob("*.py"))
EXAMPLES = sorted(path for path in (ROOT / "examples").glob("*.py") if path.name != "__init__.py")
PEOPLE = re.compile(r"NAMES|PEOPLE|PERSON|RESIDENT|AGENT|CAST|WHO")
WORDS = re.compile(r"[^\W\d_][\w' -]{2,30}")
MAKES_PLACES = ("Places", "Place")


def is_action(node: ast.expr) -> bool:
    target = node.func if isinstance(node, ast.Call) else node
    return isinstance(target, ast.Name) and target.id in ("action", "scenario")


def names_in(node: ast.AST) -> Iterator[str]:
    """The short texts in a table: members of lists and tuples, keys of dicts, and so on down."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = re.sub(r"^(?:an?|the|some)\s+", "", node.value.strip())
        if WORDS.fullmatch(text) and len(text.split()) <= 3:
            yield text
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                yield from names_in(key)
            if isinstance(value, ast.Dict | ast.List | ast.Tuple | ast.Set):
                yield from names_in(value)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for each in node.elts:
            yield from names_in(each)


def known_to(tree: ast.Module) -> set[str]:
    """The actions and scenarios of an example, and what its tables in capitals and its places name."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(is_action(each) for each in node.decorator_list):
            found.add(node.name)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKES_PLACES:
            for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
                found |= set(names_in(value))
    for node in tree.body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            if value is not None and isinstance(target, ast.Name) and target.id.isupper() and not PEOPLE.search(target.id):
                found |= set(names_in(value))
    return found


def test_the_search_finds_what_it_should() -> None:
    tree = ast.parse(
        'SPOTS = ("Old Quay", "a lagoon")\nWARES: dict[str, int] = {"lantern": 3}\nRESIDENTS = ["Ida"]\n'
        "class W:\n    @action\n    def row_to(self): ...\n    @action(together=True)\n    def sing(self): ...\n"
        "    def other(self): ...\n"
        'town = Places(paths={"Tower": {"Gate": 5}})\n'
    )
    assert known_to(tree) == {"Old Quay", "lagoon", "lantern", "row_to", "sing", "Tower", "Gate"}


def test_no_action_item_or_place_of_an_example_is_known_here() -> None:
    if not EXAMPLES:
        pytest.skip("there are no examples yet")
    assert LANGUAGE
    text = {path.name: path.read_text(encoding="utf-8") for path in LANGUAGE}
    wrong: list[str] = []
    for example in EXAMPLES:
        for name in sorted(known_to(ast.parse(example.read_text(encoding="utf-8")))):
            pattern = re.compile(rf"(?<![\w]){re.escape(name)}(?:s|es)?(?!\w)", re.IGNORECASE)
            wrong += [f"{file} knows {name!r} of {example.name}" for file, words in text.items() if pattern.search(words)]
    assert not wrong, "\n".join(wrong)
