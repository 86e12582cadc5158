r"""Plain text: what a file of some format can't hold, made visible instead of lost.

A lone surrogate, which no UTF-8 holds, becomes its escape (`\ud800` as six characters); a control character that a format
forbids becomes its picture (U+2400 to U+2421, "␀" for NUL).
"""

from __future__ import annotations

import re

__all__ = ["encodable", "without_controls"]

_SURROGATE = re.compile("[\ud800-\udfff]")
# C0 without tab and line ends, DEL, the C1 controls, and what XML 1.0 (section 2.2) has no place for.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


def encodable(text: str) -> str:
    """The text with lone surrogates as escapes."""
    if text.isascii():
        return text
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def without_controls(text: str) -> str:
    """The same, and control characters but tab and line ends as pictures, or as U+FFFD where there is none."""
    return _CONTROL.sub(_picture, encodable(text))


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
