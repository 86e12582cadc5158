"""The generative agent: it recalls by relevance, recency and importance, reflects, and plans its day from coarse to fine.

Source: Park et al. 2023, Generative Agents. Departures are those of `Plan`, `Reflection` and `ImportanceRating`.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.plan import Plan
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of, reflecting
from gamemaster.components.recall import Recall
from gamemaster.components.reflection import ReflectionMode
from gamemaster.language import LanguageModel

__all__ = ["generative"]


def generative(
    name: str,
    persona: Who = None,
    *,
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    reflection: ReflectionMode = "full",
    levels: int = 3,
) -> Agent:
    """Persona, plan, reflection with rated importance, recall and observations.

    `levels` are those of the plan (day, hours, actions). A turn takes one call, and on a new day a round more for each level;
    at a step's end one call rates what was noticed, and when enough has come together a reflection takes two rounds.
    """
    who = persona_of(persona)
    parts = [Instructions(), *who, *reflecting(reflection, who), Plan(given=who, levels=levels), Observations(), Recall()]
    return assembled(name, parts, memories=memories, model=model, without=without)
