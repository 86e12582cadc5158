"""A small harbour: what the recorded runs of released versions are runs of. It must stay as it is.

Everything that an agent is shown is written here, so that a prompt changes with the library's form alone.
"""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge

from gamemaster import (
    ActionSpec,
    Agent,
    GameMaster,
    Intervention,
    Person,
    Probe,
    Simulation,
    Simultaneous,
    World,
    action,
    conserved,
)
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Attempt, Component, Event, Observation, Turn

STEPS = 5
NAMES = ("Ada", "Ben")


class Harbour(World):
    """Crates on a quay."""

    crates: dict[str, int]
    quay: int = 12
    laws = [conserved("crates", "quay")]

    @action
    def unload_crates(self, actor: Person, count: Annotated[int, Ge(1)]) -> str:
        """Carry crates from the quay to one's own shed."""
        if self.quay < count:
            self.refuse(f"only {self.quay} crates are left on the quay")
        self.quay -= count
        self.crates[actor] += count
        self.later(120, self.ring_bell)
        return f"{actor} carries {count} crates away."

    @action
    def ring_bell(self, actor: Person) -> str:
        """Ring the harbour bell."""
        return f"{actor} rings the harbour bell."

    def end_of_round(self) -> None:
        self.measure("on the quay", self.quay)

    def perceive(self, name: str) -> str:
        return f"{self.quay} crates stand on the quay; {name} has {self.crates[name]}."

    def witnesses(self, event: Event) -> set[str]:
        return set(self.people)


class Logbook(Component):
    """Counts what was noticed, and remembers each turn."""

    def __init__(self) -> None:
        self.noticed = 0
        self.carried: list[int] = []

    async def context(self, turn: Turn) -> str:
        hits = await turn.memory.recall("crates", 2)
        return f"{turn.agent} has noticed {self.noticed} things. " + " ".join(hit.memory.text for hit in hits)

    async def observe(self, observation: Observation) -> None:
        self.noticed += 1

    async def after_action(self, attempt: Attempt, events: Any) -> None:
        self.carried.append(len(events))

    async def react(self, turn: Turn) -> None:
        if turn.step == 2:
            turn.memory.add(await turn.text("What stays in mind?"), kind="thought")

    def state(self) -> dict[str, Any]:
        return {"noticed": self.noticed, "carried": list(self.carried)}

    def restore(self, state: dict[str, Any]) -> None:
        self.noticed, self.carried = state["noticed"], list(state["carried"])


def rule(request: Any) -> Any:
    """Carries one to three crates, by the seed; now and then gives no usable answer."""
    if hasattr(request, "schema"):
        return "no idea" if request.seed % 5 == 0 else {"count": 1 + request.seed % 3}
    return f"{request.prompt.name} thinks of harbour {request.seed % 100}."


def build_harbour(model: Any = None, *, seed: int = 3, **more: Any) -> Simulation:
    """The simulation that was recorded."""
    return Simulation(
        [Agent(name, [Logbook()], memories=[f"{name} knows the quay."]) for name in NAMES],
        GameMaster(Harbour(crates=dict.fromkeys(NAMES, 0))),
        premise="The ship is in.",
        schedule=Simultaneous(ActionSpec.of(Harbour.unload_crates, "How many crates does {name} carry?")),
        model=model or ScriptedModel(rule),
        embedder=HashEmbedder(width=8),
        probes=[Probe(["Is {name} content?"], when=[2], name="content")],
        interventions=[Intervention(at=3, text="A storm is near.")],
        seed=seed,
        **more,
    )
