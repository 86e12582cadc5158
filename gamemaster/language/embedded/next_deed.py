"""The next deed: one plain sentence on what somebody does now, out of what the prompt offers and wants.

The one idea: each wish is turned into the deed that serves it here and now: to get where it belongs, else the action
that fits it, else the wish itself in words. Deeds done or refused a short while ago lose weight; news for somebody
present is a deed like the others. The weightiest is taken, what ties by key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gamemaster.language.embedded.attempt import take_apart, without_quotes
from gamemaster.language.embedded.fitting_deed import arguments_for
from gamemaster.language.embedded.grammar import ended, in_third_person
from gamemaster.language.embedded.grounding import alike, fit, offer_texts
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.news import gather_news, untold
from gamemaster.language.embedded.offers import Offer, parse_offers
from gamemaster.language.embedded.past import Past, look_back
from gamemaster.language.embedded.reader import Reading
from gamemaster.language.embedded.render import render
from gamemaster.language.embedded.speech import sayable
from gamemaster.language.embedded.surroundings import ELSEWHERE, Surroundings, look_around
from gamemaster.language.embedded.wishes import Wish, make_wishes
from gamemaster.language.embedded.words import find_mentions, overlap
from gamemaster.words import Draws

__all__ = ["next_deed", "offered"]

_WISHES = 6
_FITS = 0.4
_BY_WORDS, _BY_MEANING = 0.1, 0.5  # and of that, either so much by words and values, or so much by meaning alone
_PASSES_FOR = 0.15  # for an action that needs nothing, which stands for whatever is due
_REFUSED, _UNEXPLAINED = 0.9, 0.5
_DONE_ONCE, _DONE_ON = 0.95, 0.15  # what takes so many of a thing is done once, other things go on
_SECOND, _AWAY = 0.25, 0.6
_NEWS, _CHAT, _TALK, _IDLE, _WORDS_ONLY, _LEAST = 1.15, 1.1, 0.3, 0.2, 0.25, 0.1
_CHATTY, _ANSWERS, _JUST_NOW = 0.15, 0.5, 30  # how often one begins to chat and answers, and for how many minutes one may
_NEWSWORTHY, _EAGER = 0.3, 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    sentence: str
    weight: float


def offered(reading: Reading) -> list[Offer]:
    """The actions that the prompt offers."""
    return parse_offers(line.text for line in reading.of("action"))


async def next_deed(reading: Reading, meaning: Meaning, random: Draws) -> str:
    """What the one whose prompt it is does next; never empty."""
    offers = offered(reading)
    wishes = make_wishes(reading)[:_WISHES]
    await meaning.learn([ELSEWHERE, *offer_texts(offers)])
    around = look_around(reading, offers, meaning)
    past = look_back(reading, around.hearer.options if around.hearer else ())
    placed = [(wish, around.target(wish.text)) for wish in wishes]
    here = [replace(wish, text=around.without_place(wish.text)) for wish, place in placed if place in (None, around.here)]
    await meaning.learn([wish.text for wish in here])
    busy = max(
        (wish.weight for wish, place in placed if place is not None and place == around.here and wish.since is not None),
        default=0.0,
    )
    deeds: list[_Deed] = []
    for wish, place in placed:
        if around.way is not None and around.whither is not None and place is not None and place != around.here:
            sentence = render(reading.name, around.way, {around.whither.name: place}, place=around.whither.name)
            away = _AWAY if busy and wish.weight < busy else 0.0
            deeds.append(_Deed(sentence=sentence, weight=wish.weight + 0.05 - away))
    for wish in here:
        deeds += _serve(wish, reading, offers, around, meaning, past)
    deeds = _after_refusals(deeds, past)
    deeds += await _tidings(reading, around, meaning, random)
    deeds += _small_talk(reading, around, random)
    idle = _idle(reading, offers, around, past)
    attending = [wish.weight - 0.2 for wish, place in placed if wish.event and place == around.here]
    deeds.append(replace(idle, weight=max([_IDLE, *attending])))
    weighed = [(round(each.weight + 0.04 * random.random(), 4), -place, each) for place, each in enumerate(deeds)]
    return max(weighed, key=lambda each: each[:2])[2].sentence


def _serve(
    wish: Wish, reading: Reading, offers: Sequence[Offer], around: Surroundings, meaning: Meaning, past: Past
) -> list[_Deed]:
    """The deeds that serve a wish where one is: the action that fits best, and one more that speaks of the same things."""
    acts = [offer for offer in offers if offer is not around.way]
    tried = replace(take_apart([f"{reading.name} {in_third_person(wish.text)}"], names=[reading.name]), deed=wish.text)
    scores = fit(tried, acts, meaning, whole=False)
    order = sorted(range(len(acts)), key=lambda place: (-scores[place], place))
    deeds: list[_Deed] = []
    if wish.since is not None:  # what is due and has no action of its own passes for one that needs nothing
        order = [*order[:2], *(place for place in order[2:] if _needs_nothing(acts[place]))][:3]
    for rank, place in enumerate(order):
        offer = acts[place]
        passes = wish.since is not None and not deeds and _needs_nothing(offer) and scores[place] >= _PASSES_FOR
        if offer is around.voice and not around.present:
            continue
        meant = alike(tried, offer, meaning)
        fits = scores[place] >= _FITS and (scores[place] - meant >= _BY_WORDS or meant >= _BY_MEANING)
        if not passes and (not fits or rank > 1):
            continue
        arguments, mentioned = arguments_for(offer, tried, wish, around, reading, past)
        if deeds and not mentioned:
            continue
        sentence = render(reading.name, offer, arguments, place=around.whither.name if around.whither else "")
        once = any(each.kind in ("number", "closed") and each.name in arguments for each in offer.parameters)
        weight = wish.weight + 0.1 * min(1.0, scores[place]) - _SECOND * bool(deeds)
        core = " ".join([offer.words, *(arguments[each.name] for each in offer.parameters if each.name in arguments)])
        if past.was_done(sentence, wish.since) or past.was_done(core, wish.since):
            weight -= _DONE_ONCE if once else _DONE_ON
        deeds.append(_Deed(sentence=sentence, weight=weight))
    if not deeds and not wish.event:
        weight = wish.weight if not offers else _WORDS_ONLY if wish.since is not None else _LEAST
        deeds.append(_Deed(sentence=ended(f"{reading.name} {in_third_person(wish.text)}"), weight=weight))
    return deeds


def _after_refusals(deeds: Sequence[_Deed], past: Past) -> list[_Deed]:
    """The deeds with less weight for those that were refused."""
    best_first = [each.sentence for each in sorted(deeds, key=lambda each: -each.weight)]
    less = {sentence: _REFUSED if explained else _UNEXPLAINED for sentence, explained in past.refused_deeds(best_first)}
    return [replace(each, weight=each.weight - less.get(each.sentence, 0.0)) for each in deeds]


async def _tidings(reading: Reading, around: Surroundings, meaning: Meaning, random: Draws) -> list[_Deed]:
    """A deed for each piece of news that somebody present has not been told, with some chance."""
    if not around.present:
        return []
    deeds: list[_Deed] = []
    for news in await gather_news(reading, around.hearer.options if around.hearer else (), meaning):
        people = untold(news, around.present, reading)
        worthy = news.worth >= _NEWSWORTHY
        if people and random.random() < news.worth + (_EAGER if worthy else 0.0):
            sentence = _told(reading, around, people[int(random.random() * len(people))], news.words)
            weight = _NEWS + 0.3 * (news.worth - _NEWSWORTHY) if worthy else _TALK
            deeds.append(_Deed(sentence=sentence, weight=weight))
    return deeds


def _small_talk(reading: Reading, around: Surroundings, random: Draws) -> list[_Deed]:
    """Something about oneself that somebody present has not been told: now and then, and in answer to what they said."""
    own = [line.text for line in reading.of("memory", "observation") if line.spoken and reading.is_own(line.text)]
    lines = [line for line in reading.of("goal", "persona") if line.kind == "goal" or reading.is_own(line.text)]
    found: list[tuple[str, str]] = []
    spoke = _spoke(reading, around)
    for hearer in spoke or around.present:
        told = [text for text in own if find_mentions([hearer], text, near_spelling=False)]
        for line in lines:
            words = sayable(line, reading.name)
            if all(overlap(words, text) < 0.6 for text in told):
                found.append((hearer, re.sub(rf"\b{re.escape(hearer)}\b", "you", words)))
    if not found:
        return []
    hearer, words = found[int(random.random() * len(found))]
    last = [line for line in reading.of("observation") if reading.is_own(line.text)][-1:]
    paused = not any(line.spoken for line in last)
    chats = paused and random.random() < (_ANSWERS if spoke else _CHATTY)
    return [_Deed(sentence=_told(reading, around, hearer, words), weight=_CHAT if chats else _TALK)]


def _spoke(reading: Reading, around: Surroundings) -> list[str]:
    """Those present who said something just now, the last first."""
    found: list[str] = []
    for line in reversed(reading.of("observation")[-6:]):
        late = reading.now is None or line.minutes is None or reading.now - line.minutes > _JUST_NOW
        if line.spoken and not late and not reading.is_own(line.text):
            speakers = find_mentions(around.present, without_quotes(line.text), near_spelling=False)
            found += [each.value for each in speakers[:1] if each.value not in found]
    return found


def _told(reading: Reading, around: Surroundings, hearer: str, words: str) -> str:
    if around.voice is None or around.hearer is None:
        return f'{reading.name} to {hearer}: "{words}"'
    text = next(each.name for each in around.voice.parameters if each.kind == "text")
    return render(reading.name, around.voice, {around.hearer.name: hearer, text: words})


def _needs_nothing(offer: Offer) -> bool:
    return all(each.optional for each in offer.parameters)


def _idle(reading: Reading, offers: Sequence[Offer], around: Surroundings, past: Past) -> _Deed:
    """What there is to do when no wish is left, or to be there is all: an action that needs nothing, else to stay."""
    free = [offer for offer in offers if _needs_nothing(offer)]
    sentences = [render(reading.name, offer, {}) for offer in free]
    refused = {sentence for sentence, _ in past.refused_deeds(sentences)}
    allowed = [each for each in sentences if each not in refused]
    where = f" at the {around.here}" if around.here and around.here[:1].islower() else f" at {around.here}" if around.here else ""
    return _Deed(sentence=allowed[0] if allowed else ended(f"{reading.name} stays{where}"), weight=_IDLE)
