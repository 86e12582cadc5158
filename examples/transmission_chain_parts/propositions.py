"""Propositions: the sentences of a text, and which of them another text keeps.

The one idea: a proposition is recognised by its keys, a few of its words, whatever their ending; it is kept when at least half
of them are there. This measures words and not meaning; what that misses stands in the scenario's own docstring.
"""

from __future__ import annotations

import re

from gamemaster.words import one_line

__all__ = ["KEPT_FROM", "kept", "keys_of", "plain", "root", "sentences_of"]

KEPT_FROM = 0.5
"""The share of a proposition's keys from which it counts as kept."""


def sentences_of(text: str) -> list[str]:
    """The sentences of a text; it ends one with a full stop, a question or an exclamation mark before a blank."""
    return [part.strip() for part in re.split(r"(?<=[.!?])\s+", text) if part.strip()]


def plain(text: str) -> str:
    """A source without the asterisks that mark its keys."""
    return one_line(text.replace("*", ""))


def keys_of(sentence: str) -> list[str]:
    """The roots of a sentence's keys, each once."""
    marked = re.findall(r"\*([^*]+)\*", sentence)
    words = [word for each in marked for word in _words(each)]
    words = words or [word for word in _words(sentence) if len(word) >= 4 or word.isdecimal()]
    return list(dict.fromkeys(root(word) for word in words))


def root(word: str) -> str:
    """A word without its ending, as far as that can be seen by its letters: "hummed" and "humming" have one root."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word.removesuffix("e") if len(word) > 3 else word


def kept(source: str, text: str) -> list[bool]:
    """Of each proposition of a source, with its marks, whether a text keeps it."""
    there = {root(word) for word in _words(text)}
    kept: list[bool] = []
    for sentence in sentences_of(source):
        keys = keys_of(sentence)
        kept.append(bool(keys) and sum(key in there for key in keys) >= KEPT_FROM * len(keys))
    return kept


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())
