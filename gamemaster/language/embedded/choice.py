"""Choices: one of several options, with a probability for each.

Options that are actions are fitted to the attempt in the prompt; a yes or no is decided by whether the prompt supports
the question; numbers by the scale they form; anything else by likeness to persona, goals, plans and observations. An
`unsure` option is taken unless there is evidence enough for another; a verdict on an attempt needs nearly to be stated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from gamemaster.language.embedded.attempt import take_apart
from gamemaster.language.embedded.evidence import evidence, nearest
from gamemaster.language.embedded.grounding import DOUBTFUL, fit, offer_texts, values_of
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.number import decide_number
from gamemaster.language.embedded.offers import Offer, parse_offer
from gamemaster.language.embedded.reader import Reading, clean
from gamemaster.language.embedded.several import deeds_in
from gamemaster.language.embedded.surroundings import whereabouts
from gamemaster.language.embedded.words import content, find_mentions, overlap, split_words, stems
from gamemaster.words import Draws

__all__ = ["choose", "weigh"]

_YES = frozenset("yes true y agree agreed certainly definitely".split())
_NO = frozenset("no false n disagree never".split())
_NOT = frozenset(
    "not no never nothing nobody cannot can't don't doesn't didn't won't isn't aren't wasn't couldn't refuses refused".split()
)
_SHARPNESS = 20.0  # a difference of 0.05 is a factor of e
_ALL_BUT_SURE = 0.85  # the share of a verdict's words that the situation must have for it to be taken
_MORE = frozenset(stems("several both multiple"))
_CLEARLY = 0.15  # by how much the option "several of these" leads where the attempt has more than one deed
_OVERWHELMING = 0.3  # by how much the best option must lead for a model that may say that it can't tell


async def choose(
    reading: Reading, options: Sequence[str], unsure: int | None, meaning: Meaning, random: Draws, warmth: float
) -> tuple[int, tuple[float, ...]]:
    """The place of the option taken and the probabilities; `warmth` is the sampling temperature, 0 for the likeliest."""
    offers = [None if place == unsure else parse_offer(option) for place, option in enumerate(options)]
    actions = [offer for offer in offers if offer is not None]
    several = _several(options, offers, unsure)
    if len(actions) == len(options) - (unsure is not None) - (several is not None) and _are_actions(actions, unsure):
        scores = await _fitted(reading, offers, actions, meaning, several)
    elif unsure is not None and reading.of("question"):
        known = "\n".join(line.text for line in reading.of("situation", "other"))
        scores = [0.0 if place == unsure else overlap(option, known) - _ALL_BUT_SURE for place, option in enumerate(options)]
    else:
        shown = [option for place, option in enumerate(options) if place != unsure]
        weighed = await weigh(reading, shown, reading.focus, meaning)
        scores = list(weighed)
        if unsure is not None:
            top = max(weighed, default=0.0)
            rest = sorted(weighed)[-2] if len(weighed) > 1 else 0.0
            scores.insert(unsure, rest + _OVERWHELMING if len(weighed) > 1 else top + _OVERWHELMING)
    return _taken(scores, unsure, random, warmth)


def _taken(scores: Sequence[float], unsure: int | None, random: Draws, warmth: float) -> tuple[int, tuple[float, ...]]:
    order = list(range(len(scores)))
    random.shuffle(order)  # ties by key
    rank = {place: at for at, place in enumerate(order)}
    most = max(scores)
    weights = [math.exp(_SHARPNESS * (score - most) / max(1.0, warmth)) for score in scores]
    total = sum(weights)
    probabilities = tuple(round(weight / total, 6) for weight in weights)
    if warmth > 0 and unsure is None:
        point, taken = random.random() * total, len(scores) - 1
        for place, weight in enumerate(weights):
            point -= weight
            if point < 0:
                taken = place
                break
        return taken, probabilities
    return max(range(len(scores)), key=lambda place: (scores[place], place == unsure, -rank[place])), probabilities


def _are_actions(actions: Sequence[Offer], unsure: int | None) -> bool:
    return bool(actions) and (unsure is not None or len(actions) > 1)


def _several(options: Sequence[str], offers: Sequence[Offer | None], unsure: int | None) -> int | None:
    """The place of the option beside actions that says that it is more than one of them."""
    places = [place for place, offer in enumerate(offers) if offer is None and place != unsure]
    if len(places) != 1 or unsure is None or not stems(options[places[0]]):
        return None
    return places[0] if _MORE & set(stems(options[places[0]])) else None


async def _fitted(
    reading: Reading, offers: Sequence[Offer | None], actions: Sequence[Offer], meaning: Meaning, several: int | None
) -> list[float]:
    lines = reading.of("question")
    about = " ".join([reading.call, *(line.label for line in lines[:1])])
    texts = [line.text for line in lines] or [reading.call]
    tried = take_apart(texts, names=values_of(actions), about=about)
    await meaning.learn([tried.deed, *offer_texts(actions)])
    here, _ = whereabouts(reading, actions)
    fitting = iter(fit(tried, actions, meaning, here=here))
    scores = [DOUBTFUL if offer is None else next(fitting) for offer in offers]
    if several is not None:
        deeds = await deeds_in(texts, actions, meaning, about=about, here=here, least=2)
        scores[several] = max(scores) + _CLEARLY if len(deeds) > 1 else 0.0
    return scores


async def weigh(reading: Reading, options: Sequence[str], query: str, meaning: Meaning) -> list[float]:
    """How much the prompt speaks for each option, about 0 .. 1."""
    numbers = _as_numbers(options)
    if numbers is not None and len(set(numbers)) > 2:
        number = await decide_number(reading, query, min(numbers), max(numbers), meaning)
        width = max(numbers) - min(numbers)
        return [round(1 - abs(each - number) / width, 4) for each in numbers]
    sides = [_side(option) for option in options]
    if len(options) >= 2 and 1 in sides and -1 in sides:
        support = await _support(reading, query, meaning)
        return [round(0.5 + side * support, 4) for side in sides]
    lines = evidence(reading, query, leave_out=("question",) if query == reading.focus else ())
    await meaning.learn([query, *options, *(line.text for _, line in lines)])
    scores = [(0.1 if lines else 0.35) * meaning.alike(query, option) for option in options]
    for weight, line in lines:
        near = max(0.2, meaning.alike(query, line.text) + 0.2) * weight / max(1.0, math.sqrt(len(lines)))
        mentioned = (
            {each.value for each in find_mentions(options, line.text, near_spelling=False)} if len(options) > 1 else set[str]()
        )
        for place, option in enumerate(options):
            scores[place] += near * (meaning.alike(line.text, option) + 0.3 * (option in mentioned))
    return [round(score, 4) for score in scores]


async def _support(reading: Reading, query: str, meaning: Meaning) -> float:
    """From -0.5 (no) to 0.5 (yes): how far the likest lines say what is asked."""
    found = await nearest(reading, clean(query), meaning, ("goal", "plan", "persona", "memory", "observation", "situation"), 3)
    support = -0.05
    for score, line in found[:1]:
        denied = bool({word.text.casefold() for word in split_words(line.text)} & _NOT)
        asked_denied = bool({word.text.casefold() for word in split_words(query)} & _NOT)
        shared = len(content(query) & content(line.text))
        support = max(-0.5, min(0.5, score - 0.45 + 0.03 * shared))
        if denied != asked_denied and support > 0:
            support = -support
    return round(support, 4)


def _side(option: str) -> int:
    first = next((word.text.casefold() for word in split_words(option)), "")
    return 1 if first in _YES else -1 if first in _NO else 0


def _as_numbers(options: Sequence[str]) -> list[float] | None:
    try:
        numbers = [float(option) for option in options]
    except ValueError:
        return None
    return numbers if all(math.isfinite(number) for number in numbers) else None
