"""Rendering: an action with its arguments as one plain sentence about who does it.

The one idea: an action's description is an order ("Lend a book to a reader."); put in the third person, with its
placeholders ("a book", "a reader", "somebody") replaced by the arguments, it is the sentence. What finds no place in it
is added at the end under the parameter's own name, so that nothing gets lost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from gamemaster.language.embedded.grammar import ended, in_third_person
from gamemaster.language.embedded.offers import Offer, Parameter, first_sentence
from gamemaster.language.embedded.words import split_words, stem

__all__ = ["render"]

_TAIL = re.compile(
    r"(?:,| (?:if|when|where|(?<!a )while|which|that|who|as long as|so that|because|unless|provided|at \d|for \d|costs?"
    r"|\(|-|–|—|;)(?![\w]))\s*.*$"
)
_ANYBODY = (
    r"(?:somebody|someone|anybody|anyone|another person|a person|one of the people|people|everybody|everyone)"
    r"(?: (?:here|else|present|nearby|in the same place|in the same room))*"
)
_ANYWHERE = r"(?:to )?(?:somewhere|anywhere|another place|a place|some place)(?: else)?"
_ANYTHING = r"(?:something|anything|a thing|things|some of (?:it|them)|an item|items|goods)"
_SOME = r"(?:some|a number of|several|a few|any number of|as many)"
_ARTICLE = r"(?:a|an|the|some|another|one's|your|any|one)"
_LINKS = frozenset("to from with at in on by of for into near against about".split())


def render(name: str, offer: Offer, arguments: Mapping[str, Any], *, place: str = "") -> str:
    """A sentence in which `name` does what `offer` says with `arguments`; `place` names the parameter that is a place."""
    phrase = in_third_person(_order(offer))
    closed = [each for each in offer.parameters if each.kind == "closed" and arguments.get(each.name) not in (None, "")]
    counts = [each for each in offer.parameters if each.kind == "number" and arguments.get(each.name) is not None]
    texts = [each for each in offer.parameters if each.kind == "text" and arguments.get(each.name)]
    rest: list[str] = []
    number = _counted(arguments[counts[0].name]) if counts else ""
    used = not number
    for each in closed:
        value = str(arguments[each.name])
        shown = f"the {value}" if each.name == place and value[:1].islower() else value
        thing = not used and each.name != place and value[:1].islower()
        shown = f"{number} {value}" if thing else shown
        placed = _put(phrase, each, shown)
        if placed is None:
            rest.append(_added(each, shown, is_place=each.name == place))
        else:
            phrase = placed
        used = used or thing
    if not used:
        counted = _put_number(phrase, counts[0], number)
        if counted is None:
            rest.append(f", {counts[0].words} {number}")
        else:
            phrase = counted
    rest += [f", {each.words} {_counted(arguments[each.name])}" for each in counts[1:]]
    said = ""
    if texts:
        phrase = re.sub(rf"\b{_ANYTHING}\b|\b(?:a few |some )?(?:words|message|a message)\b", "", phrase)
        said = ': "' + str(arguments[texts[0].name]).replace('"', "'").strip() + '"'
    sentence = re.sub(r"\s+", " ", f"{name} {phrase}{''.join(rest)}").strip()
    return sentence + said if said else ended(sentence)


def _order(offer: Offer) -> str:
    order = first_sentence(offer.description) or offer.words
    shorter = _TAIL.sub("", order)
    order = shorter if len(shorter.split()) >= 2 or " " not in order else order
    order = re.sub(r"\byour\b", "their", order)
    return order[:1].lower() + order[1:] if order[1:2].islower() else order


def _put(phrase: str, parameter: Parameter, value: str) -> str | None:
    """`phrase` with the placeholder of `parameter` replaced, or None when it has none."""
    names = {stem(word.text) for word in split_words(parameter.words) if word.text.casefold() not in _LINKS}
    words = split_words(phrase)
    for place, word in enumerate(words):
        if place and word.stem in names:
            start = word.start
            for before in range(place - 1, max(0, place - 3), -1):
                if re.fullmatch(_ARTICLE, words[before].text, re.IGNORECASE):
                    start = words[before].start
                    break
            return phrase[:start] + value + phrase[word.end :]
    link = next((word.text for word in split_words(parameter.words) if word.text.casefold() in _LINKS), "")
    patterns = [rf"(?<=\b{link} )(?:{_ANYBODY}|{_ANYWHERE}|{_ANYTHING})\b"] if link else []
    capital = value[:1].isupper()
    patterns += (
        [rf"\b{_ANYBODY}\b"]
        if capital
        else [rf"(?<=\bto ){_ANYWHERE.replace('(?:to )?', '')}\b", rf"\b{_ANYWHERE}\b", rf"\b{_ANYTHING}\b"]
    )
    patterns += [rf"\b{_ANYWHERE}\b", rf"\b{_ANYTHING}\b"] if capital else [rf"\b{_ANYBODY}\b"]
    for pattern in patterns:
        match = re.search(pattern, phrase)
        if match:
            to = "to " if match.group().startswith("to ") else ""
            return phrase[: match.start()] + to + value + phrase[match.end() :]
    return None


def _put_number(phrase: str, parameter: Parameter, number: str) -> str | None:
    match = re.search(rf"\b{_SOME}\b", phrase)
    if match:
        return phrase[: match.start()] + number + phrase[match.end() :]
    words = split_words(phrase)
    names = {stem(word.text) for word in split_words(parameter.words)}
    for word in [*(word for word in words[1:] if word.stem in names), *words[1:3]]:
        if word.text[:1].islower() and word.text.endswith("s") and not word.text.endswith("ss"):
            return phrase[: word.start] + f"{number} " + phrase[word.start :]
    return None


def _added(parameter: Parameter, value: str, *, is_place: bool) -> str:
    link = next((word.text for word in split_words(parameter.words) if word.text.casefold() in _LINKS), "")
    if link or is_place:
        return f" {link or 'at'} {value}"
    return f", {parameter.words} {value}"


def _counted(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
