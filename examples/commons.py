"""Commons: five people share a stock that doubles each round, and decide alone and together how much to take.

Follows GovSim (Piatti et al. 2024, "Cooperate or Collapse"): N people, capacity 100, start 100, T rounds, growth x2. In each
round all harvest at the same time, the catches are announced, the group talks, and what is left grows. Below a stock of 5 the
resource has collapsed. `burden` and what imitation and sanctions are here is ours; the ideas of imitation, punishment, untold
payoffs, and rich or scarce resources by altruistic or selfish people follow Social Learning and Norm Formation.

Where this departs from the paper:

- in a discussion everybody has `talk` turns, in an order drawn anew for each turn (in the paper a model says who speaks next);
- an answer that isn't a number of the allowed range is a failure on record, and no choice of 0;
- with a newcomer the sustainable share is divided by those who are present (the published variant goes on dividing by the
  first number of agents, so that obeying the announced share drains the lake);
- with another growth than 2, s(h) is the most that grows back, h - ceil(h / growth), and not h / 2;
- sanctions: after the announcement each may spend 0 to 10 points on one other; it loses as many of its gain, the other three
  times as many, nobody falls below 0, and all are settled at once;
- imitation: each writes down a strategy; before each round each sees the text of one random other and takes it over with
  probability 1 / (1 + exp(-(R_other - R_own) / 10));
- burden: a load of floor(stock / present) units is due from each in each round, and each says how much of it to bear; what one
  is spared is one's gain and is lost to the pool, so that the figures are those of the good, the question its mirror;
- payoffs_told=false: neither gains nor growth, capacity and the limit of collapse are told; stock and catches are seen.

All draws are named by what they are for and by the round, so that no option shifts those of another.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, ModelWrapValidatorHandler, model_validator

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    PolicySpec,
    Probe,
    Run,
    ScenarioParameters,
    Scene,
    Simulation,
    main,
    scenario,
)
from gamemaster.components import Component, Constant, Instructions, Observations, Persona, Recall
from gamemaster.components.universalization import Universalization
from gamemaster.examples.commons_parts.metrics import AGREEMENT, figures
from gamemaster.examples.commons_parts.policies import POLICIES
from gamemaster.examples.commons_parts.texts import Language, Texts
from gamemaster.examples.commons_parts.world import MOST_POINTS, Commons
from gamemaster.schedule import Past, Scenes
from gamemaster.words import JsonValue
from gamemaster.world.parts.common_pool import Allocation, CommonPool

NAMES = ("Kate", "Jack", "Emma", "John", "Luke", "Maya", "Omar", "Rosa", "Ivan", "Lena", "Hugo")
COLLAPSE = 5
"""Below this stock the resource does not come back."""
JOINS = 3
"""The round at the start of which a newcomer joins."""


class Parameters(ScenarioParameters):
    """What may be changed. Some options change what others are when nobody says: see `_by_option`."""

    skin: Literal["fishing", "pasture", "pollution"] = Field("fishing", description="what is shared; the figures are the same")
    agents: int = Field(5, ge=2, le=len(NAMES) - 1, description="how many people share the resource at the start (newcomer: 4)")
    rounds: int = Field(12, ge=1, description="how many rounds are played, unless the stock collapses (newcomer: 15)")
    capacity: int = Field(100, ge=1, description="the most that the stock can be")
    start: int = Field(100, ge=0, description="the stock at the start (scarce: 50)")
    growth: float = Field(2.0, gt=0, allow_inf_nan=False, description="what is left grows by this factor (scarce: 1.5)")
    allocation: Allocation = Field("proportional", description="how a stock is shared out when more is wanted than there is")
    discussion: bool = Field(True, description="whether the group talks after each harvest")
    talk: int = Field(2, ge=1, description="how many turns each has in a discussion: with five people, 2 make up to 10")
    universalization: bool = Field(False, description="tell each what happens if everyone takes more than the share")
    newcomer: bool = Field(False, description=f"one more joins at the start of round {JOINS}")
    sanctions: bool = Field(False, description="whether each may spend points on one other after the announcement")
    imitation: bool = Field(False, description="whether strategies are written down and taken over from others")
    payoffs_told: bool = Field(True, description="whether gains, growth and the limit of collapse are told")
    burden: bool = Field(False, description="share a harm in place of a good")
    resources: Literal["rich", "scarce"] = Field("rich", description="rich: start 100, growth 2; scarce: start 50, growth 1.5")
    personas: Literal["plain", "altruistic", "selfish"] = Field("plain", description="what the people care for")
    language: Language = Field("en", description="of all that is said and asked")
    policy: PolicySpec | None = Field(None, description="who plays by a rule: NAME[:ARGUMENT], one for all or a list")

    @model_validator(mode="wrap")
    @classmethod
    def _by_option(cls, data: Any, handler: ModelWrapValidatorHandler[Parameters]) -> Parameters:
        read = handler(data)
        given = {name: getattr(read, name) for name in read.model_fields_set}
        implied: dict[str, Any] = {"start": min(100, read.capacity)}
        if read.resources == "scarce":
            implied |= {"start": min(50, read.capacity), "growth": 1.5}
        if read.newcomer:
            implied |= {"agents": 4, "rounds": 15}
        if read.start > read.capacity and "start" in given:
            raise ValueError(f"start={read.start} is more than the capacity, {read.capacity}")
        return handler({**implied, **given})

    @property
    def names(self) -> tuple[str, ...]:
        """All agents, the newcomer last."""
        return NAMES[: self.agents + self.newcomer]


def metrics(run: Run) -> dict[str, JsonValue]:
    """Survival, gain, efficiency, equality, over-usage and what became of agreements; see `commons_parts.metrics`."""
    parameters = Parameters.model_validate(run.parameters)
    return figures(run, rounds=parameters.rounds, capacity=parameters.capacity, growth=parameters.growth, collapse=COLLAPSE)


def phases(parameters: Parameters, round: int) -> list[str]:
    """The scenes of a round, by name and in order."""
    writes = parameters.imitation and (round == 1 or (parameters.newcomer and round == JOINS))
    talks = parameters.talk if parameters.discussion else 0
    return [*["strategy"] * writes, "harvest", *["sanction"] * parameters.sanctions, *["discussion"] * talks]


def steps(parameters: Parameters) -> int:
    """One step for each scene of a round; a turn of talk has one for each who is present."""
    total = 0
    for round in range(1, parameters.rounds + 1):
        present = parameters.agents + (parameters.newcomer and round >= JOINS)
        total += sum(present if phase == "discussion" else 1 for phase in phases(parameters, round))
    return total


@scenario(
    parameters=Parameters,
    metrics=metrics,
    policies=POLICIES,
    baseline={"policy": "random"},
    source="Piatti et al. 2024, Cooperate or Collapse (GovSim)",
    steps=steps,
)
def commons(parameters: Parameters) -> Simulation:
    """Five people share a stock that doubles each round, and decide how much to take."""
    founders, names = parameters.names[: parameters.agents], parameters.names
    world = Commons(
        pool=CommonPool(
            stock=parameters.start,
            capacity=parameters.capacity,
            growth=parameters.growth,
            allocation=parameters.allocation,
            collapse=COLLAPSE,
            taken=dict.fromkeys(founders, 0),
        ),
        names=list(founders),
        newcomers=dict.fromkeys(names[parameters.agents :], JOINS),
        rounds=parameters.rounds,
        spreads=parameters.imitation,
        payoffs_told=parameters.payoffs_told,
        burden=parameters.burden,
        skin=parameters.skin,
        language=parameters.language,
        gain=dict.fromkeys(founders, 0),
    )
    return Simulation(
        agents=[_person(name, parameters) for name in names],
        game_master=GameMaster(world),
        scenes=lambda world, past: next_scene(parameters, world, past),
        probes=_probes(parameters) if parameters.discussion else (),
        language=parameters.language,
    )


# --- what is asked, of whom, and when ---


def next_scene(parameters: Parameters, world: Commons, past: Sequence[Past]) -> Scene:
    """The scene that follows: the next of this round, or the first of the one that has begun."""
    here, texts = phases(parameters, world.round), world.texts()
    done = _done(here, past)
    name = here[done % len(here)]
    ends = "each" if done % len(here) == len(here) - 1 else "never"
    joining = [each for each, at in world.newcomers.items() if at == world.round] if done % len(here) == 0 else []
    said = texts.say("events.joins", name=joining[0], present=len(world.names)) if joining else ""
    who = list(world.names)
    tag = f"{name}/{world.round}"
    if name == "discussion":
        turn = sum(each == "discussion" for each in here[:done])
        # Drawn here and not by the scene's own order, which depends on how many scenes there were.
        world.random(f"talk/{world.round}/{turn}").shuffle(who)
        call = texts.say("calls.talk_burden" if parameters.burden else "calls.talk")
        return Scene(name, who, ActionSpec.speech(call, tag=tag), order="fixed", ends_round=ends)
    burdened = "_burden" if parameters.burden else ""
    asked = {
        "harvest": (Commons.bear_load, "calls.bear_load") if parameters.burden else (Commons.harvest, "calls.harvest"),
        "sanction": (Commons.spend_points, "calls.sanction"),
        "strategy": (Commons.state_strategy, f"calls.strategy{burdened}"),
    }
    action, call = asked[name]
    if name == "strategy" and joining:
        spec = ActionSpec.of(action, texts.say(call), tag=tag)
        return Scene(name, who, dict.fromkeys(joining, spec), order="simultaneous", premise=said, ends_round=ends)
    ask = ActionSpec.of(action, texts.say(call), tag=tag)
    return Scene(name, who, ask, order="simultaneous", premise=said, ends_round=ends)


def _done(here: Sequence[str], past: Sequence[Past]) -> int:
    """How many scenes of this round are over; 0, too, when the last of a round is."""
    if not past or past[-1].name not in here:
        return 0
    last = past[-1].name
    in_a_row = next((at for at, each in enumerate(reversed(past)) if each.name != last), len(past))
    done = here.index(last) + in_a_row
    return done if done < len(here) else 0


def _probes(parameters: Parameters) -> tuple[Probe, ...]:
    """After each discussion those who took part are asked what was agreed on."""
    texts = Texts.of(parameters.language, parameters.skin)
    call = texts.say("calls.agreement_burden" if parameters.burden else "calls.agreement")
    questions = {AGREEMENT: ActionSpec.number(call, -1, parameters.capacity, tag=AGREEMENT)}

    def after_talk(since: int, simulation: Simulation) -> bool:
        world, schedule = simulation.world, simulation.schedule
        if not isinstance(world, Commons) or not isinstance(schedule, Scenes) or world.ended is not None:
            return False
        latest = [each.name for each in schedule.past[-parameters.talk :]]
        # The round's end has been played: what was said was said in the round before.
        return schedule.scene_name == "discussion" and latest == ["discussion"] * parameters.talk and world.round > since

    founders = Probe(questions, parameters.names[: parameters.agents], lambda each: after_talk(0, each), name=AGREEMENT)
    joined = Probe(questions, parameters.names[parameters.agents :], lambda each: after_talk(JOINS, each), name=AGREEMENT)
    return (founders, joined) if parameters.newcomer else (founders,)


# --- who they are ---


def _person(name: str, parameters: Parameters) -> Agent:
    texts = Texts.of(parameters.language, parameters.skin)
    goals = ["persona.goal_gain", "persona.goal_keep"] if parameters.payoffs_told else ["persona.goal_live", "persona.goal_keep"]
    parts: list[Component] = [
        Instructions(),
        Constant(_rules(parameters, texts), label=texts.say("rules.heading"), name="rules", changes="shared"),
        Persona(
            texts.say(f"persona.{parameters.personas}"), occupation=texts.word("role"), goals=[texts.say(each) for each in goals]
        ),
        Recall(k=5),
        Observations(last=12),
    ]
    if parameters.universalization:
        parts.append(_universalization(parameters, texts))
    return Agent(name, parts)


def _rules(parameters: Parameters, texts: Texts) -> str:
    told = parameters.payoffs_told
    said = [
        texts.say("rules.burden" if parameters.burden else "rules.good", allocation=texts.say(f"rules.{parameters.allocation}")),
        texts.say("rules.sanctions", most=MOST_POINTS, rate=3) if parameters.sanctions else "",
        texts.say("rules.talk") if parameters.discussion else "",
        texts.say("rules.payoff_burden" if parameters.burden else "rules.payoff_good") if told else "",
        texts.say("rules.growth", growth=f"{parameters.growth:g}", capacity=parameters.capacity, collapse=COLLAPSE)
        if told
        else "",
    ]
    return ("" if parameters.language == "ja" else " ").join(each for each in said if each)


def _universalization(parameters: Parameters, texts: Texts) -> Universalization:
    """What comes of it if everyone takes the share, and more than the share."""
    pool = CommonPool(stock=0, capacity=parameters.capacity, growth=parameters.growth)
    ending = "_burden" if parameters.burden else ""

    def choices(data: Mapping[str, Any]) -> list[int]:
        return [int(data["share"]), int(data["share"]) + 1, -1]

    def consequence(data: Mapping[str, Any], taken: int) -> str:
        stock, present, load = int(data["stock"]), int(data["present"]), int(data["load"])
        if taken < 0:  # the sentence of the paper: everybody takes more than the share
            share = load - int(data["share"]) if parameters.burden else data["share"]
            return texts.say("everyone.burden_limit" if parameters.burden else "everyone.good_limit", share=share)
        total = taken * present
        if total > stock or (parameters.burden and taken > load):
            return ""
        left = stock - total
        place = f"everyone.lost{ending}" if left < COLLAPSE else "everyone.burden" if parameters.burden else "everyone.good"
        amount = load - taken if parameters.burden else taken
        following = pool.after_growth(left)
        return texts.say(place, present=present, amount=amount, total=total, left=left, stock=stock, following=following)

    asked = [Commons.bear_load.__name__ if parameters.burden else Commons.harvest.__name__]
    return Universalization(choices, consequence, label=texts.say("everyone.heading"), when=asked)


if __name__ == "__main__":
    raise SystemExit(main(["run", "commons", *sys.argv[1:]]))
