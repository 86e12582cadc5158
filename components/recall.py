"""Recall: memories that bear on the situation."""

from __future__ import annotations

from gamemaster.components.remembered_lines import remembered_lines
from gamemaster.words import Component, DefinitionError, Turn, Weights

__all__ = ["Recall"]


class Recall(Component):
    """The `k` memories that score highest for the situation: what was noticed last, and what is asked.

    `query` replaces the situation. `weights` are those of relevance, recency and importance; by default the published
    ones (Park et al. 2023). What `Observations` shows anyway, the latest `skip_latest` observations, is left out.
    """

    kind = "memory"

    def __init__(
        self,
        k: int = 6,
        *,
        query: str = "",
        weights: Weights | None = None,
        skip_latest: int = 12,
        name: str = "recall",
        budget: int = 500,
    ) -> None:
        if k < 1:
            raise DefinitionError(f"Recall(k={k}): k must be at least 1.")
        if skip_latest < 0:
            raise DefinitionError(f"Recall(skip_latest={skip_latest}): skip_latest must be at least 0.")
        self.k = k
        self.query = query
        self.weights = weights
        self.skip_latest = skip_latest
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The memories, one a line, oldest first, each with its time; the least fitting are left out when the budget is short."""
        skipped = (
            {each.id for each in turn.memory.recent(self.skip_latest, kinds=("observation",))} if self.skip_latest else set[str]()
        )
        if len(turn.memory) <= len(skipped):
            return ""
        hits = await turn.memory.recall(self.query or self._situation(turn), self.k + len(skipped), weights=self.weights)
        found = [hit.memory for hit in hits if hit.memory.id not in skipped][: self.k]
        return remembered_lines(found, turn, self.budget)

    def _situation(self, turn: Turn) -> str:
        latest = turn.memory.recent(2, kinds=("observation",))
        return " ".join([*(each.text for each in latest), turn.texts.call(turn.spec, name=turn.agent, time="")]).strip()
