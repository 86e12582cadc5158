"""A small market: one sells apples, the others buy them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from annotated_types import Ge
from pydantic import Field

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    Person,
    PolicySpec,
    Run,
    ScenarioParameters,
    Scene,
    Simulation,
    View,
    World,
    action,
    conserved,
    scenario,
)
from gamemaster.components import Instructions, Observations, Persona

SELLER = "Bob"


class Market(World):
    coins: dict[str, int]
    apples: dict[str, int]
    breaks_at: int = 0
    sold: int = 0
    laws = [conserved("coins"), conserved("apples")]

    @action
    def buy(self, actor: Person, seller: Person, count: Annotated[int, Ge(1)]) -> str:
        """Buy apples from somebody at 2 coins each."""
        if self.coins[actor] < 2 * count:
            self.refuse(f"{actor} has only {self.coins[actor]} coins")
        if self.apples[seller] < count:
            self.refuse(f"{seller} has only {self.apples[seller]} apples")
        self.coins[actor] -= 2 * count
        self.coins[seller] += 2 * count
        self.apples[actor] += count
        self.apples[seller] -= count
        self.sold += count
        if self.breaks_at and self.sold >= self.breaks_at:
            raise ZeroDivisionError("the scales broke")
        return f"{actor} buys {count} apples from {seller}."

    def perceive_data(self, name: str) -> dict[str, Any]:
        return {"coins": self.coins[name]}


class Parameters(ScenarioParameters):
    coins: int = Field(10, ge=0, le=1000, description="what each buyer has at the start")
    buyers: int = Field(2, ge=1, le=5, description="how many want apples")
    mood: Literal["quiet", "loud"] = Field("quiet", description="how the market is")
    price_note: str = Field("", description="what the sign says")
    breaks_at: int = Field(0, ge=0, description="after how many apples the scales break; never at 0")
    policy: PolicySpec | None = Field(None, description="who plays by a rule")


def buy(argument: str | None) -> Any:
    count = int(argument or 1)

    def play(view: View) -> Any:
        if view.spec.kind != "action" or view.name == SELLER:
            return "Fresh apples!" if view.spec.kind == "speech" else {"seller": SELLER, "count": 1}
        return {"seller": SELLER, "count": count}

    return play


def metrics(run: Run) -> Mapping[str, Any]:
    world = run.world()
    apples = world["apples"]
    assert isinstance(apples, dict)
    return {"bought": sum(int(str(n)) for name, n in apples.items() if name != SELLER), "sold": world["sold"], "undefined": None}


@scenario(
    parameters=Parameters, metrics=metrics, policies={"buy": buy}, baseline={"policy": "random"}, source="Nobody 1999", steps=6
)
def market(parameters: Parameters) -> Simulation:
    """One sells apples, the others buy them."""
    names = ["Ann", "Cleo", "Dora", "Emil", "Fay"][: parameters.buyers]
    people = [SELLER, *names]
    agents = [
        Agent(name, [Instructions(), Persona(f"{name} comes to a {parameters.mood} market."), Observations()]) for name in people
    ]
    world = Market(
        coins=dict.fromkeys(people, parameters.coins),
        apples={name: 20 if name == SELLER else 0 for name in people},
        breaks_at=parameters.breaks_at,
    )
    ask = {SELLER: ActionSpec.speech(), **{name: ActionSpec.of(Market.buy, "How many apples does {name} buy?") for name in names}}
    return Simulation(
        agents,
        GameMaster(world),
        premise="Market day.",
        scenes=[Scene("market", people, ask, rounds=100, order="simultaneous")],
    )
