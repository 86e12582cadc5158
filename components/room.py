"""Room: how much text a prompt has for a component, and how much state it may hold.

The one idea: both limits are kept by leaving out whole entries, the least important first, and never by cutting one in two.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from gamemaster.words import JsonValue

__all__ = ["MOST_STATE", "lines_within", "size_of"]

MOST_STATE = 12_000
"""The bytes of JSON text above which a component lets go of entries; a state may have 16 kB."""

_CHARACTERS_A_TOKEN = 3


def lines_within(lines: Iterable[str], budget: int) -> str:
    """As many of the lines as `budget` tokens hold, from the first on, each whole; three characters are taken for a token."""
    room = budget * _CHARACTERS_A_TOKEN
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join(kept)


def size_of(state: Mapping[str, JsonValue]) -> int:
    """The bytes of a state as JSON text."""
    return len(json.dumps(state, ensure_ascii=False).encode("utf-8", "replace"))
