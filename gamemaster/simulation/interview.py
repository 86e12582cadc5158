"""interview: a question put to an agent as it was at the end of some step."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from gamemaster.record import Archive
from gamemaster.words import ActionSpec, AnswerFailed, BadInput

if TYPE_CHECKING:
    from gamemaster.simulation.simulation import Simulation

__all__ = ["copied", "interview"]


async def interview(simulation: Simulation, archive: Archive, agent: str, spec: ActionSpec, step: int) -> Any:
    """The answer; neither the simulation nor the archive changes.

    Raises: AnswerFailed when there is no usable answer in three tries; BadInput for who is born in a later step.
    """
    from gamemaster.simulation.engine import Engine

    other = copied(simulation)
    engine = other.engine = Engine(other, archive)
    engine.restore(step)
    circumstances = engine.circumstances_of(step)
    circumstances.model_for = other.models.plain
    circumstances.around = lambda model: model
    asked = next((each for each in other.agents if each.name == agent), None)
    if asked is None:
        raise BadInput(f"{agent} wasn't there yet after step {step}; ask after a later one.")
    attempt = await asked.attempt(f"{step}/interview/0", spec, circumstances, phase="interview", trace=False)
    if attempt.failure is not None:
        raise AnswerFailed(f"{agent} gave no usable answer to {spec.call!r}: {attempt.failure.reason}")
    return attempt.answer


def copied(simulation: Simulation) -> Simulation:
    """The same simulation as before its first step, with objects of its own; models and embedder are shared."""
    memo: dict[int, Any] = {}
    shared = [simulation.model, simulation.embedder, *simulation.model_choices.values()]
    shared += [agent.model for agent in simulation.agents]
    for each in shared:
        memo[id(each)] = each
    for each in (simulation.engine, simulation.models, simulation.last_run):
        memo[id(each)] = None
    for agent in simulation.agents:
        memo[id(agent.own_memory)] = None
    for master in simulation.game_masters:
        memo[id(master.own_memory)] = None
    other = copy.deepcopy(simulation, memo)
    other.forget_run()
    return other
