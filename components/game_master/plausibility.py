"""Plausibility: whether an attempt can be at all, before the world is asked."""

from __future__ import annotations

from gamemaster.components.game_master.grounding import attempt_notes
from gamemaster.words import AnswerFailed, Attempt, Component, Turn

__all__ = ["AskPlausibility", "WorldDecides"]


class AskPlausibility(Component):
    """Asks the model once whether the attempt can be, and if not, why; a doubtful answer counts as "it can".

    The world's own checks come afterwards, whatever the answer, and are final.
    """

    def __init__(self, *, name: str = "plausibility") -> None:
        self.name = name

    async def judge(self, attempt: Attempt, sees: str, turn: Turn) -> str:
        """Why the attempt can't be; empty when it can."""
        question = turn.prompt("can_it_be", actor=attempt.actor)
        options = turn.prompts("verdicts", actor=attempt.actor)
        try:
            chosen = await turn.choose(question, options, notes=attempt_notes(attempt, sees, turn), unsure=0, what="can it be")
        except AnswerFailed:
            return ""
        return turn.prompts("reasons", actor=attempt.actor)[chosen.index]


class WorldDecides(Component):
    """Leaves it to the world's own checks; no model is asked."""

    def __init__(self, *, name: str = "plausibility") -> None:
        self.name = name

    async def judge(self, attempt: Attempt, sees: str, turn: Turn) -> str:
        """Always empty: it can be tried."""
        return ""
