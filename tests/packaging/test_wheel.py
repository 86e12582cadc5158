"""The wheel and the sdist hold every file of the four folders, under the public names; installed elsewhere they run."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

LINKED = ("components", "memory", "examples")


@pytest.fixture(scope="module")
def elsewhere(built, tmp_path_factory):
    """An environment that has the wheel, and what the wheel needs, but knows nothing of the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        str(built.wheel),
    ]
    subprocess.run(install, check=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    # A folder named in a .pth file is searched, but the .pth files in it aren't read: an editable install there stays out.
    (site,) = (folder / "env" / "lib").glob("*/site-packages")
    (site / "needed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (folder / "desk").mkdir()
    return python, folder / "desk"


def _run(elsewhere, *arguments: str) -> subprocess.CompletedProcess[str]:
    python, desk = elsewhere
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    environment |= {"COLUMNS": "100"}
    return subprocess.run([python, *arguments], cwd=desk, env=environment, capture_output=True, text=True, check=False)


def test_the_wheel_holds_every_file_and_no_other(built, shipped):
    held = {name for name in zipfile.ZipFile(built.wheel).namelist() if ".dist-info/" not in name}
    assert held == shipped, "A package or a kind of file is missing: see package-data in pyproject.toml and FOLDERS in setup.py."


def test_the_wheel_puts_one_name_on_the_machine(built):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(built.wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"gamemaster"}


def test_the_sdist_holds_every_file(built, shipped):
    with tarfile.open(built.sdist) as archive:
        held = {member.name.split("/", 1)[1] for member in archive.getmembers() if member.isfile()}
    wanted = {name.removeprefix("gamemaster/") if name.split("/")[1] in LINKED else name for name in shipped}
    assert wanted <= held
    assert {"pyproject.toml", "setup.py", "LICENSE", "constraints.txt"} <= held
    assert not {name for name in held if name.startswith(("tests/", "docs/", ".ci/", "runs/"))}


def test_the_metadata_says_what_it_is(built):
    wheel = zipfile.ZipFile(built.wheel)
    (metadata,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    fields = Parser().parsestr(wheel.read(metadata).decode())
    assert fields["Name"] == "gamemaster"
    assert fields["License-Expression"] == "Apache-2.0"
    assert fields["Requires-Python"] == ">=3.11"
    assert set(fields.get_all("Provides-Extra", [])) == {"offline", "local", "experiment", "docs", "dev"}
    (entries,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "gamemaster = gamemaster.cli:main" in wheel.read(entries).decode()


def test_the_build_says_nothing_is_deprecated(built):
    assert "Deprecat" not in built.log
    assert "would be ignored" not in built.log


def test_the_wheel_imports_elsewhere_by_its_public_names_only(elsewhere):
    code = (
        "import gamemaster, gamemaster.components, gamemaster.memory, gamemaster.examples, sys; "
        "print(*{m.__file__ for n, m in sys.modules.items() if n.split('.')[0] == 'gamemaster'}, sep='\\n')"
    )
    done = _run(elsewhere, "-c", code)
    assert done.returncode == 0, done.stderr
    environment = str(elsewhere[0].parent.parent)
    assert all(file.startswith(environment) for file in done.stdout.split())
    for name in LINKED:
        missing = _run(elsewhere, "-c", f"import {name}")
        assert missing.returncode == 1
        assert "ModuleNotFoundError" in missing.stderr


def test_the_wheel_runs_riverbend_elsewhere(elsewhere, root):
    if not (root / "gamemaster" / "cli" / "__init__.py").exists() or not (root / "examples" / "riverbend.py").exists():
        pytest.skip("there is no command line or no riverbend yet")
    python, desk = elsewhere
    command = [python.parent / "gamemaster", "run", "riverbend", "--steps", "2", "--out", "run"]
    done = subprocess.run(command, cwd=desk, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert any(Path(desk, "run").iterdir())
