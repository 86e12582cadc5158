"""The square: where people wave. The smallest simulation in which every part of a step does its work.

Each agent has three components, none of which recalls: instructions, a persona, the latest observations. Each is asked
in every step, makes one request for one of two options, and waves: an action of a typed world, an event, an observation.
"""

from __future__ import annotations

from collections.abc import Mapping

from gamemaster import ActionSpec, Agent, Person, Schedule, Simulation, Simultaneous, World, action
from gamemaster.components import Instructions, Observations, Persona
from gamemaster.language import Answer, LanguageModel, Request, Usage
from gamemaster.testing import HashEmbedder

__all__ = ["InstantModel", "Square", "people", "square"]

_WAVE = Answer(text="Wave", index=0, usage=Usage(prompt_tokens=200, answer_tokens=1))


class InstantModel:
    """Chooses the first option, at once."""

    name = "instant"
    deterministic = True
    fingerprint: Mapping[str, str] = {}

    async def answer(self, request: Request) -> Answer:
        """The first option."""
        return _WAVE


class Square(World):
    """People on a square, and how often each has waved."""

    waves: dict[str, int] = {}

    @action
    def wave(self, actor: Person) -> str:
        """Wave to the others."""
        self.waves[actor] = self.waves.get(actor, 0) + 1
        return f"{actor} waves."


ASK = ActionSpec.choice("What does {name} do?", {"Wave": Square.wave, "Rest": None})


def people(count: int) -> list[str]:
    """As many names."""
    return [f"a{at:04d}" for at in range(count)]


def square(
    agents: int,
    *,
    model: LanguageModel | None = None,
    world: World | None = None,
    schedule: Schedule | None = None,
) -> Simulation:
    """A simulation of so many agents; by default all wave in every step, with the instant model."""
    return Simulation(
        [Agent(name, [Instructions(), Persona("A person on the square."), Observations()]) for name in people(agents)],
        world if world is not None else Square(),
        premise="It is a fine day.",
        schedule=schedule if schedule is not None else Simultaneous(ASK),
        model=model if model is not None else InstantModel(),
        embedder=HashEmbedder(),
        seed=1,
    )
