"""The page of a large run: how big it is, what writing it takes, and how soon a browser shows it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measurement import Measurement, at_most
from benchmarks.square import Square, people, square
from gamemaster import Event
from gamemaster.report import write_report

__all__ = ["report"]

_MOST_MEGABYTES = 50
_MOST_SECONDS = 3
_TABLE = 10


class Tables(Square):
    """The square with tables of ten, at which everybody sees the others wave."""

    def witnesses(self, event: Event) -> set[str]:
        at = int(event.actor[1:]) // _TABLE
        return {name for name in self.people if int(name[1:]) // _TABLE == at}


def report(quick: bool) -> Iterator[Measurement]:
    """Size of the report of 100 agents and 1,000 steps, each with a model call; CPU seconds of writing, seconds of opening."""
    agents, steps = (4, 3) if quick else (100, 1_000)
    with tempfile.TemporaryDirectory() as folder:
        run = square(agents, world=Tables()).run(steps, archive=Path(folder) / "run")
        page = Path(folder) / "run.html"
        started = time.process_time()
        write_report(run.archive, page)
        seconds = time.process_time() - started
        size, kept = page.stat().st_size / 1e6, (Path(folder) / "run/run.sqlite").stat().st_size / 1e6
        what = f"report of {len(people(agents))} agents, {steps:,} steps"
        note = f"an archive of {kept:,.0f} MB; a call an agent-step, {min(_TABLE, agents)} witnesses an event"
        yield Measurement(what=what, value=size, unit="MB", target=at_most(_MOST_MEGABYTES), note=note)
        yield Measurement(what=f"{what}: written", value=seconds, unit="CPU s")
        opened, why = _opened(page)
        yield Measurement(
            what=f"{what}: opened in Chromium",
            value=opened,
            unit="s",
            target=None if opened is None else at_most(_MOST_SECONDS),
            note=why,
        )


def _opened(page: Path) -> tuple[float | None, str]:
    """Wall-clock seconds from the address to the first view, the better of two; or why it wasn't measured."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return None, "not measured: there is no chromium"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None, "not measured: the package playwright is missing"
    found: list[float] = []
    with sync_playwright() as playwright:
        browser: Any = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for _ in range(2):
            window: Any = browser.new_page(viewport={"width": 1280, "height": 860})
            started = time.perf_counter()
            window.goto(page.as_uri())
            window.wait_for_selector("html[data-ready]")
            found.append(time.perf_counter() - started)
            window.close()
        browser.close()
    return min(found), "wall clock, the better of two"
