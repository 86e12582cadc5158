"""Texts: what a scenario says, read from a file by language.

The one idea: a sentence is asked for by its place in the file ("events.harvest"), and its blanks are filled with values. A blank
for which there is no value stays, so that a call keeps its {name}. What agents wrote must be quoted by whoever puts it in.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import yaml

from gamemaster.words import UnknownName

__all__ = ["Language", "Texts"]

Language: TypeAlias = Literal["en", "ja"]


class _Open(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Texts:
    """The texts of one language, with those of a skin in reach; make it with `Texts.of`."""

    def __init__(self, texts: dict[str, str], skin: dict[str, str]) -> None:
        self._texts = texts
        self._skin = skin

    @staticmethod
    @lru_cache(maxsize=32)
    def of(language: str, skin: str = "fishing") -> Texts:
        """The texts of a language, the words of this skin (resource, unit, deed …) filled in."""
        texts = read_texts(language)
        start = f"skins.{skin}."
        words = {place.removeprefix(start): text for place, text in texts.items() if place.startswith(start)}
        if not words:
            skins = {place.split(".")[1] for place in texts if place.startswith("skins.")}
            raise UnknownName.of("skin", skin, sorted(skins))
        return Texts(texts, words)

    def say(self, place: str, **values: object) -> str:
        """The text at a place, its blanks filled. Raises: UnknownName."""
        if place not in self._texts:
            raise UnknownName.of("text", place, self._texts)
        return self._texts[place].format_map(_Open(self._skin, **values)).strip()

    def word(self, name: str) -> str:
        """A word of the skin: resource, unit, deed, done, role."""
        return self._skin[name]


@lru_cache(maxsize=8)
def read_texts(language: str) -> dict[str, str]:
    """All texts of a language by their place, as in "events.harvest"."""
    file = Path(__file__).parent / f"{language}.yaml"
    return dict(_flat("", yaml.safe_load(file.read_text(encoding="utf-8"))))


def _flat(place: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            yield from _flat(f"{place}.{key}" if place else key, inner)
    else:
        yield place, str(value)
