"""Plain objects: the plainest values that a schema allows, whatever is asked.

The one idea: a schema is walked in one place, and what fills its fields is a handful of methods; this class's own give the
first option, the lowest number, the field's name. It asks nothing of the prompt.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from gamemaster.language.embedded.schema import bounds, closed_set, resolve

__all__ = ["FORMATS", "PlainFiller", "fitted", "sized"]

_DEEPEST = 6
FORMATS = {
    "date": "2000-01-01",
    "date-time": "2000-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "PT0S",
    "email": "somebody@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


class PlainFiller:
    """Fills fields with the plainest value that their domain allows; asks nothing of the prompt."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root

    async def whole(self, node: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
        """All fields of the object `node`; deep down, only the required ones."""
        fields = {
            name: resolve(each, self._root)
            for name, each in node.get("properties", {}).items()
            if depth < _DEEPEST or name in node.get("required", ())
        }
        given = self._assigned(fields, depth)
        left_out = self._left_out(node, fields, given, depth)
        return {
            name: given[name] if name in given else await self._value(name, each, depth)
            for name, each in fields.items()
            if name not in left_out
        }

    def _left_out(self, node: Mapping[str, Any], fields: Mapping[str, Any], given: Mapping[str, Any], depth: int) -> set[str]:
        return set()

    def _assigned(self, fields: Mapping[str, Mapping[str, Any]], depth: int) -> dict[str, Any]:
        return {}

    async def _value(self, name: str, node: Mapping[str, Any], depth: int) -> Any:
        values = closed_set(node)
        if node.get("optional") and self._unmentioned(depth):
            return None
        if values is not None:
            return await self._one_of(name, node, values)
        kind = node.get("type")
        if isinstance(kind, list):
            kind = next((each for each in cast("list[str]", kind) if each != "null"), "null")
        if kind == "object" or "properties" in node:
            if depth > 4 * _DEEPEST:
                return {}
            if "properties" in node:
                return await self.whole(node, depth + 1)
            return await self._mapping(name, node, depth)
        if node.get("optional") and depth >= _DEEPEST:
            return None
        if kind == "array":
            return await self._items(name, node, depth)
        if kind in ("integer", "number"):
            return fitted(await self._number(name, node), node)
        if kind == "boolean":
            return await self._flag(name, node)
        if kind == "null":
            return None
        return sized(await self._text(name, node), node)

    def _unmentioned(self, depth: int) -> bool:
        return False

    async def _mapping(self, name: str, node: Mapping[str, Any], depth: int) -> dict[str, Any]:
        least = int(node.get("minProperties", 0))
        inside = node.get("additionalProperties")
        each = resolve(inside, self._root) if isinstance(inside, Mapping) else {"type": "string"}  # pyright: ignore[reportUnknownArgumentType]
        return {f"{name}_{number + 1}": await self._value(name, each, depth + 1) for number in range(least)}

    async def _items(self, name: str, node: Mapping[str, Any], depth: int) -> list[Any]:
        fixed = [resolve(each, self._root) for each in node.get("prefixItems", ())]
        out = [await self._value(name, each, depth + 1) for each in fixed]
        inside = resolve(node.get("items") or {"type": "string"}, self._root) if node.get("items") is not False else None
        least, most = int(node.get("minItems", 0)), node.get("maxItems")
        if inside is not None and len(out) < (most if most is not None else math.inf) and depth < _DEEPEST:
            out += await self._listed(name, node, inside, depth)
        values = closed_set(inside) if inside else None
        while len(out) < least and inside is not None:
            out.append(_another(out, await self._value(name, inside, depth + 1), values, inside) if node.get("uniqueItems") else
                       await self._value(name, inside, depth + 1))  # fmt: skip
        return out if most is None else out[: int(most)]

    async def _listed(self, name: str, node: Mapping[str, Any], inside: Mapping[str, Any], depth: int) -> list[Any]:
        return []

    async def _one_of(self, name: str, node: Mapping[str, Any], values: Sequence[Any]) -> Any:
        return values[0]

    async def _number(self, name: str, node: Mapping[str, Any]) -> float:
        return node.get("default") or 0

    async def _flag(self, name: str, node: Mapping[str, Any]) -> bool:
        return bool(node.get("default", False))

    async def _text(self, name: str, node: Mapping[str, Any]) -> str:
        return FORMATS.get(str(node.get("format")), str(node.get("default") or name.replace("_", " ") or "text"))


def fitted(value: float, node: Mapping[str, Any]) -> float | int:
    """`value` brought within the bounds of `node`, and to a whole number where one is wanted."""
    low, high = bounds(node)
    step = node.get("multipleOf")
    if step:
        value = round(value / step) * step
    if low is not None and value < low:
        value = low
    if high is not None and value > high:
        value = high
    if not math.isfinite(value):
        value = 0
    return round(value) if node.get("type") == "integer" else value


def sized(text: str, node: Mapping[str, Any]) -> str:
    """`text` no longer and no shorter than `node` allows, cut at a word's end where that leaves enough."""
    most, least = node.get("maxLength"), int(node.get("minLength", 0))
    if most is not None and len(text) > most:
        cut = text[: int(most)].rsplit(" ", 1)[0].rstrip(" ,;:")
        text = cut if len(cut) >= max(least, most // 2, 1) else text[: int(most)]
    while len(text) < least:
        text = (f"{text} {text}" if text else "text")[: max(least, 1)]
        if len(text) >= least and text != text.rstrip():
            text = text[:-1] + "."
    return text


def _another(out: Sequence[Any], value: Any, values: Sequence[Any] | None, node: Mapping[str, Any]) -> Any:
    """`value`, or the next that is not in `out` yet."""
    if value not in out:
        return value
    if values is not None:
        return next((each for each in values if each not in out), value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, _ = bounds(node)
        start = low if low is not None else 0
        step = node.get("multipleOf") or 1
        return next(start + step * number for number in range(len(out) + 1) if start + step * number not in out)
    if isinstance(value, str):
        return sized(f"{len(out) + 1} {value}", node)
    return value
