"""People arrange a meeting by calendar, mail and chat, each seeing nothing but what their own accounts see.

Four players of a quartet look for an hour in which all are free. Nobody sees another's calendar; what they know of each
other they write. Whatever they write, the calendars of those who have accepted a meeting agree on its time.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, field_validator

from gamemaster import (
    ActionSpec,
    Agent,
    ByTime,
    GameMaster,
    Person,
    PolicySpec,
    ScenarioParameters,
    Simulation,
    World,
    action,
    main,
    scenario,
)
from gamemaster.components import Instructions, Observations, Persona, Recall
from gamemaster.examples.phone_parts.metrics import metrics
from gamemaster.examples.phone_parts.policies import hasty, organised
from gamemaster.words import JsonValue
from gamemaster.world import Ge, Le
from gamemaster.world.apps import (
    Calendar,
    Channel,
    Chat,
    Entry,
    Mail,
    Meeting,
    Membership,
    UserAccounts,
    Week,
    screen,
    screen_data,
)

START = "2023-02-13 08:00"
TEN_MINUTES = 600
CHANNEL = "quartet"
HOURS = Week(first_day=0, clock_at_start=8 * 3600, opens=16, closes=20, step=60)
"""A Monday morning; all have time from four in the afternoon to eight at most."""


class Phones(World):
    """The accounts of all, their calendars, mail and chat; and how many hours of the week each has something else to do."""

    accounts: UserAccounts
    calendar: Calendar
    mail: Mail
    chat: Chat
    busy: Annotated[int, Ge(0), Le(27)] = 14
    free: str = "Sunday 16:00"

    def start(self) -> None:
        """Fill the calendars by the run's seed; the hour `free` stays free for all."""
        week, slots = self.calendar.week, list[float]()
        for day in self.calendar.days():
            slots += [week.second(self.now, day, time) for time in self.calendar.times()]
        slots = [each for each in slots if week.in_words(each) != self.free]
        for account in self.accounts.names():
            open_slots = list(slots)
            draws = self.random(f"what {account} has to do")
            for number in range(self.busy):
                start = open_slots.pop(int(draws.random() * len(open_slots)))
                key, title = f"{account} {number + 1}", f"something {account} keeps private"
                self.calendar.meetings[key] = Meeting(id=key, title=title, organiser=account, start=start, end=start + 3600)
                self.calendar.entries.setdefault(account, {})[key] = Entry(title=title, start=start, end=start + 3600)

    @action
    def lay_phone_aside(self, actor: Person) -> str:
        """Leave the phone alone for a while."""
        return f"{actor} leaves the phone alone."

    def arranged(self) -> str | None:
        """The first meeting that all have accepted, and that stands at one time in all calendars."""
        everybody = self.accounts.names()
        for key, meeting in self.calendar.meetings.items():
            if set(meeting.attending()) == set(everybody) and self.calendar.calendars_agree(key):
                return key
        return None

    def end_of_step(self) -> None:
        self.measure("accepted", max([len(each.attending()) for each in self.calendar.meetings.values()], default=0))

    def over(self) -> str | None:
        key = self.arranged()
        return None if key is None else f"all have accepted {self.calendar.in_words(self.calendar.meetings[key])}"

    def perceive(self, name: str) -> str:
        return screen(self, name)

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        return {**screen_data(self, name), "account": self.accounts.of(name)[0], "accounts": list(self.accounts.names())}


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody of the quartet: what they are like, what they are after, and when they look at the phone for what."""

    name: str
    instrument: str
    traits: tuple[str, ...]
    goals: tuple[str, ...]
    routine: tuple[str, ...]


ANSWERS = ("08:40 accept the invitation to a meeting", "09:30 leave the phone alone")
PEOPLE = (
    Player(
        "Nora Falk", "cello", ("orderly", "a little impatient"), ("rehearse with all four, best of all on Sunday",),
        ("08:00 invite ben to a new meeting on Sunday", "08:10 invite another guest, dora, to the meeting",
         "08:20 invite another guest, ilya, to the meeting",
         "08:30 write into the quartet channel: \"Please accept the invitation.\"",
         "08:40 write a mail to ben: \"Please bring the slow movement.\"", "08:50 leave the phone alone"),
    ),
    Player("Ben Adeyemi", "viola", ("easy-going",), ("rehearse with all four",), ANSWERS),
    Player("Dora Weiss", "violin", ("busy", "brief"), ("rehearse with all four",), ANSWERS),
    Player("Ilya Brandt", "violin", ("friendly",), ("rehearse with all four",), ANSWERS),
)  # fmt: skip


class Parameters(ScenarioParameters):
    """What may be changed."""

    busy: int = Field(14, ge=0, le=27, description="hours of the 28 in the week in which each is busy already")
    free: str = Field("Sunday 16:00", description="an hour in which nobody is busy")
    old_address: bool = Field(True, description="whether Nora still has an address of Ben's that is no more")
    policy: PolicySpec | None = None

    @field_validator("free")
    @classmethod
    def _is_an_hour(cls, free: str) -> str:
        if free not in [f"{day} {time}" for day in HOURS.days(0) for time in HOURS.times()]:
            raise ValueError(f"{free!r} is none of the hours; say a day and a time from 16:00 to 19:00, as in 'Sunday 16:00'")
        return free


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies={"organised": organised, "hasty": hasty},
    baseline={"policy": "random"},
    steps=24,
)
def phone(parameters: Parameters) -> Simulation:
    """Four people arrange a rehearsal on their phones, through calendar, mail and chat."""
    names = [each.name for each in PEOPLE]
    accounts = UserAccounts.one_each(names)
    members = {account: Membership(admin=at == 0) for at, account in enumerate(accounts.users)}
    world = Phones(
        accounts=accounts,
        calendar=Calendar(week=HOURS),
        mail=Mail(contacts={"nora": ["ben.adeyemi"]} if parameters.old_address else {}),
        chat=Chat(channels={CHANNEL: Channel(members=members)}),
        busy=parameters.busy,
        free=parameters.free,
    )
    return Simulation(
        agents=[_agent(each) for each in PEOPLE],
        game_master=GameMaster(world),
        premise="The quartet has to rehearse for an hour this week, all four together, between 16:00 and 20:00.",
        schedule=ByTime(ActionSpec.free("It is {time}. What does {name} do on the phone next?"), every=TEN_MINUTES),
        start=START,
    )


def _agent(player: Player) -> Agent:
    persona = Persona(
        occupation=f"plays the {player.instrument} in a quartet", traits=player.traits, goals=player.goals, routine=player.routine
    )
    return Agent(player.name, [Instructions(), persona, Recall(k=4), Observations(last=10)])


if __name__ == "__main__":
    raise SystemExit(main(["run", "phone", *sys.argv[1:]]))
