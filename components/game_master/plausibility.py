"""Plausibility: whether an attempt can be at all, before the world is asked."""

from __future__ import annotations

from gamemaster.components.game_master.grounding import attempt_notes
from gamemaster.words import AnswerFailed, Attempt, Component, Turn, one_line

__all__ = ["AskPlausibility", "WorldDecides"]

MOST = 240
"""Characters of a reason."""


class AskPlausibility(Component):
    """Asks the model whether the attempt can be, physically, by what the actor has and knows, and with the people there.

    A doubtful or unusable verdict counts as "it can". Only when it can't be the model is asked why, in a sentence, while the
    arguments of the attempt are asked for; the actor is told, and remembers, that reason. Where it gives none, the
    verdict itself stands as the reason. The world's own checks come afterwards, whatever the answer, and are final.
    """

    def __init__(self, *, name: str = "plausibility") -> None:
        self.name = name

    async def judge(self, attempt: Attempt, sees: str, turn: Turn) -> str:
        """Why the attempt can't be; empty when it can."""
        question = turn.prompt("can_it_be", actor=attempt.actor)
        options = turn.prompts("verdicts", actor=attempt.actor)
        notes = attempt_notes(attempt, sees, turn)
        try:
            chosen = await turn.choose(question, options, notes=notes, unsure=0, what="can it be")
        except AnswerFailed:
            return ""
        set_reason = turn.prompts("reasons", actor=attempt.actor)[chosen.index]
        if not set_reason:
            return ""
        question = turn.prompt("why_not", actor=attempt.actor, verdict=chosen.option)
        try:
            why = await turn.text(question, notes=notes, max_tokens=60, temperature=0.0, what="why not")
        except AnswerFailed:
            return set_reason
        return _reason(why) or set_reason


class WorldDecides(Component):
    """Leaves it to the world's own checks; no model is asked."""

    def __init__(self, *, name: str = "plausibility") -> None:
        self.name = name

    async def judge(self, attempt: Attempt, sees: str, turn: Turn) -> str:
        """Always empty: it can be tried."""
        return ""


def _reason(words: str) -> str:
    """A model's words as a reason: on one line, with no stop, not too long."""
    reason = one_line(words).strip('"“” .。')
    return reason if len(reason) <= MOST else f"{reason[: MOST - 1].rsplit(' ', 1)[0].rstrip(' ,;:')}…"
