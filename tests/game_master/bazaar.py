"""A bazaar with laws that hostile answers must not break, and what its tests share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from gamemaster import ActionSpec, Agent, Ask, GameMaster, Person, Run, Schedule, Scripted, Simulation, World, action, conserved
from gamemaster.testing import HashEmbedder, ScriptedModel
from gamemaster.world import Ge, MaxLen, bounded

NAMES = ("Ann", "Bob", "Cid", "Dan")


class Bazaar(World):
    """Coins, apples, a gate, and a common pot."""

    coins: dict[str, int]
    apples: dict[str, int]
    open: bool = True
    pot: int = 0
    given: dict[str, int] = {}
    whispers: list[str] = []
    laws = [conserved("coins", "pot"), conserved("apples"), bounded("coins", low=0), bounded("apples", low=0)]

    def is_open(self, actor: str) -> bool:
        return self.open

    @action
    def buy_apples(self, actor: Person, seller: Person, count: Annotated[int, Ge(1)]) -> str:
        """Buy apples from a seller at 2 coins each."""
        self.coins[actor] -= 2 * count
        self.coins[seller] += 2 * count
        self.apples[seller] -= count
        self.apples[actor] += count
        return f"{actor} buys {count} apples from {seller}."

    @action
    def whisper(self, actor: Person, to: Person, words: Annotated[str, MaxLen(200)]) -> str:
        """Whisper something to somebody."""
        self.whispers.append(words)
        self.tell(to, f"{actor} whispers.")
        return f"{actor} whispers to {to}."

    @action
    def close_gate(self, actor: Person) -> str:
        """Close the gate."""
        self.open = False
        return f"{actor} closes the gate."

    @action(when=is_open)
    def go_out(self, actor: Person) -> str:
        """Go out through the gate."""
        return f"{actor} goes out."

    @action(together=True, when=is_open)
    def chip_in(self, coins: dict[str, Annotated[int, Ge(0)]]) -> str:
        """Put coins into the common pot."""
        for name, count in coins.items():
            self.coins[name] -= count
            self.pot += count
        self.given = dict(coins)
        return f"They put in {sum(coins.values())} coins."

    def witnesses(self, event: Any) -> set[str]:
        return set(self.people)


def bazaar(names: Sequence[str] = NAMES, **fields: Any) -> Bazaar:
    fields.setdefault("coins", dict.fromkeys(names, 10))
    fields.setdefault("apples", dict.fromkeys(names, 5))
    return Bazaar(**fields)


class Once(Schedule):
    """Asks everybody a spec of their own, in the order given."""

    def __init__(self, specs: Mapping[str, ActionSpec]) -> None:
        self.specs = specs

    def next(self, simulation: Simulation) -> list[Ask]:
        return [Ask(name, spec) for name, spec in self.specs.items()]


def deed(action: str, **arguments: Any) -> dict[str, Any]:
    """An attempt that names its action, as a policy may make it."""
    return {"action": action, "arguments": arguments}


def scripted(answers: dict[str, Any], world: World | None, *, specs: Mapping[str, ActionSpec] | None = None, **more: Any) -> Run:
    """One step in which these agents answer this, in the order given, and no model is asked."""
    crowd = [Agent(name, actor=Scripted(lambda view: answers[view.name])) for name in answers]
    asked = Once(specs or dict.fromkeys(answers, ActionSpec.free()))
    return Simulation(crowd, GameMaster(world, **more), schedule=asked, model=refusing(), embedder=HashEmbedder()).run(1)


def refusing() -> ScriptedModel:
    """A model that must not be asked."""
    return ScriptedModel(answers=[])


def play(
    rule: Callable[[Any], Any], master: GameMaster | World | None, *, steps: int = 1, **more: Any
) -> tuple[Run, ScriptedModel]:
    """Agents that answer by a model with this rule."""
    more.setdefault("schedule", Once(dict.fromkeys(NAMES, ActionSpec.free())))
    model = ScriptedModel(rule)
    crowd = [Agent(name) for name in NAMES]
    return Simulation(crowd, master, model=model, embedder=HashEmbedder(), **more).run(steps), model


def by_form(*, text: Any = "I try.", which: Any = 0, arguments: Any = None, plausible: Any = 0) -> Callable[[Any], Any]:
    """A rule with one answer for each of the questions that come up."""

    def rule(request: Any) -> Any:
        if hasattr(request, "schema"):
            return arguments(request) if callable(arguments) else arguments
        if hasattr(request, "options"):
            given = plausible if "It can be done." in request.options else which
            if isinstance(given, str) and not given.startswith("!"):
                return next(at for at, option in enumerate(request.options) if option.startswith(given))
            return given.removeprefix("!") if isinstance(given, str) else given
        return text(request) if callable(text) else text

    return rule
