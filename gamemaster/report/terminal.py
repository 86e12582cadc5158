"""The terminal: a console to print on, and text made fit for it.

What agents say is data here too: it is never read as markup, and holds no character that a terminal obeys.
"""

from __future__ import annotations

import os
import re
import sys
from typing import IO, Any

from rich.console import Console

__all__ = ["clean", "open_console"]

# Control characters but for line break and tab, and the marks that hide or reorder text.
_OBEYED = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_HALVES = re.compile(r"[\ud800-\udfff]")

_NO_END = 10_000
"""The width where nobody looks: lines are as long as they are."""


def clean(text: str) -> str:
    """The text without what a terminal would obey; lines stay lines. What can't be written becomes "\ufffd"."""
    return _HALVES.sub("\ufffd", _OBEYED.sub("", text.replace("\r\n", "\n")))


def open_console(stream: IO[str] | None = None) -> Console:
    """A console on `stream`, standard output by default: neither markup nor highlighting, no colour with NO_COLOR.

    Without a terminal it writes plain lines, each as long as it is. Made when it is needed, not before: standard output
    may have been replaced.
    """
    out: Any = sys.stdout if stream is None else stream
    at_terminal = bool(getattr(out, "isatty", bool)())
    return _Console(
        file=out, markup=False, emoji=False, highlight=False, soft_wrap=not at_terminal, width=None if at_terminal else _NO_END
    )


class _Console(Console):
    """A console whose reader may leave: what nobody reads is dropped, and the run goes on."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        try:
            number = self.file.fileno()
        except (OSError, ValueError):
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
