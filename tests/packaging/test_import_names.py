"""Each package has one name: the public one."""

import importlib.util
import os
import subprocess
import sys

import pytest

LINKED = ("components", "memory", "examples")


@pytest.mark.parametrize("name", LINKED)
def test_the_link_points_to_the_real_folder(root, name):
    link = root / "gamemaster" / name
    assert link.is_symlink(), f"gamemaster/{name} is no link; a checkout needs git's core.symlinks."
    assert os.readlink(link) == f"../{name}"


@pytest.mark.parametrize("name", LINKED)
def test_the_bare_name_is_refused(root, name):
    done = subprocess.run([sys.executable, "-c", f"import {name}"], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"ImportError: Import this package by its public name: gamemaster.{name}." in done.stderr


@pytest.mark.parametrize("name", LINKED)
def test_the_public_name_finds_this_checkout(root, name):
    spec = importlib.util.find_spec(f"gamemaster.{name}")
    assert spec is not None
    assert spec.origin is not None
    assert os.path.realpath(spec.origin) == str(root / name / "__init__.py")


def test_no_other_folder_at_the_top_is_a_package(root):
    packages = {file.parent.name for file in root.glob("*/__init__.py")}
    assert packages - {"benchmarks"} == {"gamemaster", *LINKED}
