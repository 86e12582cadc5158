"""Instructions: how to play one's part, the same for every agent."""

from __future__ import annotations

from gamemaster.words import Component, DefinitionError, Turn

__all__ = ["Instructions"]


class Instructions(Component):
    """How to play one's part. The text is shared by all agents; another may be given."""

    changes = "shared"
    kind = "instruction"

    def __init__(self, text: str | None = None, *, name: str = "instructions", budget: int = 400) -> None:
        if text is not None and not text.strip():
            raise DefinitionError(f"The component {name!r} is given an empty text; leave it out instead.")
        self.text = None if text is None else text.strip()
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The text, that of the run's language when none was given."""
        return self.text or turn.prompt("text")
