"""ModelNarration: what happened, told by the model."""

from __future__ import annotations

from gamemaster.words import AnswerFailed, Component, Event, Section, Turn

__all__ = ["ModelNarration"]


class ModelNarration(Component):
    """Asks the model to tell an event in its own words; the outcome itself is the world's and stays on record.

    When there is no usable answer the world's own sentence stands.
    """

    def __init__(self, *, max_tokens: int = 120, name: str = "narration") -> None:
        self.max_tokens = max_tokens
        self.name = name

    async def narrate(self, event: Event, turn: Turn) -> str:
        """The event in words."""
        notes = [Section(label=turn.prompt("outcome"), text=event.text, kind="situation")]
        try:
            return await turn.text(turn.prompt("tell"), notes=notes, max_tokens=self.max_tokens, what="tell") or event.text
        except AnswerFailed:
            return event.text
