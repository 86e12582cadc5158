"""Plan: the day ahead, hour by hour, made once a day and kept until something speaks against it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gamemaster.words import Attempt, Component, DefinitionError, Event, JsonValue, Section, Turn, one_line

__all__ = ["PLAN_QUESTION", "Plan"]

PLAN_QUESTION = """\
It is {time}. What does {name} plan to do in the rest of this day? \
Give a list of at most {n} items in the order of time, each on one line and beginning with its hour, as in "09:30 ...". \
Name the place of each."""

_HOUR = re.compile(
    r"""^\W*(?:\d{1,2}[.)]\s+)?(?:(?:at|from|by|around)\s+)?  # "- ", "2. ", "At "
    (\d{1,2})[:.](\d{2})(?:\s*([ap])\.?m\b\.?)?             # "9:30", "9.30", "9:30 pm"
    (?:\s*(?:-|–|—|to|until)\s*\d{1,2}[:.]\d{2}(?:\s*[ap]\.?m\b\.?)?)?[^\w(\[<"'“‘]*""",
    re.VERBOSE | re.IGNORECASE,
)


class Plan(Component):
    """What the agent means to do today: at most `items` lines, each with its hour.

    The plan is made at the first turn of a day, from the contexts in `given` (usually the persona). An item whose
    action was refused is crossed out with the reason, so that the agent does not run at the same wall again; whatever
    else came between leaves the plan as it is.
    Source: Park et al. 2023, section 4.3, with one level of detail instead of three.
    """

    label = "Your plan for today"
    changes = "slowly"
    kind = "plan"

    def __init__(self, *, given: Sequence[Component] = (), items: int = 8, name: str = "plan", budget: int = 400) -> None:
        if items < 1:
            raise DefinitionError(f"Plan(items={items}): items must be at least 1.")
        self.given = tuple(given)
        self.items = items
        self.name = name
        self.budget = budget
        self._day = 0
        self._lines: list[tuple[int, str]] = []
        self._refused: dict[str, str] = {}
        self._current = -1

    async def context(self, turn: Turn) -> str:
        """The plan, one item a line, past ones included; crossed-out ones with the reason."""
        if self._day != turn.moment.day:
            await self._make(turn)
        minute = int(turn.moment.seconds_of_day // 60)
        due = [at for at, (start, _) in enumerate(self._lines) if start <= minute]
        self._current = due[-1] if due else -1
        shown: list[str] = []
        for at, (start, what) in enumerate(self._lines):
            reason = self._refused.get(str(at))
            hour = f"{start // 60:02d}:{start % 60:02d}"
            shown.append(f"{hour} {what}" if reason is None else f"{hour} (given up: {what}; {reason})")
        return "\n".join(shown)

    async def _make(self, turn: Turn) -> None:
        question = PLAN_QUESTION.replace("{time}", str(turn.moment)).replace("{name}", turn.agent).replace("{n}", str(self.items))
        notes = [Section(label="Here and now", text=turn.sees, kind="situation", component=self.name)] if turn.sees else []
        lines = await turn.list(question, self.items, given=self.given, notes=notes, what=f"day/{turn.moment.day}")
        last = int(turn.moment.seconds_of_day // 60)
        plan: list[tuple[int, str]] = []
        for line in map(one_line, lines):
            hour = _HOUR.match(line)
            what = line[hour.end() :] if hour else line
            if hour:
                last = _minute(hour)
            if what:
                plan.append((last, what))
        plan.sort(key=lambda item: item[0])
        self._day, self._lines, self._refused = turn.moment.day, plan, {}
        if plan:
            turn.memory.add("Plan for the day: " + "; ".join(what for _, what in plan), kind="plan")

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Cross out the item at hand when it was refused."""
        if self._current < 0:
            return
        reasons = [event.text for event in events if event.kind == "refusal" and event.actor == attempt.actor]
        if reasons:
            self._refused[str(self._current)] = reasons[-1]

    def state(self) -> dict[str, JsonValue]:
        """Day, items with their minute of the day, why items (by number) were refused, and the item at hand."""
        return {
            "day": self._day,
            "lines": [[start, what] for start, what in self._lines],
            "refused": dict(self._refused),
            "current": self._current,
        }

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        day, lines, refused, current = state["day"], state["lines"], state["refused"], state["current"]
        assert isinstance(day, int) and isinstance(lines, list) and isinstance(refused, dict) and isinstance(current, int)
        self._day, self._current = day, current
        self._lines = [(int(str(item[0])), str(item[1])) for item in lines if isinstance(item, list)]
        self._refused = {what: str(reason) for what, reason in refused.items()}


def _minute(hour: re.Match[str]) -> int:
    """The minute of the day of an hour as it was written, with or without am and pm."""
    number, half = int(hour[1]), (hour[3] or "").lower()
    if half and 1 <= number <= 12:
        number = number % 12 + (12 if half == "p" else 0)
    return min(number, 23) * 60 + min(int(hour[2]), 59)
