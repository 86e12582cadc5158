"""Text: answers to questions, made of the prompt's own lines.

The one idea: nothing is invented. A question is answered with the lines nearest to it: of a person with what the persona
says, of the situation with what is perceived, of what somebody would do with what they are after, of all else with
memories. What no line speaks of is not known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gamemaster.language.embedded.evidence import due, nearest
from gamemaster.language.embedded.grammar import capitalised, ended, in_third_person, starts_with_name
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.quantity import clock_spans
from gamemaster.language.embedded.reader import Line, Reading, clean
from gamemaster.language.embedded.wishes import make_wishes
from gamemaster.language.embedded.words import content, overlap, stems
from gamemaster.words import SectionKind

__all__ = ["answer_question", "statement"]

_KNOWN: tuple[SectionKind, ...] = ("question", "memory", "observation", "goal", "plan", "persona", "situation", "other", "action")
_SELF = frozenset(stems("introduce introduction yourself personality character person"))
_SITUATION = frozenset(stems("situation circumstances"))
_DOING = re.compile(r"\b(?:do|doing)\b(?!\s+(?:(?:you|we|they|I|people|the)\b|[A-Z]))")
_ASKS = re.compile(r"^\W*(?:who|whom|whose|what|when|where|which|how|did|does|do|is|are|was|were|has|have|can)\b", re.IGNORECASE)
_FACT = re.compile(r"^([A-Z][\w ]{0,30}):\s+(.+)$")
_FAR = 0.33  # below this nearness a line does not answer a question


async def answer_question(reading: Reading, query: str, meaning: Meaning, *, most: int = 3) -> str:
    """An answer of at most `most` sentences; never empty."""
    query = clean(query)
    lines = _by_subject(reading, query, most)
    if not lines:
        lines = await _nearest(reading, query, meaning, most)
    texts = [text for text in dict.fromkeys(statement(line, reading.name) for line in lines) if text]
    if texts:
        return " ".join(texts)
    if _ASKS.match(query) or not content(query):
        return f"{reading.name or 'Nobody here'} knows nothing about that."
    return ended(capitalised(query))


def statement(line: Line, name: str) -> str:
    """A line as a sentence; "Age: 34" becomes "Ann's age is 34.", and a mere name says nothing."""
    text = line.text.strip(" -–—:;,")
    fact = _FACT.match(text) if line.kind == "persona" and not line.listed else None
    if fact is not None and name:
        text = "" if fact[1] == "Name" else f"{name}'s {fact[1].lower()} is {fact[2]}"
    elif line.listed and line.kind in ("persona", "goal") and not starts_with_name(text, name):
        text = f"{name} wants to {text}" if line.kind == "goal" else f"{name} {in_third_person(text)}"
    return ended(text) if content(text) else ""


def _by_subject(reading: Reading, query: str, most: int) -> list[Line]:
    """The lines that answer a question of a known kind, by what they speak of and not by likeness."""
    asked = set(stems(query))
    persona = [line for line in reading.of("persona") if not line.listed]
    if _DOING.search(query):
        spans = clock_spans(query)
        lines = reading.of("plan", "goal", "persona")
        if spans and spans[0].begins != reading.now:
            return due(lines, spans[0].begins)[:1]
        wishes = make_wishes(reading)
        return [Line(text=f"{reading.name} {in_third_person(wish.text)}", kind="other") for wish in wishes[:1]]
    if asked & _SITUATION:
        return [*reading.of("situation"), *reading.of("memory", "observation")[-1:]][:most]
    if asked & _SELF and persona and not reading.of("question"):
        telling = [line for line in persona if statement(line, reading.name)]
        return sorted(telling, key=lambda line: bool(_FACT.match(line.text)))[:most]
    return []


async def _nearest(reading: Reading, query: str, meaning: Meaning, most: int) -> Sequence[Line]:
    about = _subject_matter(query, reading.name) or query
    kinds = _KNOWN if query != clean(reading.focus) else _KNOWN[1:]
    found = await nearest(reading, about, meaning, kinds, 8)
    top = found[0][0] if found else 0.0
    if top < _FAR and _ASKS.match(about):
        return []
    kept: list[Line] = []
    for score, line in found:
        if kept and score < max(_FAR, top - 0.12):
            break
        if all(overlap(line.text, other.text) < 0.8 for other in kept) and statement(line, reading.name):
            kept.append(line)
        if len(kept) == most:
            break
    return kept


def _subject_matter(query: str, name: str) -> str:
    """The last question in `query`, without the name of the one who is asked."""
    sentences = [each for each in re.split(r"(?<=[.!?])\s+", query) if content(each)]
    asked = next((each for each in reversed(sentences) if each.rstrip().endswith("?")), sentences[-1] if sentences else "")
    for each in (name, name.split(" ")[0] if name else ""):
        if each:
            asked = re.sub(rf"\b{re.escape(each)}(?:['’]s)?\b", "", asked)
    return clean(asked)
