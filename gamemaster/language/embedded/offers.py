"""Offer: an action that a prompt offers, as its line says it.

A line reads `name(parameter: A|B|C, other: whole number of at least 1, words: text): Sentence that describes it.` A bare
`name: sentence` is an offer without parameters. What can't be read is no offer; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

__all__ = ["Offer", "Parameter", "parse_offer", "parse_offers"]

ParameterKind: TypeAlias = Literal["closed", "number", "flag", "text"]

_HEAD = re.compile(r"^[`*]*([^\W\d]\w*(?:\.\w+)*)[`*]*\s*(?=[(:])")
_PARAMETER = re.compile(r"(?:^|,\s*)([^\W\d]\w*)\s*:\s+")
_NUMBER = re.compile(r"\b(?:number|integer|int|float)\b", re.IGNORECASE)
_FLAG = re.compile(r"^(?:yes or no|yes\s*\|\s*no|true or false|true\s*\|\s*false|bool(?:ean)?|yes/no)\b", re.IGNORECASE)
_TEXT = re.compile(r"^(?:free )?(?:text|words|string|str|a text|any text|list|several)\b", re.IGNORECASE)
_LEFT_OUT = re.compile(r"\s*\((?:may be left out|optional)\)\s*$|,\s*optional\s*$", re.IGNORECASE)
_LOW = re.compile(r"(?:at least|from|above|>=)\s*(-?\d+(?:\.\d+)?)", re.IGNORECASE)
_HIGH = re.compile(r"(?:at most|to|up to|below|<=)\s*(-?\d+(?:\.\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter of an offer; `options` are its closed set, empty for the other kinds."""

    name: str
    kind: ParameterKind
    options: tuple[str, ...] = ()
    many: bool = False
    optional: bool = False
    low: float | None = None
    high: float | None = None

    @property
    def words(self) -> str:
        return self.name.replace("_", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An action offered: its name, its parameters in order, and what it is in a sentence."""

    name: str
    parameters: tuple[Parameter, ...]
    description: str
    line: str

    @property
    def words(self) -> str:
        """The name in words: `part.pick_up` -> "pick up"."""
        return self.name.rsplit(".", 1)[-1].replace("_", " ").strip()

    @property
    def texts(self) -> tuple[str, str]:
        """What is compared with an attempt: the name in words, and the description's first sentence."""
        return self.words, first_sentence(self.description) or self.words


def first_sentence(text: str) -> str:
    """The first sentence of `text`, with no stop."""
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0].rstrip(".!? ")


@lru_cache(maxsize=4_000)
def parse_offer(line: str) -> Offer | None:
    """The offer that `line` says, or None when it says none."""
    text = line.strip()[:2_000]
    head = _HEAD.match(text)
    if head is None:
        return None
    rest = text[head.end() :]
    inside = ""
    if rest.startswith("("):
        close = _closing(rest)
        if close is None:
            return None
        inside, rest = rest[1:close], rest[close + 1 :].lstrip()
    if not rest.startswith((":", "-", "–", "—")) and rest:
        return None
    description = rest.lstrip(":-–— ").strip()
    if not inside and not description:
        return None
    return Offer(name=head.group(1), parameters=tuple(_parameters(inside)), description=description, line=text)


def parse_offers(lines: Iterable[str]) -> list[Offer]:
    """The offers among `lines`, in order, each name once."""
    found: dict[str, Offer] = {}
    for line in lines:
        offer = parse_offer(line)
        if offer is not None and "(" in offer.line.split(":", 1)[0]:
            found.setdefault(offer.name, offer)
    return list(found.values())


def _closing(text: str) -> int | None:
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    return None


def _parameters(inside: str) -> Iterable[Parameter]:
    heads = list(_PARAMETER.finditer(inside))
    for number, head in enumerate(heads):
        end = heads[number + 1].start() if number + 1 < len(heads) else len(inside)
        yield _parameter(head.group(1), inside[head.end() : end].strip())


def _parameter(name: str, said: str) -> Parameter:
    optional = bool(_LEFT_OUT.search(said))
    said = _LEFT_OUT.sub("", said).strip()
    many = said.startswith("list of ")
    said = re.sub(r"\|?\.\.\. \(\d+ in all\)$", "", said.removeprefix("list of ")).strip()
    if _FLAG.match(said):
        return Parameter(name=name, kind="flag", many=many, optional=optional)
    if "|" not in said and _NUMBER.search(said):
        low, high = _LOW.search(said), _HIGH.search(said)
        return Parameter(
            name=name,
            kind="number",
            many=many,
            optional=optional,
            low=float(low.group(1)) if low else None,
            high=float(high.group(1)) if high else None,
        )
    if "|" not in said and (not said or _TEXT.match(said)):
        return Parameter(name=name, kind="text", many=many, optional=optional)
    options = tuple(dict.fromkeys(part.strip().strip("\"'") for part in said.split("|")))
    return Parameter(name=name, kind="closed", options=tuple(each for each in options if each), many=many, optional=optional)
