"""The rules by which a meeting is arranged without a model.

The first account of all calls the meeting, the others answer. `organised` asks everybody by mail first, and invites when it
knows an hour that suits all. `hasty` invites to the first hour in which it is free itself, and moves the meeting until
nobody declines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gamemaster import View
from gamemaster.words import JsonValue, Policy
from gamemaster.world.apps import Entry, Week

__all__ = ["ASKED", "hasty", "organised"]

ASKED = "When are you free?"
TITLE = "Rehearsal"
HOUR = 3600.0

_SLOT = re.compile(r"(\w+day) (\d\d:\d\d)")
_ASIDE: dict[str, JsonValue] = {"action": "lay_phone_aside", "arguments": {}}


def organised(argument: str | None) -> Policy:
    """Ask everybody by mail when they are free, invite to the first hour that suits all, and say so in the chat."""
    _none("organised", argument)

    def policy(view: View) -> Any:
        own: str = view.data["account"]
        others = [each for each in view.data["accounts"] if each != own]
        if own != view.data["accounts"][0]:
            return _answer(view, own) or _reply(view, own) or _ASIDE
        mail: Mapping[str, Any] = view.data["mail"][own]
        if not any(each["subject"] == ASKED for each in mail["sent"]):
            text = "Please send me all hours in which you are free this week."
            return _do("mail.send_mail", to=mail["addresses"][1:], subject=ASKED, text=text)
        answers = {each["sender"]: set(_SLOT.findall(each["text"])) for each in mail["inbox"] if each["subject"].endswith(ASKED)}
        if not set(others) <= set(answers):
            return _ASIDE
        meeting = _meeting(view, own)
        if meeting is None:
            suiting = [slot for slot in _free(view, own) if all(slot in answers[each] for each in others)]
            return _invite(others, suiting[0]) if suiting else _ASIDE
        if not any(post["author"] == own for channel in view.data["chat"][own].values() for post in channel["posts"]):
            channel = next(iter(view.data["chat"][own]))
            return _do("chat.post_message", channel=channel, text="I have sent an invitation. Please accept it.")
        return _ASIDE

    return policy


def hasty(argument: str | None) -> Policy:
    """Invite to the next hour in which one is free oneself, and move the meeting on until all accept."""
    _none("hasty", argument)

    def policy(view: View) -> Any:
        own: str = view.data["account"]
        if own != view.data["accounts"][0]:
            return _reply(view, own) or _ASIDE
        meeting = _meeting(view, own)
        free = _free(view, own)
        if meeting is None:
            return _invite([each for each in view.data["accounts"] if each != own], free[0]) if free else _ASIDE
        last: Any = view.history[-1][1] if view.history else None
        moved = last is not None and last["action"] == "calendar.move_meeting"
        later = [slot for slot in free if _second(view, slot) > meeting["start"]]
        if moved or "declined" not in meeting["guests"].values() or not later:
            return _ASIDE
        return _do("calendar.move_meeting", meeting=meeting["id"], day=later[0][0], time=later[0][1])

    return policy


def _answer(view: View, own: str) -> dict[str, Any] | None:
    """The answer to a mail that asks when one is free."""
    for letter in view.data["mail"][own]["inbox"]:
        if letter["subject"] == ASKED and not letter["read"]:
            slots = ", ".join([f"{day} {time}" for day, time in _free(view, own)])
            return _do("mail.answer_mail", letter=letter["id"], text=f"I am free on {slots}.")
    return None


def _reply(view: View, own: str) -> dict[str, Any] | None:
    """The reply to an invitation: accepted where one is free, else declined, once."""
    for meeting in view.data["calendar"][own]["meetings"]:
        if meeting["reply"] not in ("invited", "declined"):
            continue
        if _is_free(view, own, meeting["start"]):
            return _do("calendar.accept_meeting", meeting=meeting["id"])
        if meeting["reply"] == "invited":
            return _do("calendar.decline_meeting", meeting=meeting["id"])
    return None


def _meeting(view: View, own: str) -> Mapping[str, Any] | None:
    """The meeting with guests that one has called, if any."""
    meetings: Sequence[Mapping[str, Any]] = view.data["calendar"][own]["meetings"]
    return next((each for each in meetings if each["organiser"] == own and each["guests"]), None)


def _invite(guests: Iterable[str], slot: tuple[str, str]) -> dict[str, Any]:
    return _do("calendar.invite_guests", guests=list(guests), title=TITLE, day=slot[0], time=slot[1])


def _free(view: View, own: str) -> list[tuple[str, str]]:
    """The hours ahead in which nothing stands in one's own calendar, as (day, time), the next first."""
    calendar = view.data["calendar"][own]
    slots = [(day, time) for day in calendar["days"] for time in calendar["times"]]
    return [each for each in slots if _second(view, each) >= calendar["now"] and _is_free(view, own, _second(view, each))]


def _is_free(view: View, own: str, start: float) -> bool:
    entries = view.data["calendar"][own]["entries"][own]
    return not any(Entry(title="", start=each["start"], end=each["end"]).overlaps(start, start + HOUR) for each in entries)


def _second(view: View, slot: tuple[str, str]) -> float:
    calendar = view.data["calendar"][view.data["account"]]
    return Week(**calendar["week"]).second(calendar["now"], *slot)


def _do(action: str, **arguments: JsonValue) -> dict[str, Any]:
    return {"action": action, "arguments": arguments}


def _none(name: str, argument: str | None) -> None:
    if argument is not None:
        raise ValueError(f"{name} takes no argument")
