"""Haggling: a buyer proposes a price for a crate of fruit, and the seller accepts or rejects it, day after day.

The set-up of Concordia's example of that name (Vezhnevets et al. 2023): the buyer alone knows what the crate is worth to the
buyer, the seller alone what it costs the seller. A deal earns the buyer worth minus price, the seller price minus cost;
without one nobody earns. Worth (5 to 10 coins) and cost (1 to 6) are drawn anew each day, by key from the run's seed.
"""

import sys
from typing import Annotated

from gamemaster import ActionSpec, Agent, Between, GameMaster, Person, Run, Scene, Simulation, World, action, main
from gamemaster.components import Instructions, Observations, Persona
from gamemaster.scenarios import PolicySpec, ScenarioParameters, scenario
from gamemaster.words import JsonValue

BUYER, SELLER, DAY = "Femi Ade", "Gusti Roth", 86_400
AIMS = {BUYER: "pay a low price", SELLER: "get a high price"}


class Fruit(World):
    price: int = 0
    earned: dict[str, int] = {BUYER: 0, SELLER: 0}

    def worth(self, name: str) -> int:
        return self.random(f"{name}, day {self.now // DAY:g}").randint(5, 10) - 4 * (name == SELLER)

    @action
    def propose_price(self, actor: Person, coins: Annotated[int, Between(0, 10)]) -> str:
        """Propose a price for the crate."""
        self.price = coins
        return f"{actor} proposes {coins} coins."

    @action
    def accept_price(self, actor: Person) -> str:
        """Accept the price."""
        self.earned = {who: self.earned[who] + sign * (self.worth(who) - self.price) for who, sign in ((BUYER, 1), (SELLER, -1))}
        return f"{actor} accepts {self.price} coins."

    def perceive(self, name: str) -> str:
        return f"Today's crate {'costs' if name == SELLER else 'is worth to'} {name} {self.worth(name)} coins."


class Parameters(ScenarioParameters):
    days: int = 4
    policy: PolicySpec | None = None


def metrics(run: Run) -> dict[str, JsonValue]:
    return {"deals": sum(event.action == "accept_price" for event in run.events), "earned": run.world()["earned"]}


@scenario(parameters=Parameters, metrics=metrics, baseline={"policy": "random"}, source="Vezhnevets et al. 2023, Concordia")
def haggling(parameters: Parameters) -> Simulation:
    """A buyer proposes a price, and a seller accepts or rejects it; each knows the own worth of the goods alone."""
    agents = [Agent(name, [Instructions(), Persona(goals=[goal]), Observations()]) for name, goal in AIMS.items()]
    price = ActionSpec.of(Fruit.propose_price, "Which price does {name} propose?")
    answer = ActionSpec.choice("Does {name} accept?", {"Accept": Fruit.accept_price, "Reject": None})
    scenes = [Scene("price", [BUYER], price), Scene("answer", [SELLER], answer)] * parameters.days
    return Simulation(agents, GameMaster(Fruit(), witnesses=lambda world, event: {BUYER, SELLER}), scenes=scenes, step=DAY / 2)


if __name__ == "__main__":
    raise SystemExit(main(["run", "haggling", *sys.argv[1:]]))
