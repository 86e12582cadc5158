"""Preparation: what is done before the first step, and is part of the run.

The one idea: a preparation runs within step 0. Its questions to models have the keys (0, agent, its name, what, index) and
are on record like all others; a run that is resumed before step 0 was committed asks none of them again, and one that is
resumed later doesn't prepare at all: what came of it is in the agents' memories and states, which the archive has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from gamemaster.agent import Agent, Circumstances, Thinking
from gamemaster.language import LanguageModel
from gamemaster.memory import AssociativeMemory
from gamemaster.words import ActionSpec, Moment, prompt_texts

__all__ = ["Preparation", "circumstances_alone", "preparing"]


class Preparation(Protocol):
    """Something to be done before the first step: `Simulation(preparation=[...])`, in their order.

    It may add to agents' memories and change their components' states. With `preparing` a component asks the model on
    behalf of an agent. It keeps nothing in files: a rehearsal of the run prepares too, with placeholder answers. One that
    may stop the run over a failed answer says so in an attribute `on_failure`, which a rehearsal sets to "go on".
    """

    @property
    def name(self) -> str:
        """Under which its questions are on record, and a model may be chosen for them."""
        ...

    async def prepare(self, agents: Sequence[Agent], circumstances: Circumstances) -> None:
        """Do it, for these agents, who have taken their places."""
        ...


def preparing(agent: str, circumstances: Circumstances, memory: AssociativeMemory | None = None) -> Thinking:
    """The turn in which a component asks on an agent's behalf: `preparing("Ann", circumstances).turn(component)`.

    What the component adds to this turn's memory is not stored; add to the agent's own.
    """
    held = AssociativeMemory(holder=agent) if memory is None else memory
    return Thinking(agent, ActionSpec.free(""), circumstances, memory=held, phase="prepare", trace=False)


def circumstances_alone(
    people: Sequence[str], model_for: Callable[[str, str], LanguageModel], *, seed: int, language: str
) -> Circumstances:
    """Those of a preparation without a simulation: step 0, at time 0."""
    return Circumstances(
        moment=Moment(step=0, time=0.0),
        run_seed=seed,
        model_for=model_for,
        people=people,
        texts=prompt_texts(language),
    )
