"""Calendar: appointments and meetings, and a calendar for each account in which they stand.

The one idea: an invitation is nothing in anybody's calendar until it is accepted, and then a copy of the meeting stands in the
calendars of all who come; a law compares the copies with the meeting after every action, so no two calendars disagree.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from annotated_types import MaxLen, MinLen
from pydantic import Field

from gamemaster.words import OneOf, Person
from gamemaster.world.action import action
from gamemaster.world.apps.app import App, Document, said
from gamemaster.world.apps.meeting import Entry, Meeting
from gamemaster.world.apps.week import Week
from gamemaster.world.invariant import invariant

__all__ = ["Calendar"]

Length: TypeAlias = Literal["15 minutes", "30 minutes", "1 hour", "2 hours", "4 hours"]
"""How long something may last."""

_LENGTHS: dict[Length, int] = {"15 minutes": 15, "30 minutes": 30, "1 hour": 60, "2 hours": 120, "4 hours": 240}
_SHOWN = 12


class Calendar(App):
    """Meetings by id, and in `entries` each account's calendar: entries by the meeting's id.

    Nothing is booked over something else, but in the calendars named in `may_overlap`. A meeting that is moved stays accepted by
    those who are free then, and is an open invitation again for the others. `shared` lets other accounts see a calendar
    ("read") or keep it, too ("write"). Times can be named for the coming seven days. A meeting is forgotten a day after its end,
    or after the end it would have had.
    """

    title: ClassVar[str] = "Calendar"
    week: Week = Field(default_factory=Week)
    meetings: dict[str, Meeting] = Field(default_factory=dict[str, Meeting])
    entries: dict[str, dict[str, Entry]] = Field(default_factory=dict[str, dict[str, Entry]])
    shared: dict[str, dict[str, Literal["read", "write"]]] = Field(default_factory=dict[str, dict[str, Literal["read", "write"]]])
    may_overlap: list[str] = Field(default_factory=list[str])
    remembers: float = 86_400
    count: int = 0

    # --- what can be chosen ---

    def days(self) -> list[str]:
        """The names of the coming seven days."""
        return self.week.days(self.now)

    def times(self) -> list[str]:
        """The times of day at which something may begin."""
        return self.week.times()

    def may_keep(self, actor: str) -> list[str]:
        """The calendars that this person may change: of the person's accounts, and of those who share theirs so far."""
        own = self.may_write(actor)
        also = [each for each in self.shared if any(self.shared[each].get(mine) == "write" for mine in own)]
        return list(dict.fromkeys([*own, *also]))

    def may_see(self, account: str) -> list[str]:
        """The calendars that this account may see besides its own."""
        return [each for each, readers in self.shared.items() if account in readers and each != account]

    def invitations(self, actor: str) -> list[str]:
        """The meetings that this person can still accept, the last called first."""
        return self._replied(actor, ("invited", "declined"))

    def replied_to(self, actor: str) -> list[str]:
        """The meetings that this person can still decline, the last called first."""
        return self._replied(actor, ("invited", "accepted"))

    def called_by(self, actor: str) -> list[str]:
        """The meetings with guests that this person can move or cancel, the last called first."""
        own = self.may_keep(actor)
        return [each.id for each in reversed(self._ahead()) if each.organiser in own and each.guests]

    def appointments(self, actor: str) -> list[str]:
        """The appointments without guests that this person can strike out, the last entered first."""
        own = self.may_keep(actor)
        return [each.id for each in reversed(self._ahead()) if each.organiser in own and not each.guests]

    # --- what can be done ---

    @action(when="may_keep")
    def enter_appointment(
        self,
        actor: Person,
        title: Annotated[str, MaxLen(100)],
        day: Annotated[str, OneOf("days")],
        time: Annotated[str, OneOf("times")],
        lasting: Length = "1 hour",
        calendar: Annotated[str, OneOf("may_keep")] = "",
    ) -> str:
        """Put an appointment into a calendar."""
        meeting = self._call(self._keeping(actor, calendar), [], title, self._when(day, time), _LENGTHS[lasting])
        self.tell(actor, f"In the calendar of {meeting.organiser}: {self.in_words(meeting)}")
        return f"{actor} enters something in a calendar."

    @action(when="may_keep")
    def invite_guests(
        self,
        actor: Person,
        guests: Annotated[list[Annotated[str, OneOf("others")]], MinLen(1), MaxLen(50)],
        title: Annotated[str, MaxLen(100)],
        day: Annotated[str, OneOf("days")],
        time: Annotated[str, OneOf("times")],
        lasting: Length = "1 hour",
        calendar: Annotated[str, OneOf("may_keep")] = "",
    ) -> str:
        """Invite guests to a new meeting."""
        organiser = self._keeping(actor, calendar)
        invited = [each for each in dict.fromkeys(guests) if each != organiser]
        if not invited:
            self.refuse(f"{organiser} would be the only guest")
        meeting = self._call(organiser, invited, title, self._when(day, time), _LENGTHS[lasting])
        self.tell(actor, f"Invited {', '.join(invited)} to {self.in_words(meeting)}")
        for guest in invited:
            self.inform(guest, f"{organiser} invites {guest} to {self.in_words(meeting)}")
        return f"{actor} sends an invitation."

    @action(when="called_by")
    def ask_along(
        self, actor: Person, meeting: Annotated[str, OneOf("called_by")], guest: Annotated[str, OneOf("others")]
    ) -> str:
        """Invite one more guest to a meeting."""
        found = self.meetings[meeting]
        if guest == found.organiser or guest in found.guests:
            self.refuse(f"{guest} has been invited to {meeting} already")
        found.guests[guest] = "invited"
        self.tell(actor, f"Invited {guest} to {self.in_words(found)}")
        self.inform(guest, f"{found.organiser} invites {guest} to {self.in_words(found)}")
        return f"{actor} sends an invitation."

    @action(when="invitations")
    def accept_meeting(self, actor: Person, meeting: Annotated[str, OneOf("invitations")]) -> str:
        """Accept the invitation to a meeting."""
        found = self.meetings[meeting]
        guest = self._guest(actor, found, ("invited", "declined"))
        self._check_free(guest, found.start, found.end)
        found.guests[guest] = "accepted"
        self._enter(guest, found)
        self.tell(actor, f"{guest} has accepted {self.in_words(found)}")
        self.inform(found.organiser, f"{guest} has accepted {self.in_words(found)}")
        return f"{actor} answers an invitation."

    @action(when="replied_to")
    def decline_meeting(self, actor: Person, meeting: Annotated[str, OneOf("replied_to")]) -> str:
        """Decline a meeting, accepted before or not."""
        found = self.meetings[meeting]
        guest = self._guest(actor, found, ("invited", "accepted"))
        found.guests[guest] = "declined"
        self.entries.get(guest, {}).pop(meeting, None)
        self.tell(actor, f"{guest} has declined {self.in_words(found)}")
        self.inform(found.organiser, f"{guest} has declined {self.in_words(found)}")
        return f"{actor} answers an invitation."

    @action(when="called_by")
    def move_meeting(
        self,
        actor: Person,
        meeting: Annotated[str, OneOf("called_by")],
        day: Annotated[str, OneOf("days")],
        time: Annotated[str, OneOf("times")],
    ) -> str:
        """Move a meeting to another day and time."""
        found = self.meetings[meeting]
        start = self._when(day, time)
        end = start + found.end - found.start
        self._check_free(found.organiser, start, end, but=meeting)
        coming = found.attending()
        found.start, found.end, found.moved = start, end, found.moved + 1
        for account in coming:
            if account == found.organiser or self._is_free(account, start, end, but=meeting):
                self._enter(account, found)
            else:
                found.guests[account] = "invited"
                del self.entries[account][meeting]
        for guest in found.guests:
            self.inform(guest, f"{found.organiser} has moved {self.in_words(found)}")
        self.tell(actor, f"Moved {self.in_words(found)}")
        return f"{actor} moves a meeting."

    @action(when="called_by")
    def cancel_meeting(self, actor: Person, meeting: Annotated[str, OneOf("called_by")]) -> str:
        """Cancel a meeting with guests."""
        found = self.meetings[meeting]
        for account in found.attending():
            del self.entries[account][meeting]
        found.cancelled = True
        for guest in found.guests:
            self.inform(guest, f"{found.organiser} has cancelled {self.in_words(found)}")
        self.tell(actor, f"Cancelled {self.in_words(found)}")
        return f"{actor} cancels a meeting."

    @action(when="appointments")
    def strike_appointment(self, actor: Person, appointment: Annotated[str, OneOf("appointments")]) -> str:
        """Strike an appointment out of a calendar."""
        found = self.meetings.pop(appointment)
        del self.entries[found.organiser][appointment]
        self.tell(actor, f"Struck out of the calendar of {found.organiser}: {self.in_words(found)}")
        return f"{actor} strikes something out of a calendar."

    @action(when="may_write")
    def share_calendar(
        self,
        actor: Person,
        to: Annotated[str, OneOf("others")],
        level: Literal["read", "write", "nothing"] = "read",
        account: Annotated[str, OneOf("may_write")] = "",
    ) -> str:
        """Let another account see one's calendar, or keep it too, or see it no longer."""
        own = self.acting_as(actor, account, "admin")
        if to == own:
            self.refuse(f"the calendar of {own} is {own}'s own")
        readers = self.shared.setdefault(own, {})
        if level == "nothing":
            readers.pop(to, None)
        else:
            readers[to] = level
        self.inform(to, f"{own} lets {to} see the calendar of {own} ({level}).")
        return f"{actor} changes who may see a calendar."

    # --- what is seen ---

    def is_free(self, account: str, start: float, end: float) -> bool:
        """Whether nothing stands in an account's calendar between two seconds."""
        return not any(each.overlaps(start, end) for each in self.entries.get(account, {}).values())

    def calendars_agree(self, meeting: str) -> bool:
        """Whether anybody but the organiser comes to a meeting, and it stands at its time in the calendars of all who do."""
        found = self.meetings.get(meeting)
        return found is not None and len(found.attending()) > 1 and self._disagreement(found) is None

    def in_words(self, meeting: Meeting) -> str:
        """A meeting in a line."""
        return f"{meeting.id}, {said(meeting.title, 100)}, {self.week.span_in_words(meeting.start, meeting.end)}."

    def view(self, account: str) -> list[str]:
        ahead = self._ahead()
        lines = [f"It is {self.week.in_words(self.now)}."]
        for each in ahead:
            if each.guests.get(account) == "invited":
                lines.append(f"- Invitation from {each.organiser}, not answered: {self.in_words(each)}")
        for whose in [account, *self.may_see(account)]:
            entries = sorted(self.entries.get(whose, {}).items(), key=lambda pair: (pair[1].start, pair[0]))
            coming = [(key, each) for key, each in entries if each.end > self.now]
            for key, each in coming[:_SHOWN]:
                owner = "" if whose == account else f"(calendar of {whose}) "
                when = self.week.span_in_words(each.start, each.end)
                lines.append(f"- {owner}{when}: {said(each.title, 60)} ({key}){self._replies(key, account)}")
            if len(coming) > _SHOWN:
                lines.append(f"- and {len(coming) - _SHOWN} more")
        return lines

    def view_data(self, account: str) -> dict[str, Any]:
        ahead = [each for each in self._ahead() if account == each.organiser or account in each.guests]
        return {
            "now": self.now,
            "entries": {
                whose: [{"meeting": key, **_data(each)} for key, each in self.entries.get(whose, {}).items()]
                for whose in [account, *self.may_see(account)]
            },
            "meetings": [
                {
                    "id": each.id,
                    "organiser": each.organiser,
                    "reply": each.guests.get(account),
                    "guests": dict(each.guests) if account in each.attending() else {},
                    **_data(each),
                }
                for each in ahead
            ],
            "days": self.days(),
            "times": self.times(),
            "week": self.week.model_dump(),
        }

    def documents(self, account: str) -> Iterator[Document]:
        for whose in [account, *self.may_see(account)]:
            for key, each in reversed(list(self.entries.get(whose, {}).items())):
                text = f"{each.title}, {self.week.span_in_words(each.start, each.end)}"
                yield Document(where="calendar", source=f"{key} in the calendar of {whose}", text=text, time=each.start)

    # --- inside ---

    def _ahead(self) -> list[Meeting]:
        return [each for each in self.meetings.values() if not each.cancelled and each.end > self.now]

    def _replied(self, actor: str, replies: tuple[str, ...]) -> list[str]:
        own = self.may_keep(actor)
        ahead = reversed(self._ahead())
        return [each.id for each in ahead if any(each.guests.get(account) in replies for account in own)]

    def _replies(self, key: str, account: str) -> str:
        meeting = self.meetings.get(key)
        if meeting is None or not meeting.guests or account not in meeting.attending():
            return ""
        return "; " + ", ".join(
            [f"{guest} {reply}" for guest, reply in [(meeting.organiser, "calls it"), *meeting.guests.items()]]
        )

    def _keeping(self, actor: str, calendar: str) -> str:
        if calendar and calendar not in self.may_keep(actor):
            self.refuse(f"{actor} can't change the calendar of {calendar}")
        return calendar or self.acting_as(actor, "")

    def _guest(self, actor: str, meeting: Meeting, replies: tuple[str, ...]) -> str:
        """The account as which this person replies: the first of the invited ones that the person may act as."""
        return next(each for each in self.may_keep(actor) if meeting.guests.get(each) in replies)

    def _when(self, day: str, time: str) -> float:
        start = self.week.second(self.now, day, time)
        if start < self.now:
            self.refuse(f"{day} {time} is past; it is {self.week.in_words(self.now)}")
        return start

    def _call(self, organiser: str, guests: list[str], title: str, start: float, minutes: int) -> Meeting:
        self._forget()
        end = start + 60 * minutes
        self._check_free(organiser, start, end)
        self.count += 1
        key = f"meeting {self.count}"
        self.meetings[key] = Meeting(
            id=key, title=title, organiser=organiser, start=start, end=end, guests=dict.fromkeys(guests, "invited")
        )
        self._enter(organiser, self.meetings[key])
        return self.meetings[key]

    def _enter(self, account: str, meeting: Meeting) -> None:
        entry = Entry(title=meeting.title, start=meeting.start, end=meeting.end)
        self.entries.setdefault(account, {})[meeting.id] = entry

    def _is_free(self, account: str, start: float, end: float, *, but: str = "") -> bool:
        if account in self.may_overlap:
            return True
        return not any(each.overlaps(start, end) for key, each in self.entries.get(account, {}).items() if key != but)

    def _check_free(self, account: str, start: float, end: float, *, but: str = "") -> None:
        if not self._is_free(account, start, end, but=but):
            self.refuse(f"there is something else in the calendar of {account} on {self.week.span_in_words(start, end)}")

    def _forget(self) -> None:
        for key in [each.id for each in self.meetings.values() if each.end + self.remembers < self.now]:
            for entries in self.entries.values():
                entries.pop(key, None)
            del self.meetings[key]

    def _disagreement(self, meeting: Meeting) -> str | None:
        coming = meeting.attending()
        for account in coming:
            entry = self.entries.get(account, {}).get(meeting.id)
            if entry is None or (entry.title, entry.start, entry.end) != (meeting.title, meeting.start, meeting.end):
                return f"{meeting.id} would stand otherwise in the calendar of {account} than in the others"
        wrong = next((each for each, entries in self.entries.items() if meeting.id in entries and each not in coming), None)
        return None if wrong is None else f"{meeting.id} would stand in the calendar of {wrong}, who does not come"

    @invariant
    def all_calendars_agree(self) -> str | None:
        """A meeting stands, at one time, in the calendars of those who come to it and in no others."""
        for entries in self.entries.values():
            if lost := next((key for key in entries if key not in self.meetings), None):
                return f"{lost} would stand in a calendar, and there is no such meeting"
        return next((problem for each in self.meetings.values() if (problem := self._disagreement(each))), None)

    @invariant
    def nothing_is_double_booked(self) -> str | None:
        """Two entries overlap in a calendar where that isn't allowed."""
        for account, entries in self.entries.items():
            if account in self.may_overlap:
                continue
            ordered = sorted(entries.values(), key=lambda each: each.start)
            for one, other in pairwise(ordered):
                if one.overlaps(other.start, other.end):
                    return f"two things would stand in the calendar of {account} on {self.week.in_words(other.start)}"
        return None


def _data(each: Meeting | Entry) -> dict[str, Any]:
    return {"title": each.title, "start": each.start, "end": each.end}
