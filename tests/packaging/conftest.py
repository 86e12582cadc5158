"""The tree of the checkout, and one build of it that all tests of a worker share."""

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("components", "memory", "examples")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A wheel and the sdist that it was built from."""

    wheel: Path
    sdist: Path
    log: str


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shipped() -> set[str]:
    """What a wheel must hold, by the path in it: every file of the four folders, `memory/x.py` as `gamemaster/memory/x.py`."""
    files = {file for file in (ROOT / "gamemaster").rglob("*") if file.relative_to(ROOT / "gamemaster").parts[0] not in LINKED}
    names = {file.relative_to(ROOT).as_posix() for file in files if _ships(file)}
    for folder in LINKED:
        names |= {f"gamemaster/{file.relative_to(ROOT).as_posix()}" for file in (ROOT / folder).rglob("*") if _ships(file)}
    return names


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Built from a copy of what the build reads: nothing is left in the checkout, and nothing stale in it gets in."""
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    source.mkdir()
    for name in ("gamemaster", *LINKED):
        shutil.copytree(ROOT / name, source / name, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in (
        "pyproject.toml",
        "setup.py",
        "MANIFEST.in",
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "CITATION.cff",
        "constraints.txt",
    ):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = (folder / "dist").glob("*.whl")
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    return Built(wheel=wheel, sdist=sdist, log=done.stdout + done.stderr)


def _ships(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts
