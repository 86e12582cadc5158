"""Rehearsal: a run with placeholder answers, to see the prompts and to count what the real one will cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from gamemaster.language import Answer, ChoiceRequest, ObjectRequest, Request, Usage
from gamemaster.language.minimal_object import minimal_object
from gamemaster.simulation.interview import copied
from gamemaster.words import Draws, UnknownName

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["Estimate", "RehearsalModel", "estimate", "preview"]

WORDS = 30
"""How many words a placeholder text has: about what people answer when asked for a sentence or two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a rehearsed run took: calls and tokens, in sum and by who asked (agents' components together by name)."""

    steps: int
    calls: int
    prompt_tokens: int
    answer_tokens: int
    calls_by_component: Mapping[str, int]
    tokens_by_component: Mapping[str, int]

    def __str__(self) -> str:
        lines = [f"{self.steps} steps: {self.calls} calls, about {self.prompt_tokens + self.answer_tokens} tokens"]
        for name, calls in self.calls_by_component.items():
            lines.append(f"  {name}: {calls} calls, about {self.tokens_by_component[name]} tokens")
        return "\n".join(lines)


class RehearsalModel:
    """Answers every request with a placeholder of the right form, by the request's seed, and keeps the requests."""

    name = "rehearsal"
    deterministic = True
    fingerprint: Mapping[str, str] = {"model": "rehearsal"}

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def count_tokens(self, text: str) -> int:
        """A token for four characters, as is usual for English prose."""
        return (len(text) + 3) // 4

    async def answer(self, request: Request) -> Answer:
        """A placeholder."""
        self.requests.append(request)
        chance = Draws(request.seed)
        tokens = self.count_tokens(request.prompt.text)
        if isinstance(request, ChoiceRequest):
            index = chance.randrange(len(request.options))
            return Answer(text=request.options[index], index=index, usage=Usage(prompt_tokens=tokens, answer_tokens=2))
        if isinstance(request, ObjectRequest):
            value = minimal_object(request.schema, chance)
            return Answer(text=str(value), value=value, usage=Usage(prompt_tokens=tokens, answer_tokens=WORDS))
        text = f"(what {request.prompt.name} answers here) " + "word " * (WORDS - 5)
        return Answer(text=text.strip(), usage=Usage(prompt_tokens=tokens, answer_tokens=WORDS))


def rehearse(simulation: Simulation, steps: int) -> RehearsalModel:
    """Run a copy of the simulation for some steps with placeholder answers."""
    model = RehearsalModel()
    other = copied(simulation)
    other.use_only(model)
    other.models.rehearse_with(model)
    for preparation in other.preparation:
        if hasattr(preparation, "on_failure"):
            cast("Any", preparation).on_failure = "go on"  # placeholders pass no checks
    run = other.run(steps)
    run.close()
    return model


def estimate(simulation: Simulation, steps: int) -> Estimate:
    """Count the calls and tokens of a rehearsal."""
    calls: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    prompts = answers = 0
    model = rehearse(simulation, steps)
    for request in model.requests:
        name = request.key.component
        size = model.count_tokens(request.prompt.text)
        answered = 2 if isinstance(request, ChoiceRequest) else WORDS
        calls[name] += 1
        tokens[name] += size + answered
        prompts += size
        answers += answered
    return Estimate(
        steps=steps,
        calls=sum(calls.values()),
        prompt_tokens=prompts,
        answer_tokens=answers,
        calls_by_component=dict(sorted(calls.items())),
        tokens_by_component=dict(sorted(tokens.items())),
    )


def preview(simulation: Simulation, agent: str) -> str:
    """The prompts of the first step in which `agent` is asked something, as text."""
    if agent not in (*simulation.names, *simulation.game_masters.names):
        raise UnknownName.of("agent", agent, simulation.names)
    requests = [each for each in rehearse(simulation, len(simulation.names)).requests if each.key.who == agent]
    if not requests:
        return f"{agent} is not asked by way of a model."
    first = next((each.key.step for each in requests if each.key.step > 0), 0)
    shown = [each for each in requests if each.key.step == first]
    return "\n\n".join(f"--- {each.key}\n{each.prompt.text}" for each in shown)
