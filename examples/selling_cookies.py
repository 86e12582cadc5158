"""Selling cookies: one tries to sell a tin of cookies to another, who then buys it or doesn't.

The set-up of Concordia's example of that name (Vezhnevets et al. 2023): a scene of talk, then a choice that is bound to an
action, so that what was said can be told from what was done.
"""

import sys

from pydantic import Field

from gamemaster import ActionSpec, Agent, GameMaster, Person, Run, Scene, Simulation, World, action, conserved, main
from gamemaster.components import Instructions, Observations, Persona
from gamemaster.scenarios import PolicySpec, ScenarioParameters, scenario
from gamemaster.words import JsonValue

SELLER, BUYER = "Alma Reyes", "Bruno Katz"


class Doorstep(World):
    """Who has how many coins, and who has the tin of cookies."""

    coins: dict[str, int]
    tins: dict[str, int]
    laws = (conserved("coins"), conserved("tins"))

    @action
    def buy_tin(self, actor: Person) -> str:
        """Buy the tin of cookies for 5 coins."""
        self.coins[actor], self.coins[SELLER] = self.coins[actor] - 5, self.coins[SELLER] + 5
        self.tins[actor], self.tins[SELLER] = self.tins[actor] + 1, self.tins[SELLER] - 1
        return f"{actor} buys the tin of cookies for 5 coins."

    def witnesses(self, event: object) -> set[str]:
        return set(self.people)


class Parameters(ScenarioParameters):
    """What may be changed."""

    rounds: int = Field(3, ge=1, description="how many turns of talk each has")
    policy: PolicySpec | None = None


def metrics(run: Run) -> dict[str, JsonValue]:
    """Whether the tin was sold, and after how many words of the seller's; None until it is decided."""
    words = sum(len(attempt.answer.split()) for attempt in run.attempts if attempt.actor == SELLER and not attempt.failed)
    decided = any(attempt.spec.kind == "choice" for attempt in run.attempts)
    return {"sold": any(event.action == "buy_tin" for event in run.events) if decided else None, "sellers_words": words}


@scenario(parameters=Parameters, metrics=metrics, baseline={"policy": "random"}, source="Vezhnevets et al. 2023, Concordia")
def selling_cookies(parameters: Parameters) -> Simulation:
    """One tries to sell a tin of cookies to another, who then buys it or doesn't."""
    goals = {SELLER: "sell the tin of cookies to Bruno Katz for 5 coins", BUYER: "save money, and eat fewer sweets"}
    agents = [Agent(name, [Instructions(), Persona(goals=[goal]), Observations()]) for name, goal in goals.items()]
    talk = Scene("talk", [SELLER, BUYER], ActionSpec.speech(), rounds=parameters.rounds, premise="Alma stands at Bruno's door.")
    buys = ActionSpec.choice("Does {name} buy the cookies?", {"Yes": Doorstep.buy_tin, "No": None})
    world = Doorstep(coins={SELLER: 0, BUYER: 20}, tins={SELLER: 1, BUYER: 0})
    return Simulation(agents, GameMaster(world), scenes=[talk, Scene("choice", [BUYER], buys)])


if __name__ == "__main__":
    raise SystemExit(main(["run", "selling_cookies", *sys.argv[1:]]))
