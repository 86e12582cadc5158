"""What the project says of itself agrees: one version, one license, and every link, target and folder that is named exists."""

import re
import tomllib

import pytest
import yaml


@pytest.fixture(scope="module")
def project(root):
    return tomllib.loads((root / "pyproject.toml").read_text())["project"]


def test_the_citation_agrees_with_the_project(root, project):
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert citation["title"] == project["name"]
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"] == "Apache-2.0"
    assert [author["name"] for author in citation["authors"]] == [author["name"] for author in project["authors"]]


def test_the_license_is_whole(root):
    text = (root / "LICENSE").read_text()
    assert "Apache License" in text.splitlines()[0]
    assert "END OF TERMS AND CONDITIONS" in text


def test_every_make_target_that_is_named_exists(root):
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(), re.MULTILINE))
    for name in ("CONTRIBUTING.md", "README.md", ".ci/run"):
        if not (root / name).exists():
            continue
        text = (root / name).read_text()
        named = set(re.findall(r"(?:^|`)make (?:[A-Z_]+=\S+ )*([a-z]+)", text, re.MULTILINE))
        assert named <= targets, name
    loop = re.search(r"for check in (.*); do", (root / ".ci" / "run").read_text())
    assert loop is not None
    assert {"test", "lint", "types", "layers"} <= set(loop[1].split()) <= targets


def test_contributing_names_every_extra(root, project):
    text = (root / "CONTRIBUTING.md").read_text()
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == set(project["optional-dependencies"])
