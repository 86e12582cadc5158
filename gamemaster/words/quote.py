"""quote: somebody's words as data, on one line and between marks that they can't close.

What an agent says is never an instruction to anyone: its line breaks can't start a line that looks like the game
master's, and its quotation marks can't end the quotation.
"""

from __future__ import annotations

import re

__all__ = ["one_line", "quote"]

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HIDDEN = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def one_line(text: str) -> str:
    """The text on one line.

    Runs of blanks, line breaks and control characters become one blank; marks that reorder or hide text are taken out.
    """
    return _BREAKS.sub(" ", _HIDDEN.sub("", text)).strip()


def quote(text: str) -> str:
    """The words between quotation marks; marks inside become single ones."""
    return '"' + one_line(text).replace('"', "'").replace("“", "'").replace("”", "'") + '"'
