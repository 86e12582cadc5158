"""Evidence: which lines of a prompt speak to a question, and how much each kind of line counts.

The one idea: few texts are embedded for a request. Lines are first sorted out by spelling and age, which costs nothing;
only the rest is compared by meaning.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.quantity import clock_spans
from gamemaster.language.embedded.reader import Line, Reading
from gamemaster.language.embedded.words import overlap
from gamemaster.words import SectionKind

__all__ = ["WEIGHTS", "due", "evidence", "nearest", "ranked", "timed"]

WEIGHTS: dict[SectionKind, float] = {
    "goal": 1.0,
    "plan": 1.0,
    "persona": 0.8,
    "memory": 0.6,
    "observation": 0.6,
    "situation": 0.4,
    "other": 0.4,
    "question": 0.4,
}
_MOST: dict[SectionKind, int] = {
    "goal": 5, "plan": 1, "persona": 6, "memory": 5, "observation": 4, "situation": 3, "other": 3, "question": 3,
}  # fmt: skip
_LONGEST, _WHOLE_PLAN = 180, 600  # minutes that something with no end stated is taken to last at most


def timed(lines: Sequence[Line]) -> list[tuple[int, int, Line]]:
    """The lines that state a time of day, as (begins, ends, line), by time; an open end is the next line's beginning."""
    found: list[tuple[int, int | None, Line]] = []
    for line in lines:
        spans = clock_spans(line.text)
        if spans:
            found.append((spans[0].begins, spans[0].ends, line))
        elif line.minutes is not None and line.kind == "plan":
            found.append((line.minutes, None, line))
    found.sort(key=lambda each: each[0])
    out: list[tuple[int, int, Line]] = []
    for place, (begins, ends, line) in enumerate(found):
        if ends is None:
            longest = _WHOLE_PLAN if line.kind == "plan" or line.listed else _LONGEST
            later = next((each[0] for each in found[place + 1 :] if each[0] > begins), begins + longest)
            ends = min(later, begins + longest)
        out.append((begins, ends if ends > begins else ends + 24 * 60, line))
    return out


def due(lines: Sequence[Line], now: int | None) -> list[Line]:
    """The lines whose stated time is `now`, the latest begun first."""
    if now is None:
        return []
    return [line for begins, ends, line in reversed(timed(lines)) if begins <= now < ends]


def evidence(reading: Reading, query: str, *, leave_out: Sequence[SectionKind] = ()) -> list[tuple[float, Line]]:
    """The lines that bear on `query` with their kinds' weights: of plans what is due, of the rest the nearest and newest."""
    found: list[tuple[float, Line]] = []
    for kind, weight in WEIGHTS.items():
        if kind in leave_out:
            continue
        lines = reading.of(kind)
        if kind == "plan":
            lines = due(lines, reading.now) or lines
        found += [(weight, line) for line in ranked(lines, query, _MOST[kind])]
    return found


def ranked(lines: Sequence[Line], query: str, most: int) -> list[Line]:
    """At most `most` of `lines`, in their order: those that share words with `query`, and of the rest the newest."""
    if len(lines) <= most:
        return list(lines)
    scored = [(-overlap(query, line.text), -place, line) for place, line in enumerate(lines)]
    scored.sort(key=lambda each: each[:2])
    kept = sorted(-each[1] for each in scored[:most])
    return [lines[place] for place in kept]


async def nearest(
    reading: Reading, query: str, meaning: Meaning, kinds: Sequence[SectionKind], most: int
) -> list[tuple[float, Line]]:
    """At most `most` lines of these kinds with their likeness to `query`, likest first, each text once; ties: newer first."""
    lines: list[Line] = []
    for kind in kinds:
        lines += ranked(reading.of(kind), query, 10)
    await meaning.learn([query, *(line.text for line in lines)])
    scored = [
        (-(meaning.alike(query, line.text) + 0.2 * overlap(query, line.text)), -place, line) for place, line in enumerate(lines)
    ]
    scored.sort(key=lambda each: each[:2])
    found: list[tuple[float, Line]] = []
    for score, _, line in scored:
        if len(found) < most and all(line.text != other.text for _, other in found):
            found.append((round(-score, 4), line))
    return found
