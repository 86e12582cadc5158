"""Text: answers to questions, and what somebody says, made of the prompt's own lines.

The one idea: nothing is invented. A question is answered with the lines nearest to it; what is said is a line about the
speaker, put in the first person, or news heard that the speaker has not yet passed on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gamemaster.language.embedded_evidence import due, nearest, ranked
from gamemaster.language.embedded_grammar import capitalised, deed, ended, in_first_person, starts_with_name
from gamemaster.language.embedded_meaning import Meaning
from gamemaster.language.embedded_quantity import without_clock
from gamemaster.language.embedded_reader import Line, Reading, clean
from gamemaster.language.embedded_words import content, overlap, stems
from gamemaster.words import Draws, SectionKind

__all__ = ["answer_question", "is_speech", "say"]

_SAYING = frozenset(stems("say speak reply respond utter message announce speech"))
_KNOWN: tuple[SectionKind, ...] = ("question", "memory", "observation", "goal", "plan", "persona", "situation", "other", "action")
_NOTHING = "There is nothing to say about that."
_FAR = 0.25  # below this likeness a line has nothing to do with the question


def is_speech(reading: Reading) -> bool:
    """Whether the call asks for words to be said, and not for a description."""
    return bool(set(stems(reading.call)[:14]) & _SAYING)


async def answer_question(reading: Reading, query: str, meaning: Meaning, *, most: int = 3) -> str:
    """The lines nearest to `query`, at most `most`, in the order of nearness; never empty."""
    query = clean(query)
    about = _subject_matter(query, reading.name)
    kinds = _KNOWN if not reading.of("question") or query != clean(reading.focus) else _KNOWN[1:]
    found = await nearest(reading, about or query, meaning, kinds, 8)
    if not found:
        return ended(capitalised(query)) if content(query) else _NOTHING
    top = found[0][0]
    kept: list[str] = []
    for score, line in found:
        if score < max(_FAR, top - 0.12) and kept:
            break
        if all(overlap(line.text, other) < 0.8 for other in kept):
            kept.append(line.text)
        if len(kept) == most:
            break
    return " ".join(ended(_plain(each)) for each in kept)


def _subject_matter(query: str, name: str) -> str:
    """The last question in `query`, without the name of the one who is asked."""
    sentences = [each for each in re.split(r"(?<=[.!?])\s+", query) if content(each)]
    asked = next((each for each in reversed(sentences) if each.rstrip().endswith("?")), sentences[-1] if sentences else "")
    for each in (name, name.split(" ")[0] if name else ""):
        if each:
            asked = re.sub(rf"\b{re.escape(each)}(?:['’]s)?\b", "", asked)
    return clean(asked)


def _plain(text: str) -> str:
    return text.strip(" -–—:;,") or _NOTHING


async def say(reading: Reading, meaning: Meaning, random: Draws) -> str:
    """What the one whose prompt it is says: on what was last said, if anything was; not what was said before."""
    heard = [line for line in reading.of("memory", "observation", "situation") if line.spoken and not reading.is_own(line.text)]
    said = [
        words
        for line in reading.of("memory", "observation")
        if line.spoken and reading.is_own(line.text)
        for words in line.spoken
    ]
    candidates = _sayable(reading)
    query = heard[-1].spoken[-1] if heard else reading.call
    candidates = [line for line in candidates if all(_likeness(line.text, old, reading.name) < 0.7 for old in said)] or candidates
    if not candidates:
        return ended(capitalised(clean(query))) if content(query) else "I have nothing to say."
    chosen = ranked(candidates, query, 10)
    await meaning.learn([query, *(line.text for line in chosen)])
    scored = [
        (round(meaning.alike(query, line.text) + 0.25 * random.random() + _eagerness(line), 4), -place, line)
        for place, line in enumerate(chosen)
    ]
    best = max(scored, key=lambda each: each[:2])[2]
    return sayable(best, reading.name)


def sayable(line: Line, name: str) -> str:
    """A line as `name` would say it."""
    text = line.spoken[-1] if line.spoken else line.text
    if line.kind == "plan":
        rest = without_clock(text)
        text = f"I am going to {rest[:1].lower()}{rest[1:]}" if rest and not starts_with_name(rest, name) else text
    elif line.kind == "goal" and not line.spoken and not starts_with_name(text, name):
        text = f"I want to {deed(text, name)}"
    return ended(capitalised(in_first_person(text, name)))


def _likeness(text: str, old: str, name: str) -> float:
    return overlap(in_first_person(text, name), old)


def _eagerness(line: Line) -> float:
    return 0.1 if line.kind in ("goal", "plan") else 0.15 if line.spoken else 0.0


def _sayable(reading: Reading) -> Sequence[Line]:
    plans = due(reading.of("plan"), reading.now) or reading.of("plan")[:3]
    news = [line for line in reading.of("memory", "observation") if not reading.is_own(line.text)]
    return [*reading.of("goal", "persona"), *plans, *news[-20:], *reading.of("situation", "other")[:4]]
