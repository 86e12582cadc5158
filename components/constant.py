"""Constant: a text that never changes."""

from __future__ import annotations

from gamemaster.words import Changes, Component, DefinitionError, SectionKind, Turn

__all__ = ["Constant"]


class Constant(Component):
    """The same `text` at every turn, under a heading of your own.

    `changes="shared"` says that every agent has the very same text, and puts it first in the prompt, where a model that
    reuses prefixes reads it once for all.
    """

    def __init__(
        self,
        text: str,
        *,
        label: str = "",
        name: str = "constant",
        changes: Changes = "own",
        kind: SectionKind = "other",
        budget: int = 600,
    ) -> None:
        if not text.strip():
            raise DefinitionError(f"The component {name!r} is given an empty text; leave it out instead.")
        self.text = text.strip()
        self.label = label
        self.name = name
        self.changes = changes
        self.kind = kind
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The text."""
        return self.text
