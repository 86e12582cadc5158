"""RandomActor: any valid answer, drawn by key; the null baseline of every scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gamemaster.agent.thinking import Thinking
from gamemaster.language.minimal_object import minimal_object
from gamemaster.words import Draws, draws

if TYPE_CHECKING:
    from gamemaster.agent.agent import Agent
    from gamemaster.world import OfferedAction, OfferedParameter

__all__ = ["RandomActor"]

UNBOUNDED = 10
"""The width of the range drawn from where a number has no upper bound."""


class RandomActor:
    """Answers every spec with something it allows, each possibility being as likely as any other; asks no model.

    A free attempt is one of the actions open to the agent, with arguments from their domains; speech and free text are
    an ellipsis.
    """

    async def __call__(self, agent: Agent, thinking: Thinking) -> Any:
        """The drawn answer, or a Failure when the action asked for isn't open."""
        from gamemaster.agent.actor import check_answer

        spec, circumstances = thinking.spec, thinking.circumstances
        chance = draws(circumstances.run_seed, "random", agent.name, spec.tag or circumstances.moment.step)
        if spec.kind == "choice":
            return chance.choice(spec.options)
        if spec.kind == "number":
            return _number(chance, spec.low, spec.high, whole=spec.whole)
        if spec.kind == "object":
            assert spec.schema is not None
            return check_answer(spec, None, minimal_object(spec.schema, chance))
        if spec.kind == "action":
            assert spec.action is not None
            form = circumstances.form(spec.action, agent.name)
            if form.offer is None:
                return check_answer(spec, form, {})
            return check_answer(spec, form, arguments(form.offer, chance))
        if spec.kind == "free":
            offers = [offer for offer in circumstances.offered(agent.name) if not offer.together]
            offers = [offer for offer in offers if not any(each.is_empty for each in offer.parameters)]
            if offers:
                offer = chance.choice(offers)
                return {"action": offer.name, "arguments": arguments(offer, chance)}
        return "..."


def arguments(offer: OfferedAction, chance: Draws) -> dict[str, Any]:
    """Arguments drawn from the domains of an offered action's parameters."""
    return {each.name: _value(each, chance) for each in offer.parameters}


def _value(parameter: OfferedParameter, chance: Draws) -> Any:
    if parameter.many:
        most = parameter.most if parameter.most is not None else parameter.least + 3
        return [_one(parameter, chance) for _ in range(chance.randint(parameter.least, most))]
    return _one(parameter, chance)


def _one(parameter: OfferedParameter, chance: Draws) -> Any:
    if parameter.options is not None:
        return chance.choice(parameter.options)
    if parameter.type == "yes or no":
        return chance.random() < 0.5
    if parameter.type == "text":
        return "..."
    return _number(chance, parameter.low, parameter.high, whole=parameter.type == "whole number")


def _number(chance: Draws, low: float | None, high: float | None, *, whole: bool) -> int | float:
    lowest = low if low is not None else min(0, (high or 0) - UNBOUNDED)
    highest = high if high is not None else lowest + UNBOUNDED
    return chance.randint(int(lowest), int(highest)) if whole else lowest + (highest - lowest) * chance.random()
