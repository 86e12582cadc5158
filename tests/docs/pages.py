"""The project's pages: their fenced blocks, links and commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))

_FENCE = re.compile(r"^```(\w*)(?:[ \t]+([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = re.compile(r'title="([^"]+)"')
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_INLINE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: its language, the file name it is shown under (or ""), its text, and its line in the page.

    `output` is the text of a `text` block that stands right behind a `python` block, at most one line in between.
    """

    language: str
    title: str
    text: str
    line: int
    output: str | None = None


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    source = page.read_text(encoding="utf-8")
    found = list(_FENCE.finditer(source))
    made: list[Block] = []
    for at, match in enumerate(found):
        following = found[at + 1] if at + 1 < len(found) else None
        output = None
        if match[1] == "python" and following is not None and following[1] == "text":
            between = source[match.end() : following.start()].strip()
            if "\n" not in between:
                output = following[3]
        title = _TITLE.search(match[2] or "")
        line = source.count("\n", 0, match.start()) + 1
        made.append(Block(language=match[1], title=title[1] if title else "", text=match[3], line=line, output=output))
    return made


def links(page: Path) -> list[str]:
    """The targets of a page's links, those in fenced blocks left out."""
    return _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))


def shell_lines(page: Path) -> list[tuple[int, str]]:
    """(line, command) of all that stands in `sh` blocks, comments taken away."""
    found: list[tuple[int, str]] = []
    for block in blocks(page):
        if block.language == "sh":
            for at, line in enumerate(block.text.splitlines(), block.line + 1):
                command = re.split(r"(?:^|\s)#", line)[0].strip()
                if command:
                    found.append((at, command))
    return found


def inline_commands(page: Path) -> list[str]:
    """What is put between single backticks and begins with `gamemaster` or `make`."""
    source = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return [each for each in _INLINE.findall(source) if re.match(r"(gamemaster|make) \S", each)]
