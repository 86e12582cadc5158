"""Public goods: four put money into a common pot that pays all alike, and may pay to punish each other.

Follows Fehr & Gächter 2000, "Cooperation and Punishment in Public Goods Experiments". In each round everybody has an
endowment (20) and puts part of it, g, into a pot, all at the same time; each gets 0.4 of the pot, whoever filled it.
Gifts are announced by name. Then each may give 0 to 10 points to any other: a point takes a tenth of what the other has
earned in this round, and points cost 0, 1, 2, 4, 6, 9, 12, 16, 20, 25, 30 for 0 to 10 of them given to one person:

    pi_i = (20 - g_i + 0.4 sum g) (1 - min(1, 0.1 sum_j p_ji)) - sum_j c(p_ij)

Where this departs from the paper: people have names, so that one can be remembered from round to round (there it can't);
there may be talk before each round; points are decided on one person at a time, in as many steps as there are others,
and nobody learns of any before all are given. Who gives no valid answer keeps the endowment, or gives no points, and is
on record as having given none: not as having given 0.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import fsum
from typing import Any

from pydantic import Field

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    PolicySpec,
    Run,
    ScenarioParameters,
    Scene,
    Simulation,
    main,
    scenario,
)
from gamemaster.components import Constant, Instructions, Observations, Persona
from gamemaster.examples.public_goods_parts.policies import POLICIES
from gamemaster.examples.public_goods_parts.world import COSTS, PublicGoods
from gamemaster.words import Component, JsonValue
from gamemaster.world.parts.ledger import Ledger

NAMES = tuple("Ada Ben Cora Dean Elsa Fritz Greta Henri Ines Jakob Katja Lars".split())
PERSONAS = (
    (
        "fair-minded",
        ("put 10 coins into the pot at first, and then as much as the others", "give 1 point to those who put in less"),
    ),
    ("thrifty", ("put 4 coins into the pot and keep the rest", "give 0 points to anybody, because points cost money")),
    ("public-spirited", ("put 16 coins into the pot, so that all get more", "give 2 points to those who put in less")),
    ("ambitious", ("have more money than the others, and put 2 coins into the pot", "give 0 points to anybody")),
)
"""A trait and two leanings each; they are fitting for an endowment of 20."""


class Parameters(ScenarioParameters):
    """What may be changed."""

    agents: int = Field(4, ge=2, le=len(NAMES), description="how many people there are")
    rounds: int = Field(10, ge=1)
    endowment: int = Field(20, ge=1, description="what each has at the start of a round")
    rate: float = Field(0.4, ge=0, le=10, description="how much of the pot each gets (the marginal per capita return)")
    punishment: bool = Field(True, description="whether points may be given when the gifts are known")
    talk: int = Field(0, ge=0, description="how many turns of talk each has before the gifts of a round")
    payoffs_told: bool = Field(True, description="whether everybody's earnings are announced after each round")
    characters: bool = Field(True, description="whether each has a character, in a line; ours")
    policy: PolicySpec | None = None


def metrics(run: Run) -> dict[str, JsonValue]:
    """Payoffs in the order of the players, what was put in, and what was punished."""
    parameters = Parameters.model_validate(run.parameters)
    names = NAMES[: parameters.agents]
    earned = [_values(run, f"payoff of {name}") for name in names]
    gifts = {name: run.archive.measures(f"gift of {name}") for name in names}
    by_step: dict[int, list[float]] = {}
    for measures in gifts.values():
        for step, measure in measures:
            by_step.setdefault(step, []).append(float(str(measure.value)))
    given = [gift for _, each in sorted(by_step.items()) for gift in each]
    played = len(earned[0])
    best = played * parameters.agents * parameters.endowment * max(1.0, parameters.rate * parameters.agents)
    deserved, antisocial = fsum(_values(run, "points for less")), fsum(_values(run, "points for at least as much"))
    return {
        "payoffs": [round(fsum(each), 9) for each in earned],
        "mean_payoff": round(fsum(map(fsum, earned)) / len(names), 9) if played else None,
        "contribution_rate": fsum(given) / len(given) / parameters.endowment if given else None,
        "mean_gift_by_round": [fsum(each) / len(each) for _, each in sorted(by_step.items())],
        "efficiency": round(fsum(map(fsum, earned)) / best, 9) if played else None,
        "points": deserved + antisocial if parameters.punishment and played else None,
        "antisocial_share": antisocial / (deserved + antisocial) if deserved + antisocial else None,
    }


def _values(run: Run, name: str) -> list[float]:
    return [float(str(measure.value)) for _, measure in run.archive.measures(name)]


def steps(parameters: Parameters) -> int:
    """In each round a step for each turn of talk, one for the gifts, and one for each other whom points may be given to."""
    points = parameters.agents - 1 if parameters.punishment else 0
    return parameters.rounds * (parameters.talk * parameters.agents + 1 + points)


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies=POLICIES,
    baseline={"policy": "random"},
    source="Fehr & Gächter 2000, Cooperation and Punishment in Public Goods Experiments",
    steps=steps,
)
def public_goods(parameters: Parameters) -> Simulation:
    """Four put money into a pot that pays all alike, and may pay to punish each other."""
    names = NAMES[: parameters.agents]
    world = PublicGoods(
        money=Ledger(lowest=None, unit="coins"),
        names=list(names),
        **parameters.model_dump(include={"endowment", "rate", "rounds", "punishment", "payoffs_told"}),
    )

    def next_scene(world: PublicGoods, past: Sequence[Any]) -> Scene:
        number = world.round
        if world.stage > 0:
            last = world.stage == len(names) - 1
            return Scene("points", names, points_asked, order="simultaneous", ends_round="each" if last else "never")
        if parameters.talk and not (past and past[-1].name == "talk"):
            call = "What does {name} say to the others about how much each should put in?"
            said = ActionSpec.speech(call, tag=f"talk {number}")
            return Scene("talk", names, said, rounds=parameters.talk, order="random", ends_round="never")
        gift = ActionSpec.of(PublicGoods.put_into_pot, "How much does {name} put into the pot?", tag=f"gift {number}")
        return Scene("gifts", names, gift, order="simultaneous", ends_round="never" if parameters.punishment else "each")

    return Simulation([_agent(name, at, parameters) for at, name in enumerate(names)], GameMaster(world), scenes=next_scene)


def points_asked(world: PublicGoods, name: str) -> ActionSpec:
    """What one person is asked about another at this stage."""
    other = world.other(name)
    call = f"How many points does {{name}} give to {other}?"
    return ActionSpec.of(PublicGoods.give_points, call, tag=f"points {world.round} {other}")


def _agent(name: str, at: int, parameters: Parameters) -> Agent:
    parts: list[Component] = [
        Instructions(),
        Constant(_rules(parameters), label="The rules", name="rules", changes="shared", kind="instruction"),
        Observations(last=16),
    ]
    if parameters.characters:
        trait, leanings = PERSONAS[at % len(PERSONAS)]
        parts.insert(2, Persona(traits=[trait], goals=leanings))
    return Agent(name, parts)


def _rules(parameters: Parameters) -> str:
    points = (
        " When all gifts are known, everybody may give from 0 to 10 points to any other. Each point takes a tenth of what "
        f"the other earned in this round. 0 to 10 points given to one person cost {', '.join(map(str, COSTS))}."
    )
    return (
        f"{parameters.agents} people play {parameters.rounds} rounds. In each, everybody has {parameters.endowment} coins and "
        f"puts as many of them as wanted into a common pot. Each coin in the pot pays {parameters.rate:g} to everybody, "
        f"also to those who put in nothing; what is not put in is kept.{points if parameters.punishment else ''}"
    )


if __name__ == "__main__":
    raise SystemExit(main(["run", "public_goods", *sys.argv[1:]]))
