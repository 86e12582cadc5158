"""ImportanceRating: how important what was noticed is, rated in batches.

The one idea: one question with the list of a step's new memories gets a list of numbers, instead of one question for each.
The numbers are stored with the memories, where recall and reflection read them. It says nothing in the prompt.

Source: Park et al. 2023, section 4.1 (poignancy from 1, mundane, to 10, extremely poignant), where each event is rated by a
question of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, cast

from annotated_types import Len
from pydantic import BaseModel, Field, create_model

from gamemaster.language import together
from gamemaster.words import AnswerFailed, Component, DefinitionError, JsonValue, MemoryRecord, Section, Turn, one_line

__all__ = ["ImportanceRating"]

_MOST_LOOKED_AT = 200
_LONGEST = 300


class ImportanceRating(Component):
    """Rates the memories that nobody has rated yet, from 1 to 10, at the end of each step.

    The memories of `kinds` are rated, `batch` of them in a question; the questions of one step are asked at the same time,
    and so are those of all agents. `given` (the persona, say) stands before them: the same news matters more to one than to
    another. What the model gives no usable numbers for stays unrated, and counts as 5 wherever it matters.

    Another component learns the step's ratings by waiting for this one's context (`await turn.context(rating)`), and
    then reading `ratings`, by the ids of the memories.
    """

    kind = "memory"
    shown = False
    budget = 40

    def __init__(
        self,
        *,
        kinds: Sequence[str] = ("observation",),
        batch: int = 20,
        given: Sequence[Component] = (),
        name: str = "importance_rating",
    ) -> None:
        if batch < 1:
            raise DefinitionError(f"The component {name!r} has batch={batch}; it must be at least 1.")
        if isinstance(kinds, str) or not kinds:
            raise DefinitionError(f"The component {name!r} has kinds={kinds!r}; give a list of at least one kind of memory.")
        self.kinds = tuple(kinds)
        self.batch = batch
        self.given = tuple(given)
        self.name = name
        self.ratings: dict[str, float] = {}
        self._step = -1
        self._last = ""

    async def react(self, turn: Turn) -> None:
        """Rate what is new."""
        await self.context(turn)

    async def context(self, turn: Turn) -> str:
        """Nothing in words; rates what is new, once a turn."""
        if turn.step != self._step:
            self._step, self.ratings = turn.step, {}
        new = self._unrated(turn)
        if not new:
            return ""
        batches = [new[at : at + self.batch] for at in range(0, len(new), self.batch)]
        found = await together([self._rate(turn, number, each) for number, each in enumerate(batches)])
        for ratings in found:
            for id, rating in ratings.items():
                turn.memory.rate(id, rating)
            self.ratings.update(ratings)
        self._last = new[-1].id
        return ""

    def _unrated(self, turn: Turn) -> list[MemoryRecord]:
        """The unrated memories since the last that was looked at, oldest first."""
        recent = turn.memory.recent(_MOST_LOOKED_AT, kinds=self.kinds)
        seen = next((at for at in range(len(recent) - 1, -1, -1) if recent[at].id == self._last), -1)
        return [each for each in recent[seen + 1 :] if each.importance is None]

    async def _rate(self, turn: Turn, number: int, records: Sequence[MemoryRecord]) -> dict[str, float]:
        lines = "\n".join(f"{at}. {one_line(each.text)[:_LONGEST]}" for at, each in enumerate(records, 1))
        notes = [Section(label=turn.prompt("new_memories"), text=lines, kind="observation", component=self.name)]
        question = turn.prompt("question", n=len(records))
        try:
            rated = await turn.fill(
                question,
                _schema(len(records)),
                given=self.given,
                notes=notes,
                max_tokens=20 + 4 * len(records),
                what=f"rate/{number}",
            )
        except AnswerFailed:
            return {}
        ratings = cast("Sequence[int]", cast(Any, rated).ratings)
        return {each.id: float(rating) for each, rating in zip(records, ratings, strict=True)}

    def state(self) -> dict[str, JsonValue]:
        """The last memory that it looked at."""
        return {"last": self._last}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        self._last = str(state["last"])
        self._step, self.ratings = -1, {}


@lru_cache(maxsize=256)
def _schema(n: int) -> type[BaseModel]:
    """A list of `n` whole numbers from 1 to 10."""
    rating: Any = Annotated[int, Field(ge=1, le=10)]
    ratings: Any = Annotated[list[rating], Len(n, n)]
    return create_model("Ratings", ratings=(ratings, ...))
