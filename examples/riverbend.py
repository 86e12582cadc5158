"""Riverbend: a day in a small town of six, where one of them is giving a party and the news has to get around.

Follows the town of Generative Agents (Park et al. 2023) and of Concordia (Vezhnevets et al. 2023): people with homes,
jobs, money and things; places with opening hours; each wakes, plans the day, goes about it, notices who is there, and
talks. What they attempt in words is grounded into actions of the world; what can't be done is refused, with the reason.
The town is put together from parts: `Places` has ways and opening hours, `Inventories` things and shelves, `Accounts` purses and
tills; what is said and done here beyond them is buying, working and talking. Whoever begins to talk begins a conversation: those
who are there may answer, and the day waits meanwhile.

Where this departs from the paper: one day instead of two, steps of half an hour, six people instead of 25, no
reflection, a plan of one level, and conversations of two answers. Two people in one place hear each other: whatever is
said there is heard by all.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from gamemaster import (
    ActionSpec,
    Agent,
    ByTime,
    Conversations,
    GameMaster,
    OneOf,
    Person,
    PolicySpec,
    Run,
    ScenarioParameters,
    Schedule,
    Simulation,
    View,
    action,
    main,
    scenario,
)
from gamemaster.components import Instructions, Observations, Persona, Plan, Recall
from gamemaster.words import JsonValue, Policy, quote
from gamemaster.world import Ge, MaxLen
from gamemaster.world.parts import Accounts, Hours, Inventories, Part, Places

MORNING = 7 * 3600
"""The day starts at 07:00."""

HALF_HOUR = 1800
EVENING = 12 * 3600
"""The day ends at 19:00, twelve hours on."""

WAGE = 2
PARTY = 17 * 3600 - MORNING
HOST = "Clara Holm"
NEWS = "There is a party at the inn at 17:00 today, and everybody is welcome."

WAYS = {
    ("cottages", "square"): 5,
    ("square", "bakery"): 2,
    ("square", "market"): 2,
    ("square", "inn"): 3,
    ("square", "school"): 5,
    ("square", "workshop"): 5,
    ("market", "pier"): 10,
}
HOURS = {"bakery": (7, 17), "market": (8, 14), "inn": (8, 23), "school": (8, 15), "workshop": (8, 18)}
PRICES = {"bread": 1, "apples": 1, "trout": 3, "soup": 2}
TILLS = {"bakery": 20, "market": 20, "inn": 20, "school": 40, "workshop": 30, "pier": 20, "square": 20}
STOCK = {"bakery": {"bread": 12}, "market": {"apples": 20, "trout": 4}, "inn": {"soup": 15}}


class Riverbend(Part):
    """Where everybody is, what everybody has, what the shops have, and who has heard of the party."""

    places: Places
    things: Inventories
    money: Accounts
    workplaces: dict[str, str]
    heard: list[str] = Field(default_factory=list)

    def goods(self) -> list[str]:
        """All that is sold in town."""
        return list(PRICES)

    @action
    def buy_goods(self, actor: Person, item: Annotated[str, OneOf("goods")], count: Annotated[int, Ge(1)] = 1) -> str:
        """Buy something in the shop where one is."""
        shop = self._here(actor)
        if item not in STOCK.get(shop, ()):
            self.refuse(f"there is no {item} to be bought at the {shop}")
        self.places.check_open(shop)
        left = self.things.count(shelf_of(shop), item)
        if left < count:
            self.refuse(f"the {shop} has only {left} {item} left" if left else f"the {shop} has no {item} left")
        price = PRICES[item] * count
        if self.money.balance(actor) < price:
            self.refuse(f"{count} {item} cost {price} coins, and {actor} has only {self.money.balance(actor)}")
        self.money.pay(actor, shop, price)
        self.things.move(item, shelf_of(shop), actor, count)
        return f"{actor} buys {count} {item} at the {shop} for {price} coins."

    @action
    def talk_to(self, actor: Person, to: Person, words: Annotated[str, MaxLen(300)]) -> str:
        """Tell somebody in the same place something, or talk to them."""
        self._meet(actor, to)
        present = self.places.at(self._here(actor))
        if "party" in words.lower() and actor in self.heard:
            for name in present:
                if name not in self.heard:
                    self.heard.append(name)
        self.measure("conversation", f"{actor} to {to}")
        return f"{actor} says to {to}: {quote(words)}"

    @action
    def work_a_while(self, actor: Person) -> str:
        """Work for half an hour at one's place of work, for wages."""
        here, workplace = self._here(actor), self.workplaces[actor]
        if here != workplace:
            self.refuse(f"{actor} works at the {workplace} and is at the {here}")
        self.places.check_open(workplace)
        wage = self.money.charge(workplace, actor, WAGE)
        return f"{actor} works at the {workplace}" + (f" and earns {wage} coins." if wage else ", where the till is empty.")

    @action
    def spend_time(self, actor: Person) -> str:
        """Rest, eat, or spend time where one is."""
        return f"{actor} spends time at the {self._here(actor)}."

    def perceive(self, name: str) -> str:
        here = self.places.place_of(name)
        if here is None:
            return f"{name} is on the way to the {self.places.under_way.get(name)}."
        others = [each for each in self.places.at(here) if each != name]
        things = [f"{count} {item}" for item, count in self.things.held(name).items()]
        lines = [
            f"{name} is at the {here}.",
            f"{' and '.join(others)} {'is' if len(others) == 1 else 'are'} here too." if others else "Nobody else is here.",
            f"{name} has {self.money.balance(name)} coins" + (f" and {', '.join(things)}." if things else "."),
        ]
        if lying := self.things.held(here):
            lines.append("Lying here: " + ", ".join(f"{count} {item}" for item, count in lying.items()) + ".")
        if shelf := STOCK.get(here):
            lines.append("For sale here: " + ", ".join(f"{item} at {PRICES[item]} coins" for item in shelf) + ".")
        return "\n".join(lines)

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        here = self.places.place_of(name)
        return {
            "place": here,
            "present": [] if here is None else [each for each in self.places.at(here) if each != name],
            "unheard": [] if here is None else [each for each in self.places.at(here) if each not in self.heard],
            "heard": name in self.heard,
            "workplace": self.workplaces[name],
            "open": bool(here) and self.places.is_open(here),
        }

    def _here(self, actor: str) -> str:
        here = self.places.place_of(actor)
        if here is None:
            self.refuse(f"{actor} is still on the way")
        return here

    def _meet(self, actor: str, other: str) -> None:
        here = self._here(actor)
        if other == actor:
            self.refuse(f"{actor} can't do that with nobody else")
        if self.places.place_of(other) != here:
            self.refuse(f"{other} is not at the {here}")


def shelf_of(shop: str) -> str:
    """Who has what a shop sells: what the shop itself had would lie about there, for anybody to pick up."""
    return f"the shelf of the {shop}"


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who lives in Riverbend: persona, work, money, and the timetable of the scripted run."""

    name: str
    age: int
    occupation: str
    workplace: str
    traits: tuple[str, ...]
    goals: tuple[str, ...]
    routine: tuple[str, ...]
    coins: int
    home: str
    memory: str


RESIDENTS = (
    Resident(
        HOST, 41, "innkeeper", "inn", ("warm", "talkative"),
        ("have a full house at the party tonight", "know what everybody is up to"),
        ("08:00 go to the market", "08:30 buy 3 apples at the market", "09:30 go to the inn", "10:00 work at the inn",
         "17:00 host the party at the inn"),
        12, "inn", "Clara Holm has kept the inn since her father died.",
    ),
    Resident(
        "Tomas Reed", 55, "baker", "bakery", ("patient", "early riser"),
        ("sell all the bread", "find an apprentice"),
        ("07:30 work at the bakery", "12:00 go to the inn", "12:30 buy soup at the inn", "13:30 go to the bakery",
         "14:00 work at the bakery"),
        8, "bakery", "Tomas Reed bakes the bread that the whole town eats.",
    ),
    Resident(
        "Mira Lang", 29, "teacher", "school", ("curious", "kind"),
        ("have bread in the house", "see more of the neighbours"),
        ("07:30 go to the bakery", "08:00 buy bread at the bakery", "08:30 go to the school", "09:00 work at the school",
         "15:30 go to the cottages"),
        6, "cottages", "Mira Lang came to Riverbend three years ago.",
    ),
    Resident(
        "Oskar Vane", 63, "fisherman", "pier", ("gruff", "fond of soup"),
        ("eat something warm at noon",),
        ("07:30 work at the pier", "11:30 go to the market", "12:30 go to the inn", "13:00 buy soup at the inn",
         "14:00 go to the pier", "16:30 go to the square"),
        3, "pier", "Oskar Vane has fished the river for forty years.",
    ),
    Resident(
        "Lena Brook", 34, "seamstress", "workshop", ("careful", "dreams of trout for dinner"),
        ("have trout for dinner", "finish the mayor's coat"),
        ("08:00 go to the market", "08:30 buy 2 trout at the market", "09:30 go to the workshop", "10:00 work at the workshop",
         "14:30 go to the market", "15:00 buy apples at the market", "15:30 go to the workshop"),
        5, "workshop", "Lena Brook sews for everybody and owes nobody.",
    ),
    Resident(
        "Paul Hart", 47, "postman", "square", ("cheerful", "passes on whatever there is to tell"),
        ("see everybody once a day",),
        ("07:30 go to the square", "08:00 go to the market", "09:00 go to the school", "10:30 go to the workshop",
         "12:00 go to the inn", "13:30 go to the bakery", "15:00 go to the square", "15:30 work at the square"),
        10, "cottages", "Paul Hart carries the letters, and most of the news.",
    ),
)  # fmt: skip


class Parameters(ScenarioParameters):
    """What may be changed."""

    party: bool = Field(True, description="whether the innkeeper is giving a party that the others may hear of")
    turns: int = Field(2, ge=0, le=12, description="what is answered at most when somebody has begun to talk; 0: nobody answers")
    policy: PolicySpec | None = None


def routine(argument: str | None) -> Policy:
    """Each follows the timetable, tells everybody met of the party, and comes to it having heard of it."""
    if argument is not None:
        raise ValueError("routine takes no argument")

    def policy(view: View) -> Any:
        if view.spec.kind == "choice":  # whether to say something in a conversation: the timetable knows none
            return view.spec.options[-1]
        resident = next(each for each in RESIDENTS if each.name == view.name)
        data = view.data
        if data["heard"] and data["unheard"]:
            return {"action": "talk_to", "arguments": {"to": data["unheard"][0], "words": NEWS}}
        second = view.moment.seconds_of_day
        place = "inn" if data["heard"] and second >= PARTY + MORNING - HALF_HOUR else _due_place(resident, second)
        if data["place"] is not None and place is not None and data["place"] != place:
            return {"action": "places.go_to", "arguments": {"to": place}}
        if data["place"] == data["workplace"] and data["open"]:
            return {"action": "work_a_while", "arguments": {}}
        return {"action": "spend_time", "arguments": {}}

    return policy


def _due_place(resident: Resident, second: float) -> str | None:
    """Where the timetable has this person be at a second of the day."""
    place = None
    for line in resident.routine:
        hour, rest = int(line[:2]) * 3600 + int(line[3:5]) * 60, line[6:]
        named = [each for each in dict.fromkeys(name for way in WAYS for name in way) if each in rest]
        if hour <= second and named:
            place = named[0]
    return place


def metrics(run: Run) -> dict[str, JsonValue]:
    """How the news of the party got around, who came, and what was talked and refused."""
    world: dict[str, Any] = run.world()
    path: list[JsonValue] = []
    told: set[str] = {HOST}
    for observation in run.observations():
        if "party" in observation.text.lower() and observation.to not in told:
            told.add(observation.to)
            begun = next((name for name in run.agents if observation.text.startswith(f"{name} says to")), None)
            teller = observation.speaker or begun
            path.append({"step": int(observation.id.split("/")[0]), "from": teller, "to": observation.to})
    actions = [event.action for event in run.events if event.kind == "act"]
    came = {event.actor for event in run.events if event.place == "inn" and event.time >= PARTY and event.actor}
    return {
        "party_knows": _listed(told & set(run.agents)) if run.parameters.get("party", True) else None,
        "party_came": _listed(came),
        "party_path": path,
        "conversations": actions.count("talk_to"),
        "purchases": actions.count("buy_goods"),
        "coins": sum(world["money"]["balances"].values()),
        "refused": sum(run.refusals.values()),
    }


def _listed(names: set[str]) -> list[JsonValue]:
    listed: list[JsonValue] = []
    listed.extend(sorted(names))
    return listed


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies={"routine": routine},
    baseline={"policy": "random"},
    source="Park et al. 2023, Generative Agents; Vezhnevets et al. 2023, Concordia",
    steps=120,
)
def riverbend(parameters: Parameters) -> Simulation:
    """A day in a small town of six: work, market, opening hours, and news of a party that gets around."""
    world = Riverbend(
        places=Places.joined(
            WAYS,
            whereabouts={each.name: each.home for each in RESIDENTS},
            hours={place: [Hours(opens=opens * 3600, closes=closes * 3600)] for place, (opens, closes) in HOURS.items()},
            clock_at_start=MORNING,
        ),
        things=Inventories(goods={shelf_of(shop): dict(shelf) for shop, shelf in STOCK.items()}),
        money=Accounts(balances={each.name: each.coins for each in RESIDENTS} | TILLS),
        workplaces={each.name: each.workplace for each in RESIDENTS},
        heard=[HOST] if parameters.party else [],
    )
    premise = {HOST: f"You are giving a party. {NEWS} Tell everybody you meet."} if parameters.party else {}
    schedule: Schedule = ByTime(ActionSpec.free("It is {time}. What does {name} do next?"), every=HALF_HOUR, end=EVENING)
    if parameters.turns:
        schedule = Conversations(schedule, begins="talk_to", turns=parameters.turns)
    return Simulation(
        agents=[_agent(each) for each in RESIDENTS],
        game_master=GameMaster(world),
        premise=premise,
        shared_memories=[f"The {place} is open from {first:02d}:00 to {last:02d}:00." for place, (first, last) in HOURS.items()],
        schedule=schedule,
        start="2023-02-13 07:00",
    )


def _agent(resident: Resident) -> Agent:
    persona = Persona(
        age=resident.age,
        occupation=resident.occupation,
        traits=resident.traits,
        goals=resident.goals,
        routine=resident.routine,
        facts={"home": resident.home, "workplace": resident.workplace},
    )
    appointments = Recall(k=2, query="an invitation, a party or a meeting today", name="appointments")
    appointments.label = "What has been arranged"
    parts = [Instructions(), persona, Plan(given=[persona]), appointments, Recall(k=5), Observations(last=10)]
    return Agent(resident.name, parts, memories=[resident.memory])


if __name__ == "__main__":
    raise SystemExit(main(["run", "riverbend", *sys.argv[1:]]))
