r"""JSON text as the archive writes it: one form for one value, so that equal text means equal value.

No spaces, characters as they are, floats by `repr`, NaN and infinities refused. Members keep their order: a dict's order
is part of a world's state, and a resumed run must find it. `sorted_json` sorts them, for what has no order of its own.

A lone surrogate, which UTF-8 can't hold, is written as its JSON escape (`"\ud800"`). This file knows nothing of SQLite.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from gamemaster.words import ArchiveDamaged, ArchiveError

__all__ = ["from_json", "names_json", "sorted_json", "to_json"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    if isinstance(value, bytes):  # text that SQLite holds as bytes, in a row that is hashed
        return value.decode("utf-8", "surrogatepass")
    if isinstance(value, Sequence):
        return list(cast("Sequence[object]", value))
    raise TypeError(f"{type(value).__name__} is no JSON value")


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode
_encode_sorted = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain, sort_keys=True
).encode


def _finite(text: str) -> float:
    value = float(text)
    if value - value != 0:
        raise ValueError(f"{text[:40]} is no finite number")
    return value


def _refuse(text: str) -> object:
    raise ValueError(f"{text} is no JSON")


_decoder = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse)
_scan = cast("Callable[[str, int], tuple[Any, int]]", _decoder.scan_once)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]


def to_json(value: object) -> str:
    """The value as JSON text, members in their order.

    Raises: ArchiveError for what JSON can't hold: NaN, infinities, objects, circles, thousands of levels.
    """
    try:
        return _escaped(_encode(value))
    except (ValueError, TypeError, RecursionError) as error:
        raise ArchiveError(_unfit(value, error)) from error


def sorted_json(value: object) -> str:
    """The same with members sorted by name, at every level."""
    try:
        return _escaped(_encode_sorted(value))
    except (ValueError, TypeError, RecursionError) as error:
        raise ArchiveError(_unfit(value, error)) from error


@lru_cache(maxsize=1024)
def names_json(names: tuple[str, ...]) -> str:
    """A tuple of names as a JSON array; the same witnesses come again and again."""
    return _escaped(_encode(names))


def from_json(text: str, where: str = "") -> Any:
    """The value that JSON text holds.

    Raises: ArchiveDamaged, naming `where` it stood, for what is no JSON; NaN, infinities and numbers that would become
    one are none.
    """
    try:
        try:
            value, end = _scan(text, 0)
            if end == len(text):
                return value
        except StopIteration:
            pass
        return _decoder.decode(text)  # space around it, or an error that says where
    except (ValueError, TypeError, RecursionError) as error:
        raise ArchiveDamaged(
            f"The archive holds no readable JSON{f' in {where}' if where else ''}: {error}. It was changed or damaged."
        ) from error


def _escaped(text: str) -> str:
    if text.isascii():
        return text
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _unfit(value: object, error: Exception) -> str:
    try:
        shown = repr(value)
    except RecursionError:
        shown = f"a {type(value).__name__} of too many levels"
    shown = shown if len(shown) <= 200 else shown[:200] + " …"
    return (
        f"{shown} can't be put on record: {error}. Give plain JSON values: text, finite numbers, true, false, null, lists, dicts."
    )
