"""Plan tree: what becomes of a day's items as time goes by, as something is done or refused, and when plans change.

The one idea: pure functions from items to items, so that the rule is tested without a model. Who asks a model for items, and
whether they should change, is `Plan`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gamemaster.components.plan_item import DAY, Ended, PlanItem, with_lengths
from gamemaster.words import one_line

__all__ = ["acted", "at_hand", "dropped", "ended_now", "fitted", "refused", "revised", "settled", "with_actions", "with_hours"]

Items = tuple[PlanItem, ...]

_MOST_STATE = 12_000


def at_hand(items: Sequence[PlanItem], minute: int) -> int | None:
    """The place of the item at hand: the last that has begun; None before the first."""
    due = [at for at, item in enumerate(items) if item.start <= minute]
    return due[-1] if due else None


def _changed(items: Items, at: int, item: PlanItem) -> Items:
    return (*items[:at], item, *items[at + 1 :])


def acted(items: Items, minute: int) -> Items:
    """After something was done: the item at hand, on every level, isn't without deeds."""
    at = at_hand(items, minute)
    if at is None:
        return items
    item = items[at]
    return _changed(items, at, replace(item, acted=True, parts=acted(item.parts, minute)))


def refused(items: Items, minute: int, reason: str) -> Items:
    """After something was refused: the item at hand on the lowest level is given up, with the reason."""
    at = at_hand(items, minute)
    if at is None:
        return items
    item = items[at]
    if at_hand(item.parts, minute) is not None:
        return _changed(items, at, replace(item, parts=refused(item.parts, minute, reason)))
    return _changed(items, at, item.with_end("refused", reason))


def dropped(items: Items, minute: int, reason: str) -> Items:
    """After a change of mind: the item at hand on the highest level is given up, with the reason."""
    at = at_hand(items, minute)
    return items if at is None else _changed(items, at, replace(items[at].with_end("dropped", reason), parts=()))


def settled(items: Items, minute: int) -> Items:
    """As time goes by: what is over has ended, and no longer needs its parts' parts."""
    now = at_hand(items, minute)
    out: list[PlanItem] = []
    for at, item in enumerate(items):
        if (now is not None and at < now) or (item.start < minute and item.end <= minute):
            ended: Ended = item.ended or ("done" if item.acted else "passed")
            parts = tuple(replace(part, parts=()) for part in settled(item.parts, DAY))
            out.append(replace(item, ended=ended, parts=parts))
        else:
            out.append(replace(item, parts=settled(item.parts, minute)) if item.parts else item)
    return tuple(out)


def ended_now(before: Iterable[PlanItem], after: Iterable[PlanItem]) -> list[Ended]:
    """How those items of the highest level ended that are over in `after` and weren't in `before`."""
    return [new.ended for old, new in zip(before, after, strict=True) if new.ended and not old.ended]


def revised(items: Items, minute: int, new: Sequence[PlanItem], reason: str) -> Items:
    """After planning the rest of the day anew: what is past stays, what is at hand is broken off unless it goes on.

    Of the new items those that would have begun before now begin now. What was planned for later is gone.
    """
    later = [replace(item, start=max(item.start, minute), length=max(0, item.end - max(item.start, minute))) for item in new]
    past = [item for item in items if item.start < minute]
    if past and past[-1].end <= minute:
        past = list(settled(tuple(past), minute))
    elif past and not past[-1].ended:
        last = past[-1]
        if later and later[0].start == minute and _same(later[0].what, last.what):
            past[-1] = replace(last, length=later.pop(0).end - last.start, parts=())
        else:
            past[-1] = replace(last, length=minute - last.start, parts=()).with_end("dropped", reason)
    return (*past, *with_lengths(later, DAY))


def with_hours(items: Items, hours: Sequence[PlanItem], minute: int) -> Items:
    """The day's strokes with these hours as their parts, each in the stroke in which it begins; what is past stays."""
    out: list[PlanItem] = []
    for item in items:
        inside = [each for each in hours if item.start <= each.start < item.end]
        open_ = not item.ended and item.end > minute and not item.parts
        out.append(replace(item, parts=with_lengths(inside, item.end)) if open_ and inside else item)
    return tuple(out)


def with_actions(items: Items, hour: PlanItem, actions: Sequence[PlanItem]) -> Items:
    """The tree with these actions as the parts of `hour`; those that don't begin in its time are left out."""
    inside = [each for each in actions if hour.start <= each.start < hour.end]
    if not inside:
        return items
    whole = replace(hour, parts=with_lengths(inside, hour.end))
    return tuple(
        replace(item, parts=tuple(whole if part == hour else part for part in item.parts)) if hour in item.parts else item
        for item in items
    )


def fitted(items: Items, minute: int) -> Items:
    """The items, without the oldest that are past where the state would grow too large."""
    while len(items) > 1 and _size(items) > _MOST_STATE:
        if items[0].start < minute and len(items) > 2:
            items = items[1:]
        elif any(item.parts for item in items):
            items = tuple(replace(item, parts=()) for item in items)
        else:
            items = items[:-1]
    return items


def _size(items: Items) -> int:
    return len(json.dumps([item.as_json() for item in items], ensure_ascii=False).encode("utf-8", "replace"))


def _same(one: str, other: str) -> bool:
    return one_line(one).casefold().rstrip(" .") == one_line(other).casefold().rstrip(" .")
