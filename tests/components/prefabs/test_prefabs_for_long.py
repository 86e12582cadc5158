"""Every prefab over a thousand steps: prompts stop growing, old memories still come to mind, and secrets stay with their holders."""

from __future__ import annotations

import re
from statistics import fmean
from typing import Any

import pytest

from gamemaster import ActionSpec, Event, GameMaster, Person, Simulation, Simultaneous, World, action
from gamemaster.components import Persona
from gamemaster.components.prefabs import PREFABS
from gamemaster.language import ChoiceRequest, Request
from gamemaster.testing import HashEmbedder, ScriptedModel

STEPS = 1000
THINKING = [name for name in PREFABS if name not in ("scripted", "puppet", "human")]
SECRETS = {"Ann": "blue heron", "Bob": "iron anchor"}


class Gifts(World):
    """Who gave whom what, each time something else."""

    given: int = 0

    @action
    def give(self, actor: Person) -> str:
        """Give something away."""
        self.given += 1
        return f"{actor} gives away parcel {self.given}."

    def witnesses(self, event: Event) -> set[str]:
        return set(SECRETS)


def rule(request: Request) -> Any:
    """Gives; thinks of its secret wherever it thinks in words."""
    if request.key.component == "actor":
        return 0
    if isinstance(request, ChoiceRequest) or hasattr(request, "schema"):
        return None
    return f"In step {request.key.step} it is about the {SECRETS[request.key.who]}."


@pytest.mark.slow
@pytest.mark.parametrize("name", THINKING)
def test_a_thousand_steps(name: str) -> None:
    model = ScriptedModel(rule)
    agents = [
        PREFABS[name](
            who,
            Persona("A beekeeper.", goals=["sell honey", "rest"], private=[f"hides the {secret}"]),
            memories=[f"The {secret} is mine."],
            **({} if name == "assistant" else {"reflection": "full"}),
        )
        for who, secret in SECRETS.items()
    ]
    ask = ActionSpec.choice("What does {name} give away?", {"A parcel": Gifts.give, "Nothing": None})
    schedule = Simultaneous(ask)
    Simulation(agents, GameMaster(Gifts()), schedule=schedule, model=model, embedder=HashEmbedder(), step=600, seed=1).run(STEPS)

    for who, secret in SECRETS.items():
        assert {request.key.who for request in model.requests if secret in request.prompt.text} == {who}
    answered = [(request.key.step, request.prompt.text) for request in model.asked(component="actor")]
    early = fmean(len(text.split()) for step, text in answered if 50 <= step <= 150)
    late = fmean(len(text.split()) for step, text in answered if 900 <= step <= STEPS)
    assert late <= 1.1 * early
    parcels = {int(number) for step, text in answered if step >= 900 for number in re.findall(r"parcel (\d+)", text)}
    if any(each.name in ("recall", "similar_memories") for each in agents[0].components):
        assert min(parcels) <= 2 * 400
