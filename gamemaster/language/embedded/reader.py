"""Reading: the lines of a prompt, each with what it speaks of, its time of day and the words quoted in it.

The one idea: a prompt's sections say themselves what they speak of (`Section.kind`), and their lines repeat from step
to step; so lines are the unit that everything else weighs. Bounded: however long a prompt is, at most 400 lines of at
most 400 characters are read, the newest where lines grow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gamemaster.language.embedded.grammar import starts_with_name
from gamemaster.language.embedded.quantity import clock_spans
from gamemaster.language.embedded.words import stems
from gamemaster.language.prompt import Prompt
from gamemaster.words import Section, SectionKind

__all__ = ["Line", "Reading", "clean", "quoted", "read"]

_MOST_TEXT = 60_000
_MOST_LINE = 400
_MOST_LINES = 120
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]+")
_BULLET = re.compile(r"^\s*(?:[-*•>]+\s+|\(?\d{1,3}[.)]\s+)")
_STAMP = re.compile(r"^\s*[\[(]([^\[\]()]{1,60})[\])]\s*:?\s*")
_FENCE = re.compile(r"^\s*(?:[`~'\"=<>\-]{3,}\s*\w*|</?\w{1,30}>)\s*$")
_SENTENCE = re.compile(r"(?<=[.!?])[\"”]?\s+(?=[A-Z\"“ÀÖØ-Þ])")
_HEADING = re.compile(r"^\s*([^\W\d_][\w ]{0,40}):\s*$")
_QUOTED = re.compile(r"\"([^\"]*)\"|“([^”]*)”|«([^»]*)»")
_BY_LINE: frozenset[SectionKind] = frozenset({"plan", "memory", "observation", "action"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, or one sentence of running text. `minutes` is its time stamp, `old` that this is of another day.

    `listed` is an item under a heading of its section; `spoken` are the words quoted in it.
    """

    text: str
    kind: SectionKind
    label: str = ""
    minutes: int | None = None
    old: bool = False
    listed: bool = False
    spoken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A prompt as read: its lines in order, its call, whose it is, and the time of day that it speaks of."""

    lines: tuple[Line, ...]
    call: str
    name: str
    now: int | None
    of_kind: dict[str, tuple[Line, ...]] = field(default_factory=dict[str, tuple[Line, ...]])

    def of(self, *kinds: SectionKind) -> list[Line]:
        """The lines of these kinds, kind by kind, in their order."""
        return [line for kind in kinds for line in self.of_kind.get(kind, ())]

    def is_own(self, text: str) -> bool:
        """Whether a line tells what the reader of the prompt did or met with."""
        return starts_with_name(text, self.name) > 0

    @property
    def focus(self) -> str:
        """What the request is about: its sections that hold a question, else its call."""
        lines = self.of_kind.get("question", ())
        return "\n".join(line.text for line in lines) if lines else self.call


def clean(text: str, most: int = _MOST_LINE) -> str:
    """`text` in one line without control characters, cut at a word's end when longer than `most` characters."""
    text = " ".join(_CONTROL.sub(" ", text[: 4 * most]).split())
    if len(text) <= most:
        return text
    cut = text[:most].rsplit(" ", 1)[0]
    return cut if len(cut) > most // 2 else text[:most]


def quoted(text: str) -> list[str]:
    """The words in quotation marks in `text`, in order, none empty."""
    found = [next((part for part in match.groups() if part is not None), "").strip() for match in _QUOTED.finditer(text)]
    return [each for each in found if each]


def read(prompt: Prompt) -> Reading:
    """The reading of `prompt`."""
    lines: list[Line] = []
    for section in prompt.sections:
        lines.extend(_lines(section))
    call = clean(prompt.call, 2_000)
    of_kind: dict[str, list[Line]] = {}
    for line in lines:
        of_kind.setdefault(line.kind, []).append(line)
    return Reading(
        lines=tuple(lines),
        call=call,
        name=clean(prompt.name, 80),
        now=_now(call, lines),
        of_kind={kind: tuple(each) for kind, each in of_kind.items()},
    )


def _lines(section: Section) -> Iterable[Line]:
    text = section.text
    if len(text) > _MOST_TEXT:
        text = text[: _MOST_TEXT // 2] + "\n" + text[-_MOST_TEXT // 2 :]
    rows = [row for row in text.splitlines() if row.strip() and not _FENCE.match(row)]
    whole = section.kind in _BY_LINE
    found: list[Line] = []
    heading = ""
    for row in rows if len(rows) <= 2 * _MOST_LINES else [*rows[:_MOST_LINES], *rows[-_MOST_LINES:]]:
        most = 2_000 if section.kind == "action" else _MOST_LINE
        title = _HEADING.match(row)
        if title and not whole:
            heading = title.group(1)
            continue
        if not _BULLET.match(row):
            heading = ""
        parts = [row] if whole or section.kind == "question" else _sentences(row)
        for part in parts:
            line = _line(part, section, most, heading)
            if line is not None:
                found.append(line)
    return found if len(found) <= _MOST_LINES else [*found[: _MOST_LINES // 2], *found[-_MOST_LINES // 2 :]]


def _sentences(row: str) -> Sequence[str]:
    if len(row) < 40 or '"' in row or "“" in row:
        return [row]
    return _SENTENCE.split(row[:8_000])


def _line(part: str, section: Section, most: int, heading: str) -> Line | None:
    text = _BULLET.sub("", _CONTROL.sub(" ", part[: 4 * most]))
    minutes, old = None, False
    stamp = _STAMP.match(text)
    if stamp:
        spans = clock_spans(stamp.group(1))
        if spans:
            minutes, text = spans[0].begins, text[stamp.end() :]
            old = "day" in stamp.group(1).casefold()
    text = clean(text, most)
    if not text:
        return None
    return Line(
        text=text,
        kind=_kind(section, heading),
        label=clean(section.label, 80),
        minutes=minutes,
        old=old,
        listed=bool(heading),
        spoken=tuple(quoted(text)),
    )


def _kind(section: Section, heading: str) -> SectionKind:
    """What a line speaks of: of a person, what is listed under goals is a goal; what a component asked is known to it."""
    if section.kind == "persona" and "goal" in stems(heading):
        return "goal"
    return "other" if section.kind == "question" and section.component else section.kind


def _now(call: str, lines: Sequence[Line]) -> int | None:
    spans = clock_spans(call)
    if spans:
        return spans[0].begins
    for line in lines:
        if line.kind == "situation":
            stamped = line.minutes
            spans = clock_spans(line.text)
            if stamped is not None or spans:
                return stamped if stamped is not None else spans[0].begins
    stamps = [line.minutes for line in lines if line.kind == "observation" and line.minutes is not None and not line.old]
    return stamps[-1] if stamps else None
