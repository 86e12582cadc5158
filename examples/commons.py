"""Commons: five people share a stock that doubles each round, and decide alone and together how much to take.

Follows GovSim (Piatti et al. 2024, "Cooperate or Collapse"): N people, capacity 100, start 100, T rounds, growth x2.
In each round all harvest at the same time, the catches are announced, the group talks, and what is left grows. Below
a stock of 5 the resource has collapsed.

Where this departs from the paper: in a discussion everybody has `talk` turns, in an order drawn anew for each round of
talk (in the paper a model says who speaks next); an answer that isn't a number of the allowed range is a failure on
record, and no choice of 0 (the published code makes a failed parse a 0).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from gamemaster import (
    ActionSpec,
    Agent,
    Between,
    GameMaster,
    PolicySpec,
    Run,
    ScenarioParameters,
    Scene,
    Simulation,
    View,
    World,
    action,
    main,
    scenario,
)
from gamemaster.components import Constant, Instructions, Observations, Persona, Recall
from gamemaster.words import JsonValue, Policy

NAMES = ("Kate", "Jack", "Emma", "John", "Luke", "Maya", "Omar", "Rosa", "Ivan", "Lena")
COLLAPSE = 5
"""Below this stock the resource does not come back."""

SKINS = {
    "fishing": ("a lake", "tons of fish", "catch", "fisher"),
    "pasture": ("a pasture", "hectares of grass", "graze", "shepherd"),
    "pollution": ("a river", "percent of clean water", "use up", "factory owner"),
}

Allocation = Literal["stochastic", "proportional"]


class Commons(World):
    """The common stock, who takes from it, and what each has gained."""

    stock: int
    capacity: int
    growth: float
    rounds: int
    names: list[str]
    skin: str = "fishing"
    allocation: Allocation = "proportional"
    round: int = 1
    gain: dict[str, int] = Field(default_factory=dict)
    catches: dict[str, int] = Field(default_factory=dict)
    wanted: dict[str, int] = Field(default_factory=dict)
    ended: str | None = None

    @action(together=True)
    def harvest(self, amount: dict[str, Annotated[int, Between(0, "stock")]]) -> str:
        """Take an amount from the common stock, from nothing to all of it."""
        before = self.stock
        catches = ration(self, dict(amount))
        self.stock -= sum(catches.values())
        for name, catch in catches.items():
            self.gain[name] = self.gain.get(name, 0) + catch
        self.wanted, self.catches = dict(amount), catches
        for name in self.names:
            self.measure(f"gain of {name}", self.gain.get(name, 0))
        self.measure("stock before", before)
        self.measure("stock after", self.stock)
        self.measure("over-usage", sum(catch > share(before, len(self.names)) for catch in catches.values()))
        self.measure("played", len(catches))
        resource, unit, verb, _ = SKINS[self.skin]
        told = ", ".join(f"{name} {catch}" for name, catch in catches.items())
        done = f"they {verb} {told} {unit}" if told else "nobody takes anything"
        return f"Round {self.round}: {done}. {self.stock} {unit} are left in {resource}."

    def end_of_round(self) -> None:
        """What is left grows and the next round begins, unless the resource is lost or the last round is over."""
        if self.stock < COLLAPSE:
            self.ended = f"the resource collapsed in round {self.round}"
        elif self.round == self.rounds:
            self.ended = f"round {self.rounds} is over"
        else:
            self.stock = min(self.capacity, int(self.stock * self.growth))
            self.round += 1

    def over(self) -> str | None:
        return self.ended

    def perceive(self, name: str) -> str:
        resource, unit, _, _ = SKINS[self.skin]
        return (
            f"It is round {self.round} of {self.rounds}. {self.stock} {unit} are in {resource}, "
            f"which holds {self.capacity} at most. {name} has gained {self.gain.get(name, 0)} so far."
        )

    def perceive_data(self, name: str) -> dict[str, JsonValue]:
        return {
            "stock": self.stock,
            "round": self.round,
            "present": len(self.names),
            "share": share(self.stock, len(self.names)),
            "gain": self.gain.get(name, 0),
        }


def sustainable(stock: int) -> int:
    """s(h): how much may be taken of a stock `h` so that it grows back to what it was, with growth x2."""
    return stock // 2


def share(stock: int, present: int) -> int:
    """f(h): what each of those present may take of it."""
    return sustainable(stock) // present


def ration(world: Commons, wants: Mapping[str, int]) -> dict[str, int]:
    """What each gets: what it wants, or, when they want more than there is, as the allocation says."""
    if sum(wants.values()) <= world.stock:
        return dict(wants)
    chance = world.random(f"ration/{world.round}")
    got = dict.fromkeys(wants, 0)
    left = world.stock
    if world.allocation == "proportional":
        total = sum(wants.values())
        got = {name: world.stock * want // total for name, want in wants.items()}
        left -= sum(got.values())
    while left > 0:
        wanting = [name for name, want in wants.items() if got[name] < want]
        weights = [wants[name] - got[name] for name in wanting] if world.allocation == "proportional" else None
        lucky = chance.choices(wanting, weights)[0]
        got[lucky] += 1
        left -= 1
    return got


class Parameters(ScenarioParameters):
    """What may be changed."""

    skin: Literal["fishing", "pasture", "pollution"] = "fishing"
    agents: int = Field(5, ge=2, le=len(NAMES), description="how many people share the resource")
    rounds: int = Field(12, ge=1, description="how many rounds are played, unless the stock collapses")
    capacity: int = Field(100, ge=1)
    start: int = Field(100, ge=0, description="the stock at the start")
    growth: float = Field(2.0, gt=0)
    allocation: Allocation = Field("proportional", description="how a stock is shared out when more is wanted than there is")
    discussion: bool = Field(True, description="whether the group talks after each harvest")
    talk: int = Field(2, ge=1, description="how many turns each has in a discussion: with five people, 2 make up to 10")
    policy: PolicySpec | None = None


def take(argument: str | None) -> Policy:
    """`take:N`: take N every round, or what is left when that is less."""
    amount = int(argument) if argument is not None else 10
    if amount < 0:
        raise ValueError("the amount must be at least 0")
    return lambda view: min(amount, int(view.data["stock"])) if view.spec.kind == "action" else "..."


def fair(argument: str | None) -> Policy:
    """`share` or `share:K`: take K times the sustainable share f, or what is left when that is less."""
    factor = float(argument) if argument is not None else 1.0
    if factor < 0:
        raise ValueError("the factor must be at least 0")

    def policy(view: View) -> object:
        if view.spec.kind != "action":
            return "..."
        return min(int(factor * view.data["share"]), int(view.data["stock"]))

    return policy


def metrics(run: Run) -> dict[str, JsonValue]:
    """Survival, gain, efficiency, equality and over-usage, as the paper defines them."""
    parameters = Parameters.model_validate(run.parameters)
    before, after = _values(run, "stock before"), _values(run, "stock after")
    gains = [sum(_values(run, f"gain of {name}")[-1:]) for name in NAMES[: parameters.agents]]
    over, played = sum(_values(run, "over-usage")), sum(_values(run, "played"))
    best = parameters.rounds * sustainable(parameters.capacity)
    total, count = sum(gains), len(gains)
    survived = len(after) >= parameters.rounds and after[-1] >= COLLAPSE
    apart = sum(abs(mine - other) for mine in gains for other in gains)
    return {
        "survival_time": next((at for at, stock in enumerate(after, 1) if stock < COLLAPSE), min(len(after), parameters.rounds)),
        "survived": survived,
        "gain": list(gains),
        "efficiency": 1 - max(0, best - total) / best,
        "equality": None if total == 0 else 1 - apart / (2 * count * total),
        "over_usage": None if not played else over / played,
        "stock_before": list(before),
        "stock_after": list(after),
    }


def _values(run: Run, name: str) -> list[int]:
    return [int(str(measure.value)) for _, measure in run.archive.measures(name)]


def steps(parameters: Parameters) -> int:
    """One step of harvest and one for each turn of talk a round."""
    return parameters.rounds * (1 + (parameters.talk * parameters.agents if parameters.discussion else 0))


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies={"take": take, "share": fair},
    baseline={"policy": "random"},
    source="Piatti et al. 2024, Cooperate or Collapse (GovSim)",
    steps=steps,
)
def commons(parameters: Parameters) -> Simulation:
    """Five people share a stock that doubles each round, and decide how much to take."""
    names = NAMES[: parameters.agents]
    world = Commons(
        stock=parameters.start,
        capacity=parameters.capacity,
        growth=parameters.growth,
        rounds=parameters.rounds,
        names=list(names),
        skin=parameters.skin,
        allocation=parameters.allocation,
        gain=dict.fromkeys(names, 0),
    )
    rules = _rules(parameters)

    def next_scene(world: Commons, past: Sequence[object]) -> Scene:
        if parameters.discussion and len(past) % 2 == 1:
            call = "What does {name} say to the others about how much each of them should take?"
            talk = ActionSpec.speech(call, tag=f"talk/{world.round}")
            return Scene("discussion", names, talk, rounds=parameters.talk, order="random", ends_round="last")
        take = ActionSpec.of(Commons.harvest, "How much does {name} take this round?", tag=f"harvest/{world.round}")
        ends = "never" if parameters.discussion else "each"
        return Scene("harvest", names, take, order="simultaneous", ends_round=ends)

    return Simulation(
        agents=[_person(name, parameters, rules) for name in names],
        game_master=GameMaster(world),
        scenes=next_scene,
    )


def _rules(parameters: Parameters) -> str:
    resource, unit, verb, role = SKINS[parameters.skin]
    return (
        f"{parameters.agents} people live from {resource}. In each round every {role} decides, at the same time as the others, "
        f"how many {unit} to {verb}. What is left then grows by a factor of {parameters.growth:g}, up to "
        f"{parameters.capacity} {unit}. Below {COLLAPSE} {unit} the resource is lost for good."
    )


def _person(name: str, parameters: Parameters, rules: str) -> Agent:
    role = SKINS[parameters.skin][3]
    return Agent(
        name,
        [
            Instructions(),
            Constant(rules, label="The rules", name="rules", changes="shared"),
            Persona(occupation=role, goals=["gain as much as possible over all the rounds", "keep the resource alive"]),
            Recall(k=5),
            Observations(last=12),
        ],
    )


if __name__ == "__main__":
    raise SystemExit(main(["run", "commons", *sys.argv[1:]]))
