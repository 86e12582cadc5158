"""Every component of the library keeps all rules; for each rule there is one component that breaks it and no other."""

from __future__ import annotations

import asyncio
import itertools
import random
from typing import Any, ClassVar

import pytest

from gamemaster.components import Constant, Instructions, Observations, Persona, Plan, Question, Recall
from gamemaster.components.game_master import AskPlausibility, ModelGrounding, ModelNarration, WorldDecides
from gamemaster.language import EmbeddedModel, LanguageModel
from gamemaster.testing import ComponentSuite, HashEmbedder, ScriptedModel, StatefulSuite
from gamemaster.words import AnswerFailed, Component, JsonValue, Observation, Turn


def persona() -> Persona:
    return Persona("Ann bakes.", goals=["sell bread"], routine=["opens the bakery at 07:00"])


BUILT_IN: dict[str, Any] = {
    "constant": lambda: Constant("All is well.", label="The state of things"),
    "instructions": Instructions,
    "observations": Observations,
    "observations since the last turn": lambda: Observations(3, since_last_turn=True),
    "persona": persona,
    "plan": lambda: Plan(given=[persona()]),
    "plan of nothing": Plan,
    "question": lambda: Question("What would somebody like {name} do?", name="self", given=[persona(), Observations()]),
    "question that remembers": lambda: Question(
        "What matters?", name="matters", memories=3, remember=True, answer_prefix="{name} thinks that"
    ),
    "recall": Recall,
    "recall of all": lambda: Recall(20, query="bread", skip_latest=0),
    "grounding": ModelGrounding,
    "narration": ModelNarration,
    "plausibility": AskPlausibility,
    "the world's plausibility": WorldDecides,
}


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_component_of_the_library_keeps_all_rules(name: str) -> None:
    assert ComponentSuite.broken_rules(BUILT_IN[name]) == {}


class TestPlanWithPlans(ComponentSuite):
    """A plan with items and hours, some of them given up."""

    def make(self) -> Component:
        return Plan(given=[persona()])

    def model(self) -> LanguageModel:
        return EmbeddedModel(HashEmbedder())


# --- one that breaks each rule ---


class Good(Component):
    """Reads the persona, asks a question, draws by key, and keeps a little state."""

    label = "Mood"
    kind = "other"
    name = "mood"

    def __init__(self) -> None:
        self.persona = persona()
        self.given = (self.persona,)
        self.seen = 0

    async def context(self, turn: Turn) -> str:
        who = await turn.context(self.persona)
        mood = await turn.text("How is {name}?".replace("{name}", turn.agent), given=[self.persona], what="mood")
        return f"{who}\n{self.seen} things; {mood} {turn.random('luck').random():.3f}"

    async def observe(self, observation: Observation) -> None:
        self.seen += 1

    def state(self) -> dict[str, JsonValue]:
        return {"seen": self.seen}

    def restore(self, state: dict[str, JsonValue]) -> None:
        self.seen = int(str(state["seen"]))


class TestGood(ComponentSuite):
    def make(self) -> Component:
        return Good()


class OfNoKind(Good):
    kind = "gossip"  # type: ignore[assignment]


class PlainHook(Good):
    def observe(self, observation: Observation) -> None:  # type: ignore[override]
        self.seen += 1


class SaysNone(Good):
    async def context(self, turn: Turn) -> str:
        return None  # type: ignore[return-value]


class SaysEverything(Good):
    async def context(self, turn: Turn) -> str:
        return "\n".join(record.text for record in turn.memory.recent(10_000))


class KeepsEverything(Good):
    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []

    async def observe(self, observation: Observation) -> None:
        self.log.append(observation.sentence)

    def state(self) -> dict[str, JsonValue]:
        return {"log": [*self.log]}

    def restore(self, state: dict[str, JsonValue]) -> None:
        self.log = list(map(str, state["log"]))  # type: ignore[arg-type]


class Gossips(Good):
    told: ClassVar[dict[str, str]] = {}

    async def observe(self, observation: Observation) -> None:
        await super().observe(observation)
        self.told[observation.to] = observation.sentence

    async def context(self, turn: Turn) -> str:
        return " ".join(text for to, text in self.told.items() if to != turn.agent)


class QuotesNothing(Good):
    async def context(self, turn: Turn) -> str:
        return "\n".join(each.text for each in turn.news)


class Numbered(Good):
    numbers: ClassVar[Any] = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.number = next(self.numbers)

    async def context(self, turn: Turn) -> str:
        return f"I am number {self.number}."


class ReadsInSecret(Good):
    def __init__(self) -> None:
        super().__init__()
        self.given = ()


class CannotBeRefused(Good):
    async def context(self, turn: Turn) -> str:
        try:
            return await super().context(turn)
        except AnswerFailed as failed:
            raise ValueError("no mood") from failed


class RollsDice(Good):
    async def context(self, turn: Turn) -> str:
        random.random()  # noqa: TID251
        return await super().context(turn)


class ForgetsInSecret(Good):
    def __init__(self) -> None:
        super().__init__()
        self.first = ""

    async def observe(self, observation: Observation) -> None:
        await super().observe(observation)
        self.first = self.first or observation.id

    async def context(self, turn: Turn) -> str:
        return f"It began with {self.first}."


class NoTrace(Good):
    def state(self) -> dict[str, JsonValue]:
        return {}

    def restore(self, state: dict[str, JsonValue]) -> None:
        pass

    async def context(self, turn: Turn) -> str:
        return "All is well."


BROKEN: dict[str, type[Good]] = {
    "description_is_valid": OfNoKind,
    "hooks_are_coroutines": PlainHook,
    "context_is_text": SaysNone,
    "context_fits_its_budget": SaysEverything,
    "state_stays_small": KeepsEverything,
    "secrets_stay_with_their_holder": Gossips,
    "words_stay_quoted": QuotesNothing,
    "same_life_same_words": Numbered,
    "reads_what_it_declares": ReadsInSecret,
    "failed_answers_are_survived": CannotBeRefused,
    "global_randomness_is_left_alone": RollsDice,
    "it_goes_on_alike": ForgetsInSecret,
    "something_happens": NoTrace,
}

# What it shares with everything that has a state is broken one by one in test_conformance_stateful.py.
OWN_RULES = [name for name in ComponentSuite.rules() if f"test_{name}" in vars(ComponentSuite)]


@pytest.mark.parametrize("rule", OWN_RULES)
def test_a_component_that_breaks_one_rule_is_told_which(rule: str) -> None:
    assert list(ComponentSuite.broken_rules(BROKEN[rule])) == [rule]


def test_the_rules_of_states_are_rules_of_components() -> None:
    class Tuples(Good):
        def state(self) -> dict[str, Any]:
            return {"seen": self.seen, "pair": (1, 2)}

    assert set(StatefulSuite.rules()) < set(ComponentSuite.rules())
    assert list(ComponentSuite.broken_rules(Tuples)) == ["state_is_json"]


def test_a_component_of_ones_own_needs_two_lines() -> None:
    class Weather(Component):
        label = "Weather"
        kind = "situation"

        async def context(self, turn: Turn) -> str:
            chosen = await turn.choose("What is the weather like?", ["dry", "wet"], what="weather")
            await asyncio.sleep(0)
            return f"It is {chosen.option}."

    class TestWeather(ComponentSuite):
        def make(self) -> Component:
            return Weather()

    suite = TestWeather()
    for rule in suite.rules():
        if rule != "something_happens":  # it has no state, and the rule is skipped
            getattr(suite, f"test_{rule}")()


def test_the_model_can_be_chosen() -> None:
    asked: list[str] = []

    class Suite(ComponentSuite):
        def model(self) -> LanguageModel:
            return ScriptedModel(lambda request: asked.append(request.prompt.call))

    assert Suite.broken_rules(Good, "context_is_text") == {}
    assert set(asked) == {"How is Ann?"}
