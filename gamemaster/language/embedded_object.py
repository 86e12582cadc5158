"""Objects: an instance of a schema, its fields filled from what the prompt mentions, within type and domain.

The one idea: fields of one object are filled together, because they compete for what an attempt mentions; what it does not
mention is chosen as a choice, a number or a text would be. The result is checked against the schema; where a validator in
code refuses it, plainer values are tried, and when all are refused there is none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from gamemaster.language.embedded_arguments import Slot, assign_numbers, assign_values
from gamemaster.language.embedded_attempt import Tried, take_apart
from gamemaster.language.embedded_choice import weigh
from gamemaster.language.embedded_list import make_list
from gamemaster.language.embedded_meaning import Meaning
from gamemaster.language.embedded_number import decide_number
from gamemaster.language.embedded_quantity import clock_spans, clock_text
from gamemaster.language.embedded_reader import Reading, clean
from gamemaster.language.embedded_schema import bounds, closed_set, json_schema, resolve
from gamemaster.language.embedded_speech import is_speech, say
from gamemaster.language.embedded_text import answer_question
from gamemaster.language.embedded_words import find_mentions, split_words
from gamemaster.words import Draws

__all__ = ["fill"]

_GENERAL = frozenset("number items value answer rating score text".split())  # what a question's only field is called
_DEEPEST = 6
_MOST_COMPARED = 40
_NOT = frozenset("not no never none without nobody nothing".split())
_FORMATS = {
    "date": "2000-01-01",
    "date-time": "2000-01-01T00:00:00Z",
    "time": "00:00:00Z",
    "duration": "PT0S",
    "email": "somebody@example.org",
    "uri": "https://example.org/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


async def fill(reading: Reading, schema: type[BaseModel], meaning: Meaning, random: Draws) -> dict[str, Any] | None:
    """The JSON value of an instance of `schema`, or None when its own validators refuse all that was tried."""
    root = json_schema(schema)
    top = resolve(root, root)
    for filler in (_Filler(reading, root, meaning, random), _Plain(root)):
        candidate = await filler.whole(top)
        if _accepted(schema, candidate):
            return candidate
    return None


def _accepted(schema: type[BaseModel], candidate: dict[str, Any]) -> bool:
    try:
        schema.model_validate(candidate)
        json.dumps(candidate, allow_nan=False)
    except (ValidationError, ValueError):
        return False
    return True


class _Plain:
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
            return _fitted(await self._number(name, node), node)
        if kind == "boolean":
            return await self._flag(name, node)
        if kind == "null":
            return None
        return _sized(await self._text(name, node), node)

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
        return _FORMATS.get(str(node.get("format")), str(node.get("default") or name.replace("_", " ") or "text"))


class _Filler(_Plain):
    """Fills fields from the prompt: from the attempt in it, else as its own person would answer."""

    def __init__(self, reading: Reading, root: Mapping[str, Any], meaning: Meaning, random: Draws) -> None:
        super().__init__(root)
        self._reading, self._meaning, self._random = reading, meaning, random
        lines = reading.of("question")
        top = resolve(root, root)
        fields = list(top.get("properties", {}))
        self._alone = len(fields) == 1
        self._attempt = bool(lines) and not (self._alone and fields[0] in _GENERAL)
        self._about = " ".join([reading.call, *(line.label for line in lines[:1])])
        self._tried = take_apart([line.text for line in lines] or [reading.call], names=self._names(top), about=self._about)

    def _names(self, top: Mapping[str, Any]) -> list[str]:
        fields = [resolve(each, self._root) for each in top.get("properties", {}).values()]
        return list(dict.fromkeys(str(value) for each in fields for value in closed_set(each) or ()))

    def _assigned(self, fields: Mapping[str, Mapping[str, Any]], depth: int) -> dict[str, Any]:
        if depth or not self._attempt:
            return {}
        return mentioned(fields, self._tried)

    def _left_out(self, node: Mapping[str, Any], fields: Mapping[str, Any], given: Mapping[str, Any], depth: int) -> set[str]:
        """Of an action's arguments, those that may be left out and aren't mentioned."""
        if depth or not self._attempt:
            return set()
        return {name for name in fields if name not in given and name not in node.get("required", ())}

    def _unmentioned(self, depth: int) -> bool:
        return self._attempt and depth == 0

    def _query(self, name: str, node: Mapping[str, Any]) -> str:
        words = name.replace("_", " ")
        said = str(node.get("description") or "")
        return self._reading.call if self._alone and not said else clean(f"{said or words}. {self._reading.focus}")

    async def _one_of(self, name: str, node: Mapping[str, Any], values: Sequence[Any]) -> Any:
        if len(values) == 1:
            return values[0]
        texts = [str(value) for value in values]
        if self._attempt:
            here = find_mentions(texts, " ".join(line.text for line in self._reading.of("situation")), near_spelling=False)
            present = [each.value for each in here if each.value.casefold() != self._tried.subject.casefold()]
            if present:
                return values[texts.index(present[0])]
            query = self._tried.deed or self._reading.call
            compared = texts[:_MOST_COMPARED]
            await self._meaning.learn([query, *compared])
            scores = [self._meaning.alike(query, each) - (each == self._tried.subject) for each in compared]
        else:
            compared = texts[:_MOST_COMPARED]
            scores = await weigh(self._reading, compared, self._query(name, node), self._meaning)
        return values[max(range(len(scores)), key=lambda place: (scores[place], -place))]

    async def _number(self, name: str, node: Mapping[str, Any]) -> float:
        low, high = bounds(node)
        if self._attempt:
            return low if low is not None and low > 0 else 1.0 if high is None or high >= 1 else high
        start = low if low is not None else min(0.0, high) if high is not None else 0.0
        return await decide_number(
            self._reading, self._query(name, node), start, high if high is not None else start + 10, self._meaning
        )

    async def _flag(self, name: str, node: Mapping[str, Any]) -> bool:
        if self._attempt:
            return not any(word.text.casefold() in _NOT for word in split_words(self._tried.plain))
        scores = await weigh(self._reading, ["yes", "no"], self._query(name, node), self._meaning)
        return scores[0] > scores[1]

    async def _text(self, name: str, node: Mapping[str, Any]) -> str:
        if node.get("format") in _FORMATS:
            return await super()._text(name, node)
        if self._attempt and (self._tried.spoken or self._tried.plain):
            return self._tried.spoken or self._tried.plain
        spans = clock_spans(self._reading.focus)
        if spans and any(each in name.casefold().split("_") for each in ("time", "hour", "when")):
            return clock_text(spans[0].begins)
        if self._alone and is_speech(self._reading):
            return await say(self._reading, self._meaning, self._random)
        return await answer_question(self._reading, self._query(name, node), self._meaning, most=2)

    async def _listed(self, name: str, node: Mapping[str, Any], inside: Mapping[str, Any], depth: int) -> list[Any]:
        values = closed_set(inside)
        most = int(node.get("maxItems", 8))
        if values is not None:
            found = find_mentions([str(value) for value in values], self._tried.plain if self._attempt else self._reading.focus)
            return [values[[str(value) for value in values].index(each.value)] for each in found][:most]
        if inside.get("type") == "string":
            texts = await make_list(self._reading, self._query(name, node), most, self._meaning, self._random)
            return list(dict.fromkeys(_sized(text, inside) for text in texts))
        if inside.get("type") in ("integer", "number") and self._attempt:
            return []
        return [await self._value(name, inside, depth + 1)] if most else []


def mentioned(fields: Mapping[str, Mapping[str, Any]], tried: Tried) -> dict[str, Any]:
    """What `tried` mentions for `fields`: values of closed sets, numbers and words said; the others are absent."""
    closed: list[Slot] = []
    counted: list[Slot] = []
    written: list[str] = []
    for name, node in fields.items():
        values = closed_set(node)
        about = str(node.get("description") or "")
        if values is not None:
            if all(isinstance(value, str) for value in values):
                closed.append(Slot(name=name, about=about, options=tuple(values)))
        elif node.get("type") in ("integer", "number"):
            low, high = bounds(node)
            counted.append(Slot(name=name, about=about, low=low, high=high))
        elif node.get("type") == "string" and "format" not in node:
            written.append(name)
    values = assign_values(closed, tried)
    numbers = assign_numbers(counted, tried, things=[each for slot in closed for each in slot.options])
    out: dict[str, Any] = {**values}
    for slot in counted:
        if slot.name in numbers:
            out[slot.name] = _fitted(numbers[slot.name], fields[slot.name])
    if written and tried.spoken:
        out[written[0]] = _sized(tried.spoken, fields[written[0]])
    return out


def _fitted(value: float, node: Mapping[str, Any]) -> float | int:
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


def _sized(text: str, node: Mapping[str, Any]) -> str:
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
        return _sized(f"{len(out) + 1} {value}", node)
    return value
