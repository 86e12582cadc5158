"""Numbers that the prompt does not simply state: from a scale's two ends, or from how much somebody is after.

The one idea: a number between two bounds is a place between two poles. A rating of importance has everyday and moving
events for poles, and what the question itself says that its ends mean; any other number is answered by how modest or
how demanding the persona and the goals read, unless one of their lines already names a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gamemaster.language.embedded.evidence import evidence, nearest
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.quantity import quantities
from gamemaster.language.embedded.reader import Reading, clean
from gamemaster.language.embedded.words import content, stems
from gamemaster.words import draws

__all__ = ["decide_number"]

_RATING = frozenset(stems("important importance poignant poignancy significant significance memorable"))
_DULL = (
    "brushing one's teeth, making the bed",
    "walking from one place to another",
    "a small purchase in a shop",
    "doing one's usual work",
    "having a meal",
)
_GRAVE = (
    "the death of somebody in the family",
    "falling in love, a proposal of marriage, a wedding",
    "a fire, an accident, a crime",
    "a break-up, a quarrel with a friend",
    "a celebration to which everybody is invited",
)
_MODEST = ("is careful and modest, thinks of others and of tomorrow, and wants only a little",)
_EAGER = ("is bold and ambitious, thinks of the own gain first, and wants as much as possible",)
_END = r"(?:is|means|=|being|stands for|for)\s+(?P<meaning>.{3,160}?)(?=[,;.)]?\s+(?:and|to)\s+-?\d|[;.)]|$)"
_RATED_STEEP, _WANTED_STEEP = 1.6, 2.0
_RATED_MIDDLE, _WANTED_MIDDLE = 0.35, 0.4
_NEAR = 0.35


async def decide_number(reading: Reading, query: str, low: float, high: float, meaning: Meaning) -> float:
    """A number from `low` to `high` in answer to `query`; not yet rounded to a whole one."""
    if high <= low:
        return low
    ends = _ends(query, low, high) or _ends(reading.call, low, high)
    rating = bool(_RATING & set(stems(reading.call)) | _RATING & set(stems(query)))
    if ends is not None or rating:
        dull = ([ends[0]] if ends else []) + (list(_DULL) if rating else [])
        grave = ([ends[1]] if ends else []) + (list(_GRAVE) if rating else [])
        lean = await _lean(_rated(reading), dull, grave, meaning)
        return _placed(_RATED_MIDDLE + _RATED_STEEP * lean, low, high)
    stated = await _stated(reading, query, low, high, meaning)
    if stated is not None:
        return stated
    found = evidence(reading, query, leave_out=("question", "situation", "other"))
    lines = [line.text for weight, line in found if weight >= 0.8]
    lean = await _lean(lines, _MODEST, _EAGER, meaning)
    jitter = 0.06 * (draws(0, "number", reading.name, *lines[:1]).random() - 0.5)  # persons differ, even where texts don't
    return _placed(_WANTED_MIDDLE + _WANTED_STEEP * lean + jitter, low, high)


def _placed(place: float, low: float, high: float) -> float:
    return round(low + (high - low) * min(1.0, max(0.0, place)), 4)


def _ends(text: str, low: float, high: float) -> tuple[str, str] | None:
    """What the text says that the two ends of its scale mean."""
    found: list[str] = []
    for bound in (low, high):
        match = re.search(rf"(?<![\d.])\(?{re.escape(f'{bound:g}')}\)?\s*{_END}", text[:2_000], re.IGNORECASE)
        if match is None:
            return None
        found.append(match["meaning"])
    return found[0], found[1]


def _rated(reading: Reading) -> list[str]:
    """What is to be rated: what stands as the question's matter, else what happened last, else the end of the call."""
    lines = reading.of("question")[:5] or reading.of("observation")[-1:] or reading.of("memory")[-1:]
    return [line.text for line in lines] or [reading.call.rsplit(":", 1)[-1]]


async def _lean(texts: list[str], low_end: Sequence[str], high_end: Sequence[str], meaning: Meaning) -> float:
    """How much nearer the texts are to the nearest of `high_end` than to the nearest of `low_end`, -1 .. 1."""
    texts = [text for text in texts if content(text)]
    await meaning.learn([*low_end, *high_end, *texts])
    leans = [
        max(meaning.alike(text, end) for end in high_end) - max(meaning.alike(text, end) for end in low_end) for text in texts
    ]
    return sum(leans) / len(leans) if leans else 0.0


async def _stated(reading: Reading, query: str, low: float, high: float, meaning: Meaning) -> float | None:
    """The number that the likest line of plan, goal or persona names, where it is near enough to what is asked."""
    for score, line in await nearest(reading, clean(query), meaning, ("plan", "goal", "persona"), 4):
        numbers = [each.value for each in quantities(line.text) if not each.weak and low <= each.value <= high]
        if numbers and score >= _NEAR:
            return numbers[0]
    return None
