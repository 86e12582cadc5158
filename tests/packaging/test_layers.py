"""The layer contract holds, and would notice: each broken copy of the tree fails it."""

import shutil
import subprocess
import sys

import pytest

LINKED = ("components", "memory", "examples")
LAYERS = (
    "prompts words language record world agent game_master simulation schedule scenarios testing experiment report cli "
    "components/prefabs"
).split()


@pytest.fixture
def skeleton(root, tmp_path):
    """The layers with nothing in them, under the contracts of this project."""
    for name in LINKED:
        (tmp_path / name).mkdir()
        (tmp_path / "gamemaster").mkdir(exist_ok=True)
        (tmp_path / "gamemaster" / name).symlink_to(f"../{name}")
    for folder in (tmp_path / "gamemaster", *(tmp_path / "gamemaster" / name for name in (*LINKED, *LAYERS))):
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    shutil.copy(root / "pyproject.toml", tmp_path)
    return tmp_path


def _check(folder) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_tree_keeps_the_contracts(root):
    done = _check(root)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_skeleton_keeps_the_contracts(skeleton):
    done = _check(skeleton)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "text", "contract"),
    [
        ("gamemaster/words/wrong.py", "import gamemaster.language", "Imports point only down"),
        ("gamemaster/language/wrong.py", "import gamemaster.record", "Imports point only down"),
        ("gamemaster/record/wrong.py", "import gamemaster.memory", "Imports point only down"),
        ("memory/wrong.py", "def late():\n    import gamemaster.world", "Imports point only down"),
        ("gamemaster/world/wrong.py", "import gamemaster.components", "Imports point only down"),
        ("components/wrong.py", "import gamemaster.agent", "Imports point only down"),
        ("gamemaster/agent/wrong.py", "import gamemaster.simulation", "Imports point only down"),
        ("gamemaster/simulation/wrong.py", "import gamemaster.cli", "Imports point only down"),
        ("gamemaster/cli/wrong.py", "import gamemaster.examples", "Imports point only down"),
        ("gamemaster/new_layer/__init__.py", "", "Imports point only down"),
        ("memory/wrong.py", "def late():\n    import torch", "Only gamemaster.language loads models"),
        ("gamemaster/words/wrong.py", "import numpy", "Words know pydantic and nothing heavier"),
        ("components/wrong.py", "import gamemaster.components.prefabs", "No component imports a prefab"),
        ("gamemaster/agent/wrong.py", "import gamemaster.components.prefabs", "Prefabs stand between agents and what runs them"),
        ("components/prefabs/wrong.py", "import gamemaster.simulation", "Prefabs stand between agents and what runs them"),
    ],
)
def test_a_wrong_import_is_noticed(skeleton, file, text, contract):
    (skeleton / file).parent.mkdir(exist_ok=True)
    (skeleton / file).write_text(text + "\n")
    done = _check(skeleton)
    assert done.returncode == 1
    assert f"{contract} BROKEN" in done.stdout


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("gamemaster/language/right.py", "def late():\n    import torch"),
        ("components/prefabs/right.py", "import gamemaster.agent"),
        ("gamemaster/simulation/right.py", "import gamemaster.components.prefabs"),
        ("gamemaster/simulation/run.py", "def report():\n    import gamemaster.report"),
        ("examples/right.py", "import gamemaster.cli"),
    ],
)
def test_what_is_allowed_passes(skeleton, file, text):
    (skeleton / file).write_text(text + "\n")
    done = _check(skeleton)
    assert done.returncode == 0, done.stdout
