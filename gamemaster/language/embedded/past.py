"""Past: what one did and what one was refused of late, as the prompt's own lines tell it.

The one idea: a refusal does not say what was tried, only why it failed. So it counts against the best of the deeds that
speak of what the reason speaks of; a reason that speaks of none of them, against the best of all, for that was tried. It
is over when one has had success with what it speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gamemaster.language.embedded.grammar import starts_with_name
from gamemaster.language.embedded.quantity import clock_spans
from gamemaster.language.embedded.reader import Line, Reading
from gamemaster.language.embedded.words import content, overlap, split_words, stem

__all__ = ["Past", "look_back"]

_REMEMBERED = 24
_LATELY = 90  # minutes
_REFUSALS = frozenset(
    "not cannot can't couldn't could refused refuses fails failed fail impossible unable won't doesn't isn't".split()
)
_EMPTY = frozenset(
    stem(word) for word in "not could cannot refused failed impossible possible unable nothing done already only".split()
)
_SAME = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Own deeds of late, and what each refusal that still holds speaks of; `fresh` are those after the last deed."""

    name: str
    deeds: tuple[Line, ...]
    refused: tuple[frozenset[str], ...]
    fresh: tuple[frozenset[str], ...]

    def was_done(self, sentence: str, since: int | None) -> bool:
        """Whether the same was done, at `since` or later where that is known."""
        deed = _deed(sentence, self.name)
        return any(
            overlap(deed, line.text) >= _SAME and (since is None or line.minutes is None or line.minutes >= since)
            for line in self.deeds
        )

    def refused_deeds(self, sentences: Sequence[str]) -> list[tuple[str, bool]]:
        """The sentences that were refused, and whether the reason spoke of them; `sentences` stand best first.

        Each refusal counts against the best that it speaks of and that none before it counts against, or where it speaks
        of none and is fresh, against the best of all that is left.
        """
        out: list[tuple[str, bool]] = []
        left = list(dict.fromkeys(sentences))
        for reason in self.refused:
            spoken_of = [each for each in left if content(_deed(each, self.name)) & reason]
            explained = bool(spoken_of) or any(content(_deed(each, self.name)) & reason for each, _ in out)
            if not explained and reason in self.fresh:
                spoken_of = left
            if spoken_of:
                out.append((spoken_of[0], explained))
                left.remove(spoken_of[0])
        return out


def look_back(reading: Reading, people: Sequence[str]) -> Past:
    """The past of the one whose prompt it is; `people` are no reason for a refusal unless nothing else is named."""
    lines = [line for line in reading.of("memory", "observation") if reading.is_own(line.text) and not line.old]
    lines = [line for line in lines[-_REMEMBERED:] if _is_late(line, reading.now) and not _is_over(line, reading.now)]
    deeds = [line for line in lines if not _tells_refusal(line.text)]
    names = content(" ".join([reading.name, *people]))
    refused: list[frozenset[str]] = []
    fresh: list[frozenset[str]] = []
    for place, line in enumerate(lines):
        if not _tells_refusal(line.text):
            continue
        reason = content(_deed(line.text, reading.name)) - content(reading.name) - _EMPTY
        reason = frozenset(each for each in (reason - names or reason) if not each.isdigit())
        later = [other for other in lines[place + 1 :] if other in deeds]
        if not reason or not any(reason & content(_deed(other.text, reading.name)) - names for other in later):
            refused.append(reason)
        if not later:
            fresh.append(reason)
    return Past(name=reading.name, deeds=tuple(deeds), refused=tuple(refused), fresh=tuple(fresh))


def _deed(sentence: str, name: str) -> str:
    return sentence[starts_with_name(sentence, name) :]


def _is_late(line: Line, now: int | None) -> bool:
    return now is None or line.minutes is None or 0 <= (now - line.minutes) % 1440 <= _LATELY


def _is_over(line: Line, now: int | None) -> bool:
    """Whether a refusal names the time until which it holds, and that has come."""
    spans = clock_spans(line.text) if _tells_refusal(line.text) else []
    return now is not None and line.minutes is not None and any(line.minutes < each.begins <= now for each in spans)


def _tells_refusal(text: str) -> bool:
    return any(word.text.casefold().replace("’", "'") in _REFUSALS for word in split_words(text))
