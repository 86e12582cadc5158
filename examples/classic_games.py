"""Classic games: seven small games of many, each with its equilibrium to be compared with.

- guess: whoever is nearest to two thirds of the mean of all numbers wins.
- bar: an evening at the bar is good unless more than 60 % go (El Farol).
- dollar: everybody gets what it claims of 100, unless that is more than 100 in all.
- diner: all split the bill, and order the costly dish or the plain one.
- auction: sealed bids, first or second price.
- royale: shots in turn until one is left.
- pirates: the most senior proposes how to divide 100 pieces of gold, or goes overboard.

Follows GAMA-Bench (Huang et al. 2024, "How Far Are We on the Decision-Making of LLMs?") in the choice of the games and in
their rules; its eighth, public goods, is a scenario of its own. Ours are: the prize of 1 in guess and royale, the prices and
worths of the dishes, hit rates of 35 % and upwards, values from 0 to 100, ten rounds (there 20), what happens where somebody
has no valid answer (it takes no part, and gets 0), and the defects left out: in the published auction the second price skips
bids that are equal, and one who loses is credited with its value.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from gamemaster import Agent, GameMaster, PolicySpec, Run, ScenarioParameters, Scene, Simulation, main, scenario
from gamemaster.components import Constant, Instructions, Observations, Perceived, Persona
from gamemaster.examples.classic_games_parts.auction import Auction
from gamemaster.examples.classic_games_parts.battle_royale import BattleRoyale, hit_rates
from gamemaster.examples.classic_games_parts.diner import Diner
from gamemaster.examples.classic_games_parts.divide_dollar import DivideDollar
from gamemaster.examples.classic_games_parts.el_farol import ElFarol, room_for
from gamemaster.examples.classic_games_parts.guess_average import GuessAverage
from gamemaster.examples.classic_games_parts.joint_game import ClassicGame
from gamemaster.examples.classic_games_parts.metrics import figures
from gamemaster.examples.classic_games_parts.pirates import Pirates
from gamemaster.examples.classic_games_parts.policies import GAMES_OF, POLICIES
from gamemaster.words import Component, JsonValue
from gamemaster.world.parts.joint_move import JointMove
from gamemaster.world.parts.ledger import Ledger
from gamemaster.world.parts.repeated import Repeated

NAMES = tuple("Ada Ben Cora Dean Elsa Fritz Greta Henri Ines Jakob Katja Lars".split())


class Parameters(ScenarioParameters):
    """What may be changed."""

    game: Literal["guess", "bar", "dollar", "diner", "auction", "royale", "pirates"] = Field(
        "guess", description="which game is played"
    )
    players: int = Field(10, ge=2, le=len(NAMES), description="how many there are")
    rounds: int = Field(10, ge=1, description="how often; of royale: how often everybody shoots at most; of pirates: not used")
    price: Literal["first", "second"] = Field(
        "second", description="what the winner of the auction pays: the first or second bid"
    )
    payoffs_told: bool = Field(True, description="whether it is told what everybody gets")
    characters: bool = Field(True, description="whether each leans to some answer; ours")
    policy: PolicySpec | None = None

    @model_validator(mode="after")
    def _fits(self) -> Parameters:
        for name, argument in self.policy.items if self.policy else ():
            if self.game not in GAMES_OF.get(name, (self.game,)):
                raise ValueError(f"the policy {name!r} is for {', '.join(GAMES_OF[name])}, not for game={self.game}")
            if name == "best_reply" and argument is not None and self.game not in ("guess", "dollar"):
                raise ValueError(f"the policy 'best_reply' takes a first number in guess and dollar, not in game={self.game}")
        return self


def metrics(run: Run) -> dict[str, JsonValue]:
    """Payoffs in the order of the players, how often the equilibrium was played, and the game's own figures."""
    parameters = Parameters.model_validate(run.parameters)
    return figures(run, NAMES[: parameters.players], parameters.game)


def steps(parameters: Parameters) -> int:
    """A step a round; of royale one for each shot, of pirates up to three for each plan."""
    if parameters.game == "pirates":
        return 3 * (parameters.players - 1)
    return parameters.rounds * (parameters.players if parameters.game == "royale" else 1)


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies=POLICIES,
    baseline={"policy": "random"},
    source="Huang et al. 2024, How Far Are We on the Decision-Making of LLMs? (GAMA-Bench)",
    steps=steps,
)
def classic_games(parameters: Parameters) -> Simulation:
    """Guess 2/3 of the average, El Farol bar, divide the dollar, diner's dilemma, auction, battle royale or pirates."""
    names = NAMES[: parameters.players]
    world = game_of(parameters)

    def next_scene(world: ClassicGame, past: Sequence[Any]) -> Scene:
        asked = world.asked()
        return Scene(world.title, list(asked), asked, order="simultaneous")

    return Simulation(
        [_agent(name, at, world, parameters) for at, name in enumerate(names)], GameMaster(world), scenes=next_scene
    )


def game_of(parameters: Parameters) -> ClassicGame:
    """The world of the game that these parameters name, at its beginning."""
    names: list[str] = list(NAMES[: parameters.players])
    units = {"dollar": "points", "diner": "points", "pirates": "pieces of gold"}
    shots = parameters.players if parameters.game == "royale" else 1
    common: dict[str, Any] = {
        "names": names,
        "joint": JointMove(money=Ledger(lowest=None, unit=units.get(parameters.game, "points"))),
        "repeated": Repeated(rounds=parameters.players if parameters.game == "pirates" else parameters.rounds * shots),
        "payoffs_told": parameters.payoffs_told,
    }
    match parameters.game:
        case "guess":
            return GuessAverage(**common)
        case "bar":
            return ElFarol(**common, room=room_for(parameters.players))
        case "dollar":
            return DivideDollar(**common)
        case "diner":
            return Diner(**common)
        case "auction":
            return Auction(**common, price=parameters.price)
        case "royale":
            rates = dict(zip(names, hit_rates(parameters.players), strict=True))
            return BattleRoyale(**common, rates=rates, alive=names)
        case "pirates":
            return Pirates(**common, aboard=names)


def _agent(name: str, at: int, world: ClassicGame, parameters: Parameters) -> Agent:
    parts: list[Component] = [
        Instructions(),
        Constant(world.rules(), label="The rules", name="rules", changes="shared", kind="instruction"),
        Observations(last=8),
    ]
    if parameters.characters:
        leanings = world.leanings()
        parts.insert(2, Persona(goals=[leanings[at % len(leanings)]]))
        parts.append(Perceived("leaning", label="What you want to do now", kind="goal", changes="always"))
    return Agent(name, parts)


if __name__ == "__main__":
    raise SystemExit(main(["run", "classic_games", *sys.argv[1:]]))
