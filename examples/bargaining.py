"""Bargaining, negotiation and persuasion: two players talk freely, and only their moves bind.

Follows GLEE (Shapira et al. 2024, "GLEE: A Unified Framework and Benchmark for Language-based Economic Environments"),
three games of two players, chosen with `game`:

- `bargaining`: the two take turns to propose how to divide a pot; a share that is agreed on in stage t is worth
  share x discount^(t-1). No agreement by the last stage: 0 for both (Rubinstein 1982).
- `negotiation`: seller and buyer take turns to name the price of a product that the one values at v_s, the other at v_b; a
  price p is worth p - v_s and v_b - p, no deal the outside options.
- `persuasion`: for 20 rounds the seller alone sees whether the product is of high quality, and says that it is or isn't; the
  buyer buys at the price 1 or does without; high quality is worth v to it, low quality nothing.

Before an offer its maker may say something. Words are heard as they are and bind nobody; offers and answers are actions of
the world. With `moves=free` players say in words what they do, and the game master grounds it; with `moves=typed` they
are asked for the amount and the answer. An answer to an offer that no longer stands is refused, with the reason.

Where this departs from the paper: discount 0.9 and values 80 and 120 are picked from its lists as defaults; the share
offered is real, not rounded; in persuasion the seller states a quality besides its free words, and amounts aren't scaled by
M; outside options may be worth something (there 0); `withdrawal` (the maker of an offer may take it back or, with free
moves, replace it, while the other is answering: of two moves in one step the first player's comes first) and the
characters are ours.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Literal

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
    World,
    main,
    scenario,
)
from gamemaster.components import Constant, Instructions, Observations, Persona
from gamemaster.examples.bargaining_parts.haggling import LONGEST, Haggling
from gamemaster.examples.bargaining_parts.metrics import of_division, of_negotiation, of_persuasion
from gamemaster.examples.bargaining_parts.negotiation import Negotiation
from gamemaster.examples.bargaining_parts.persuasion import Persuasion
from gamemaster.examples.bargaining_parts.policies import FOR_OFFERS, FOR_PERSUASION, POLICIES
from gamemaster.examples.bargaining_parts.pot_division import POT, PotDivision
from gamemaster.examples.bargaining_parts.rules import character, private_rules, rules
from gamemaster.words import BadInput, Component, JsonValue
from gamemaster.world.parts.ledger import Ledger
from gamemaster.world.parts.standing_offers import StandingOffers
from gamemaster.world.parts.taking_turns import TakingTurns

NAMES: tuple[str, str] = ("Alice", "Bob")


class Parameters(ScenarioParameters):
    """What may be changed."""

    game: Literal["bargaining", "negotiation", "persuasion"] = "bargaining"
    pot: float = Field(100, gt=0, le=1e9, description="the pot; in a negotiation the scale: prices go up to twice as much")
    stages: int = Field(12, ge=0, le=LONGEST, description=f"the last stage; 0: none is known, and {LONGEST} are played at most")
    discount_first: float = Field(0.9, ge=0, le=1, description="what is left of the first player's share after a stage")
    discount_second: float = Field(0.9, ge=0, le=1, description="what is left of the second player's share after a stage")
    seller_value: float = Field(80, ge=0, description="negotiation: what the product is worth to the seller")
    buyer_value: float = Field(120, ge=0, description="negotiation: what the product is worth to the buyer")
    seller_outside: float = Field(0, ge=0, description="negotiation: what the seller gains without an agreement")
    buyer_outside: float = Field(0, ge=0, description="negotiation: what the buyer gains without an agreement")
    rounds: int = Field(20, ge=1, le=1000, description="persuasion: how many products there are")
    prior: float = Field(0.5, ge=0, le=1, description="persuasion: how likely a product is of high quality")
    quality_value: float = Field(2, gt=1, description="persuasion: what high quality is worth to the buyer; the price is 1")
    myopic: bool = Field(False, description="persuasion: the buyer knows of earlier rounds only what was bought, in numbers")
    informed: bool = Field(True, description="whether each knows the other's discount, value or outside option")
    talk: Literal["none", "proposer", "both"] = Field("proposer", description="who says something before an offer or a claim")
    moves: Literal["typed", "free"] = Field("typed", description="whether moves are asked for by type or said in words")
    withdrawal: bool = Field(False, description="whether an offer may be taken back while it is being answered; ours")
    characters: bool = Field(True, description="whether each has a character, in a line; ours")
    policy: PolicySpec | None = None

    @property
    def last(self) -> int | None:
        """The last stage that the players know of."""
        return self.stages or None

    @property
    def speakers(self) -> int:
        """How many speak before an offer."""
        return {"none": 0, "proposer": 1, "both": 2}[self.talk]


def metrics(run: Run) -> dict[str, JsonValue]:
    """Gains by role, efficiency and fairness as GLEE defines them, and how far words and deeds are apart."""
    parameters = Parameters.model_validate(run.parameters)
    if parameters.game == "bargaining":
        return of_division(run, NAMES, pot=parameters.pot)
    if parameters.game == "negotiation":
        values, outside = _values(parameters), (parameters.seller_outside, parameters.buyer_outside)
        return of_negotiation(run, NAMES, values=values, outside=outside, scale=parameters.pot)
    return of_persuasion(run, NAMES)


def steps(parameters: Parameters) -> int:
    """A step for each who speaks, one for the offer or claim, and one for the answer; one more where offers can be replaced."""
    if parameters.game == "persuasion":
        return parameters.rounds * (2 + (parameters.talk != "none"))
    return (parameters.stages or LONGEST) * (parameters.speakers + (3 if parameters.withdrawal else 2))


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies=POLICIES,
    baseline={"policy": "random"},
    source="Shapira et al. 2024, GLEE: A Unified Framework and Benchmark for Language-based Economic Environments",
    steps=steps,
)
def bargaining(parameters: Parameters) -> Simulation:
    """Two players divide a pot, agree on a price, or praise and doubt: talk is free, and only moves bind."""
    _check(parameters)
    if parameters.game == "persuasion":
        world: World = Persuasion(
            names=list(NAMES),
            money=Ledger(lowest=None, unit="coins"),
            value=parameters.quality_value,
            words=parameters.talk != "none",
            **parameters.model_dump(include={"rounds", "prior", "informed", "myopic"}),
        )
        seller, buyer = NAMES
        asked = [seller, buyer] if parameters.talk == "none" else [seller, seller, buyer]
        sale = Scene("sale", asked, persuasion_asked, rounds=parameters.rounds, hears=NAMES)
        return Simulation([_agent(name, parameters) for name in NAMES], GameMaster(world), scenes=[sale])
    common: dict[str, Any] = {
        "names": list(NAMES),
        "offers": StandingOffers(),
        "turns": TakingTurns(order=list(NAMES), turn=1, last=parameters.stages or LONGEST),
        "horizon": parameters.last,
        "speakers": parameters.speakers,
        "informed": parameters.informed,
    }
    if parameters.game == "bargaining":
        held = Ledger(balances={POT: parameters.pot}, entries={POT: {"put there": parameters.pot}}, unit="coins")
        discounts = dict(zip(NAMES, (parameters.discount_first, parameters.discount_second), strict=True))
        world = PotDivision(**common, money=held, pot=parameters.pot, discounts=discounts)
    else:
        world = Negotiation(
            **common,
            money=Ledger(lowest=None, unit="coins"),
            values=dict(zip(NAMES, _values(parameters), strict=True)),
            outside=dict(zip(NAMES, (parameters.seller_outside, parameters.buyer_outside), strict=True)),
            scale=parameters.pot,
            owner=NAMES[0],
        )

    def next_scene(world: Haggling, past: Sequence[Any]) -> Scene:
        proposer, other = world.proposer, world.other(world.proposer)
        stage = world.turns.turn
        if world.phase == "words":
            call = f"What does {{name}} say to the other before {proposer} makes an offer?"
            who = [proposer, other][: parameters.speakers]
            return Scene("words", who, ActionSpec.speech(call, tag=f"words {stage}"), hears=NAMES, ends_round="never")
        if world.phase == "offer":
            return Scene("offer", [proposer], _offer_asked(parameters, other, stage), ends_round="never")
        which = f"{stage}.{world.made_in_stage}"
        asked = {other: _answer_asked(parameters, proposer, which)}
        if parameters.withdrawal:
            asked[proposer] = _second_thoughts(parameters, other, which)
        who = [name for name in NAMES if name in asked]
        return Scene("answer", who, asked, order="simultaneous", ends_round="never")

    return Simulation([_agent(name, parameters) for name in NAMES], GameMaster(world), scenes=next_scene)


# --- what is asked ---


def _offer_asked(parameters: Parameters, other: str, stage: int) -> ActionSpec:
    tag = f"offer {stage}"
    if parameters.moves == "free":
        what = f"How much does {{name}} offer {other}?" if parameters.game == "bargaining" else "What price does {name} offer?"
        return ActionSpec.free(what, tag=tag)
    if parameters.game == "bargaining":
        return ActionSpec.of(PotDivision.propose_division, f"How much of the pot does {{name}} offer {other}?", tag=tag)
    return ActionSpec.of(Negotiation.offer_price, "At what price does {name} offer to deal?", tag=tag)


def _answer_asked(parameters: Parameters, proposer: str, which: str) -> ActionSpec:
    call, tag = f"Does {{name}} accept {proposer}'s offer?", f"answer {which}"
    if parameters.moves == "free":
        return ActionSpec.free(call, tag=tag)
    options: dict[str, Any] = {"accept": Haggling.accept_offer, "reject": Haggling.reject_offer}
    if parameters.game == "negotiation":
        options["leave and deal with somebody else"] = Negotiation.take_outside_option
    return ActionSpec.choice(call, options, tag=tag)


def _second_thoughts(parameters: Parameters, other: str, which: str) -> ActionSpec:
    call, tag = f"Does {{name}} let the offer stand while {other} thinks about it?", f"second thoughts {which}"
    if parameters.moves == "free":
        return ActionSpec.free(call, tag=tag)
    options: dict[str, Any] = {"let it stand": Haggling.let_offer_stand, "withdraw it": Haggling.withdraw_offer}
    return ActionSpec.choice(call, options, tag=tag)


def persuasion_asked(world: Persuasion, name: str) -> ActionSpec:
    """What is asked next in a round of persuasion."""
    tag = f"round {world.round}"  # of words and claim alike, so that a policy's draw holds for both
    if world.phase == "words":
        return ActionSpec.speech(f"What does {{name}} say to {world.buyer} about the product?", tag=tag)
    if world.phase == "claim":
        call = f"Of which quality does {{name}} tell {world.buyer} that the product is?"
        return ActionSpec.of(Persuasion.claim_quality, call, tag=tag)
    options: dict[str, Any] = {"buy": Persuasion.buy_product, "do without": Persuasion.decline_product}
    return ActionSpec.choice("Does {name} buy the product?", options, tag=tag)


# --- who they are ---


def _agent(name: str, parameters: Parameters) -> Agent:
    at = NAMES.index(name)
    settings = parameters.model_dump()
    parts: list[Component] = [
        Instructions(),
        Constant(rules(NAMES, settings), label="The rules", name="rules", changes="shared", kind="instruction"),
        Observations(last=(2 if parameters.talk != "none" else 1) if parameters.myopic and at == 1 else 16),
    ]
    if known := private_rules(NAMES, at, settings):
        parts.insert(2, Constant(known, label="What you know", name="knowledge", kind="instruction"))
    if parameters.characters:
        trait, leanings = character(at, settings)
        parts.insert(-1, Persona(traits=[trait], goals=leanings))
    return Agent(name, parts)


def _values(parameters: Parameters) -> tuple[float, float]:
    return parameters.seller_value, parameters.buyer_value


def _check(parameters: Parameters) -> None:
    """Raises: BadInput for settings that don't go together."""
    names = {name for name, _ in parameters.policy.items if name} if parameters.policy else set[str]()
    fitting = FOR_PERSUASION if parameters.game == "persuasion" else FOR_OFFERS
    for name in sorted(names & POLICIES.keys() - fitting):
        raise BadInput(f"The policy {name!r} doesn't play game={parameters.game}; these do: {', '.join(sorted(fitting))}.")
    if parameters.game != "persuasion" and "equilibrium" in names and not parameters.informed:
        raise BadInput("The policy 'equilibrium' has to know the other's discount or value; it needs informed=true.")
    if parameters.game == "persuasion" and parameters.moves == "free":
        raise BadInput("moves=free is for games of offers; in persuasion words are free already (talk=proposer).")
    if parameters.game == "negotiation" and max(_values(parameters)) > 2 * parameters.pot:
        raise BadInput(f"Prices go up to twice the scale, {2 * parameters.pot:g}; raise pot, or lower the values.")


if __name__ == "__main__":
    raise SystemExit(main(["run", "bargaining", *sys.argv[1:]]))
