"""Objects: an instance of a schema, its fields filled from what the prompt mentions, within type and domain.

The one idea: fields of one object are filled together, because they compete for what an attempt mentions; what it does not
mention is chosen as a choice, a number or a text would be. The result is checked against the schema; where a validator in
code refuses it, plainer values are tried, and when all are refused there is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from gamemaster.language.embedded.arguments import Slot, assign_numbers, assign_values
from gamemaster.language.embedded.attempt import Tried, take_apart
from gamemaster.language.embedded.choice import weigh
from gamemaster.language.embedded.list import make_list
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.number import decide_number
from gamemaster.language.embedded.offers import parse_offers
from gamemaster.language.embedded.plain_object import FORMATS, PlainFiller, fitted, sized
from gamemaster.language.embedded.plan_object import plan_form
from gamemaster.language.embedded.quantity import clock_spans, clock_text
from gamemaster.language.embedded.reader import Reading, clean
from gamemaster.language.embedded.schema import bounds, closed_set, json_schema, resolve
from gamemaster.language.embedded.several import deeds_in
from gamemaster.language.embedded.speech import is_speech, say
from gamemaster.language.embedded.surroundings import whereabouts
from gamemaster.language.embedded.text import answer_question
from gamemaster.language.embedded.words import find_mentions, split_words
from gamemaster.words import Draws

__all__ = ["fill"]

_GENERAL = frozenset("number items value answer rating score text".split())  # what a question's only field is called
_MOST_COMPARED = 40
_NOT = frozenset("not no never none without nobody nothing against refuse refuses reject rejects decline declines".split())


async def fill(reading: Reading, schema: type[BaseModel], meaning: Meaning, random: Draws) -> dict[str, Any] | None:
    """The JSON value of an instance of `schema`, or None when its own validators refuse all that was tried."""
    root = json_schema(schema)
    top = resolve(root, root)
    planned = await _planned(reading, top, root, meaning, random)
    if planned is not None and _accepted(schema, planned):
        return planned
    for filler in (_Filler(reading, root, meaning, random), PlainFiller(root)):
        candidate = await filler.whole(top)
        if _accepted(schema, candidate):
            return candidate
    return None


async def _planned(
    reading: Reading, top: Mapping[str, Any], root: Mapping[str, Any], meaning: Meaning, random: Draws
) -> dict[str, Any] | None:
    """The deeds of the attempt, where the schema is a plan of them; None where it isn't, or none fits."""
    lines = reading.of("question")
    offers = parse_offers(line.text for line in reading.of("action"))
    form = plan_form(top, root, offers) if lines and offers else None
    if form is None:
        return None
    about = " ".join([reading.call, lines[0].label])
    here, _ = whereabouts(reading, offers)
    deeds = await deeds_in([line.text for line in lines], offers, meaning, about=about, here=here)
    deeds = [deed for deed in deeds if deed.offer.name in form.kinds][: form.most]
    out: list[dict[str, Any]] = []
    for at, deed in enumerate(deeds):
        filler = _Filler(reading, root, meaning, random)
        filler.take(deed.tried, [each.values for each in (*reversed(deeds[:at]), *deeds[at + 1 :])])
        out.append(form.deed(deed.offer.name, await filler.whole(form.arguments_of(deed.offer.name))))
    return {form.name: out} if out else None


def _accepted(schema: type[BaseModel], candidate: dict[str, Any]) -> bool:
    try:
        schema.model_validate(candidate)
        json.dumps(candidate, allow_nan=False)
    except (ValidationError, ValueError):
        return False
    return True


class _Filler(PlainFiller):
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
        self._elsewhere: Sequence[Mapping[str, str]] = ()
        self._tried = take_apart([line.text for line in lines] or [reading.call], names=self._names(top), about=self._about)

    def take(self, tried: Tried, elsewhere: Sequence[Mapping[str, str]]) -> None:
        """Fill from this part of the attempt, and what it leaves open from the values `elsewhere`, the nearest first."""
        self._tried, self._elsewhere, self._attempt, self._alone = tried, elsewhere, True, False

    def _names(self, top: Mapping[str, Any]) -> list[str]:
        fields = [resolve(each, self._root) for each in top.get("properties", {}).values()]
        return list(dict.fromkeys(str(value) for each in fields for value in closed_set(each) or ()))

    def _assigned(self, fields: Mapping[str, Mapping[str, Any]], depth: int) -> dict[str, Any]:
        if depth or not self._attempt:
            return {}
        found = mentioned(fields, self._tried)
        for name, node in fields.items():
            values = closed_set(node) or ()
            other = next((each for part in self._elsewhere for each in (part.get(name), *part.values()) if each in values), None)
            if name not in found and other is not None and other not in found.values():
                found[name] = other
        return found

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
        if node.get("format") in FORMATS:
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
            return list(dict.fromkeys(sized(text, inside) for text in texts))
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
            out[slot.name] = fitted(numbers[slot.name], fields[slot.name])
    if written and tried.spoken:
        out[written[0]] = sized(tried.spoken, fields[written[0]])
    return out
