"""Numbers that the prompt does not simply state: from a scale's two ends, or from how much somebody is after.

The one idea: a number between two bounds is a place between two poles. Where the question says what its ends mean ("1 is
…, 10 is …"), what is rated is compared with both; a question of importance has poles of its own; any other is answered by
how modest or how demanding the persona and the goals read, unless one of their lines already names a number.
"""

from __future__ import annotations

import re

from gamemaster.language.embedded_evidence import evidence, nearest
from gamemaster.language.embedded_meaning import Meaning
from gamemaster.language.embedded_quantity import quantities
from gamemaster.language.embedded_reader import Reading, clean
from gamemaster.language.embedded_words import content
from gamemaster.words import draws

__all__ = ["decide_number"]

_DULL = "An everyday routine, such as brushing one's teeth or making the bed."
_GRAVE = "A deeply moving event that changes a life, such as a wedding, a death or falling in love."
_MODEST = "is careful and modest, thinks of others and of tomorrow, and wants only a little"
_EAGER = "is bold and ambitious, thinks of the own gain first, and wants as much as possible"
_IMPORTANCE = "How important or moving is this event?"
_END = r"(?:is|means|=|being|stands for|for)\s+(?P<meaning>.{3,160}?)(?=[,;.)]?\s+(?:and|to)\s+-?\d|[;.)]|$)"
_STEEP = 2.0


async def decide_number(reading: Reading, query: str, low: float, high: float, meaning: Meaning) -> float:
    """A number from `low` to `high` in answer to `query`; not yet rounded to a whole one."""
    if high <= low:
        return low
    ends = _ends(query, low, high) or _ends(reading.call, low, high)
    await meaning.learn([query, _IMPORTANCE])
    if ends is not None or meaning.alike(clean(query), _IMPORTANCE) >= 0.45:
        dull, grave = ends or (_DULL, _GRAVE)
        return await _between(_rated(reading), dull, grave, low, high, meaning, reading.name)
    stated = await _stated(reading, query, low, high, meaning)
    if stated is not None:
        return stated
    lines = [
        line.text for weight, line in evidence(reading, query, leave_out=("question", "situation", "other")) if weight >= 0.8
    ]
    place = await _between(lines, _MODEST, _EAGER, 0.0, 1.0, meaning, reading.name)
    return low + (high - low) * place


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
    lines = reading.of("question")[:5] or reading.of("observation")[-1:] or reading.of("memory")[-1:]
    if lines:
        return [line.text for line in lines]
    return [reading.call.rsplit(":", 1)[-1].rsplit("\n", 1)[-1]]


async def _between(texts: list[str], low_end: str, high_end: str, low: float, high: float, meaning: Meaning, name: str) -> float:
    await meaning.learn([low_end, high_end, *texts])
    lean = [meaning.alike(text, high_end) - meaning.alike(text, low_end) for text in texts if content(text)]
    jitter = 0.06 * (draws(0, "number", name, *texts[:1]).random() - 0.5)  # persons differ, even where texts don't
    place = 0.4 + _STEEP * (sum(lean) / len(lean) if lean else 0.0) + jitter
    return round(low + (high - low) * min(1.0, max(0.0, place)), 4)


async def _stated(reading: Reading, query: str, low: float, high: float, meaning: Meaning) -> float | None:
    """The number that the likest line of plan, goal or persona names, where it is near enough to what is asked."""
    for score, line in await nearest(reading, clean(query), meaning, ("plan", "goal", "persona"), 4):
        numbers = [each.value for each in quantities(line.text) if not each.weak and low <= each.value <= high]
        if numbers and score >= 0.35:
            return numbers[0]
    return None
