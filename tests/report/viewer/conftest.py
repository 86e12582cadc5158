"""Runs to be looked at, and the browser that looks; without a Chromium what needs one is skipped."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gamemaster import load_run
from gamemaster.record import Archive
from tests.report.viewer.attacks import attacked_run
from tests.simulation.village import build_village

STEPS = 7


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that has everything in it: refusals, failures, recalls, delayed effects, interventions, probes."""
    folder = tmp_path_factory.mktemp("viewer") / "village"
    build_village().run(STEPS, archive=folder).close()
    return folder


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run whose every text is an attack on a page that shows it."""
    folder = tmp_path_factory.mktemp("viewer") / "attacked"
    attacked_run(folder)
    return folder


@pytest.fixture
def archive(village: Path) -> Iterator[Archive]:
    with load_run(village) as run:
        yield run.archive


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        pytest.skip("There is no Chromium here; on Debian: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()
