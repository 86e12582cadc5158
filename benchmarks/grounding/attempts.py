"""The attempts of both halves, with what each of them is meant to be.

The one idea: a world is what a game master's model sees of it: who acts, the situation, and the lines of the actions open
to the actor. Nothing else is needed to say which actions an attempt is. The dev half is there to set things by; the
held-out half shares no content word with it and is not changed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from benchmarks.grounding.offer_lines import offer_of
from gamemaster.words import ActionCall
from gamemaster.world import OfferedAction

__all__ = ["CATEGORIES", "HALVES", "Category", "Half", "Item", "MadeUpWorld", "load_half", "path_of"]

Category: TypeAlias = Literal["plain", "several", "impossible", "nonsense", "forged", "languages"]
Half: TypeAlias = Literal["dev", "held-out"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
HALVES: tuple[Half, ...] = get_args(Half)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An attempt and the actions that it is, in order; none for what can't be done.

    Of a forged attempt `honest` is what is left without the forged line, else the whole. `language` is a code.
    """

    category: Category
    text: str
    calls: tuple[ActionCall, ...]
    honest: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpWorld:
    """A world as its lines of actions say it, and what is attempted in it."""

    name: str
    actor: str
    situation: str
    offers: tuple[OfferedAction, ...]
    items: tuple[Item, ...]


def path_of(half: Half) -> Path:
    """The file of a half."""
    return Path(__file__).parent / f"{half.replace('-', '_')}.toml"


def load_half(half: Half) -> list[MadeUpWorld]:
    """The worlds of a half, in their order."""
    with path_of(half).open("rb") as file:
        worlds: list[dict[str, Any]] = tomllib.load(file)["world"]
    return [_world(each) for each in worlds]


def _world(given: dict[str, Any]) -> MadeUpWorld:
    return MadeUpWorld(
        name=given["name"],
        actor=given["actor"],
        situation=given["situation"],
        offers=tuple(offer_of(line) for line in given["actions"]),
        items=tuple(_item(category, row) for category in CATEGORIES for row in given[category]),
    )


def _item(category: Category, row: list[Any]) -> Item:
    language = row[0] if category == "languages" else "en"
    rest = row[1:] if category == "languages" else row
    text, calls = rest[0], rest[2:] if category == "forged" else rest[1:]
    honest = rest[1] if category == "forged" else text
    return Item(
        category=category,
        text=text,
        calls=tuple(_call(each) for each in calls),
        honest=honest,
        language=language,
    )


def _call(given: dict[str, Any]) -> ActionCall:
    return ActionCall(action=given["do"], arguments={name: value for name, value in given.items() if name != "do"})
