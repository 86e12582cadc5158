"""Goal: something an agent wants to bring about, and what has become of it.

The one idea: a goal is open until it ends, once, with a reason and the ids of the events that show it. Counting events is
arithmetic and stands here; what an event means for a goal that declares nothing is judged elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias, cast, get_args

from gamemaster.components.happening import Happening
from gamemaster.words import DefinitionError, JsonValue, one_line

__all__ = ["ENDINGS", "Goal", "GoalEnding", "GoalStatus", "after_happening", "ended", "past_deadline", "read_goals"]

GoalStatus: TypeAlias = Literal["open", "achieved", "abandoned", "impossible"]
GoalEnding: TypeAlias = Literal["achieved", "abandoned", "impossible"]

ENDINGS: tuple[GoalEnding, ...] = get_args(GoalEnding)
"""The ways in which a goal ends, in the order in which the questions offer them."""

_MOST_EVIDENCE = 8
_LONGEST_REASON = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal in words, with a priority (the higher, the more it counts).

    `achieved_by`, `abandoned_by` and `impossible_by` name actions, tags or kinds of events; the agent's own count, and of
    others' those that are so named too when `by_anyone`. Where it has any of them no model is asked about it. `times` is
    how many such events achieve it. After `deadline` (simulated seconds) it is impossible.
    `status`, `done` (how many times so far), `reason` and `evidence` (ids of events) say what has become of it.
    """

    text: str
    priority: float = 1.0
    achieved_by: tuple[str, ...] = ()
    abandoned_by: tuple[str, ...] = ()
    impossible_by: tuple[str, ...] = ()
    by_anyone: bool = False
    times: int = 1
    deadline: float | None = None
    status: GoalStatus = "open"
    done: int = 0
    reason: str = ""
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise DefinitionError("A goal is empty; say in words what is wanted, as in Goal(text='Sell ten loaves').")
        for what in ("achieved_by", "abandoned_by", "impossible_by"):
            if isinstance(getattr(self, what), str):
                raise DefinitionError(f"The goal {self.text!r} has {what}={getattr(self, what)!r}; give a tuple of names.")
        if self.times < 1:
            raise DefinitionError(f"The goal {self.text!r} has times={self.times}; it must be at least 1.")

    @property
    def is_open(self) -> bool:
        """Whether it hasn't ended."""
        return self.status == "open"

    @property
    def is_declared(self) -> bool:
        """Whether events alone say what becomes of it."""
        return bool(self.achieved_by or self.abandoned_by or self.impossible_by)

    # --- its state: what becomes of it; the rest is given anew ---

    def as_json(self) -> list[JsonValue]:
        """What has become of it."""
        return [self.text, self.status, self.done, self.reason, list(self.evidence)]

    def having(self, held: JsonValue) -> Goal:
        """The same goal with what `as_json` gave."""
        _, status, done, reason, evidence = cast("list[Any]", held)
        return replace(self, status=status, done=done, reason=reason, evidence=tuple(evidence))


def ended(goal: Goal, status: GoalEnding, reason: str, evidence: Iterable[str] = ()) -> Goal:
    """The goal with its end; one that has ended stays as it is."""
    if not goal.is_open:
        return goal
    ids = tuple(dict.fromkeys([*goal.evidence, *evidence]))[-_MOST_EVIDENCE:]
    return replace(goal, status=status, reason=one_line(reason)[:_LONGEST_REASON], evidence=ids)


def after_happening(goal: Goal, happening: Happening, agent: str, reason: str) -> Goal:
    """The goal after something happened, by what it declares. An end as impossible or abandoned goes before one as achieved.

    What is said ends no goal: only deeds, refusals and other events do. `reason` is what stands for the end's reason.
    """
    counts = not happening.is_speech and (happening.actor in (agent, "") or goal.by_anyone)
    if not goal.is_open or not counts:
        return goal
    if any(happening.matches(key) for key in goal.impossible_by):
        return ended(goal, "impossible", reason, [happening.id])
    if any(happening.matches(key) for key in goal.abandoned_by):
        return ended(goal, "abandoned", reason, [happening.id])
    if not any(happening.matches(key) for key in goal.achieved_by):
        return goal
    ids = (*goal.evidence, happening.id)[-_MOST_EVIDENCE:]
    further = replace(goal, done=goal.done + 1, evidence=ids)
    return ended(further, "achieved", reason) if further.done >= goal.times else further


def past_deadline(goal: Goal, time: float, reason: str) -> Goal:
    """The goal at a moment: impossible when it is still open after its deadline."""
    if goal.deadline is None or time <= goal.deadline:
        return goal
    return ended(goal, "impossible", reason)


def read_goals(goals: Sequence[Goal | str], *, name: str, most: int) -> tuple[Goal, ...]:
    """Goals, where a text is a goal of priority 1. Raises: DefinitionError for none, too many, or two alike."""
    if isinstance(goals, str):
        raise DefinitionError(f"The component {name!r} is given {goals!r}; give a list of goals or texts.")
    read = tuple(Goal(text=each) if isinstance(each, str) else each for each in goals)
    for each in read:
        if not isinstance(each, Goal):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DefinitionError(f"The component {name!r} is given the goal {each!r}; give Goal(...) or a text.")
    texts = [each.text for each in read]
    if not 1 <= len(read) <= most:
        raise DefinitionError(f"The component {name!r} is given {len(read)} goals; give 1 to {most}.")
    if len(set(texts)) < len(texts):
        twice = next(text for text in texts if texts.count(text) > 1)
        raise DefinitionError(f"The component {name!r} is given the goal {twice!r} twice; give it once.")
    return read
