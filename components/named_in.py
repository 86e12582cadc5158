"""named_in: whether a text names somebody, in scripts with blanks between words and in those without.

The one idea: a name ends where its word ends; in Chinese, Japanese and Korean, where particles follow a name at once, it ends
with its last letter. It knows no grammar, and takes a name that begins another, unknown one for that name there.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["first_named", "named_in"]

_NO_BLANKS_FROM = 0x2E80
"""Where the scripts of East Asia begin in Unicode."""


def named_in(text: str, name: str) -> bool:
    """Whether `name` stands in the text as a whole word; an empty one never does."""
    at = text.find(name) if name else -1
    while at >= 0:
        ends = at + len(name)
        if not _goes_on(text[ends : ends + 1]) and not _goes_on(text[max(0, at - 1) : at]):
            return True
        at = text.find(name, ends)
    return False


def first_named(text: str, names: Iterable[str]) -> str | None:
    """The one of `names` that the text begins with, as a whole word; where two begin alike, the longer."""
    found = [name for name in names if name and text.startswith(name) and not _goes_on(text[len(name) : len(name) + 1])]
    return max(found, key=len, default=None)


def _goes_on(character: str) -> bool:
    """Whether a character belongs to the same word as a letter beside it."""
    return character.isalnum() and ord(character) < _NO_BLANKS_FROM
