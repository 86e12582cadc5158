"""The agent that forms hypotheses on how the others decide, and holds them against what they do.

Source: Cross et al. 2024, Hypothetical Minds. Departures are those of `TheoryOfMind`.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of, reflecting
from gamemaster.components.recall import Recall
from gamemaster.components.reflection import ReflectionMode
from gamemaster.components.theory_of_mind import TheoryOfMind
from gamemaster.language import LanguageModel

__all__ = ["mind_reader"]


def mind_reader(
    name: str,
    persona: Who = None,
    *,
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    reflection: ReflectionMode = "none",
    minds: TheoryOfMind | None = None,
) -> Agent:
    """Persona, observations, recall and a theory of the others' minds; by default of all, in words.

    `minds` says whom it is about, what they can do and how their deeds are told: `TheoryOfMind(["Bob"], moves=["split",
    "steal"])`. A turn takes one call; a step in which others did something up to three rounds at its end.
    """
    who = persona_of(persona)
    mind = TheoryOfMind(given=who) if minds is None else minds
    parts = [Instructions(), *who, mind, *reflecting(reflection, who), Observations(), Recall()]
    return assembled(name, parts, memories=memories, model=model, without=without)
