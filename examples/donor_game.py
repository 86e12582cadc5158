"""Donor game: a population gives to strangers whose past it hears of; the richer half survives and teaches newcomers.

Follows Vallinder & Hughes 2024, "Cultural Evolution of Cooperation among LLM Agents". The donor gives x of what it has,
and the recipient gets 2x. Before it decides, the donor hears what its recipient gave last, what that one's recipient had
given last before, and so on, up to `trace` links. In each generation the agents are shuffled into sides A and B; in
round r, from 0, A_i meets B_((i+r) mod n), and A gives in even rounds, B in odd ones. After the last round the half
with most resources survives and keeps its strategy texts; newcomers read these and write their own; all restart equal.

A newcomer is an agent of its own, named by the generation in which it enters ("3_Kim"): nobody inherits anything but
what the survivors wrote. Agents who aren't in the game are asked nothing, and cost nothing.

Where this departs from the paper and its published code: sides alternate as donors from the first round to the last
(in the code the order of roles breaks in the middle of a generation); punishing works (there it crashes); all games
count in the selection (there half of them do). Ties at the cut fall by the run's seed. An answer that can't be used is a
failure on record, after which nothing is given. A newcomer of a scripted run whose list of policies ends with the first
generation plays `copy`. Ours too: `own_past`, which also shows each what it lived through in this generation.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any

from pydantic import Field, field_validator

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
from gamemaster.agent import AskModel, Scripted
from gamemaster.components import Constant, Instructions
from gamemaster.components.perceived import Perceived
from gamemaster.examples.donor_game_parts.policies import POLICIES, copy
from gamemaster.examples.donor_game_parts.world import LONGEST, DonorGame
from gamemaster.words import BadInput, Component, JsonValue
from gamemaster.world.parts.history import History
from gamemaster.world.parts.ledger import Ledger, in_units

NAMES = tuple(
    "Ann Bob Cleo Dan Eve Finn Gwen Hugo Iris Jon Kim Leo Mona Ned Olga Pete Quinn Rosa Sven Tess Uwe Vera Will Zoe".split()
)
IDEAS = (
    (0.1, "give {} and keep the rest"),
    (0.5, "give {} to those who gave to others"),
    (0.3, "give {} to whoever comes along"),
    (0.8, "give {} and trust that something comes back"),
    (0.2, "give {} at first, and see what the others do"),
    (0.6, "give {}, so that everybody has more in the end"),
    (0.4, "give {}, and less to those who gave less"),
)
"""What founders think at first, in turn: a share of the endowment, and how it is put."""


class Parameters(ScenarioParameters):
    """What may be changed."""

    agents: int = Field(12, ge=2, description="how many agents a generation has; an even number")
    generations: int = Field(10, ge=1)
    rounds: int = Field(12, ge=1, le=200, description="how many rounds a generation has")
    endowment: float = Field(10, gt=0, le=1e6, description="what each has at the start of a generation")
    multiplier: float = Field(2, ge=0, le=10, description="how many times what is given the other receives")
    trace: int = Field(3, ge=0, description="how many links of the recipient's past the donor hears of")
    punish: bool = Field(False, description="whether a donor may spend units to take twice as many from the other instead")
    first_ideas: bool = Field(True, description="whether each founder starts with an idea of its own; in the paper none does")
    own_past: bool = Field(False, description="whether each is reminded of its own past in this generation too")
    policy: PolicySpec | None = None

    @field_validator("agents")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise ValueError("half of the agents give and half receive, so it has to be an even number")
        return value


def names_of(parameters: Parameters) -> list[list[str]]:
    """The names of those who enter in each generation, the founders first."""
    arrivals: list[list[str]] = []
    at = 0
    for generation in range(1, parameters.generations + 1):
        count = parameters.agents if generation == 1 else parameters.agents - parameters.agents // 2
        again = [at + each for each in range(count)]
        double = count > len(NAMES)
        arrivals.append(
            [f"{generation}_{NAMES[each % len(NAMES)]}" + (f"_{each // len(NAMES)}" if double else "") for each in again]
        )
        at += count
    return arrivals


def metrics(run: Run) -> dict[str, JsonValue]:
    """Resources by generation, what was given, and the strategies with their lineage."""
    mean = _values(run, "mean resources")
    lives: Mapping[str, Any] = run.world().get("lives") or {}  # type: ignore[assignment]
    shares = _values(run, "share given")
    punishing = _values(run, "punishing")
    return {
        "mean_resources": list(mean),
        "least_resources": list(_values(run, "least resources")),
        "most_resources": list(_values(run, "most resources")),
        "final_mean_resources": mean[-1] if mean else None,
        "donation_fraction": fsum(shares) / len(shares) if shares else None,
        "donation_fraction_by_generation": list(_values(run, "donation fraction")),
        "punishing_fraction": sum(punishing) / len(punishing) if punishing else None,
        "strategies": [{"name": name, **life} for name, life in lives.items()],
    }


def _values(run: Run, name: str) -> list[Any]:
    return [measure.value for _, measure in run.archive.measures(name)]


def steps(parameters: Parameters) -> int:
    """One step in which strategies are written and one for each round, in each generation."""
    return parameters.generations * (1 + parameters.rounds)


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies=POLICIES,
    baseline={"policy": "random"},
    source="Vallinder & Hughes 2024, Cultural Evolution of Cooperation among LLM Agents",
    steps=steps,
)
def donor_game(parameters: Parameters) -> Simulation:
    """Twelve give to strangers whose past they hear of; the richer half survives and teaches newcomers."""
    arrivals = names_of(parameters)
    named = {name for name, _ in parameters.policy.items} if parameters.policy else set[str]()
    if "punish" in named and not parameters.punish:
        raise BadInput("The policy 'punish' needs the parameter punish=true.")
    world = DonorGame(
        ledger=Ledger(),
        history=History(),
        present=[],
        arrivals=arrivals,
        **parameters.model_dump(include={"generations", "rounds", "endowment", "multiplier", "trace", "punish"}),
    )

    def next_scene(world: DonorGame, past: Sequence[Any]) -> Scene:
        if sum(scene.name == "strategies" for scene in past) < world.generation:
            newcomers = world.arrivals[world.generation - 1]
            call = "By what strategy will {name} decide how much to give to whom?"
            spec = ActionSpec.of(DonorGame.write_strategy, call, tag="strategy")
            return Scene("strategies", newcomers, spec, order="simultaneous", premise=announced(world), ends_round="never")
        deed = DonorGame.donate_or_punish if world.punish else DonorGame.donate_units
        call = "Does {name} give or punish, and how many units?" if world.punish else "How many units does {name} give?"
        tag = f"generation {world.generation}, round {world.round}"
        return Scene("giving", list(world.donors()), ActionSpec.of(deed, call, tag=tag), order="simultaneous")

    agents = [_agent(name, parameters, number) for names in arrivals for number, name in enumerate(names)]
    if (
        parameters.policy
        and len(parameters.policy.items) >= parameters.agents
        and all(name for name, _ in parameters.policy.items)
    ):
        for agent in agents[len(parameters.policy.items) :]:
            agent.actor = Scripted(copy(None))
    return Simulation(agents, GameMaster(world), scenes=next_scene)


def announced(world: DonorGame) -> str:
    """What newcomers are told when they enter."""
    entered = ", ".join(world.arrivals[world.generation - 1])
    left = f" {', '.join(world.survivors)} survived the one before." if world.survivors else ""
    return f"Generation {world.generation} of {world.generations} begins.{left} New in the game: {entered}."


def _agent(name: str, parameters: Parameters, number: int) -> Agent:
    lessons = (LONGEST // 3 + 30) * (parameters.agents // 2)  # the texts of all survivors
    parts: list[Component] = [
        Instructions(),
        Constant(_rules(parameters), label="The rules", name="rules", changes="shared", kind="instruction"),
        Perceived("lessons", label="What those wrote who had most in the last generation", kind="observation", budget=lessons),
        Perceived("strategy", label="The strategy that you wrote down", kind="goal"),
    ]
    if parameters.first_ideas and name.startswith("1_"):
        share, idea = IDEAS[number % len(IDEAS)]
        amount = in_units(share * parameters.endowment)
        said = f"{name} wants to {idea.format('1 unit' if amount == '1' else f'{amount} units')}."
        parts.insert(2, Constant(said, label="What you think at first", name="first_idea", kind="goal"))
    if parameters.own_past:
        parts.append(Perceived("own_past", label="What you lived through", kind="observation", changes="always"))
    return Agent(name, parts, actor=AskModel(max_tokens=300))


def _rules(parameters: Parameters) -> str:
    punishing = (
        " Instead of giving, the donor may spend units to punish the other, who then loses twice as many."
        if parameters.punish
        else ""
    )
    return (
        f"In each round people meet in pairs, once as the donor, once as the recipient. The donor gives as many of its units "
        f"as it likes, and the recipient receives {in_units(parameters.multiplier)} times as many.{punishing} "
        f"Everybody begins with {in_units(parameters.endowment)} units, and there are {parameters.rounds} rounds. "
        "Whom one meets changes from round to round. What one gave is known to later donors. "
        "After the last round the half with the most units survives, and teaches those who come next."
    )


if __name__ == "__main__":
    raise SystemExit(main(["run", "donor_game", *sys.argv[1:]]))
