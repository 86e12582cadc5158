"""Perceived: one thing that the world shows to this agent, under a heading of its own."""

from __future__ import annotations

from gamemaster.words import Changes, Component, DefinitionError, SectionKind, Turn

__all__ = ["Perceived"]


class Perceived(Component):
    """What the world's `perceive_data` gives under `key`: a text, or a list of texts, one a line; nothing where it gives nothing.

    For what a world keeps on behalf of its people and what they would call their own: a strategy, a duty, a hand of
    cards. `kind` says what it speaks of, and `changes` how often it does, which decides where in the prompt it stands.
    """

    def __init__(
        self,
        key: str,
        *,
        label: str = "",
        name: str = "",
        changes: Changes = "slowly",
        kind: SectionKind = "situation",
        budget: int = 400,
    ) -> None:
        if not key.strip():
            raise DefinitionError("Perceived is given no key; name an entry of what the world's perceive_data gives.")
        self.key = key
        self.label = label
        self.name = name or key
        self.changes = changes
        self.kind = kind
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The text, or the texts."""
        found = turn.sees_data.get(self.key)
        if isinstance(found, list | tuple):
            return "\n".join(str(each) for each in found)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return "" if found is None else str(found)
