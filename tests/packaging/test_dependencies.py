"""What is imported is declared, what is declared is imported, and every declared bound admits the pinned version."""

import ast
import importlib.metadata
import re
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Needed without being imported by name.
UNIMPORTED = {
    "accelerate": "transformers places a local model through it",
    "jinja2": "transformers renders chat templates with it",
}
# Imported, and pinned exactly by what is declared.
COMES_WITH = {"pydantic-core": "pydantic"}


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def pins(root):
    lines = [line for line in (root / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", line) for line in lines), "name==version and nothing else"
    pairs = [line.split("==") for line in lines]
    assert [name for name, _ in pairs] == sorted({name for name, _ in pairs})
    return dict(pairs)


def _declared(project) -> list[Requirement]:
    extras = project["optional-dependencies"].values()
    return [Requirement(text) for texts in (project["dependencies"], *extras) for text in texts]


def test_every_bound_admits_the_pin(project, pins):
    for requirement in _declared(project):
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, str(requirement)


def test_every_dependency_has_a_lower_bound_and_the_core_an_upper_one(project):
    for requirement in _declared(project):
        assert {">=", "=="} & {each.operator for each in requirement.specifier}, str(requirement)
    for text in project["dependencies"]:
        assert "<" in {each.operator for each in Requirement(text).specifier}, text


def test_the_pins_hold_everything_that_is_needed(project, pins):
    """The closure over what is installed here; extras that aren't installed are skipped, the pins of the core never."""
    waiting = _declared(project)
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            assert name in pins, f"{name} is needed and not in constraints.txt"
            try:
                needs = importlib.metadata.requires(name) or []
            except importlib.metadata.PackageNotFoundError:
                continue
            inner = [Requirement(text) for text in needs]
            waiting += [each for each in inner if each.marker is None or each.marker.evaluate({"extra": extra})]


def test_what_the_library_imports_is_declared(root, project):
    declared = {canonicalize_name(each.name) for each in _declared(project)} - _only_in(project, "dev")
    undeclared = {module: names for module, names in _imports(root).items() if not set(names) & declared}
    assert not undeclared


def test_what_the_core_declares_is_imported(root, project):
    imported = {name for names in _imports(root).values() for name in names}
    core = {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}
    assert core - imported - set(UNIMPORTED) == set()


def _only_in(project, extra: str):
    rest = [
        *project["dependencies"],
        *(t for name, texts in project["optional-dependencies"].items() if name != extra for t in texts),
    ]
    return {canonicalize_name(Requirement(text).name) for text in project["optional-dependencies"][extra]} - {
        canonicalize_name(Requirement(text).name) for text in rest
    }


def _imports(root) -> dict[str, list[str]]:
    """The distributions that may have each top-level module imported anywhere in the library."""
    modules: set[str] = set()
    for folder in ("gamemaster", "components", "memory", "examples"):
        for file in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Import):
                    modules |= {each.name.split(".")[0] for each in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module.split(".")[0])
    by_module = importlib.metadata.packages_distributions()
    outside = sorted(modules - set(sys.stdlib_module_names) - {"gamemaster"})
    names = {module: [canonicalize_name(name) for name in by_module.get(module, [module])] for module in outside}
    return {module: [COMES_WITH.get(name, name) for name in several] for module, several in names.items()}
