"""ModelGrounding: which of the world's actions an attempt in words is, with which arguments; one, several in a row, or none.

The one idea: every question is closed. First a choice among the actions open to the actor, "several of these" and "none of
these"; then the arguments of the chosen one, or, when it is several, all of them with their arguments in one answer. So a step
takes two rounds of these questions, however many attempts it has and however much is in them. Nothing here reads an attempt by
rules over its words.
"""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.components.game_master.clarity import unclear
from gamemaster.components.game_master.several import calls_of, deeds_schema
from gamemaster.words import (
    ActionCall,
    AnswerFailed,
    Attempt,
    Chosen,
    Component,
    DefinitionError,
    Grounding,
    Section,
    Turn,
    quote,
)
from gamemaster.world import OfferedAction

__all__ = ["ModelGrounding", "attempt_notes"]

MOST = 3000
"""Characters of a situation and of an attempt that stand in a question; some 800 tokens each."""


class ModelGrounding(Component):
    """Asks the model which action an attempt is, then for its arguments; both answers are bound to what exists.

    An attempt may hold up to `most` deeds, which are then tried in their order; with `most=1` it is one action or none.
    When the answer to the choice has a probability below `threshold`, where the model gives probabilities, it is not
    guessed at: the actor is told which two actions it might have been, and to say it more plainly. What can't be
    read in three tries makes the attempt none of the actions: the actor is told so, and nothing of it is applied.

    Raises: DefinitionError for a threshold that is no probability, and for `most` below 1.
    """

    kind = "action"

    def __init__(self, *, threshold: float = 0.4, most: int = 4, name: str = "grounding") -> None:
        if not 0 <= threshold <= 1:
            raise DefinitionError(f"ModelGrounding(threshold={threshold!r}); it is a probability, from 0 to 1.")
        if most < 1:
            raise DefinitionError(f"ModelGrounding(most={most!r}); an attempt holds at least 1 deed.")
        self.threshold = threshold
        self.most = most
        self.name = name

    async def ground(self, attempt: Attempt, offers: Sequence[OfferedAction], sees: str, turn: Turn) -> Grounding:
        """What the attempt is; `sees` is what its actor perceives."""
        if not offers:
            return _none(attempt, turn.texts.text("game_master", "nothing_at_all"))
        notes = attempt_notes(attempt, sees, turn)
        try:
            chosen = await self._which(attempt, offers, notes, turn)
        except AnswerFailed:
            return _none(attempt, turn.prompt("cannot_tell_what"))
        confidence = None if chosen.probabilities is None else chosen.probabilities[chosen.index]
        if chosen.probabilities is not None and confidence is not None and confidence < self.threshold:
            return _none(attempt, unclear(offers, chosen.probabilities, turn), confidence)
        try:
            if chosen.index < len(offers):
                calls = [await self._call(attempt, offers[chosen.index], notes, turn)]
            elif self.most > 1 and chosen.index == len(offers):
                calls = await self._calls(attempt, offers, notes, turn)
            else:
                return _none(attempt, turn.texts.text("game_master", "nothing_of_the_kind"), confidence)
        except AnswerFailed:
            return _none(attempt, turn.prompt("cannot_tell_with_what"), confidence)
        return Grounding(attempt_id=attempt.id, call=calls[0], then=tuple(calls[1:]), confidence=confidence)

    async def _which(self, attempt: Attempt, offers: Sequence[OfferedAction], notes: Sequence[Section], turn: Turn) -> Chosen:
        more = [turn.prompt("several_of_these")] if self.most > 1 else []
        options = [*(offer.line for offer in offers), *more, turn.prompt("none_of_these")]
        question = turn.prompt("which", actor=attempt.actor)
        return await turn.choose(question, options, notes=notes, unsure=len(options) - 1, what="which")

    async def _call(self, attempt: Attempt, offer: OfferedAction, notes: Sequence[Section], turn: Turn) -> ActionCall:
        if not offer.parameters:
            return ActionCall(action=offer.name)
        question = turn.prompt("arguments", actor=attempt.actor, action=offer.line.rstrip("."))
        filled = await turn.fill(question, offer.schema, notes=notes, what="arguments")
        return ActionCall(action=offer.name, arguments=filled.model_dump(mode="json", exclude_unset=True))

    async def _calls(
        self, attempt: Attempt, offers: Sequence[OfferedAction], notes: Sequence[Section], turn: Turn
    ) -> list[ActionCall]:
        lines = "\n".join(offer.line for offer in offers)
        open_to = Section(label=turn.prompt("what_can_be_done", actor=attempt.actor), text=lines, kind="action")
        question = turn.prompt("deeds", actor=attempt.actor, most=self.most)
        schema = deeds_schema(offers, self.most)
        return calls_of(await turn.fill(question, schema, notes=[*notes, open_to], max_tokens=1024, what="deeds"))


def attempt_notes(attempt: Attempt, sees: str, turn: Turn) -> list[Section]:
    """The situation and the attempt, as sections of a question about it; the attempt stands as a quotation.

    Each is cut to `MOST` characters: no answer makes the game master's prompts grow.
    """
    perceives, attempts = (turn.texts.text("game_master", name, actor=attempt.actor) for name in ("perceives", "attempts"))
    notes = [Section(label=perceives, text=sees[:MOST], kind="situation")] if sees else []
    tried = quote(str(attempt.answer)[:MOST])
    notes.append(Section(label=attempts, text=tried, kind="question"))
    return notes


def _none(attempt: Attempt, reason: str, confidence: float | None = None) -> Grounding:
    return Grounding(attempt_id=attempt.id, call=None, confidence=confidence, reason=reason)
