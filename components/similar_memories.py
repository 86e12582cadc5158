"""SimilarMemories: what comes to mind when the agent has put into words what is going on."""

from __future__ import annotations

from collections.abc import Sequence

from gamemaster.components.remembered_lines import remembered_lines
from gamemaster.memory import PLAIN
from gamemaster.words import Component, DefinitionError, Turn, one_line

__all__ = ["SimilarMemories"]


class SimilarMemories(Component):
    """The `k` memories nearest in meaning to what `given` says, oldest first.

    With `summary` the model first puts what is given into a sentence, and the memories are those nearest to that: one call.
    Without it they are nearest to the text itself. Relevance alone counts; `Recall` weighs recency and importance too.
    Source: the component "all similar memories" of Concordia (Vezhnevets et al. 2023), with one query instead of one a part.
    """

    kind = "memory"

    def __init__(
        self,
        *,
        given: Sequence[Component],
        k: int = 10,
        summary: bool = True,
        name: str = "similar_memories",
        budget: int = 500,
    ) -> None:
        if not given:
            raise DefinitionError(f"The component {name!r} is given nothing to be reminded by; give it a component.")
        if k < 1:
            raise DefinitionError(f"The component {name!r} has k={k}; k must be at least 1.")
        self.given = tuple(given)
        self.k = k
        self.summary = summary
        self.name = name
        self.budget = budget

    async def context(self, turn: Turn) -> str:
        """The memories, one a line, each with its time where it has one of its own."""
        if not len(turn.memory):
            return ""
        query = await self._query(turn)
        if not query:
            return ""
        hits = await turn.memory.recall(query, self.k, weights=PLAIN)
        return remembered_lines([hit.memory for hit in hits], turn, self.budget)

    async def _query(self, turn: Turn) -> str:
        if self.summary:
            return one_line(await turn.text(turn.prompt("summary"), given=self.given, max_tokens=80, what="summary"))
        return " ".join([one_line(await turn.context(each)) for each in self.given]).strip()
