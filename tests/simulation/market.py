"""A small market that the tests of a whole run share."""

from __future__ import annotations

from typing import Annotated, Any

from gamemaster import ActionSpec, Agent, GameMaster, Person, Simulation, Simultaneous, World, action, conserved
from gamemaster.components import Instructions, Observations, Persona, Plan, Recall
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.world import Ge


class Market(World):
    """Coins and apples."""

    coins: dict[str, int]
    apples: dict[str, int]
    rounds: int = 0
    laws = [conserved("coins"), conserved("apples")]

    @action
    def buy_apples(self, actor: Person, seller: Person, count: Annotated[int, Ge(1)]) -> str:
        """Buy apples from a seller at 2 coins each."""
        if self.coins[actor] < 2 * count:
            self.refuse(f"{actor} has only {self.coins[actor]} coins")
        if self.apples[seller] < count:
            self.refuse(f"{seller} has only {self.apples[seller]} apples")
        self.coins[actor] -= 2 * count
        self.coins[seller] += 2 * count
        self.apples[seller] -= count
        self.apples[actor] += count
        self.measure("sold", count)
        return f"{actor} buys {count} apples from {seller}."

    @action
    def ponder(self, actor: Person) -> str:
        """Think about life and do nothing."""
        self.tell(actor, f"{actor} has an idea that nobody else hears of.")
        self.later(90, self.ripen)
        return f"{actor} ponders."

    @action
    def ripen(self, actor: Person) -> str:
        """A thought ripens."""
        return f"{actor}'s thought ripens."

    def end_of_round(self) -> str | None:
        self.rounds += 1
        return f"The bell rings for the {self.rounds}. time." if self.rounds % 3 == 0 else None

    def perceive(self, name: str) -> str:
        return f"{name} has {self.coins[name]} coins and {self.apples[name]} apples."

    def perceive_data(self, name: str) -> dict[str, Any]:
        return {"coins": self.coins[name]}

    def witnesses(self, event: Any) -> set[str]:
        return set(self.people)


def market_rule(request: Any) -> Any:
    """Buys by the seed; leaves one attempt in eight unusable at first."""
    if hasattr(request, "options"):
        return request.seed % len(request.options)
    if hasattr(request, "schema"):
        fields = request.schema.model_fields
        if "seller" in fields:
            return {"seller": ["Ann", "Bob", "Cid"][request.seed % 3], "count": 1 + request.seed % 2}
        return "no object" if request.seed % 8 == 0 else {"items": [f"08:{request.seed % 60:02d} sell apples", "then rest"]}
    return f"{request.prompt.name} tries thing {request.seed % 7}."


def build_market(names: tuple[str, ...] = ("Ann", "Bob", "Cid"), *, seed: int = 7, model: Any = None, **more: Any) -> Simulation:
    agents = []
    for name in names:
        persona = Persona(f"{name} sells apples.")
        parts = [Instructions(), persona, Plan(given=[persona]), Recall(k=3, skip_latest=2), Observations(last=4)]
        agents.append(Agent(name, parts, memories=[f"{name} was born in Riverbend."]))
    world = Market(coins=dict.fromkeys(names, 10), apples=dict.fromkeys(names, 5))
    more.setdefault("schedule", Simultaneous(ActionSpec.free()))
    return Simulation(
        agents,
        GameMaster(world),
        premise="Market day in Riverbend.",
        shared_memories=["The mayor is called Dora."],
        model=model or ScriptedModel(market_rule),
        embedder=HashEmbedder(),
        seed=seed,
        **more,
    )
