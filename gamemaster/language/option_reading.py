"""Options as they are shown to a model that answers in words, and the one that its words mean.

A line of the answer means an option when it is that option, but for case, quotes, emphasis and a full stop; or its
letter; or both, when they agree. An option that merely occurs in a sentence is not read: "I won't buy" would mean "buy".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

__all__ = ["lettered", "read_option"]

_WRAPPING = " \t\r\n\"'`*_.,;:!“”‘’«»„"
_LABEL = re.compile(r"\s*[\"'`*_]*(?:\(([a-z]{1,3})\)|([a-z]{1,3})[).:\]])[\"'`*_]*(?:\s+(.*))?\s*", re.IGNORECASE | re.DOTALL)
_BARE_LABEL = re.compile(r"[a-z]{1,3}", re.IGNORECASE)


def lettered(options: Sequence[str]) -> list[str]:
    """A line for each option, "a) Buy"; with a dash in place of letters where an option is itself such a letter."""
    shown = [" ".join(option.split()) or option for option in options]
    if not _letters_are_clear(options):
        return [f"- {option}" for option in shown]
    return [f"{_letter(place)}) {option}" for place, option in enumerate(shown)]


def read_option(options: Sequence[str], text: str, *, complete: bool = True) -> int | str:
    """The place of the option that `text` means, or why it means none.

    The whole text must mean it, or lines of it, and no line another. Of a text that is not `complete` the last line is
    not read, as more might have followed.
    """
    if text.strip() in options and complete:
        return list(options).index(text.strip())
    lines = text.splitlines() if complete else text.splitlines()[:-1]
    plain = [_plain(option) for option in options]
    if complete and len(whole := _places(plain, _plain(text))) == 1:
        return whole[0]
    letters = _letters_are_clear(options)
    meant: set[int] = set()
    for line in lines:
        places = _meant(options, plain, line, letters=letters)
        if len(places) > 1:
            return f"The answer {_short(line)} could mean several of the options."
        meant.update(places)
    if len(meant) == 1:
        return meant.pop()
    if meant:
        named = ", ".join(repr(options[place]) for place in sorted(meant))
        return f"The answer names several of the options: {named}."
    return f"The answer {_short(text)} is none of the options."


def _meant(options: Sequence[str], plain: list[str], line: str, *, letters: bool) -> list[int]:
    """The places of the options that one line might mean; empty for a line that means none."""
    if line.strip() in options:
        return [list(options).index(line.strip())]
    if places := _places(plain, _plain(line)):
        return places
    if not letters:
        return []
    label = _LABEL.fullmatch(line)
    if label is None:
        bare = line.strip(_WRAPPING)
        place = _place_of(bare, len(options)) if _BARE_LABEL.fullmatch(bare) else None
        return [] if place is None else [place]
    place = _place_of(label[1] or label[2], len(options))
    rest = _plain(label[3] or "")
    by_words = _places(plain, rest) if rest else []
    if place is None:
        return []
    if not rest:
        return [place]
    # "b) Buy" where Buy is a): both are named, and neither is meant for certain.
    return sorted({place, *by_words}) if by_words else []


def _places(plain: list[str], words: str) -> list[int]:
    return [place for place, option in enumerate(plain) if option == words and option]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).strip(_WRAPPING).casefold().split())


def _letter(place: int) -> str:
    """The letters of a place: a to z, then aa, ab and so on."""
    letters = ""
    place += 1
    while place:
        place, digit = divmod(place - 1, 26)
        letters = chr(ord("a") + digit) + letters
    return letters


def _place_of(label: str, count: int) -> int | None:
    place = 0
    for letter in label.lower():
        place = place * 26 + ord(letter) - ord("a") + 1
    return place - 1 if place <= count else None


def _letters_are_clear(options: Sequence[str]) -> bool:
    """Whether no option could be taken for another's letter."""
    plain = [_plain(option) for option in options]
    return not any(_BARE_LABEL.fullmatch(each) and _place_of(each, len(options)) is not None for each in plain)


def _short(text: str) -> str:
    text = text.strip()
    return repr(text if len(text) <= 80 else f"{text[:77]}…")
