"""Lists: a plan for the day with its hours, or the lines of a prompt that answer a question.

A plan is made of what the prompt says somebody does at which time (a routine, a job, an event heard of); goals without a
time fill the gaps in an order drawn by key. Any other list is the nearest lines, no two of them alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gamemaster.language.embedded.evidence import nearest, timed
from gamemaster.language.embedded.grammar import capitalised, deed, ended, starts_with_name
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.quantity import clock_text, without_clock
from gamemaster.language.embedded.reader import Line, Reading, clean
from gamemaster.language.embedded.text import statement
from gamemaster.language.embedded.words import content, overlap, split_words, stems
from gamemaster.words import Draws

__all__ = ["asks_for_plan", "make_list", "make_plan"]

_PLAN = frozenset(stems("plan plans schedule agenda timetable itinerary"))
_DAY = (6 * 60, 22 * 60)
_LEAST_GAP = 45
_SLOT = 60


def asks_for_plan(call: str) -> bool:
    """Whether `call` asks for a plan with hours."""
    return bool(set(stems(call)) & _PLAN)


async def make_list(reading: Reading, query: str, most: int, meaning: Meaning, random: Draws) -> list[str]:
    """At most `most` texts in answer to `query`, at least one."""
    if asks_for_plan(query):
        plan = make_plan(reading, most, random)
        if plan:
            return plan
    asked = re.search(r"\b(?:at most|up to|no more than)\s+(\d{1,3})\b", query)
    most = max(1, min(most, int(asked.group(1)) if asked else most, 20))
    found = await nearest(
        reading,
        clean(query),
        meaning,
        ("memory", "observation", "goal", "persona", "situation", "plan", "other", "question"),
        3 * most,
    )
    wants_questions = "question" in stems(query)
    kept: list[str] = []
    for _, line in found:
        text = capitalised(statement(line, reading.name))
        if not text:
            continue
        if wants_questions:
            text = f"What is to be learned from this: {text.rstrip('.')}?"
        if all(overlap(text, other) < 0.8 for other in kept):
            kept.append(text)
        if len(kept) == most:
            break
    return kept or [ended(capitalised(clean(query))) if content(query) else "Nothing in particular."]


def make_plan(reading: Reading, most: int, random: Draws) -> list[str]:
    """Lines such as "09:00 open the shop", by time, from now on; empty when the prompt names nothing to do."""
    lines = reading.of("goal", "persona", "plan", "memory", "observation", "other")
    others = [
        line for line in lines if line.kind in ("memory", "observation") and not line.spoken and not reading.is_own(line.text)
    ]
    taken: list[tuple[int, int, str]] = []
    starts = reading.now if reading.now is not None else 0
    for begins, ends, line in timed([line for line in lines if line not in others]):
        text = _doing(line, reading.name)
        clashes = [other for first, last, other in taken if first < ends and begins < last]
        if text and ends > starts and all(overlap(text, other) < 0.8 for other in clashes):
            taken.append((begins, ends, text))
    taken = _without_clashes(taken)
    goals = [line for line in reading.of("goal") if not any(line is each for _, _, each in timed([line]))]
    if not goals and not taken:
        goals = [line for line in reading.of("persona") if not timed([line]) and _is_doing(line.text, reading.name)]
    texts = [text for text in (_doing(line, reading.name) for line in goals) if text]
    random.shuffle(texts)
    for text in texts:
        if len(taken) >= most:
            break
        gap = _gap(taken, max(starts, _DAY[0] + 2 * _SLOT))
        if gap is not None:
            taken.append((gap, gap + _SLOT, text))
            taken.sort()
    return [f"{clock_text(begins)} {text}" for begins, _, text in taken[: max(1, most)]]


def _without_clashes(taken: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """By time; what begins while something else lasts cuts that short, and that goes on after it if time is left."""
    out: list[tuple[int, int, str]] = []
    for begins, ends, text in sorted(taken):
        if out and begins < out[-1][1]:
            last = out.pop()
            if begins > last[0]:
                out.append((last[0], begins, last[2]))
            out.append((begins, ends, text))
            if last[1] - ends >= _LEAST_GAP:
                out.append((ends, last[1], last[2]))
        else:
            out.append((begins, ends, text))
    return out


def _gap(taken: Sequence[tuple[int, int, str]], starts: int) -> int | None:
    """The beginning of the first free hour from `starts` on."""
    at = -(-starts // 30) * 30
    for begins, ends, _ in sorted(taken):
        if begins - at >= _SLOT:
            return at
        at = max(at, ends)
    return at if at + _SLOT <= _DAY[1] else None


def _doing(line: Line, name: str) -> str:
    """What a line says is to be done, from the bare verb on; of words heard, the words."""
    text = line.spoken[-1] if line.spoken else line.text
    text = without_clock(text)
    if line.spoken:
        return f"attend: {clean(text, 120).rstrip('.')}" if content(text) else ""
    text = re.split(r"[.;]\s", deed(text, name), maxsplit=1)[0]
    return clean(text, 140).rstrip(" .,;:") if content(text) else ""


def _is_doing(text: str, name: str) -> bool:
    """Whether a sentence about somebody says what they do, not what they are."""
    length = starts_with_name(text, name)
    following = split_words(text[length:])[:1] if length else []
    return bool(following) and following[0].text.casefold() not in ("is", "are", "was", "has", "am", "were", "be")
