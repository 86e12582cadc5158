"""News: what one has heard or has to announce, and who of those present has not been told.

The one idea: a line is news when it is somebody's words or reads like an invitation, and somebody knows it when a line
holds it together with that name, or tells of that person at the same minute: who was there has heard it. There is no
list of what was told; the prompt is all there is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gamemaster.language.embedded.attempt import without_quotes
from gamemaster.language.embedded.grammar import capitalised, deed, ended, in_first_person, in_third_person, starts_with_name
from gamemaster.language.embedded.meaning import Meaning
from gamemaster.language.embedded.quantity import clock_spans
from gamemaster.language.embedded.reader import Line, Reading
from gamemaster.language.embedded.words import find_mentions, overlap

__all__ = ["News", "gather_news", "untold"]

_TELLING = re.compile(r",?\s+and\s+(?:to\s+)?\w+\s+(?:every(?:body|one)|people|others|all|any(?:body|one))\b.*$", re.IGNORECASE)
_SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[^\W\da-z])")
_INVITING = "There is going to be a party to which all are invited."
_REPORTING = "Something important and surprising has happened."
_SAME = 0.6
_MOST = 8
_INVITATION = 0.27
_STALE = 60  # minutes after which an event that was announced is no news


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Words to be passed on, the line that they come from, and how noteworthy they are, 0 .. 1."""

    words: str
    line: Line
    worth: float


async def gather_news(reading: Reading, people: Sequence[str], meaning: Meaning) -> list[News]:
    """The news in the prompt, newest first, no two alike; of running text only what reads like an invitation.

    Words in the first person are put into the third when their speaker is one of `people`.
    """
    heard = [line for line in reading.of("memory", "observation") if line.spoken and not reading.is_own(line.text)]
    stated = [
        each
        for line in reading.of("goal", "persona", "memory", "observation", "instruction", "other")
        if not line.spoken and not _is_routine(line)
        for each in _with_times(line)
        if not _own_deed(reading, each)
    ]
    candidates: list[tuple[str, Line]] = [(_reported(line, people), line) for line in reversed(heard[-20:])]
    candidates += [(_announced(line, reading.name), line) for line in reversed(stated[-20:])]
    kept: list[tuple[str, Line]] = []
    for words, line in candidates:
        if len(kept) < _MOST and all(overlap(words, other) < _SAME for other, _ in kept):
            kept.append((words, line))
    await meaning.learn([_INVITING, _REPORTING, *(words for words, _ in kept)])
    found: list[News] = []
    for words, line in kept:
        worth = max(meaning.alike(words, _INVITING), meaning.alike(words, _REPORTING))
        spans = clock_spans(words)
        if _is_about(words, reading.name):
            continue  # what others say of oneself
        if spans and reading.now is not None and spans[0].begins + _STALE < reading.now:
            continue
        worth += 0.15 * bool(spans)
        if line.spoken or worth >= _INVITATION + 0.15:
            found.append(News(words=words, line=line, worth=round(min(1.0, max(0.0, worth)), 4)))
    return found


def _reported(line: Line, people: Sequence[str]) -> str:
    """The words of a line as another person passes them on."""
    words = line.spoken[-1]
    speakers = [each.value for each in find_mentions(people, without_quotes(line.text), near_spelling=False)]
    if not words.startswith(("I ", "I'm ", "I’m ")) or not speakers:
        return words
    rest = words.split(" ", 1)[1]
    rest = f"is {rest}" if not words.startswith("I ") else in_third_person(rest)
    rest = re.sub(r"\bmy\b", "their", rest)
    return f"{speakers[0]} {rest}"


def _announced(line: Line, name: str) -> str:
    """A line about oneself as one announces it: what is to be done, without whom one means to tell of it."""
    text = _TELLING.sub("", line.text)
    if line.kind == "goal" and not starts_with_name(text, name):
        return ended(f"I am going to {deed(text, name)}")
    return ended(capitalised(in_first_person(text, name)))


def untold(news: News, people: Sequence[str], reading: Reading) -> list[str]:
    """Those of `people` of whom no line says that they have heard the news, or are its source."""
    past = reading.of("memory", "observation")
    lines = [line for line in past if line.spoken and any(overlap(news.words, words) >= _SAME for words in line.spoken)]
    if news.line.kind in ("memory", "observation"):
        lines.append(news.line)
    moments = {line.minutes for line in lines if line.spoken and line.minutes is not None and not line.old}
    lines += [line for line in past if line.minutes in moments and not line.old]
    knowing = {each.value for line in lines for each in find_mentions(people, without_quotes(line.text), near_spelling=False)}
    return [each for each in people if each not in knowing and not _is_about(news.words, each)]


def _is_about(words: str, name: str) -> bool:
    first = name.split(" ")[0].casefold()
    return bool(first) and words.casefold().startswith(first)


def _with_times(line: Line) -> list[Line]:
    """The sentences of a line that name a time."""
    return [replace(line, text=each.strip()) for each in _SENTENCES.split(line.text) if clock_spans(each)]


def _is_routine(line: Line) -> bool:
    return line.kind == "persona" and line.listed


def _own_deed(reading: Reading, line: Line) -> bool:
    return line.kind in ("memory", "observation") and reading.is_own(line.text)
