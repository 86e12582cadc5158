"""The general store: four people in a small town, a store that is for sale, and snow on the pass.

A story without a typed world, as in the general store of Concordia (Vezhnevets et al. 2023): people attempt in words whatever
they like, the game master settles what comes of it through a chain of thoughts, and what it tells becomes facts, places
and time of a `Story`. The plot runs on beside: every few turns something happens that nobody did.

Where this departs from Concordia's: words that are spoken stand as they were spoken, and are checked; nobody is made to say
anything; what is known is bounded and is the world's state, not the game master's memory; who notices what follows from where
people are.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from gamemaster import Agent, PolicySpec, RoundRobin, Run, ScenarioParameters, Simulation, View, main, scenario
from gamemaster.components import Instructions, Observations, Persona, Plan, Recall
from gamemaster.components.game_master import (
    AccountForOthers,
    JudgeSuccess,
    KeepDirectSpeech,
    ModelConsequences,
    PointsOfView,
    PushOn,
    Thought,
)
from gamemaster.components.game_master.thought_chain import quotations
from gamemaster.scenarios.prefabs import narrator
from gamemaster.words import JsonValue, Policy, one_line
from gamemaster.world.parts.story import Story

NEWS = "Edda Quill wants to sell the general store before the new year."

PLOT = (
    "The wind rises, and all over town the shutters bang.",
    "Word comes that the pass is snowed in: no sledge will get through this week.",
    "The light goes early; there will be more snow tonight.",
    "Word comes of a letter for Edda Quill, from a bank in the valley.",
    "Far up the slope an avalanche rumbles, and then it is still.",
)
"""What happens of itself, in this order."""

PLACES = {
    "general store": "Shelves to the ceiling, a counter, a stove with two chairs.",
    "boarding house": "Six rooms and a long table.",
    "smithy": "The fire is always lit.",
    "snowy street": "One lane between the houses.",
}


@dataclass(frozen=True, slots=True)
class Townsman:
    """Somebody in town, and how the day goes in the scripted run: (what, where or which words)."""

    name: str
    occupation: str
    traits: tuple[str, ...]
    goals: tuple[str, ...]
    start: str
    fact: str
    day: tuple[tuple[Literal["go", "say", "do"], str], ...]


PEOPLE = (
    Townsman(
        "Edda Quill", "storekeeper", ("brisk", "tired of the winters"),
        ("find a buyer for the general store", "count the sacks of flour in the general store"),
        "general store", "Edda Quill has kept the general store for thirty years.",
        (("do", "counts the sacks of flour."), ("say", NEWS), ("do", "lights the stove."), ("say", "I ask 900 for it.")),
    ),
    Townsman(
        "Jonas Wick", "smith", ("strong", "careful with money"),
        ("buy the general store", "borrow money from Thea Lund at the boarding house"),
        "smithy", "Jonas Wick has saved 400.",
        (("go", "general store"), ("say", "What would you take for the store?"), ("go", "boarding house"),
         ("say", "Would you lend me 500 for the store?")),
    ),
    Townsman(
        "Thea Lund", "landlady", ("shrewd", "fond of news"),
        ("buy flour at the general store", "know who will have the general store"),
        "boarding house", "Thea Lund has money in the bank in the valley.",
        (("do", "sets the long table."), ("go", "general store"), ("say", "How much is the flour today?"),
         ("go", "boarding house")),
    ),
    Townsman(
        "Pip Marlow", "errand boy", ("quick", "passes on whatever there is to tell"),
        ("get warm at the stove of the general store", "carry a parcel to the smithy"),
        "snowy street", "Pip Marlow knows every door in town.",
        (("go", "general store"), ("do", "warms both hands at the stove."), ("go", "smithy"), ("say", f"Have you heard? {NEWS}")),
    ),
)  # fmt: skip


class Parameters(ScenarioParameters):
    """What may be changed."""

    plot: Literal["written", "model", "none"] = Field("written", description="who says what happens of itself")
    every: int = Field(4, ge=1, description="every how many turns at most something happens of itself")
    chance: bool = Field(True, description="whether what is uncertain is left to chance")
    consequences: bool = Field(False, description="whether the game master may note more of what follows from a deed")
    views: bool = Field(False, description="whether each who notices something is told it from their own point of view")
    policy: PolicySpec | None = None


def as_written(argument: str | None) -> Policy:
    """Each goes through a day of four turns, over and over; nothing is asked of a model."""
    if argument is not None:
        raise ValueError("as_written takes no argument")

    def policy(view: View) -> Any:
        person = next(each for each in PEOPLE if each.name == view.name)
        kind, what = person.day[len(view.history) % len(person.day)]
        if kind == "go" and what in view.data["elsewhere"]:
            return {"action": "go_to", "arguments": {"to": what}}
        if kind == "say" and view.data["present"]:
            return {"action": "talk_to", "arguments": {"to": view.data["present"][0], "words": what}}
        told = what if kind == "do" else "waits a while."
        return {"action": "do_something", "arguments": {"what": f"{view.name} {told}"}}

    return policy


def metrics(run: Run) -> dict[str, JsonValue]:
    """What happened, moved and was noted, who heard of the sale, and whether spoken words stand as they were spoken."""
    acts = [event for event in run.events if event.kind == "act"]
    tried = {attempt.id: attempt.answer for attempt in run.attempts if isinstance(attempt.answer, str) and not attempt.failed}
    spoken = [
        (words, event.text)
        for event in acts
        if event.attempt_id in tried
        for words in quotations(one_line(tried[event.attempt_id]))
    ]
    world: dict[str, Any] = run.world()
    heard = {each.to for each in run.observations() if _tells_of_the_sale(each.text)}
    told: list[JsonValue] = []
    told.extend(sorted(heard))
    return {
        "happenings": len(acts),
        "moves": sum(any(each["path"].startswith("/whereabouts") for each in event.change or ()) for event in acts),
        "facts": sum(map(len, world["facts"].values())),
        "places": len(world["places"]),
        "minutes": world["minutes"],
        "plot": sum(any(each in event.text for event in acts) for each in PLOT),
        "heard_of_sale": told,
        "words_kept": sum(words in text for words, text in spoken) / len(spoken) if spoken else None,
        "refused": sum(run.refusals.values()),
    }


def _tells_of_the_sale(text: str) -> bool:
    return any(each in text for each in ("sell the general store", "buy the general store", "buyer for the general store"))


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies={"as_written": as_written},
    baseline={"policy": "random"},
    source="Vezhnevets et al. 2023, Concordia",
    steps=16,
)
def general_store(parameters: Parameters) -> Simulation:
    """Four people in a small snowed-in town, a store that is for sale, and a plot that runs on beside."""
    chain: list[Thought] = [JudgeSuccess(chance=parameters.chance), KeepDirectSpeech(), AccountForOthers()]
    if parameters.plot != "none":
        chain.append(PushOn(PLOT if parameters.plot == "written" else (), every=parameters.every))
    story = Story.told(
        {each.name: each.fact for each in PEOPLE},
        places=PLACES,
        whereabouts={each.name: each.start for each in PEOPLE},
    )
    return narrator(
        [_agent(each) for each in PEOPLE],
        story,
        chain=chain,
        consequences=ModelConsequences() if parameters.consequences else None,
        narration=PointsOfView() if parameters.views else "world",
        premise={PEOPLE[0].name: f"{NEWS} Tell everybody who comes in."},
        shared_memories=["It is December, and the snow lies high.", "Everybody in town buys at the general store."],
        schedule=RoundRobin(),
        start="1890-12-08 08:00",
        step=300,
    )


def _agent(person: Townsman) -> Agent:
    persona = Persona(occupation=person.occupation, traits=person.traits, goals=person.goals)
    parts = [Instructions(), persona, Plan(given=[persona]), Recall(k=4), Observations(last=8)]
    return Agent(person.name, parts, memories=[person.fact])


if __name__ == "__main__":
    raise SystemExit(main(["run", "general_store", *sys.argv[1:]]))
