"""Goals: what the agent wants to bring about, and what has become of each, with evidence.

The one idea: a goal ends once, by an event that it declares or by a judgement that names its events and a reason, so that an
agent neither goes on with what is done nor forgets what has become impossible. What to do about a goal is left to others
(`Plan`, `BDI`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, cast

from annotated_types import Len
from pydantic import BaseModel, Field, StringConstraints, create_model

from gamemaster.components.goal import ENDINGS, Goal, GoalEnding, after_happening, ended, past_deadline, read_goals
from gamemaster.components.happening import Happening
from gamemaster.components.happenings import Happenings
from gamemaster.components.room import lines_within
from gamemaster.components.unless_failed import unless_failed
from gamemaster.language import together
from gamemaster.words import Attempt, Chosen, Component, DefinitionError, Event, JsonValue, Observation, Section, Turn

__all__ = ["Goals"]

_MOST_GOALS = 12
_MOST_NEWS = 8
_LONGEST = 200


class Goals(Component):
    """The agent's goals: open ones, the highest priority first, then the last that ended, with the reason.

    A goal is a `Goal` or a text. One that declares what achieves it, or makes it impossible, is settled by counting
    events. Of the others the model is asked at the end of a step in which there was news: for each open one whether it is
    achieved, given up or impossible, all at the same time; and for those that are, why, and by which of the news. With
    `asks=False` it isn't. News is what the agent did, was refused, heard or was told, and what it saw others do.

    An end is remembered as a thought. `shown_ended` of those that ended stay in the prompt.
    Measures: `goal` ("achieved", "abandoned", "impossible", as each ends) and `goals_open` (how many there still are, then).
    """

    changes = "slowly"
    kind = "goal"

    def __init__(
        self,
        goals: Sequence[Goal | str],
        *,
        asks: bool = True,
        shown_ended: int = 3,
        given: Sequence[Component] = (),
        name: str = "goals",
        budget: int = 200,
    ) -> None:
        if shown_ended < 0:
            raise DefinitionError(f"The component {name!r} has shown_ended={shown_ended}; it must be at least 0.")
        self.name = name
        self.asks = asks
        self.shown_ended = shown_ended
        self.given = tuple(given)
        self.budget = budget
        self._goals = read_goals(goals, name=name, most=_MOST_GOALS)
        self._order: list[str] = []  # the texts of those that ended, in the order in which they did
        self._happenings = Happenings()

    @property
    def goals(self) -> tuple[Goal, ...]:
        """All goals, with what has become of them, in the order in which they were given."""
        return self._goals

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """The open goals, the highest priority first, then the last that ended."""
        lines: list[str] = []
        for goal in sorted([each for each in self._goals if each.is_open], key=lambda each: -each.priority):
            some = goal.times > 1
            lines.append(
                turn.prompt("counted", goal=goal.text, done=goal.done, times=goal.times)
                if some
                else turn.prompt("open", goal=goal.text)
            )
        by_text = {goal.text: goal for goal in self._goals}
        latest = self._order[-self.shown_ended :] if self.shown_ended else []
        for text in reversed(latest):
            goal = by_text[text]
            lines.append(turn.prompt(goal.status, goal=goal.text, reason=goal.reason))
        return lines_within(lines, self.budget)

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Note what may bear on a goal."""
        self._happenings.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Note which action it was, and what was refused."""
        self._happenings.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        """Settle the goals that events or the deadline settle, and ask about the others."""
        happened = self._happenings.take(turn)
        before = self._goals
        late = turn.prompt("too_late")
        self._goals = tuple(past_deadline(goal, turn.time, late) for goal in self._goals)
        for happening in happened:
            line = happening.line(turn.texts)
            self._goals = tuple(after_happening(goal, happening, turn.agent, line) for goal in self._goals)
        news = happened[-_MOST_NEWS:]
        if self.asks and news:
            asked = [goal for goal in self._goals if goal.is_open and not goal.is_declared]
            judged = await together([self._judge(turn, self._goals.index(goal), goal, news) for goal in asked])
            by_text = {goal.text: goal for goal in judged}
            self._goals = tuple(by_text.get(goal.text, goal) for goal in self._goals)
        self._tell_endings(turn, before)

    def _tell_endings(self, turn: Turn, before: Sequence[Goal]) -> None:
        fresh = [goal for goal, old in zip(self._goals, before, strict=True) if old.is_open and not goal.is_open]
        for goal in fresh:
            self._order.append(goal.text)
            turn.measure("goal", goal.status)
            turn.memory.add(turn.prompt(goal.status, goal=goal.text, reason=goal.reason), kind="thought")
        if fresh:
            turn.measure("goals_open", sum(goal.is_open for goal in self._goals))

    async def _judge(self, turn: Turn, at: int, goal: Goal, news: Sequence[Happening]) -> Goal:
        """The goal after a judgement; the same where it stays open, or no answer can be used."""
        lines = "\n".join(f"{number}. {each.line(turn.texts)}" for number, each in enumerate(news, 1))
        notes = [Section(label=turn.prompt("news"), text=lines, kind="observation", component=self.name)]
        options = [turn.prompt("still_open"), *turn.prompts("endings")]
        question = turn.prompt("question", goal=goal.text)
        chosen: Chosen | None = await unless_failed(
            turn.choose(question, options, given=self.given, notes=notes, unsure=0, what=f"status/{at}")
        )
        if chosen is None or chosen.index == 0:
            return goal
        status: GoalEnding = ENDINGS[chosen.index - 1]
        why = turn.prompt("why", goal=goal.text, ending=chosen.option)
        told: Any = await unless_failed(
            turn.fill(why, _schema(len(news)), given=self.given, notes=notes, max_tokens=100, what=f"why/{at}")
        )
        if told is None:
            return ended(goal, status, news[-1].line(turn.texts), [each.id for each in news])
        ids = [news[number - 1].id for number in sorted(set(cast("list[int]", told.evidence)))]
        return ended(goal, status, told.reason, ids)

    # --- its state ---

    def state(self) -> dict[str, JsonValue]:
        """What has become of the goals, the order in which they ended, and what was noticed and not thought about."""
        return {
            "goals": [goal.as_json() for goal in self._goals],
            "order": [*self._order],
            "noticed": self._happenings.as_json(),
        }

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave; a goal that it doesn't know keeps the status that it was given."""
        held: Any = state
        by_text = {each[0]: each for each in held["goals"]}
        self._goals = tuple(goal.having(by_text[goal.text]) if goal.text in by_text else goal for goal in self._goals)
        known = {goal.text for goal in self._goals}
        self._order = [text for text in held["order"] if text in known]
        self._happenings.restore(held["noticed"])


@lru_cache(maxsize=64)
def _schema(news: int) -> type[BaseModel]:
    """A reason, and the numbers of one or more of so many pieces of news."""
    number: Any = Annotated[int, Field(ge=1, le=news)]
    evidence: Any = Annotated[list[number], Len(1, news)]
    reason: Any = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST)]
    return create_model("Why", reason=(reason, ...), evidence=(evidence, ...))
