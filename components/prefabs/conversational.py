"""The agent for long talks: a running picture of the situation, what that brings to mind, and who one is, once more."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.agent import Agent
from gamemaster.components.instructions import Instructions
from gamemaster.components.observations import Observations
from gamemaster.components.prefabs.assembled import Memories, Who, assembled, persona_of, reflecting
from gamemaster.components.reflection import ReflectionMode
from gamemaster.components.reminder import Reminder
from gamemaster.components.similar_memories import SimilarMemories
from gamemaster.components.situation import Situation
from gamemaster.components.summary_of_self import SummaryOfSelf
from gamemaster.language import LanguageModel

__all__ = ["conversational"]


def conversational(
    name: str,
    persona: Who = None,
    *,
    memories: Memories = (),
    model: LanguageModel | None = None,
    without: Sequence[str] = (),
    reflection: ReflectionMode = "none",
) -> Agent:
    """A situation revised when there is news, memories like it, a summary of oneself a day, and the persona at every eighth turn.

    Two calls a turn, one after the other, and three more once a day. What was said stands word for word for the last 20
    observations; what is older is in the situation, or comes to mind.
    """
    who = persona_of(persona)
    situation = Situation(given=who)
    known = [*who, SummaryOfSelf(given=who), situation, SimilarMemories(given=[situation], summary=False), Observations(20)]
    parts = [Instructions(), *known, *reflecting(reflection, who), *([Reminder(given=who)] if who else [])]
    return assembled(name, parts, memories=memories, model=model, without=without)
