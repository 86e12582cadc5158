"""Grounding: how well each action on offer fits an attempt.

The one idea: likeness of meaning alone is weak (any sentence about a seller is near every sale), so it is added up with
what the attempt mentions: the verb, the values of the action's parameters, a number, words said. Figures of weight were
set by hand on attempts in made-up worlds that no example uses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gamemaster.language.embedded.arguments import Slot, assign_values
from gamemaster.language.embedded.attempt import Tried
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.offers import Offer
from gamemaster.language.embedded.quantity import quantities
from gamemaster.language.embedded.words import FUNCTION_WORDS, content, find_mentions, split_words, stem, stems

_NOT_THERE = 0.5  # what it costs an action that the attempt names something else where it needs one of its values
_BARE_WORD = 0.1  # what it costs that a verb alone is like an action in meaning only
_LEADS = frozenset("to from into onto at in on with for".split())
_BEFORE_NOUNS = frozenset("a an the my his her its their your our some any all another one this that these those".split())

__all__ = ["DOUBTFUL", "alike", "fit", "offer_texts", "values_of"]

DOUBTFUL = 0.28
"""Below this fit an attempt is taken for none of the actions."""


def offer_texts(offers: Iterable[Offer]) -> list[str]:
    """What has to be learned before `fit` can compare."""
    return [text for offer in offers for text in offer.texts]


def values_of(offers: Iterable[Offer]) -> list[str]:
    """All values of the offers' closed sets, each once."""
    return list(dict.fromkeys(value for offer in offers for each in offer.parameters for value in each.options))


def fit(tried: Tried, offers: Sequence[Offer], meaning: Meaning, *, here: str | None = None, whole: bool = True) -> list[float]:
    """How well each of `offers` fits, about 0 .. 1. `tried.deed` and `offer_texts(offers)` must have been learned.

    `here` is where the actor is: to do something there is not to go there. `whole` counts it against an action when what
    it needs isn't mentioned.
    """
    if tried.empty:
        return [0.0] * len(offers)
    mentioned = {mention.value for mention in find_mentions(values_of(offers), tried.plain) if mention.value != here}
    counted = any(not number.weak for number in quantities(tried.plain))
    out: list[float] = []
    for offer in offers:
        shared = _words_in_common(tried, offer, mentioned)
        score = alike(tried, offer, meaning) + (shared or -_BARE_WORD * (" " not in tried.deed))
        score += _things_in_common(tried, offer, mentioned, here, whole) + _forms_in_common(tried, offer, counted, whole)
        out.append(round(score, 4))
    return out


def alike(tried: Tried, offer: Offer, meaning: Meaning) -> float:
    """How alike in meaning an attempt and an action are, words and values left aside."""
    name, description = offer.texts
    by_description, by_name = meaning.alike(tried.deed, description), meaning.alike(tried.deed, name)
    return 0.7 * max(by_description, by_name) + 0.3 * min(by_description, by_name)


def _words_in_common(tried: Tried, offer: Offer, mentioned: set[str]) -> float:
    name, description = offer.texts
    verbs = {stems(name)[0] if stems(name) else "", stem(description.split(" ", 1)[0])}
    said = content(name) | content(description)
    score = 0.2 if tried.verb and tried.verb in verbs else 0.14 if tried.verb in said else 0.0
    own = content(tried.deed) - {tried.verb} - content(" ".join(sorted(mentioned)))
    return score + (0.12 * len(own & said) / len(own) if own else 0.0)


def _things_in_common(tried: Tried, offer: Offer, mentioned: set[str], here: str | None, whole: bool) -> float:
    closed = [each for each in offer.parameters if each.kind == "closed"]
    slots = [Slot(name=each.name, about=offer.description, options=each.options) for each in closed]
    filled = assign_values(slots, tried) if mentioned or here else {}
    covered = len(set(filled.values()) - {here})
    missing = sum(1 for each in closed if each.name not in filled and not each.optional and len(each.options) > 1)
    score = min(0.24, 0.1 * covered) - 0.06 * max(0, len(mentioned) - covered) - 0.08 * missing * whole
    score += 0.05 * (missing == 0 and covered > 0)
    if whole and missing and names_another(tried, offer):
        score -= _NOT_THERE
    return score - 0.15 * (len(offer.parameters) == 1 and here is not None and here in filled.values())


def names_another(tried: Tried, offer: Offer) -> bool:
    """Whether the attempt names something in the place of a value that `offer` needs, which is none of its values.

    "sail to Atlantis" names one where the islands are others. Such a thing is what the verb is done to, what follows a word
    like "to" or "from", or any name with a capital, unless the action's own words speak of it.
    """
    words = split_words(tried.deed)
    values = " ".join(value for each in offer.parameters for value in each.options)
    known = content(f"{offer.words} {offer.description} {values} {' '.join(each.words for each in offer.parameters)}")
    counted = quantities(tried.deed)
    plain = [word.text.casefold() for word in words]
    strange = [word.stem not in known and low not in FUNCTION_WORDS for word, low in zip(words, plain, strict=True)]
    if any(strange[at] and words[at].text[0].isupper() for at in range(1, len(words))):
        return True
    for at in range(1, len(words)):
        if at > 1 and plain[at - 1] not in _LEADS:
            continue
        first = at
        while first < len(words) and (
            plain[first] in _BEFORE_NOUNS or any(each.start <= words[first].start < each.end for each in counted)
        ):
            first += 1
        last = first
        while last < len(words) and plain[last] not in FUNCTION_WORDS:
            last += 1
        if last > first and all(strange[first:last]):
            return True
    return False


def _forms_in_common(tried: Tried, offer: Offer, counted: bool, whole: bool) -> float:
    """Numbers where numbers are wanted, words said where words are."""
    score = 0.0
    has_number = any(each.kind == "number" for each in offer.parameters)
    if counted:
        score += 0.05 if has_number else -0.03
    elif whole and any(each.kind == "number" and not each.optional for each in offer.parameters):
        score -= 0.08
    texts = [each for each in offer.parameters if each.kind == "text"]
    if '"' in tried.text or "“" in tried.text:
        score += 0.15 if texts else -0.15
    elif texts and whole and tried.spoken is None and not all(each.optional for each in texts):
        score -= 0.12
    elif texts and tried.spoken is not None:
        score += 0.1
    return score
