"""Report: what a plain function of yours says of the agent's turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from gamemaster.words import Changes, Component, DefinitionError, SectionKind, Turn

__all__ = ["Report"]


class Report(Component):
    """The text that `function(name, data)` returns: a line on the state of the world, say, computed and not thought.

    `data` is what the world lets the agent perceive as JSON values (`World.perceive_data`). The function reads nothing else
    and keeps nothing: the same data give the same text.
    Raises: DefinitionError when it returns something else than a text.
    """

    kind = "situation"

    def __init__(
        self,
        function: Callable[[str, Mapping[str, Any]], str],
        *,
        name: str = "report",
        label: str = "",
        changes: Changes = "always",
        kind: SectionKind = "situation",
        budget: int = 300,
    ) -> None:
        if not callable(function):  # pyright: ignore[reportUnnecessaryComparison]
            raise DefinitionError(
                f"The component {name!r} is given {function!r}; give a function of a name and the world's data."
            )
        self.function = function
        self.name = name
        self.label = label
        self.changes = changes
        self.kind = kind
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """What the function says now."""
        return self.function(turn.agent, turn.sees_data)
