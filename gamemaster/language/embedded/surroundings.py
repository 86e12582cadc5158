"""Surroundings: where one is, who is there, and which of the actions on offer lead elsewhere or carry words.

The one idea: no place, person or verb is known here. A place is a value of an action that the prompt says one is at; the
action that needs nothing but such a value leads there; the one with free text beside a person carries words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.offers import Offer, Parameter
from gamemaster.language.embedded.reader import Reading
from gamemaster.language.embedded.words import Mention, Word, find_mentions, split_words

__all__ = ["ELSEWHERE", "Surroundings", "look_around", "whereabouts"]

ELSEWHERE = "Be on the way from here to another place."
_AT = frozenset("at in on inside near".split())
_TO = frozenset("to into from".split())
_ARTICLES = frozenset("the a an my her his their your".split())
_LIKE_ELSEWHERE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`way` is the offer that leads elsewhere and `whither` its parameter; `voice` carries words, to one of `people`."""

    here: str | None
    way: Offer | None
    whither: Parameter | None
    voice: Offer | None
    hearer: Parameter | None
    present: tuple[str, ...]

    def target(self, text: str) -> str | None:
        """The place that `text` speaks of, of those that one can get to or is at."""
        if self.whither is None:
            return None
        found = [each for each in find_mentions(self.places, text) if each.surety >= 0.6]
        words = split_words(text)
        after = [each for each in found if _link_before(words, each)]
        return (after or found)[0].value if found else None

    def without_place(self, text: str) -> str:
        """`text` without the place that it speaks of, and without getting there.

        "do the washing at the well" -> "do the washing"; "row to the isle and rest" -> "rest".
        """
        place = self.target(text)
        if place is None:
            return text
        words = split_words(text)
        found = next((each for each in find_mentions(self.places, text) if each.value == place), None)
        if found is None or found.first == 0:
            return text
        first = found.first
        while first > 1 and words[first - 1].text.casefold() in _ARTICLES:
            first -= 1
        if words[first - 1].text.casefold() not in _AT | _TO or first < 2:
            return text
        after = text[words[found.last].end :]
        onwards = re.match(r",?\s+(?:and|then|and then)\s+(?=\w)", after)
        if onwards and first == 2:  # a verb, the way and the place, and then what is to be done there
            return after[onwards.end() :]
        rest = f"{text[: words[first - 1].start]}{after}"
        return " ".join(rest.split()).strip(" ,;:-")

    @property
    def places(self) -> list[str]:
        options = list(self.whither.options) if self.whither else []
        return options if self.here is None or self.here in options else [*options, self.here]


def look_around(reading: Reading, offers: Sequence[Offer], meaning: Meaning) -> Surroundings:
    """The surroundings; `ELSEWHERE` and the offers' texts must have been learned."""
    here, parameter = whereabouts(reading, offers)
    ways: list[tuple[float, int, Offer, Parameter]] = []
    for rank, offer in enumerate(offers):
        needed = [each for each in offer.parameters if not each.optional]
        if len(needed) != 1 or needed[0].kind != "closed":
            continue
        alike = max(meaning.alike(ELSEWHERE, text) for text in offer.texts)
        is_place = parameter is not None and bool(set(needed[0].options) & set(parameter.options))
        if is_place or (parameter is None and alike >= _LIKE_ELSEWHERE):
            ways.append((-alike, rank, offer, needed[0]))
    way = min(ways, key=lambda each: each[:2], default=None)
    voice, hearer = _voice(offers)
    situation = "\n".join(line.text for line in reading.of("situation"))
    present = [each.value for each in find_mentions(hearer.options, situation, near_spelling=False)] if hearer else []
    return Surroundings(
        here=here,
        way=way[2] if way else None,
        whither=way[3] if way else None,
        voice=voice,
        hearer=hearer,
        present=tuple(each for each in present if each != reading.name),
    )


def whereabouts(reading: Reading, offers: Sequence[Offer]) -> tuple[str | None, Parameter | None]:
    """The first value that a line on the situation says one is at, and the parameter that it belongs to."""
    lines = sorted(reading.of("situation"), key=lambda line: not reading.is_own(line.text))
    for line in lines:
        words = split_words(line.text)
        found: list[tuple[int, int, str, Parameter]] = []
        for offer in offers:
            for each in offer.parameters:
                for mention in find_mentions(each.options, line.text, near_spelling=False):
                    if mention.surety >= 0.9 and _link_before(words, mention, _AT):
                        found.append((mention.first, len(offer.parameters), mention.value, each))
        if found:
            best = min(found, key=lambda each: each[:2])
            return best[2], best[3]
    return None, None


def _link_before(words: Sequence[Word], mention: Mention, links: frozenset[str] = _AT | _TO) -> bool:
    texts = [word.text.casefold() for word in words[max(0, mention.first - 2) : mention.first]]
    return bool(texts) and (texts[-1] in links or (texts[-1] in _ARTICLES and texts[0] in links))


def _voice(offers: Sequence[Offer]) -> tuple[Offer | None, Parameter | None]:
    for offer in offers:
        texts = [each for each in offer.parameters if each.kind == "text" and not each.optional]
        closed = [each for each in offer.parameters if each.kind == "closed"]
        if texts and len(closed) == 1 and len(offer.parameters) == len(texts) + 1:
            return offer, closed[0]
    return None, None
