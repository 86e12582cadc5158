"""What came of arranging a meeting, counted from the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gamemaster import Run
from gamemaster.words import JsonValue

__all__ = ["calendars_agree", "metrics"]


def calendars_agree(calendar: Mapping[str, Any]) -> bool:
    """Whether each meeting stands, at its own time, in the calendars of all who come to it and in no other."""
    for key, meeting in calendar["meetings"].items():
        accepted = [guest for guest, reply in meeting["guests"].items() if reply == "accepted"]
        coming = set[str]() if meeting["cancelled"] else {meeting["organiser"], *accepted}
        standing = {account: entries[key] for account, entries in calendar["entries"].items() if key in entries}
        times = {(entry["start"], entry["end"]) for entry in standing.values()}
        if set(standing) != coming or not times <= {(meeting["start"], meeting["end"])}:
            return False
    return True


def metrics(run: Run) -> dict[str, JsonValue]:
    """Whether all meet, when, and what was written and refused on the way."""
    world: dict[str, Any] = run.world()
    calendar, mail = world["calendar"], world["mail"]
    everybody = set(world["accounts"]["users"])
    called = [each for each in calendar["meetings"].values() if each["guests"]]
    whole = [each for each in called if not each["cancelled"] and _coming(each) == everybody]
    acts = [event for event in run.events if event.kind == "act"]
    actions = [event.action for event in acts]
    done = [event.time for event in acts if event.action == "calendar.accept_meeting"]
    return {
        "arranged": bool(whole),
        "calendars_agree": calendars_agree(calendar),
        "minutes_needed": round(done[-1] / 60) if whole and done else None,
        "coming": max((len(_coming(each)) for each in called), default=0),
        "meetings_called": len(called),
        "times_moved": sum(each["moved"] for each in called),
        "declined": actions.count("calendar.decline_meeting"),
        "letters_sent": sum(mail["sent"].values()),
        "letters_bounced": sum(mail["bounced"].values()),
        "chat_messages": sum(each["posted"] for each in world["chat"]["channels"].values()),
        "refused": sum(run.refusals.values()),
    }


def _coming(meeting: Mapping[str, Any]) -> set[str]:
    return {meeting["organiser"], *[guest for guest, reply in meeting["guests"].items() if reply == "accepted"]}
