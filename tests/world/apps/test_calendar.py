"""The calendar: invitations, and that all calendars agree whatever comes of them."""

from __future__ import annotations

from typing import Any

import pytest

from gamemaster.words import ActionCall, DefinitionError
from gamemaster.world import Applied, Refused, World
from gamemaster.world.apps import Calendar, Entry, Meeting, UserAccounts, Week

PEOPLE = ["Ann Falk", "Ben Roe", "Cleo May"]
ANN, BEN, CLEO = PEOPLE


def calendar(**fields: Any) -> Calendar:
    world = Calendar(sign_in=UserAccounts.one_each(PEOPLE), **fields)
    world.prepare(seed=0, people=PEOPLE)
    return world


def do(world: World, name: str, actor: str = ANN, /, **arguments: Any) -> Applied | Refused:
    return world.apply(ActionCall(action=name, arguments=arguments), actor=actor)


def invited(**fields: Any) -> Calendar:
    world = calendar(**fields)
    outcome = do(world, "invite_guests", guests=["ben", "cleo"], title="Tea", day="Tuesday", time="09:30")
    assert isinstance(outcome, Applied)
    return world


def standing(world: Calendar, key: str = "meeting 1") -> dict[str, str]:
    found = {name: entries[key] for name, entries in world.entries.items() if key in entries}
    return {name: world.week.in_words(entry.start) for name, entry in found.items()}


def test_an_invitation_stands_in_no_calendar_until_it_is_accepted() -> None:
    world = invited()
    assert standing(world) == {"ann": "Tuesday 09:30"}
    assert not world.calendars_agree("meeting 1")
    assert "Invitation from ann, not answered" in world.perceive(BEN)
    accepted = do(world, "accept_meeting", BEN, meeting="meeting 1")
    assert isinstance(accepted, Applied)
    assert accepted.tells[1] == (ANN, 'ben has accepted meeting 1, "Tea", Tuesday 09:30 to 10:30.')
    assert standing(world) == {"ann": "Tuesday 09:30", "ben": "Tuesday 09:30"}
    assert world.calendars_agree("meeting 1")
    assert world.meetings["meeting 1"].attending() == ["ann", "ben"]


def test_declining_takes_an_accepted_meeting_out_again() -> None:
    world = invited()
    do(world, "accept_meeting", BEN, meeting="meeting 1")
    do(world, "decline_meeting", BEN, meeting="meeting 1")
    assert standing(world) == {"ann": "Tuesday 09:30"}
    assert isinstance(do(world, "decline_meeting", BEN, meeting="meeting 1"), Refused)
    assert isinstance(do(world, "accept_meeting", BEN, meeting="meeting 1"), Applied)


def test_nothing_is_double_booked_but_where_it_may_be() -> None:
    world = invited(may_overlap=["cleo"])
    for actor in (BEN, CLEO):
        do(world, "enter_appointment", actor, title="Dentist", day="Tuesday", time="10:00")
    refused = do(world, "accept_meeting", BEN, meeting="meeting 1")
    assert isinstance(refused, Refused)
    assert refused.reason == "there is something else in the calendar of ben on Tuesday 09:30 to 10:30"
    assert isinstance(do(world, "accept_meeting", CLEO, meeting="meeting 1"), Applied)
    assert isinstance(do(world, "enter_appointment", title="Call", day="Tuesday", time="10:00"), Refused)
    assert isinstance(do(world, "enter_appointment", title="Call", day="Tuesday", time="10:30"), Applied)


def test_a_moved_meeting_stays_accepted_by_those_who_are_free() -> None:
    world = invited()
    for actor in (BEN, CLEO):
        do(world, "accept_meeting", actor, meeting="meeting 1")
    do(world, "enter_appointment", CLEO, title="Dentist", day="Friday", time="10:00")
    assert isinstance(do(world, "move_meeting", meeting="meeting 1", day="Friday", time="10:00"), Applied)
    assert standing(world) == {"ann": "Friday 10:00", "ben": "Friday 10:00"}
    assert world.meetings["meeting 1"].guests == {"ben": "accepted", "cleo": "invited"}
    assert isinstance(do(world, "move_meeting", BEN, meeting="meeting 1", day="Friday", time="11:00"), Refused)


def test_a_cancelled_meeting_leaves_all_calendars() -> None:
    world = invited()
    do(world, "accept_meeting", BEN, meeting="meeting 1")
    cancelled = do(world, "cancel_meeting", meeting="meeting 1")
    assert isinstance(cancelled, Applied)
    assert {person for person, _ in cancelled.tells} == set(PEOPLE)
    assert standing(world) == {}
    assert isinstance(do(world, "accept_meeting", CLEO, meeting="meeting 1"), Refused)


def test_more_guests_can_be_asked_once_each() -> None:
    world = calendar()
    do(world, "invite_guests", guests=["ben"], title="Tea", day="Tuesday", time="09:30")
    assert isinstance(do(world, "ask_along", meeting="meeting 1", guest="cleo"), Applied)
    assert isinstance(do(world, "ask_along", meeting="meeting 1", guest="cleo"), Refused)
    assert isinstance(do(world, "ask_along", BEN, meeting="meeting 1", guest="ann"), Refused)
    assert world.invitations(CLEO) == ["meeting 1"]


def test_a_calendar_is_seen_by_those_it_is_shared_with() -> None:
    world = calendar()
    do(world, "enter_appointment", title="Dentist", day="Monday", time="12:00")
    assert "Dentist" not in world.perceive(BEN)
    assert "Dentist" not in str(world.perceive_data(BEN))
    do(world, "share_calendar", to="ben", level="read")
    assert "(calendar of ann)" in world.perceive(BEN)
    assert isinstance(do(world, "strike_appointment", BEN, appointment="meeting 1"), Refused)
    do(world, "share_calendar", to="ben", level="write")
    assert isinstance(do(world, "enter_appointment", BEN, title="Lunch", day="Monday", time="13:00", calendar="ann"), Applied)
    assert [entry.title for entry in world.entries["ann"].values()] == ["Dentist", "Lunch"]
    do(world, "share_calendar", to="ben", level="nothing")
    assert "Dentist" not in world.perceive(BEN)
    assert isinstance(do(world, "enter_appointment", BEN, title="Tea", day="Monday", time="15:00", calendar="ann"), Refused)


def test_guests_do_not_see_who_else_comes_before_they_come_themselves() -> None:
    world = invited()
    do(world, "accept_meeting", BEN, meeting="meeting 1")
    assert world.perceive_data(CLEO)["cleo"]["meetings"][0]["guests"] == {}
    assert world.perceive_data(BEN)["ben"]["meetings"][0]["guests"] == {"ben": "accepted", "cleo": "invited"}


def test_a_time_that_is_past_is_refused_and_the_past_is_forgotten() -> None:
    world = invited()
    assert isinstance(do(world, "enter_appointment", title="a", day="Monday", time="08:00"), Applied)
    world.set_time(4 * 86_400 + 3600)
    late = do(world, "enter_appointment", title="b", day="Friday", time="08:00")
    assert isinstance(late, Refused)
    assert late.reason == "Friday 08:00 is past; it is Friday 09:00"
    assert isinstance(do(world, "accept_meeting", BEN, meeting="meeting 1"), Refused)
    do(world, "enter_appointment", title="c", day="Friday", time="10:00")
    assert list(world.meetings) == ["meeting 3"]


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ({"ann": {"m": Entry(title="Tea", start=0, end=60)}}, "otherwise in the calendar of ben"),
        (
            {"ann": {"m": Entry(title="Tea", start=0, end=60)}, "ben": {"m": Entry(title="Tea", start=60, end=120)}},
            "otherwise in the calendar of ben",
        ),
        ({name: {"m": Entry(title="Tea", start=0, end=60)} for name in ("ann", "ben", "cleo")}, "cleo, who does not come"),
        ({"ann": {"x": Entry(title="Tea", start=0, end=60)}}, "no such meeting"),
    ],
)
def test_calendars_that_disagree_are_no_world(entries: Any, problem: str) -> None:
    meeting = Meeting(id="m", title="Tea", organiser="ann", start=0, end=60, guests={"ben": "accepted", "cleo": "declined"})
    with pytest.raises(DefinitionError, match=problem):
        calendar(meetings={"m": meeting}, entries=entries)


def test_two_things_at_one_time_are_no_world() -> None:
    meetings = {key: Meeting(id=key, title="a", organiser="ann", start=0, end=60) for key in ("m", "n")}
    entries = {"ann": {key: Entry(title="a", start=0, end=60) for key in meetings}}
    with pytest.raises(DefinitionError, match="two things"):
        calendar(meetings=meetings, entries=entries)
    calendar(meetings=meetings, entries=entries, may_overlap=["ann"])


def test_days_and_times_are_called_by_their_names() -> None:
    week = Week(first_day=3, clock_at_start=22 * 3600, opens=8, closes=10, step=30)
    assert week.days(0) == ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    assert week.days(2 * 3600)[0] == "Friday"
    assert week.times() == ["08:00", "08:30", "09:00", "09:30"]
    assert week.second(0, "Friday", "08:30") == 10.5 * 3600
    assert week.in_words(10.5 * 3600) == "Friday 08:30"
    assert week.span_in_words(0, 3 * 3600) == "Thursday 22:00 to Friday 01:00"
    for day in week.days(12345):
        for time in week.times():
            assert week.in_words(week.second(12345, day, time)) == f"{day} {time}"
