"""Observations: what the agent noticed of late."""

from __future__ import annotations

from gamemaster.words import Component, DefinitionError, Turn

__all__ = ["Observations"]

_KINDS = ("observation",)


class Observations(Component):
    """The `last` observations, oldest first, each with its time; with `since_last_turn`, those since the last turn alone.

    What others said stands as a quotation on one line of its own.
    """

    kind = "observation"

    def __init__(self, last: int = 12, *, since_last_turn: bool = False, name: str = "observations", budget: int = 600) -> None:
        if last < 1:
            raise DefinitionError(f"Observations(last={last}): last must be at least 1.")
        self.last = last
        self.since_last_turn = since_last_turn
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The observations, one a line; the oldest are left out when the budget is short."""
        if self.since_last_turn:
            lines = turn.texts.stamped(turn.moment, [(each.time, turn.texts.sentence(each)) for each in turn.news[-self.last :]])
        else:
            seen = turn.memory.recent(self.last, kinds=_KINDS)
            lines = turn.texts.stamped(turn.moment, [(each.time, each.text) for each in seen])
        whole = "\n".join(lines)
        room = self.budget * 3
        if len(whole) < room:
            return whole
        kept: list[str] = []
        for line in reversed(lines):
            room -= len(line) + 1
            if room < 0 and kept:
                break
            kept.append(line)
        return "\n".join(reversed(kept))
