"""Screen: a terminal of so many columns as far as what is printed here needs one; it refuses what it does not know."""

from __future__ import annotations

import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from fcntl import ioctl
from pathlib import Path

from rich.cells import cell_len

_ESCAPE = re.compile(r"\x1b\[(\??[\d;]*)([A-Za-z])")


class Screen:
    """Feed it what a program wrote; `lines` are what stands there, `seen` every line that ever stood there."""

    def __init__(self, columns: int = 80) -> None:
        self.columns = columns
        self.lines: list[str] = [""]
        self.seen: set[str] = set()
        self.widest = 0
        self.coloured = False
        self._row = 0

    def feed(self, text: str) -> None:
        """Obey the escapes that a progress display needs; anything else is an AssertionError."""
        at = 0
        while at < len(text):
            each = text[at]
            if each == "\x1b":
                match = _ESCAPE.match(text, at)
                assert match is not None, f"an escape that nobody here prints: {text[at : at + 20]!r}"
                self._obey(match[1], match[2])
                at = match.end()
                continue
            if each == "\n":
                self._note()
                self._row += 1
                if self._row == len(self.lines):
                    self.lines.append("")
            elif each == "\r":
                self._note()
            else:
                assert each.isprintable(), f"{each!r} was printed"
                self._put(each)
            at += 1
        self._note()

    def _put(self, each: str) -> None:
        line = self.lines[self._row] + each
        assert cell_len(line) <= self.columns, f"wider than {self.columns} columns: {line!r}"
        self.widest = max(self.widest, cell_len(line))
        self.lines[self._row] = line

    def _obey(self, value: str, kind: str) -> None:
        if kind == "m":
            self.coloured = self.coloured or any(
                30 <= int(code) <= 37 or 90 <= int(code) <= 97 for code in value.split(";") if code
            )
        elif kind == "A":
            self._row -= int(value or 1)
            assert self._row >= 0
        elif kind == "K":
            self._note()
            self.lines[self._row] = ""
        else:
            assert (value, kind) in (("?25", "l"), ("?25", "h")), f"an escape that nobody here prints: {value!r} {kind!r}"

    def _note(self) -> None:
        self.seen.add(self.lines[self._row])


def at_a_terminal(
    arguments: Sequence[str], folder: Path, *, environment: Mapping[str, str], columns: int = 80
) -> tuple[int, Screen]:
    """The exit code of `gamemaster` at a terminal of that many columns, and its screen."""
    master, slave = pty.openpty()
    ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(
        [sys.executable, "-m", "gamemaster", *arguments],
        cwd=folder,
        env={**kept, "TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        stdin=slave,
        stdout=slave,
        stderr=slave,
    )
    os.close(slave)
    written = b""
    while True:
        ready, _, _ = select.select([master], [], [], 60)
        assert ready, "it says nothing any more"
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        written += piece
    os.close(master)
    screen = Screen(columns)
    screen.feed(written.decode())
    return process.wait(60), screen
