"""The agent that thinks of several things it could do, and takes the best by its goals.

Source: Vezhnevets et al. 2023 (Concordia), the rational-choice agent.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.options import BestOption, Options
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of, reflecting
from gamemaster.components.pros_and_cons import ProsAndCons
from gamemaster.components.recall import Recall
from gamemaster.components.reflection import ReflectionMode
from gamemaster.language import LanguageModel

__all__ = ["rational"]


def rational(
    name: str,
    persona: Who = None,
    *,
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    reflection: ReflectionMode = "none",
    options: int = 4,
    weighs: bool = False,
) -> Agent:
    """At most so many options, and the best of them: three calls in three rounds.

    With `weighs` the advantages and disadvantages of each are gone through first: a call more for each option, and a round more.
    """
    who = persona_of(persona)
    known = [*who, Observations(), Recall()]
    found = Options(given=known, n=options)
    best = ProsAndCons(found, given=known) if weighs else BestOption(found, given=known)
    parts = [Instructions(), *known, *reflecting(reflection, who), found, best]
    return assembled(name, parts, memories=memories, model=model, without=without)
