"""Arguments: which of the values, numbers and words that an attempt mentions belongs to which field.

The one idea: fields compete. A person named after "from" goes to the field called or described so; the number next to a
thing goes to the field that counts; no mention is used twice. What isn't mentioned is left to the caller's default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gamemaster.language.embedded.attempt import Tried
from gamemaster.language.embedded.quantity import quantities
from gamemaster.language.embedded.words import FUNCTION_WORDS, Mention, find_mentions, split_words, stems

__all__ = ["Slot", "assign_numbers", "assign_values"]

_LINKS = frozenset("to from with at in on by of for into near against about".split())
_EVERYTHING = frozenset("all everything maximum most".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A field to be filled: its name, what is said about it, and its closed set or bounds."""

    name: str
    about: str = ""
    options: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(stems(self.name.replace("_", " ")) + stems(self.about))


def assign_values(slots: Sequence[Slot], tried: Tried) -> dict[str, str]:
    """The value that `tried` mentions for each of `slots` that have options; those with none mentioned are absent."""
    words = split_words(tried.plain)
    pairs: list[tuple[float, int, int, Slot, Mention]] = []
    for rank, slot in enumerate(slots):
        if not slot.options:
            continue
        own_name = frozenset(stems(slot.name.replace("_", " ")))
        for mention in find_mentions(slot.options, tried.plain):
            link = next(
                (
                    words[place].text.casefold()
                    for place in range(mention.first - 1, max(-1, mention.first - 4), -1)
                    if words[place].text.casefold() in _LINKS
                ),
                "",
            )
            score = mention.surety
            if link:
                score += 0.5 if link in own_name else 0.2 if link in slot.stems else 0.0
            before = words[mention.first - 1].stem if mention.first else ""
            if before and before in own_name and before not in FUNCTION_WORDS:
                score += 0.4
            pairs.append((round(-score, 4), rank, mention.first, slot, mention))
    pairs.sort(key=lambda pair: pair[:3])
    chosen: dict[str, str] = {}
    used: set[tuple[int, int]] = set()
    for _, _, _, slot, mention in pairs:
        place = (mention.first, mention.last)
        if slot.name in chosen or place in used:
            continue
        chosen[slot.name] = mention.value
        used.add(place)
    return chosen


def assign_numbers(slots: Sequence[Slot], tried: Tried, *, things: Sequence[str] = ()) -> dict[str, float]:
    """The number that `tried` mentions for each of `slots`; `things` are values that a number may count."""
    text = tried.plain
    words = split_words(text)
    starts = {words[each.first].start for each in find_mentions(things, text, near_spelling=False)} if things else set[int]()
    pairs: list[tuple[float, int, int, Slot, float]] = []
    for place, number in enumerate(quantities(text)):
        after = [word for word in words if word.start >= number.end][:2]
        before = [word.text.casefold() for word in words if word.end <= number.start][-1:]
        for rank, slot in enumerate(slots):
            score = -0.5 if number.weak else 0.0
            score += 0.6 * any(word.stem in slot.stems and word.text.casefold() not in FUNCTION_WORDS for word in after)
            score += 0.4 * (bool(before) and stems(before[0]) != () and stems(before[0])[0] in slot.stems)
            score += 0.3 * any(word.start in starts for word in after)
            score -= 0.3 * (before == ["for"] or before == ["at"])
            outside = (slot.low is not None and number.value < slot.low) or (slot.high is not None and number.value > slot.high)
            score -= 0.1 * outside
            pairs.append((round(-score, 4), place, rank, slot, number.value))
    pairs.sort(key=lambda pair: pair[:3])
    chosen: dict[str, float] = {}
    used: set[int] = set()
    for _, place, _, slot, value in pairs:
        if slot.name not in chosen and place not in used:
            chosen[slot.name] = value
            used.add(place)
    if any(word.text.casefold() in _EVERYTHING for word in words):
        for slot in slots:
            if slot.name not in chosen and slot.high is not None:
                chosen[slot.name] = slot.high
    return chosen
