"""Universalization: what would happen if everyone did the same.

The one idea: the agent is told the consequence of a rule, not of a deed, and it is worked out from figures of the world, not by
a model. It gives no advice.

Source: Levine et al. 2020 (universalization in moral judgement); Piatti et al. 2024, section 3.4, where a sentence of this kind
kept resources alive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from gamemaster.words import Component, DefinitionError, Turn

__all__ = ["Universalization"]

Consequence: TypeAlias = "Callable[[Mapping[str, Any], Any], str]"


class Universalization(Component):
    """A line for each choice: what would come of it if everyone chose it.

    `choices` are the choices, or a function that gives them from what the world lets the agent perceive as data
    (`perceive_data`); `consequence(data, choice)` says in words what would happen if all made this choice, "" for
    nothing to be said. With `when`, the names of actions, it speaks only where the answer is one of these.
    Raises: DefinitionError for no choices.
    """

    kind = "other"

    def __init__(
        self,
        choices: Sequence[Any] | Callable[[Mapping[str, Any]], Sequence[Any]],
        consequence: Consequence,
        *,
        when: Sequence[str] | None = None,
        label: str = "",
        name: str = "universalization",
        budget: int = 200,
    ) -> None:
        if not callable(choices) and not choices:
            raise DefinitionError(f"The component {name!r} is given no choices; give at least one.")
        self.choices = choices
        self.consequence = consequence
        self.when = None if when is None else tuple(when)
        self.label = label
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The consequences, one a line, those that are said twice once; nothing where the world shows no data."""
        data = turn.sees_data
        if not data or (self.when is not None and turn.spec.action not in self.when):
            return ""
        choices = self.choices(data) if callable(self.choices) else self.choices
        lines = [self.consequence(data, choice).strip() for choice in choices]
        return "\n".join(dict.fromkeys(line for line in lines if line))
