"""Words of a text and how alike two of them are in spelling: stems, overlap, and which of several values a text mentions.

The one idea: both sides of a comparison are reduced by the same rough rules, so the rules need not be right, only the
same ("bakes", "baking" and "bake" all become "bak"). Meaning is not looked at here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

__all__ = ["FUNCTION_WORDS", "Mention", "Word", "content", "find_mentions", "overlap", "singular", "split_words", "stem", "stems"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_VOWEL = re.compile(r"[aeiouyäöüáéíóúàèâêîôûåøæ]")
_MOST_WORDS = 4_000

FUNCTION_WORDS = frozenset(
    "a an the this that these those and or but nor so if then than as at by for from in into of off on onto out over to "
    "up down with without about before after during until till is are was were be been being am has have had having do "
    "does did will would shall should can could may might must not no i me my you your he him his she her hers it its we "
    "us our they them their himself herself itself themselves myself yourself there here what who whom whose which when "
    "where why how some any each every all both again also just only very too now s t".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word with its stem and where it begins and ends in its text."""

    text: str
    stem: str
    start: int
    end: int


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A rough stem, for comparison with other stems only."""
    word = word.casefold().replace("’", "'")
    word = word.removesuffix("'s").replace("'", "")
    if len(word) > 4 and word.endswith(("ies", "ied")):
        return word[:-3] + "y"
    if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 2 and _VOWEL.search(rest):
            word = rest[:-1] if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    return word[:-1] if len(word) > 2 and word.endswith("e") else word


@lru_cache(maxsize=20_000)
def singular(word: str) -> str:
    """A noun without its plural or possessive ending, for comparison with other such only."""
    word = word.casefold().replace("’", "'").removesuffix("'s").removesuffix("'")
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "oes")):
        return word[:-2]
    if len(word) > 5 and word.endswith("ves"):
        return word[:-3] + "f"
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def split_words(text: str) -> list[Word]:
    """The words of `text` in order, at most 4,000; underscores part words."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        word = match.group()[:60]
        found.append(Word(text=word, stem=stem(word), start=match.start(), end=match.end()))
        if len(found) == _MOST_WORDS:
            break
    return found


@lru_cache(maxsize=20_000)
def stems(text: str) -> tuple[str, ...]:
    """The stems of all words of `text`."""
    return tuple(word.stem for word in split_words(text))


@lru_cache(maxsize=20_000)
def content(text: str) -> frozenset[str]:
    """The stems of `text` without its function words."""
    return frozenset(word.stem for word in split_words(text) if word.text.casefold() not in FUNCTION_WORDS)


def overlap(one: str, other: str) -> float:
    """The share of `one`'s content words that `other` has too, 0 .. 1; 0 when `one` has none."""
    own = content(one)
    return len(own & content(other)) / len(own) if own else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A value that a text mentions: how surely (0 .. 1), and at which of the text's words, first to last."""

    value: str
    surety: float
    first: int
    last: int


def find_mentions(values: Sequence[str], text: str, *, near_spelling: bool = True) -> list[Mention]:
    """The `values` that `text` mentions, in order of their place in it; each once, at its surest and earliest place.

    A whole value in a row counts 1, the words that set it apart from the other values less ("Ann" for "Ann Weaver" when
    no other value has an Ann), a near spelling of such a word least. At equal places the surer comes first.
    """
    words = split_words(text)
    places: dict[str, list[int]] = {}
    for position, word in enumerate(words):
        places.setdefault(singular(word.text), []).append(position)
    value_stems = {value: tuple(singular(word.text) for word in split_words(value)) for value in values}
    counts: dict[str, int] = {}
    for each in value_stems.values():
        for one in set(each):
            counts[one] = counts.get(one, 0) + 1
    found: list[Mention] = []
    for value in values:
        mention = _mention(value, value_stems[value], words, places, counts)
        if mention is None and near_spelling:
            mention = _misspelt(value, words, counts)
        if mention is not None:
            found.append(mention)
    found.sort(key=lambda each: (each.first, -each.surety, -(each.last - each.first)))
    return _without_contained(found)


def _mention(
    value: str, own: tuple[str, ...], words: Sequence[Word], places: dict[str, list[int]], counts: dict[str, int]
) -> Mention | None:
    if not own:
        return None
    for start in places.get(own[0], ()):
        if tuple(singular(word.text) for word in words[start : start + len(own)]) == own:
            return Mention(value=value, surety=1.0, first=start, last=start + len(own) - 1)
    if len(own) == 1:
        return None
    telling = [each for each in own if each in places and counts[each] == 1 and each not in FUNCTION_WORDS]
    if not telling:
        return None
    first = min(places[each][0] for each in telling)
    return Mention(value=value, surety=0.6 + 0.3 * len(set(telling)) / len(set(own)), first=first, last=first)


def _misspelt(value: str, words: Sequence[Word], counts: dict[str, int]) -> Mention | None:
    best: Mention | None = None
    for part in split_words(value):
        if len(part.text) < 5 or counts[singular(part.text)] > 1:
            continue
        for position, word in enumerate(words[:200]):
            if abs(len(word.text) - len(part.text)) > 2 or word.text[0].casefold() != part.text[0].casefold():
                continue
            likeness = SequenceMatcher(None, part.text.casefold(), word.text.casefold(), autojunk=False).ratio()
            if likeness >= 0.82 and (best is None or 0.7 * likeness > best.surety):
                best = Mention(value=value, surety=round(0.7 * likeness, 4), first=position, last=position)
    return best


def _without_contained(found: list[Mention]) -> list[Mention]:
    """Without a mention that lies inside a longer or surer one: "hall" inside "town hall"."""
    kept: list[Mention] = []
    for each in found:
        inside = any(
            other is not each
            and other.first <= each.first
            and each.last <= other.last
            and (other.last - other.first, other.surety) > (each.last - each.first, each.surety)
            for other in found
        )
        if not inside:
            kept.append(each)
    return kept
