"""ModelGrounding: which of the world's actions an attempt in words is, with which arguments."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.language import together
from gamemaster.words import ActionCall, AnswerFailed, Attempt, Component, Grounding, Section, Turn, quote
from gamemaster.world import OfferedAction

__all__ = ["ModelGrounding", "attempt_notes"]

MOST = 3000
"""Characters of a situation and of an attempt that stand in a question; some 800 tokens each."""


class ModelGrounding(Component):
    """Asks the model twice at most: a choice among the actions open to the actor, then the arguments of the chosen one.

    Both answers are bound to what exists: the choice to the offered actions and "none of these", the arguments to
    their types and domains. An attempt whose choice has a probability below `threshold`, where the model gives
    probabilities, is not guessed at: the actor is told to say it more clearly.
    """

    kind = "action"

    def __init__(self, *, threshold: float = 0.2, name: str = "grounding") -> None:
        self.threshold = threshold
        self.name = name

    async def ground(self, attempt: Attempt, offers: Sequence[OfferedAction], sees: str, turn: Turn) -> Grounding:
        """What the attempt is; `sees` is what its actor perceives."""
        notes = attempt_notes(attempt, sees, turn)
        if not offers:
            return Grounding(attempt_id=attempt.id, call=None, reason=turn.texts.text("game_master", "nothing_at_all"))
        try:
            options = [*(offer.line for offer in offers), turn.prompt("none_of_these")]
            question = turn.prompt("which", actor=attempt.actor)
            chosen = await turn.choose(question, options, notes=notes, unsure=len(offers), what="which")
        except AnswerFailed as failed:
            return Grounding(attempt_id=attempt.id, call=None, reason=turn.prompt("cannot_tell_what", why=failed))
        confidence = None if chosen.probabilities is None else chosen.probabilities[chosen.index]
        if chosen.index == len(offers):
            reason = turn.texts.text("game_master", "nothing_of_the_kind")
            return Grounding(attempt_id=attempt.id, call=None, confidence=confidence, reason=reason)
        if confidence is not None and confidence < self.threshold:
            reason = turn.texts.text("game_master", "unclear")
            return Grounding(attempt_id=attempt.id, call=None, confidence=confidence, reason=reason)
        offer = offers[chosen.index]
        if not offer.parameters:
            return Grounding(attempt_id=attempt.id, call=ActionCall(action=offer.name), confidence=confidence)
        try:
            question = turn.prompt("arguments", actor=attempt.actor, action=offer.line.rstrip("."))
            filled = await turn.fill(question, offer.schema, notes=notes, what="arguments")
        except AnswerFailed as failed:
            reason = turn.prompt("cannot_tell_with_what", why=failed)
            return Grounding(attempt_id=attempt.id, call=None, confidence=confidence, reason=reason)
        call = ActionCall(action=offer.name, arguments=filled.model_dump(mode="json", exclude_unset=True))
        return Grounding(attempt_id=attempt.id, call=call, confidence=confidence)

    async def ground_all(self, attempts: Sequence[tuple[Attempt, Sequence[OfferedAction], str, Turn]]) -> list[Grounding]:
        """All attempts of a step at the same time, so that a step takes as many rounds of calls as one attempt."""
        return await together([self.ground(*each) for each in attempts])


def attempt_notes(attempt: Attempt, sees: str, turn: Turn) -> list[Section]:
    """The situation and the attempt, as sections of a question about it; the attempt stands as a quotation.

    Each is cut to `MOST` characters: no answer makes the game master's prompts grow.
    """
    perceives, attempts = (turn.texts.text("game_master", name, actor=attempt.actor) for name in ("perceives", "attempts"))
    notes = [Section(label=perceives, text=sees[:MOST], kind="situation")] if sees else []
    tried = quote(str(attempt.answer)[:MOST])
    notes.append(Section(label=attempts, text=tried, kind="question"))
    return notes
