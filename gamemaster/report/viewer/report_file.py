"""Report file: a run as one HTML file that opens from disk and loads nothing.

The one idea: everything is packed by page, and the browser unpacks what it shows. Equal runs give equal files: no clock and
no path is written into one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gamemaster.record import Archive
from gamemaster.record.json_text import to_json
from gamemaster.record.stored import Stored
from gamemaster.record.table import query
from gamemaster.report.viewer.contents import Contents
from gamemaster.report.viewer.page import block, end_of_page, start_of_page
from gamemaster.report.viewer.paging import Page
from gamemaster.report.viewer.thought import Thinking, details_page
from gamemaster.report.viewer.window import Window, window_of
from gamemaster.words import BadInput

__all__ = ["write_report"]

MOST = 46_000_000
"""How many bytes a report has, as near as can be told beforehand; what else there is decides how many prompts fit."""

_SECTIONS = 200_000
"""How many characters of prompt sections stand in one block."""
_SHORT = 400
"""How much of an answer stands where its prompt has no room, at most."""
_ANSWERS = 12_000_000
"""How many characters of such answers there are in all."""
_DELAYED = 300
"""How many put off events are followed to their cause: each costs a pass over the world's past."""
_SAMPLE = 4
"""How many pages are packed for a try, to see how small prompts become."""


def write_report(
    archive: Archive, path: str | Path, *, prompts: tuple[int, int] | None = None, force: bool = True, most: int = MOST
) -> Path:
    """Write the report of a run to `path` and return it; the file appears when it is whole.

    Where not all prompts fit into about `most` bytes, it holds those of refused and failed attempts and of the steps from the
    first to the last of `prompts`, by default the run's first steps, as many as fit.
    Raises: BadInput when it can't be written, or is there and not to be replaced.
    """
    path = Path(path)
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name the file of the report, as in -o run.html.")
    if path.exists() and not force:
        raise BadInput(f"{path} is there already; name another file with -o, or give --force.")
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("w", encoding="utf-8") as file:
            for part in _parts(archive, prompts, most):
                file.write(part)
        os.replace(new, path)
    except OSError as error:
        raise BadInput(f"The report can't be written to {path}: {error.strerror}. Name another file with -o.") from error
    finally:
        new.unlink(missing_ok=True)
    return path


def _parts(archive: Archive, prompts: tuple[int, int] | None, most: int) -> Iterator[str]:
    contents, sections = Contents(archive), _Sections(archive)
    short = min(_ANSWERS // max(_calls(archive), 1), _SHORT)
    start, end = start_of_page(served=False), end_of_page()
    written = len(start) + len(end)
    yield start
    for name in contents.names():
        if not name.startswith("details/"):
            part = block(name, contents.make(name))
            written += len(part)
            yield part
    window = window_of(archive, prompts, room=_room(archive, contents.pages, short, most - written))
    thinking = Thinking(wanted=window.wanted, reference=sections.reference, short=short, delayed=_DELAYED)
    for number, page in enumerate(contents.pages):
        yield block(f"details/{number}", details_page(archive, page, thinking))
        yield from sections.full()
    yield from sections.rest()
    yield block("index", {**contents.index, "window": _told(window), "sections": sections.starts})
    yield end


def _room(archive: Archive, pages: list[Page], short: int, left: int) -> int:
    """How many characters of prompts fit into `left` bytes, judged by a few pages packed with prompts and without."""
    picked = pages[:: max(len(pages) // _SAMPLE, 1)][:_SAMPLE]
    bare = whole = characters = 1
    for page in picked:
        sections = _Sections(archive)
        without = details_page(archive, page, Thinking(wanted=lambda step, who, what: False, short=short, delayed=0))
        full = details_page(archive, page, Thinking(reference=sections.reference, delayed=0))
        bare += len(block("", without))
        whole += len(block("", full)) + sum(map(len, sections.rest()))
        characters += max(len(to_json(full)) - len(to_json(without)), 0) + sections.characters
    room = left - bare * len(pages) // max(len(picked), 1)
    return max(room, 0) * characters // max(whole - bare, 1)


def _calls(archive: Archive) -> int:
    ((count,),) = query(archive.reader(), "SELECT count(*) FROM calls")
    return int(count)


def _told(window: Window) -> dict[str, Any]:
    return {"first": window.first, "last": window.last, "whole": window.whole, "turns": len(window.turns)}


class _Sections:
    """The sections that prompts were made of, each once, numbered as they come; written when a block of them is full."""

    def __init__(self, archive: Archive) -> None:
        self._stored = Stored(archive.reader())
        self._numbers: dict[str, int] = {}
        self._waiting: list[list[str]] = []
        self._size = 0
        self.characters = 0
        self.starts: list[int] = []

    def reference(self, digest: str) -> int:
        """The number of a section."""
        number = self._numbers.get(digest)
        if number is None:
            number = self._numbers[digest] = len(self._numbers)
            section = self._stored.section(digest)
            self._waiting.append([digest, section.label, section.text, section.changes, section.kind, section.component])
            self._size += len(section.text)
            self.characters += len(section.text)
        return number

    def full(self) -> Iterator[str]:
        """The block of those that wait, when they fill one."""
        if self._size >= _SECTIONS:
            yield from self.rest()

    def rest(self) -> Iterator[str]:
        """The block of those that wait."""
        if self._waiting:
            self.starts.append(len(self._numbers) - len(self._waiting))
            yield block(f"sections/{len(self.starts) - 1}", {"sections": self._waiting})
            self._waiting, self._size = [], 0
