"""Reflection: what the agent makes of what it has lived through, when enough has happened.

The one idea: importance is taken off a budget, and when it is spent the agent asks itself what the latest memories raise, looks
back for each question, and keeps what it concludes as thoughts that rest on the memories they were drawn from. Thoughts are
memories like others: what `Recall` finds later, and what deeper reflections rest on.

Source: Park et al. 2023, section 4.2 (budget of 150, 3 questions from the 100 latest records, 5 insights each, with
evidence); thirty records are looked back on as in the published code. Departures: an insight that is among the last ones in
the same words isn't kept again, and one that names no evidence isn't kept at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias, get_args

from annotated_types import Len
from pydantic import BaseModel, Field, StringConstraints, create_model

from gamemaster.components.importance_rating import ImportanceRating
from gamemaster.language import together
from gamemaster.memory import ImportanceTrigger
from gamemaster.words import (
    AnswerFailed,
    Component,
    DefinitionError,
    JsonValue,
    MemoryRecord,
    Observation,
    Section,
    Turn,
    one_line,
)

__all__ = ["Reflection", "ReflectionMode"]

ReflectionMode: TypeAlias = Literal["none", "bounded", "full"]
"""Never; at most so many a day; whenever the budget is spent."""

_LONGEST = 200
_MOST_COUNTED = 500


class Reflection(Component):
    """Reflects at the end of a step in which the budget of importance was spent, and says the last few insights.

    Each thing noticed takes its importance off `threshold`; at zero or less the agent reflects, and the budget is full
    again. `rating` is the component that rates (it must stand in the agent's list); without it what is unrated counts as 5.
    A reflection asks for `questions` from the `recent` latest memories, recalls `memories` for each, and takes up to
    `insights` from them, all questions at the same time: two rounds of calls, 1 + `questions` of them.
    Insights become memories of the kind thought, one deeper than the deepest they rest on.

    `mode` is a factor for experiments: "none" never reflects, "full" whenever the budget is spent, "bounded" at most
    `a_day` times a simulated day (what would have been one more is let pass, and counted). `last` insights stand in the prompt.

    Measures: `reflections` (1, and 0 for one let pass), `insights` (how many were kept), `reflection_depth` (of the deepest
    of them, when there are any).
    """

    changes = "slowly"
    kind = "memory"

    def __init__(
        self,
        rating: ImportanceRating | None = None,
        *,
        mode: ReflectionMode = "full",
        a_day: int = 2,
        threshold: float = 150.0,
        recent: int = 100,
        questions: int = 3,
        memories: int = 30,
        insights: int = 5,
        last: int = 5,
        given: Sequence[Component] = (),
        name: str = "reflection",
        budget: int = 400,
    ) -> None:
        if mode not in get_args(ReflectionMode):
            raise DefinitionError(f"The component {name!r} has mode={mode!r}; it is 'none', 'bounded' or 'full'.")
        least = {"a_day": a_day, "recent": recent, "questions": questions, "memories": memories, "insights": insights}
        for what, number in least.items():
            if number < 1:
                raise DefinitionError(f"The component {name!r} has {what}={number}; it must be at least 1.")
        if not 0 <= last <= 20:
            raise DefinitionError(f"The component {name!r} has last={last}; it is 0 to 20.")
        if not 0 < threshold < float("inf"):
            raise DefinitionError(f"The component {name!r} has threshold={threshold}; it is a number above 0.")
        self.rating = rating
        self.mode: ReflectionMode = mode
        self.a_day = a_day
        self.recent = recent
        self.questions = questions
        self.memories = memories
        self.insights = insights
        self.last = last
        self.given = tuple(given) if rating is None or rating in given else (rating, *given)
        self.name = name
        self.budget = budget
        self._trigger = ImportanceTrigger(budget=float(threshold))
        self._new = 0
        self._day = 0
        self._today = 0
        self._insights: list[str] = []

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """The last insights, oldest first, as many as the budget allows."""
        room = self.budget * 3
        kept: list[str] = []
        for text in reversed(self._insights):
            room -= len(text) + 3
            if room < 0:
                break
            kept.append(f"- {text}")
        return "\n".join(reversed(kept))

    def _rating(self) -> ImportanceRating | None:
        """The component that rates, None where there is none or it was left out."""
        return self.rating if self.rating in self.given else None

    def _before(self) -> list[Component]:
        """What stands before its questions."""
        return [each for each in self.given if each is not self.rating]

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Count what there is to take off the budget."""
        self._new = min(self._new + 1, _MOST_COUNTED)

    async def react(self, turn: Turn) -> None:
        """Take what was noticed off the budget, and reflect when it is spent."""
        if self.mode == "none":
            self._new = 0
            return
        if (rating := self._rating()) is not None:
            await turn.context(rating)
        if not self._is_due(turn):
            return
        if turn.moment.day != self._day:
            self._day, self._today = turn.moment.day, 0
        if self.mode == "bounded" and self._today >= self.a_day:
            turn.measure("reflections", 0)
            return
        self._today += 1
        await self._reflect(turn)

    def _is_due(self, turn: Turn) -> bool:
        """Whether what was noticed since the last time has spent the budget."""
        new, self._new = self._new, 0
        if not new:
            return False
        rating = self._rating()
        ratings = {} if rating is None else rating.ratings
        noticed = turn.memory.recent(new, kinds=("observation",))
        return self._trigger.spend(ratings.get(each.id, each.importance) for each in noticed)

    async def _reflect(self, turn: Turn) -> None:
        ages = {each.id: at for at, each in enumerate(turn.memory.recent(len(turn.memory)))}
        latest = turn.memory.recent(self.recent)
        notes = [self._section(turn, "latest", latest)]
        asked = await turn.list(
            turn.prompt("questions", n=self.questions), self.questions, given=self._before(), notes=notes, what="questions"
        )
        turn.measure("reflections", 1)
        found = await together([self._conclude(turn, number, one_line(each), ages) for number, each in enumerate(asked)])
        known: dict[str, list[MemoryRecord]] = {}
        for insights in found:
            for text, evidence in insights:
                if text not in self._insights:
                    known.setdefault(text, evidence)
        for text, evidence in known.items():
            turn.memory.add(text, kind="thought", rests_on=[each.id for each in evidence])
        self._insights = [*self._insights, *known][-self.last :] if self.last else []
        turn.measure("insights", len(known))
        if known:
            depths = [1 + max(each.depth for each in evidence) for evidence in known.values()]
            turn.measure("reflection_depth", max(depths))

    async def _conclude(
        self, turn: Turn, number: int, question: str, ages: Mapping[str, int]
    ) -> list[tuple[str, list[MemoryRecord]]]:
        """Insights on one question, each with the memories that it rests on, in the order of age."""
        hits = await turn.memory.recall(question, self.memories)
        records = sorted([hit.memory for hit in hits], key=lambda each: ages.get(each.id, 0))
        if not records:
            return []
        try:
            told = await turn.fill(
                turn.prompt("insights", question=question, n=self.insights),
                _schema(len(records), self.insights),
                given=self._before(),
                notes=[self._section(turn, "statements", records)],
                max_tokens=100 * self.insights,
                what=f"insights/{number}",
            )
        except AnswerFailed:
            return []
        out: list[tuple[str, list[MemoryRecord]]] = []
        insights: Any = told
        for each in insights.insights:
            places: list[int] = sorted(set(each.evidence))
            evidence = [records[place - 1] for place in places]
            out.append((one_line(each.insight)[:_LONGEST], evidence))
        return [(text, evidence) for text, evidence in out if text]

    def _section(self, turn: Turn, label: str, records: Sequence[MemoryRecord]) -> Section:
        lines = "\n".join(f"{at}. {one_line(each.text)[:_LONGEST]}" for at, each in enumerate(records, 1))
        return Section(label=turn.prompt(label), text=lines, kind="memory", component=self.name)

    # --- its state ---

    def state(self) -> dict[str, JsonValue]:
        """What is left of the budget, what isn't taken off yet, the reflections of the day, and the last insights."""
        insights: list[JsonValue] = []
        insights.extend(self._insights)
        return {
            "left": self._trigger.left,
            "elements": self._trigger.elements,
            "new": self._new,
            "day": self._day,
            "today": self._today,
            "insights": insights,
        }

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        held: Any = state
        self._trigger = ImportanceTrigger(budget=self._trigger.budget, left=float(held["left"]), elements=held["elements"])
        self._new, self._day, self._today = held["new"], held["day"], held["today"]
        self._insights = list(held["insights"])


@lru_cache(maxsize=256)
def _schema(records: int, insights: int) -> type[BaseModel]:
    """At most so many insights, each with the numbers of one to eight of so many statements."""
    number: Any = Annotated[int, Field(ge=1, le=records)]
    evidence: Any = Annotated[list[number], Len(1, 8)]
    text: Any = Annotated[str, StringConstraints(min_length=1, max_length=2 * _LONGEST)]
    one = create_model("Insight", insight=(text, ...), evidence=(evidence, ...))
    several: Any = Annotated[list[one], Len(1, insights)]
    return create_model("Insights", insights=(several, ...))
