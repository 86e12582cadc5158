"""A village that has everything in it: what a run may hold is stopped, forked and replayed with it.

Components that recall, react, plan and remember; free attempts, a joint action, delayed effects, scenes from a function,
interventions that change and tell, probes of all kinds, measures, failed answers, an embedder.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from annotated_types import Ge

from gamemaster import ActionSpec, Agent, GameMaster, Intervention, Person, Probe, Scene, Simulation, World, action, conserved
from gamemaster.components import Instructions, Observations, Persona, Recall
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.words import Attempt, Component, Event, Observation, Turn

NAMES = ("Ada", "Ben", "Cleo")


class Village(World):
    """Grain in a barn and in sacks."""

    barn: int = 30
    sacks: dict[str, int]
    rung: int = 0
    laws = [conserved("barn", "sacks")]

    @action(together=True)
    def share_harvest(self, wants: dict[str, int]) -> str:
        """Share what is in the barn, everybody at once."""
        for name, wanted in wants.items():
            got = min(wanted, self.barn // max(1, len(wants)))
            self.barn -= got
            self.sacks[name] += got
        self.measure("barn", self.barn)
        return f"The barn is left with {self.barn}."

    @action
    def give_sack(self, actor: Person, to: Person, count: Annotated[int, Ge(1)]) -> str:
        """Give grain from one's own sack to somebody."""
        if self.sacks[actor] < count:
            self.refuse(f"{actor} has only {self.sacks[actor]}")
        self.sacks[actor] -= count
        self.sacks[to] += count
        self.later(150, self.ring_bell)
        self.tell(to, f"{actor} winks at {to}.")
        return f"{actor} gives {count} to {to}."

    @action
    def ring_bell(self, actor: Person) -> str:
        """Ring the village bell."""
        self.rung += 1
        return f"{actor} rings the village bell."

    def end_of_step(self) -> None:
        self.measure("luck", self.random("luck").randrange(100))

    def perceive(self, name: str) -> str:
        return f"{name} has {self.sacks[name]}; {self.barn} are in the barn."

    def witnesses(self, event: Event) -> set[str]:
        return set(self.people)


class Mood(Component):
    """Counts, reacts, remembers, and draws chance."""

    def __init__(self, temper: str = "calm") -> None:
        self.temper = temper
        self.noticed = 0
        self.outcomes: list[int] = []
        self.thought = ""

    async def context(self, turn: Turn) -> str:
        return f"{turn.agent} is {self.temper}, has noticed {self.noticed}, thinks {self.thought!r}."

    async def observe(self, observation: Observation) -> None:
        self.noticed += 1

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        self.outcomes = [*self.outcomes[-3:], len(events)]

    async def react(self, turn: Turn) -> None:
        if turn.step % 2 == 0:
            self.thought = await turn.text(f"What does {turn.agent} make of it?")
            turn.memory.add(f"{turn.agent} thought: {self.thought} {turn.random('mood').randrange(9)}", kind="thought")

    def state(self) -> dict[str, Any]:
        return {"temper": self.temper, "noticed": self.noticed, "outcomes": list(self.outcomes), "thought": self.thought}

    def restore(self, state: dict[str, Any]) -> None:
        self.temper, self.noticed = state["temper"], state["noticed"]
        self.outcomes, self.thought = list(state["outcomes"]), state["thought"]


def next_scene(world: Any, past: Any) -> Scene | None:
    """Harvest, talk, free deeds, over and over; it looks at the world."""
    kind = len(past) % 3
    if kind == 0:
        call = ActionSpec.of(Village.share_harvest, "How much does {name} want?")
        return Scene("harvest", list(NAMES), call, order="simultaneous")
    if kind == 1:
        return Scene("talk", ["Ben", "Ada"] if world.barn % 2 else ["Ada", "Cleo"], ActionSpec.speech(), order="random")
    return Scene("deeds", list(NAMES), ActionSpec.free(), order="simultaneous", premise="The sun is out." if world.rung else {})


def village_rule(request: Any) -> Any:
    """Answers by the request's seed; one object in nine can't be used at first."""
    if hasattr(request, "options"):
        single = [at for at, option in enumerate(request.options) if not option.startswith("several of these")]
        return single[request.seed % len(single)] if request.seed % 4 == 0 else 0
    if hasattr(request, "schema"):
        fields = request.schema.model_fields
        if request.seed % 9 == 0:
            return "no object"
        if "to" in fields:
            return {"to": NAMES[request.seed % 3], "count": 1 + request.seed % 2}
        return dict.fromkeys(fields, request.seed % 7)
    return f"{request.prompt.name} says {request.seed % 97}."


def take_a_sack(world: Any) -> None:
    """Ada takes one of Ben's."""
    world.sacks.update(Ada=world.sacks["Ada"] + 1, Ben=world.sacks["Ben"] - 1)


def build_village(
    model: Any = None,
    *,
    seed: int = 11,
    temper: str = "calm",
    interventions: Sequence[Intervention] | None = None,
    **more: Any,
) -> Simulation:
    """The village; `temper` is Ben's."""
    agents = [
        Agent(
            name,
            [
                Instructions(),
                Persona(f"{name} lives in the village."),
                Mood(temper if name == "Ben" else "calm"),
                Recall(k=2, skip_latest=1),
                Observations(last=3),
            ],
            memories=[f"{name} was born in the village."],
        )
        for name in NAMES
    ]
    made = [
        Intervention(at=4, change=take_a_sack),
        Intervention(at=5, text="A stranger comes to the well.", to=["Cleo"]),
    ]
    more.setdefault("scenes", next_scene)
    return Simulation(
        agents,
        GameMaster(Village(sacks=dict.fromkeys(NAMES, 3))),
        premise={"Ada": "The harvest is in.", "Ben": "It is autumn."},
        shared_memories=["The miller is called Otto."],
        model=model or ScriptedModel(village_rule),
        embedder=HashEmbedder(),
        probes=[
            Probe(["Whom does {name} trust?"], when="start", name="start"),
            Probe({"mood": ActionSpec.choice("How is {name}?", ["well", "ill"])}, when=3, name="third"),
            Probe(["What was it all for?"], when="end", name="end", trace=True),
        ],
        interventions=made if interventions is None else interventions,
        seed=seed,
        max_failures=1.0,
        **more,
    )
