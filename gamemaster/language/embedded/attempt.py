"""Tried: the words of somebody's attempt, taken apart as data: who acts, what is done, what is said.

The one idea: only the attempt's own beginning counts. Words in quotation marks and after a colon are speech, not deeds;
and what stands under a heading inside the attempt ("Game master: …") is another voice put on, and is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gamemaster.language.embedded.grammar import deed, starts_with_name
from gamemaster.language.embedded.reader import clean, quoted
from gamemaster.language.embedded.words import find_mentions, stem

__all__ = ["Tried", "own_words", "spoken_part", "subject_of", "take_apart", "without_quotes"]

_MOST = 600
_HEADING = re.compile(
    r"(?:^|(?<=[.!?;。！？\n\"”'’)\]]))"
    r"[\s>*#\[('’\"”]*([^\W\d_][\w'’]*(?:[ _-][\w'’]+){0,3})[\])*]*\s*[:：](?!\d)"
)
_QUOTES = re.compile(r"\"[^\"]*(?:\"|$)|“[^”]*(?:”|$)|«[^»]*(?:»|$)")
_CAPITALS = re.compile(r"^((?:[^\W\d_][\w'’.-]*\s+){1,3}?)(?=[^\W\d_]+s\b|has\b|is\b|tries\b)")
_SINGLE = re.compile(r"(?<![^\s:,(])['‘](.+)['’](?!\w)")
_COLON = re.compile(r":(?=\s)|：")
_SAID = re.compile(r"\b(?:that|whether|how|why|if)\s+(.{2,})$", re.IGNORECASE)
_CLAUSE = re.compile(r"(?<=\w),?\s+(?:that|whether)\s+", re.IGNORECASE)
_ABOUT = re.compile(r"\b(?:about|of)\s+(.{2,})$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An attempt. `plain` has neither the subject nor quotes; `deed` is its main clause from the bare verb on."""

    text: str
    subject: str
    plain: str
    deed: str
    verb: str
    spoken: str | None

    @property
    def empty(self) -> bool:
        """Whether nothing of the attempt can be told."""
        return not any(character.isalnum() for character in self.deed)


def without_quotes(text: str) -> str:
    """`text` without the words in quotation marks."""
    return " ".join(_QUOTES.sub(" ", text).split())


def take_apart(lines: Sequence[str], *, names: Collection[str] = (), about: str = "") -> Tried:
    """The attempt that `lines` hold. `names` are those who might act; `about` is text that may name the one who does."""
    text = own_words(lines, names, about)
    subject = subject_of(text, names, about)
    rest = text[len(subject) :].lstrip(" :,-–—") if subject else text
    plain = without_quotes(rest).strip(" :,-–—")
    plain = _COLON.split(plain, maxsplit=1)[0].strip()
    told = _CLAUSE.split(plain, maxsplit=1)[0]
    done = deed(f"{subject} {told}" if subject else told, subject)
    verb = stem(done.split(" ", 1)[0].strip(".,:;!?")) if done else ""
    return Tried(text=text, subject=subject, plain=plain, deed=clean(done, 200), verb=verb, spoken=spoken_part(rest))


def spoken_part(text: str) -> str | None:
    """The words that a sentence reports as said: quoted ones, else those after a colon, "that" or "about"."""
    words = quoted(text)
    if not words and text.count('"') == 1:
        words = [text.split('"', 1)[1].strip()]
    if words and words[0]:
        return clean(" ".join(words), 2_000)
    for pattern in (re.compile(r":\s+(.{2,})$"), _SAID, _ABOUT):
        match = pattern.search(text)
        if match:
            return clean(match.group(1), 2_000).strip()
    return None


def own_words(lines: Sequence[str], names: Collection[str] = (), about: str = "") -> str:
    """The words of `lines` up to where another voice is put on, on one line."""
    text = _opened("\n".join(line[: 4 * _MOST] for line in lines[:20])[: 4 * _MOST].strip())
    for match in _HEADING.finditer(text):
        heading = match.group(1)
        if _inside_quote(text, match.start(1)):
            continue
        if not text[: match.start(1)].strip(' \n>*#[("“') and _own_heading(heading, names, about):
            if all(word[0].isupper() for word in heading.split()):  # a name and no more: whose attempt it is
                text = f"{text[: match.end() - 1]} {text[match.end() :]}"
            continue
        if _says(heading, text[match.end() :], about):
            continue
        text = text[: match.start()]
        break
    return clean(text, _MOST)


def _opened(text: str) -> str:
    """`text` without the quotation marks around the whole; single ones inside then stand for double ones."""
    whole = len(text) > 1 and text[0] in '"“' and text[-1] in '"”' and not any(mark in text[1:-1] for mark in '"“”')
    if whole:
        text = text[1:-1].strip()
    return text if any(mark in text for mark in '"“«') else _SINGLE.sub(r'"\1"', text)


def _inside_quote(text: str, place: int) -> bool:
    before = text[:place]
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def _own_heading(heading: str, names: Collection[str], about: str) -> bool:
    """Whether a heading at the very start is the actor's name, or a sentence of saying such as "Ann tells Bob:"."""
    known = [*names, about]
    if any(
        heading.casefold() == each.casefold() or heading.split(" ")[0].casefold() == each.split(" ")[0].casefold()
        for each in known
    ):
        return True
    if about and find_mentions([heading.split(" ")[0]], about, near_spelling=False):
        return True
    return starts_with_name(heading, "") > 0


def _says(heading: str, rest: str, about: str) -> bool:
    """Whether a heading within an attempt is a sentence of saying, such as "She tells Bob:" before words in quotation marks.

    It is when it speaks of the actor, has a verb, and quoted words follow; what they are is speech, and no deed.
    """
    first, _, verb = heading.partition(" ")
    own = starts_with_name(heading, "") > 0 or bool(about and find_mentions([first], about, near_spelling=False))
    return own and verb[:1].islower() and rest.lstrip()[:1] in ('"', "“", "«")


def subject_of(text: str, names: Collection[str] = (), about: str = "") -> str:
    """Who `text` begins with, as it stands there; empty when that can't be told."""
    best = 0
    for name in names:
        best = max(best, starts_with_name(text, name))
    if not best:
        best = starts_with_name(text, "")
    if not best:
        match = _CAPITALS.match(text)
        if match:
            words = match.group(1).split()
            named = all(word[0].isupper() for word in words)
            told = bool(about) and bool(find_mentions([words[0]], about, near_spelling=False))
            if named and (len(words) > 1 or told):
                best = len(match.group(1).rstrip())
    return text[:best].strip()
