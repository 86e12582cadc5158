"""Over long runs: prompts stop growing and still draw on old memories, and nobody's secrets reach anybody else."""

from __future__ import annotations

import re
from statistics import fmean
from typing import Any

import pytest

from gamemaster.agent import Agent
from gamemaster.components import Profile
from gamemaster.components.prefabs import PREFABS
from gamemaster.game_master import GameMaster
from gamemaster.language import ChoiceRequest, ObjectRequest, Request, TextRequest
from gamemaster.simulation import Simulation
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import MemoryRecord

THINKING = sorted(set(PREFABS) - {"scripted", "puppet", "human"})
EARLY = "apples bridges candles drums eggs ferries geese hats inks jars".split()
LATER = "kites lamps maps nets ovens pears quilts ropes saws tents".split()
KINDS = "red blue green black white old new small large broken".split()


def topic(step: int) -> str:
    """In the first hundred steps and again from step 900 on, a hundred things that nobody speaks of in between."""
    things = EARLY if step < 100 or step >= 900 else LATER
    return f"{KINDS[step % 10]} {things[step // 10 % 10]}"


def talk(request: Request) -> Any:
    """The actor speaks of the step's topic, in so many words that every step's sentence is another."""
    if isinstance(request, TextRequest) and request.key.component == "actor":
        return f"{request.key.who} speaks of {topic(request.key.step)}, for the {request.key.step}th time."
    if isinstance(request, ObjectRequest) and "ratings" in request.schema.model_fields:
        return {"ratings": [5] * len(re.findall(r"^\d+\. ", request.prompt.text, re.MULTILINE))}  # all of one importance
    return None


def neighbour(who: str, **more: Any) -> Profile:
    return Profile(name=who, description="A neighbour.", goals=("be left in peace", "be liked"), **more)


def long_run(name: str, steps: int) -> ScriptedModel:
    model = ScriptedModel(talk, batched=False)
    agents = [PREFABS[name](who, neighbour(who)) for who in ("Ann", "Bob")]
    simulation = Simulation(agents, model=model, embedder=HashEmbedder(), step=600.0)
    simulation.run(steps).close()
    return model


def sizes(model: ScriptedModel, first: int, last: int) -> list[int]:
    return [len(each.prompt.text) for each in model.requests if first <= each.key.step <= last]


def check_costs(name: str) -> None:
    model = long_run(name, 1000)
    early, late = sizes(model, 50, 150), sizes(model, 900, 1000)
    assert fmean(late) <= 1.1 * fmean(early), f"{name}: {fmean(early):.0f} characters, then {fmean(late):.0f}"
    # How many there are does not grow either.
    assert len(late) <= 1.1 * len(early)
    old = 0
    for request in model.requests:
        if request.key.step >= 900 and request.key.component == "actor":
            spoken = [int(each) for each in re.findall(r"for the (\d+)th time", request.prompt.text)]
            old += any(each < request.key.step - 500 for each in spoken)
    if any(component.name == "recall" for component in PREFABS[name]("Ann", neighbour("Ann")).components):
        assert old > 25, f"{name}: {old} of the prompts from step 900 on hold a memory of more than 500 steps ago"


def test_prompts_of_a_generative_agent_stop_growing_and_draw_on_old_memories() -> None:
    check_costs("generative")


@pytest.mark.slow
@pytest.mark.parametrize("name", [each for each in THINKING if each != "generative"])
def test_prompts_of_every_prefab_stop_growing(name: str) -> None:
    check_costs(name)


def secretive(request: Request) -> Any:
    """Every thought holds its thinker's secret word; what is said and done holds none."""
    secret = f"SECRET-{request.key.who.replace(' ', '-')}"
    if request.key.component == "actor" or request.key.who == "Game master":
        return talk(request)
    if isinstance(request, TextRequest):
        return f"{secret} thinks so."
    if isinstance(request, ObjectRequest) and "items" in request.schema.model_fields:
        return {"items": [f"{secret} one", f"{secret} two"]}
    if isinstance(request, ChoiceRequest):
        return None
    return None


def check_secrets(steps: int) -> None:
    model = ScriptedModel(secretive, batched=False)
    agents: list[Agent] = []
    for name in THINKING:
        who = f"A-{name}"
        profile = neighbour(who, private=(f"SECRET-{who} owes money.",))
        extra: dict[str, Any] = {"desires": ["to be left alone"]} if name == "bdi" else {}
        agents.append(PREFABS[name](who, profile, **extra, memories=[f"SECRET-{who} once stole an apple."]))
    game_master = GameMaster(narration="model")
    simulation = Simulation(agents, game_master, model=model, embedder=HashEmbedder(), step=600.0)
    run = simulation.run(steps)
    own = dict.fromkeys(THINKING, 0)
    for request in model.requests:
        for name in THINKING:
            secret = re.search(rf"SECRET-A-{name}(?![\w-])", request.prompt.text)
            if request.key.who == f"A-{name}":
                own[name] += secret is not None
            else:
                assert secret is None, f"{request.key} reads a secret of {name}:\n{request.prompt.text}"
    assert all(own.values()), own  # each prompt of its owner's may hold it: the test can fail
    for name in THINKING:
        held: list[MemoryRecord] = run.memories(f"A-{name}")
        assert not any("SECRET-A-" in each.text and f"SECRET-A-{name}" not in each.text for each in held)
    assert not any("SECRET" in event.text for event in run.events)
    assert not any("SECRET" in each.text for each in run.observations())
    run.close()


def test_nobodys_secrets_reach_anybody_else() -> None:
    check_secrets(30)


@pytest.mark.slow
def test_nobodys_secrets_reach_anybody_else_in_a_thousand_steps() -> None:
    check_secrets(1000)
