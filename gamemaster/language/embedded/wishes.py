"""Wishes: what one is after at this time, each with how much it counts.

The one idea: what is due at this hour counts most, first by plan, then by routine; an event that one has heard of calls
some persons and not others; goals fill what time is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gamemaster.language.embedded.evidence import due, timed
from gamemaster.language.embedded.grammar import deed, starts_with_name
from gamemaster.language.embedded.quantity import clock_spans, without_clock
from gamemaster.language.embedded.reader import Line, Reading, clean
from gamemaster.language.embedded.words import content, split_words
from gamemaster.words import draws

__all__ = ["Wish", "make_wishes"]

_PLAN, _ROUTINE, _EVENT, _NEXT, _GOAL, _PERSONA = 1.0, 0.9, 1.2, 0.6, 0.55, 0.35
_KEEN = 0.75
_EVENT_LASTS = 150
_SET_OFF = 15
_MOST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Something to do, from the bare verb on, and its weight. `since` is the minute of the day from which it is due.

    An `event` is one that others hold: to be there is all that it takes.
    """

    text: str
    weight: float
    since: int | None = None
    event: bool = False


def make_wishes(reading: Reading) -> list[Wish]:
    """What one is after now, weightiest first, at most ten."""
    now, name = reading.now, reading.name
    found: list[Wish] = []
    plan = [line for line in due(reading.of("plan"), now) if not _given_up(line)]
    for line in plan[:2]:
        found.append(_wish(line, name, _PLAN if line is plan[0] else _PLAN - 0.2))
    if not plan:
        found += [_wish(line, name, _NEXT) for line in _next(reading.of("plan"), now)]
    own = reading.of("goal", "persona")
    for line in due(own, now)[:3]:
        found.append(_wish(line, name, _ROUTINE if not plan else _ROUTINE - 0.35))
    found += _events(reading)
    for line in own:
        if not clock_spans(line.text) and (line.kind == "goal" or line.listed or _is_doing(line.text, name)):
            found.append(_wish(line, name, _GOAL if line.kind == "goal" else _PERSONA))
    found = [wish for wish in found if content(wish.text)]
    found.sort(key=lambda wish: -wish.weight)
    return found[:_MOST]


def _wish(line: Line, name: str, weight: float) -> Wish:
    spans = timed([line])
    return Wish(text=clean(deed(without_clock(line.text), name), 200), weight=weight, since=spans[0][0] if spans else None)


def _next(plan: Sequence[Line], now: int | None) -> list[Line]:
    if now is None:
        return list(plan[:1])
    coming = [line for begins, _, line in timed(plan) if now < begins <= now + _SET_OFF]
    coming = coming or [line for line in plan if not timed([line])]
    return [line for line in coming if not _given_up(line)][:1]


def _given_up(line: Line) -> bool:
    """Whether a line of a plan is put in brackets, which crosses it out."""
    return without_clock(line.text).lstrip().startswith(("(", "[", "~"))


def _events(reading: Reading) -> list[Wish]:
    """What somebody said would be at this time; whether it calls one is a matter of the person and of what it is."""
    if reading.now is None:
        return []
    found: list[Wish] = []
    for line in reversed(reading.of("memory", "observation")):
        if not line.spoken or len(found) == 2:
            continue
        spans = clock_spans(line.spoken[-1])
        if not spans:
            continue
        begins, ends = spans[0].begins, spans[0].ends or spans[0].begins + _EVENT_LASTS
        if begins - _SET_OFF <= reading.now < ends:
            words = line.spoken[-1]
            if draws(0, "keen", reading.name, *sorted(content(words))).random() < _KEEN:
                found.append(Wish(text=clean(without_clock(words), 200), weight=_EVENT, since=begins, event=True))
    return found


def _is_doing(text: str, name: str) -> bool:
    length = starts_with_name(text, name)
    following = split_words(text[length:])[:1] if length else []
    return bool(following) and following[0].text.casefold() not in ("is", "are", "was", "has", "am", "were", "be")
