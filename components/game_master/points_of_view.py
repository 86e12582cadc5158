"""PointsOfView: what each who noticed an event noticed of it, told for that one."""

from __future__ import annotations

from gamemaster.components.game_master.thought_chain import quotations
from gamemaster.words import AnswerFailed, Component, Event, Section, Turn

__all__ = ["PointsOfView"]


class PointsOfView(Component):
    """Leaves the event in the world's words, and asks the model once for each witness how that one noticed it.

    Whose deed it was is told what the world says. Where there is no usable answer, or one with quoted words that the event
    doesn't have, so does the witness. Every view is a call: a step of N events with M witnesses each takes N times M.
    """

    def __init__(self, *, max_tokens: int = 120, name: str = "narration") -> None:
        self.max_tokens = max_tokens
        self.name = name

    async def narrate(self, event: Event, turn: Turn) -> str:
        """The event as it is."""
        return event.text

    async def view(self, event: Event, name: str, turn: Turn) -> str:
        """What `name` noticed of the event, in words."""
        if name == event.actor or not event.text:
            return event.text
        notes = [Section(label=turn.prompt("happened"), text=event.text, kind="situation")]
        try:
            question = turn.prompt("how_noticed", who=name)
            seen = await turn.text(question, notes=notes, max_tokens=self.max_tokens, what=f"view of {name}")
        except AnswerFailed:
            return event.text
        made_up = any(words not in event.text for words in quotations(seen))
        return event.text if made_up or not seen else seen
