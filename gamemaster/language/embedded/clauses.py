"""Clauses: where one attempt may hold several deeds, taken apart at its stops, commas and linking words.

The one idea: words alone say only where a new deed *may* begin. A clause that follows a stop or a "then" stands by itself; one
after a comma or an "and" may go on with the deed before it, and whoever reads it has to decide. What stands in quotation marks
is never taken apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gamemaster.language.embedded.words import FUNCTION_WORDS, split_words

__all__ = ["Clause", "may_begin_with_verb", "take_clauses"]

_MOST = 12
_QUOTES = re.compile(r"\"[^\"]*(?:\"|$)|“[^”]*(?:”|$)|«[^»]*(?:»|$)")
_LINK = (
    r"(?:and\s+|but\s+)?(?:then|next(?!\s+to\b)|afterwards?|after\s+(?:that|this)|finally|later|lastly|subsequently|thereafter)"
)
_STRONG = re.compile(
    rf"(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<=[.!?;])\s+(?:{_LINK}\b,?\s+)?|[,;]?\s+{_LINK}\b,?\s+",
    re.IGNORECASE,
)
_WEAK = re.compile(r",\s+(?:and\s+)?|\s+and\s+(?:also\s+)?", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)
_FIRST = re.compile(r"^(?:first(?:ly)?|to begin with|also|and|but)\b,?\s+", re.IGNORECASE)
_ALREADY = re.compile(r"^(?:after|having|once|when|as soon as)\s+(.+?),\s+(.+)$", re.IGNORECASE)
_NOT_YET = re.compile(r"^before\s+(.+?),\s+(.+)$", re.IGNORECASE)
_MIDWAY = re.compile(r"^(.+?),?\s+(before|after)\s+((?:\w+ing|s?he|they|I|we)\b.+)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A stretch of an attempt. One that isn't `free` may belong to the clause before it; `link` stood between the two."""

    text: str
    free: bool
    link: str = " "


def take_clauses(text: str) -> list[Clause]:
    """The clauses of `text` in the order in which they would be done, at most twelve; the last holds the rest."""
    hidden = _QUOTES.sub(lambda match: "\x00" * len(match.group()), text)
    out: list[Clause] = []
    for start, end in _pieces(_STRONG, hidden, 0, len(hidden)):
        for first, last in _in_time(hidden, start, end):
            out += _by_commas(text, hidden, first, last)
    if len(out) > _MOST:
        rest = " ".join(each.text for each in out[_MOST - 1 :])
        out = [*out[: _MOST - 1], Clause(text=rest, free=out[_MOST - 1].free)]
    return out


def may_begin_with_verb(text: str, verbs: frozenset[str], nouns: frozenset[str], *, third_person: bool) -> bool:
    """Whether a clause with no subject of its own begins with a verb: one of `verbs` (stems), or a word that looks like one."""
    words = split_words(text)
    if not words or text[:1] in '"“«\x00' or words[0].text.casefold() in FUNCTION_WORDS or words[0].text[0].isdigit():
        return False
    first = words[0]
    if first.stem in nouns and first.stem not in verbs:
        return False
    low = first.text.casefold()
    return first.stem in verbs or (third_person and len(low) > 3 and low.endswith("s") and not low.endswith(("ss", "'s", "’s")))


def _pieces(pattern: re.Pattern[str], hidden: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where the stretches between the pattern's places begin and end."""
    out: list[tuple[int, int]] = []
    for match in pattern.finditer(hidden, start, end):
        out.append((start, match.start()))
        start = match.end()
    return [*out, (start, end)]


def _in_time(hidden: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence's parts in the order in which they happen: what stands after "before" comes later, after "after" sooner."""
    lead = _FIRST.match(hidden[start:end])
    start += lead.end() if lead else 0
    piece = hidden[start:end]
    for pattern, turned in ((_ALREADY, False), (_NOT_YET, True)):
        match = pattern.match(piece)
        if match:
            both = [(start + match.start(1), start + match.end(1)), (start + match.start(2), start + match.end(2))]
            return both[::-1] if turned else both
    match = _MIDWAY.match(piece)
    if match:
        both = [(start + match.start(1), start + match.end(1)), (start + match.start(3), start + match.end(3))]
        return both if match[2].casefold() == "before" else both[::-1]
    return [(start, end)]


def _by_commas(text: str, hidden: str, start: int, end: int) -> list[Clause]:
    out: list[Clause] = []
    link = " "
    either = max([start, *(match.end() for match in _OR.finditer(hidden, start, end))])  # "a, b, or c" is one of them, not three
    for match in [*_WEAK.finditer(hidden, either, end), None]:
        stop = match.start() if match else end
        words = text[start:stop].strip(" ,;")
        if any(character.isalnum() for character in words):
            out.append(Clause(text=words, free=not out, link=link))
        if match:
            start, link = match.end(), match.group()
    return out
