"""Strict JSON from untrusted text: one object, no duplicate keys, no NaN, bounded in size and depth."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn, cast

__all__ = ["NotStrict", "object_text", "read_object", "without_surrogates"]

_MOST_BYTES = 1_000_000
_DEEPEST = 64
# Possessive, and content with an unclosed string: linear in whatever a model may write.
_NESTING = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class NotStrict(ValueError):
    """The text is no strict JSON object; the message says why."""


def object_text(text: str) -> str:
    """The part of an answer that should be the object: the whole, or the one fenced block in it. Raises: NotStrict."""
    bare = text.strip()
    if len(bare) > _MOST_BYTES:
        raise NotStrict(f"The answer has {len(bare):,} characters; at most {_MOST_BYTES:,} bytes are read.")
    if bare.startswith("{"):
        return bare
    blocks = _fenced(bare)
    if len(blocks) > 1:
        raise NotStrict(f"The answer has {len(blocks)} fenced blocks; which of them is meant is not clear.")
    return blocks[0].strip() if blocks else bare


def _fenced(text: str) -> list[str]:
    """What stands between lines of three backticks; a block that is never closed counts for none."""
    blocks: list[str] = []
    block: list[str] | None = None
    for line in text.splitlines():
        if not line.lstrip().startswith("```"):
            if block is not None:
                block.append(line)
        elif block is None:
            block = []
        else:
            blocks.append("\n".join(block))
            block = None
    return blocks


def read_object(text: str) -> dict[str, Any]:
    """The JSON object that `text` is; lone surrogates in its strings become U+FFFD. Raises: NotStrict."""
    if len(text.encode("utf-8", "surrogatepass")) > _MOST_BYTES:
        raise NotStrict(f"The answer is larger than {_MOST_BYTES:,} bytes.")
    _check_depth(text)
    try:
        value: Any = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_short_int
        )
    except json.JSONDecodeError as error:
        raise NotStrict(f"The answer is not JSON: {error.msg} at character {error.pos}.") from None
    if not isinstance(value, dict):
        raise NotStrict(f"The answer is JSON, but no object: it is a {_JSON_NAMES[type(value)]}.")
    value = cast("dict[str, Any]", value)
    return _repaired(value) if "\\u" in text or not text.isascii() else value


def without_surrogates(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates, which no file or prompt can hold, as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


_JSON_NAMES = {list: "list", str: "string", int: "number", float: "number", bool: "truth value", type(None): "null"}


def _check_depth(text: str) -> None:
    if text.count("{") + text.count("[") <= _DEEPEST:
        return
    depth = 0
    for match in _NESTING.finditer(text):
        mark = match[0]
        if mark in "[{":
            depth += 1
            if depth > _DEEPEST:
                raise NotStrict(f"The answer's JSON is nested deeper than {_DEEPEST} levels.")
        elif mark in "]}":
            depth -= 1


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise NotStrict(f"The answer's JSON has the key {twice!r} twice in one object.")
    return out


def _no_constant(name: str) -> NoReturn:
    raise NotStrict(f"The answer's JSON holds {name}, which is no JSON number.")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotStrict(f"The answer's JSON holds the number {digits[:40]}, which is too large.")
    return value


def _short_int(digits: str) -> int:
    if len(digits) > 300:
        raise NotStrict(f"The answer's JSON holds a number of {len(digits)} digits, which is too large.")
    return int(digits)


def _repaired(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {without_surrogates(key): _repaired(each) for key, each in members.items()}
    if isinstance(value, list):
        return [_repaired(each) for each in cast("list[Any]", value)]
    return value
