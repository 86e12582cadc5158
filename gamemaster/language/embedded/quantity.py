"""Numbers and clock times that a text mentions, in digits and in words.

It reads "2", "2,500", "0.5", "twenty-five", "two hundred", "a dozen", "a couple of"; and "08:00", "8 am", "7.30 pm", "noon",
"at 9", "from 9 to 12", "9-12 o'clock". A number that is part of a clock time is no quantity.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gamemaster.language.embedded.words import Word, split_words

__all__ = ["ClockSpan", "Quantity", "clock_spans", "clock_text", "quantities", "without_clock"]

_UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2)
}
_GROUPS = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_NAMED = {"couple": 2, "pair": 2, "single": 1, "once": 1, "twice": 2}

_CLOCK = (
    r"(?:(?P<h{0}>[01]?\d|2[0-4])(?::|\.(?=[0-5]\d\s*[ap]\.?m\b))(?P<m{0}>[0-5]\d)(?:\s*(?P<n{0}>[ap])\.?m\b\.?)?"
    r"|(?P<i{0}>1[0-2]|0?[1-9])\s*(?P<o{0}>[ap])\.?m\b\.?"
    r"|(?P<w{0}>noon|midday|midnight)\b)"
)
_BARE = r"(?:[01]?\d|2[0-4])(?![\d:.,]*\d)(?!\s*%)"
_SPAN = re.compile(
    rf"(?<![\d:.,])(?:from\s+|between\s+|at\s+|around\s+|by\s+|until\s+|till\s+|after\s+|before\s+)?{_CLOCK.format(1)}"
    rf"(?:\s*(?:-|–|—|to|till|until|and)\s*{_CLOCK.format(2)})?",
    re.IGNORECASE,
)
_BARE_SPAN = re.compile(
    rf"\bfrom\s+(?P<from>{_BARE})\s*(?:-|–|—|to|till|until)\s*(?P<to>{_BARE})(?:\s*o['’]clock)?"
    rf"|(?<![\d:.,])(?P<a>{_BARE})(?:\s*(?:-|–|—|to)\s*(?P<b>{_BARE}))?\s*o['’]clock"
    rf"|\b(?:at)\s+(?P<at>{_BARE})(?=\s*(?:$|[.,;:!?)\"”]|in\s+the\b|sharp\b|and\b|every\b))",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?<![\w.,:])[-−]?\d{1,15}(?:,\d{3})*(?:\.\d{1,9})?(?![\w:]|[.,]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockSpan:
    """A time of day or a stretch of it, in minutes since midnight, and where in the text it stands."""

    begins: int
    ends: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number, and where in the text it stands. `weak` is the "one" in "an apple"."""

    value: float
    start: int
    end: int
    weak: bool = False


def clock_spans(text: str) -> list[ClockSpan]:
    """The times of day that `text` mentions, in their order in it."""
    found: list[ClockSpan] = []
    for match in _SPAN.finditer(text):
        begins = _minutes(match, "1")
        ends = _minutes(match, "2")
        if begins is not None:
            found.append(ClockSpan(begins=begins, ends=ends, start=match.start(), end=match.end()))
    for match in _BARE_SPAN.finditer(text):
        if any(each.start < match.end() and match.start() < each.end for each in found):
            continue
        first = match["from"] or match["a"] or match["at"]
        last = match["to"] or match["b"]
        found.append(
            ClockSpan(begins=int(first) * 60, ends=None if last is None else int(last) * 60, start=match.start(), end=match.end())
        )
    found.sort(key=lambda each: each.start)
    return found


def _minutes(match: re.Match[str], which: str) -> int | None:
    named = match[f"w{which}"]
    if named:
        return 0 if named.casefold() == "midnight" else 720
    hour = match[f"h{which}"] or match[f"i{which}"]
    if hour is None:
        return None
    half = match[f"n{which}"] or match[f"o{which}"]
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half.casefold() == "p" else 0)
    return hours * 60 + int(match[f"m{which}"] or 0)


def clock_text(minutes: int) -> str:
    """Minutes since midnight as in "08:05"; the day's end is "24:00"."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def without_clock(text: str) -> str:
    """`text` without its times of day, its blanks set right."""
    parts: list[str] = []
    last = 0
    for span in clock_spans(text):
        parts.append(text[last : span.start])
        last = span.end
    parts.append(text[last:])
    joined = re.sub(r"\s+", " ", " ".join(parts)).strip()
    return re.sub(r"\s+([.,;:!?])", r"\1", joined).strip(" -–—:;,")


def quantities(text: str) -> list[Quantity]:
    """The numbers that `text` mentions, in order; times of day are none. "a" and "an" are the weak number one."""
    taken = [(span.start, span.end) for span in clock_spans(text)]
    found: list[Quantity] = []
    for match in _DIGITS.finditer(text):
        if not _inside(match.start(), taken):
            value = float(match.group().replace(",", "").replace("−", "-"))
            found.append(Quantity(value=value, start=match.start(), end=match.end()))
    words = split_words(text)
    position = 0
    while position < len(words):
        length, value, weak = _in_words(words, position)
        if length and not _inside(words[position].start, taken):
            found.append(Quantity(value=value, start=words[position].start, end=words[position + length - 1].end, weak=weak))
        position += max(1, length)
    found.sort(key=lambda each: each.start)
    return found


def _inside(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= place < end for start, end in spans)


def _in_words(words: list[Word], position: int) -> tuple[int, float, bool]:
    """How many words from `position` on say a number, and which, and whether it is only an article."""
    first = words[position].text.casefold()
    following = words[position + 1].text.casefold() if position + 1 < len(words) else ""
    if first in ("a", "an", "another"):
        if following in _GROUPS or following in _NAMED:
            return 2, float(_GROUPS.get(following) or _NAMED[following]), False
        return 1, 1.0, True
    if first == "half" and following in ("a", "an") and position + 2 < len(words):
        group = _GROUPS.get(words[position + 2].text.casefold())
        return (3, group / 2, False) if group else (0, 0.0, False)
    if first in _NAMED:
        return 1, float(_NAMED[first]), False
    total, current, length = 0.0, 0.0, 0
    while position + length < len(words):
        word = words[position + length].text.casefold()
        if word in _UNITS:
            current += _UNITS[word]
        elif word in _TENS:
            current += _TENS[word]
        elif word in _GROUPS and length:
            current = max(current, 1.0) * _GROUPS[word]
            if word in ("thousand", "million"):
                total, current = total + current, 0.0
        elif not (word == "and" and length and _says_number(words, position + length + 1)):
            break
        length += 1
        if length > 12:
            break
    return length, total + current, False


def _says_number(words: list[Word], position: int) -> bool:
    """Whether a number goes on after "and": only in "two hundred and ten", not in "two and three"."""
    before = words[position - 2].text.casefold()
    after = words[position].text.casefold() if position < len(words) else ""
    return before in _GROUPS and (after in _UNITS or after in _TENS)
