"""The agent of beliefs, desires and one intention that it keeps.

Source: Bratman 1987; Rao and Georgeff 1995. Departures are those of `BDI`.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.bdi import BDI
from gamemaster.components.fact import Fact
from gamemaster.components.goal import Goal
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.persona import Persona
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of, reflecting
from gamemaster.components.recall import Recall
from gamemaster.components.reflection import ReflectionMode
from gamemaster.language import LanguageModel
from gamemaster.words import DefinitionError

__all__ = ["bdi"]


def bdi(
    name: str,
    persona: Who = None,
    *,
    desires: Sequence[Goal | str] = (),
    beliefs: Sequence[Fact | str] = (),
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    reflection: ReflectionMode = "none",
) -> Agent:
    """Persona, beliefs, desires and intention, recall and observations; the desires are by default the persona's goals.

    A turn takes one call, and two rounds more where an intention is to be formed; after news the beliefs are revised, and where
    they have changed the intention is thought over: up to three rounds at a step's end.
    Raises: DefinitionError where nothing is desired.
    """
    who = persona_of(persona)
    wanted = desires or [goal for each in who if isinstance(each, Persona) for goal in each.goals]
    if not wanted:
        raise DefinitionError(f"{name} desires nothing: give desires=[…], or a persona with goals.")
    mind = BDI(wanted, beliefs=beliefs, given=who)
    parts = [Instructions(), *who, mind, *reflecting(reflection, who), Observations(), Recall()]
    return assembled(name, parts, memories=memories, model=model, without=without)
