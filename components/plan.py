"""Plan: what the agent means to do, made once a day and kept until something speaks against it.

The one idea: the day is planned top-down, in broad strokes, by the hour, and step by step for the near future alone; and a
plan changes only where the agent itself says, asked about what it has heard, that it does. What becomes of the items is
arithmetic (`gamemaster.components.plan_tree`).

Source: Park et al. 2023, section 4.3 (plans from coarse to fine, and reacting). Departures: the default is one level; what
others do in sight without naming the agent is no reason to be asked, unless you say so.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from gamemaster.components.named_in import named_in
from gamemaster.components.plan_item import DAY, PlanItem, clock, read_items
from gamemaster.components.plan_tree import (
    acted,
    at_hand,
    dropped,
    ended_now,
    fitted,
    refused,
    revised,
    settled,
    with_actions,
    with_hours,
)
from gamemaster.language import together
from gamemaster.words import (
    AnswerFailed,
    Attempt,
    Component,
    DefinitionError,
    Event,
    JsonValue,
    Observation,
    Section,
    Turn,
    one_line,
    quote,
)

__all__ = ["Plan"]

_MOST_HOURS = 16
_MOST_ACTIONS = 12
_SHORTEST_ACTION = 5
_MOST_NEWS = 8
_LONGEST_NEWS = 200
_TOLD = ("heard", "was_told", "announced")


def _concerns(observation: Observation) -> bool:
    """Whether something was said in the agent's hearing, told or announced to it, or done in sight that names it."""
    if observation.how in _TOLD:
        return True
    return observation.how == "saw" and named_in(observation.text, observation.to)


class Plan(Component):
    """What the agent means to do today: a tree of day, hours and actions, each item with its start and length.

    The plan is made at the first turn of a day, from the contexts in `given` (usually the persona): at most `items` broad
    strokes. With `levels=2` they are divided into hours by one more question; with `levels=3` what is due within the next
    `ahead` minutes is divided into actions too, a question for each hour. With one level the strokes are all.

    An item whose action was refused is crossed out with the reason, so that the agent does not run at the same wall again.
    Where something done fell into an item's time it ends as done, else as passed; what is past stays to be seen.

    With `revises` (by default where there is more than one level), news is a reason to ask whether the plan is kept, what is
    at hand dropped, or the rest of the day planned anew, and then for the reason. What counts as news is `worth`, a rule
    without a model: by default what the agent heard, was told, or was announced, and acts of others in which it is named.
    Nothing is asked in a step without such.

    Measures: `plan` ("made", "kept", "dropped", "revised", each time one is asked for or asked about) and `plan_item` (how an
    item of the highest level ended: "done", "passed", "refused", "dropped").
    """

    changes = "slowly"
    kind = "plan"
    version = 2

    def __init__(
        self,
        *,
        given: Sequence[Component] = (),
        items: int = 8,
        levels: int = 1,
        ahead: int = 60,
        revises: bool | None = None,
        worth: Callable[[Observation], bool] = _concerns,
        name: str = "plan",
        budget: int = 400,
    ) -> None:
        if items < 1:
            raise DefinitionError(f"Plan(items={items}): items must be at least 1.")
        if levels not in (1, 2, 3):
            raise DefinitionError(f"Plan(levels={levels}): levels is 1 (day), 2 (and hours) or 3 (and actions).")
        if ahead < 1:
            raise DefinitionError(f"Plan(ahead={ahead}): ahead must be at least 1 minute.")
        self.given = tuple(given)
        self.items = items
        self.levels = levels
        self.ahead = ahead
        self.revises = levels > 1 if revises is None else revises
        self.worth = worth
        self.name = name
        self.budget = budget
        self._day = 0
        self._items: tuple[PlanItem, ...] = ()
        self._has_hours = False
        self._minute = 0
        self._news: list[tuple[str | None, str]] = []

    @property
    def tree(self) -> tuple[PlanItem, ...]:
        """The items of the day, past ones included."""
        return self._items

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """The plan, one item a line, past ones included; crossed-out ones with the reason; what is at hand in detail."""
        minute = int(turn.moment.seconds_of_day // 60)
        if self._day != turn.moment.day:
            await self._make(turn, minute)
        else:
            self._settle(turn, minute)
        self._minute = minute
        if self.levels > 1 and not self._has_hours:
            await self._divide_day(turn, minute)
        if self.levels > 2:
            await self._divide_hours(turn, minute)
        self._items = fitted(self._items, minute)
        return self._shown(turn, minute)

    def _shown(self, turn: Turn, minute: int) -> str:
        lines: list[str] = []
        past = 0

        def show(items: Sequence[PlanItem], depth: int) -> None:
            nonlocal past
            now = at_hand(items, minute)
            for at, item in enumerate(items):
                given_up = item.ended in ("refused", "dropped")
                text = turn.prompt("given_up", what=item.what, reason=item.reason) if given_up else item.what
                lines.append(f"{'  ' * depth}{clock(item.start)} {text}")
                if not depth and now is not None and at < now:
                    past = len(lines)
                if at == now and not given_up:
                    show(item.parts, depth + 1)

        show(self._items, 0)
        while past and len("\n".join(lines)) > self.budget * 3:
            del lines[0]
            past -= 1
        while lines and len("\n".join(lines)) > self.budget * 3:
            del lines[-1]
        return "\n".join(lines)

    # --- making it, top-down ---

    def _here(self, turn: Turn) -> list[Section]:
        if not turn.sees:
            return []
        return [Section(label=turn.texts.text("actor", "here_and_now"), text=turn.sees, kind="situation", component=self.name)]

    async def _make(self, turn: Turn, minute: int) -> None:
        question = turn.prompt("question", n=self.items)
        lines = await turn.list(question, self.items, given=self.given, notes=self._here(turn), what=f"day/{turn.moment.day}")
        self._day, self._items, self._has_hours = turn.moment.day, read_items(lines, start=minute), False
        turn.measure("plan", "made")
        if self._items:
            turn.memory.add(turn.prompt("remembered", what="; ".join(item.what for item in self._items)), kind="plan")

    async def _divide_day(self, turn: Turn, minute: int) -> None:
        """Divide what is left of the day into hours."""
        self._has_hours = True
        if not any(item.end > minute and not item.ended for item in self._items):
            return
        question = turn.prompt("hours", n=_MOST_HOURS)
        notes = [*self._here(turn), self._as_section(turn, minute)]
        try:
            lines = await turn.list(
                question, _MOST_HOURS, given=self.given, notes=notes, what=f"hours/{turn.moment.day}/{minute}"
            )
        except AnswerFailed:
            return
        self._items = with_hours(self._items, read_items(lines, start=minute), minute)

    async def _divide_hours(self, turn: Turn, minute: int) -> None:
        """Divide those hours into actions that are due before long."""
        hours = [
            part
            for item in self._items
            for part in item.parts
            if not item.ended and not part.ended and not part.parts
            if part.start < minute + self.ahead and part.end > minute and part.length >= 2 * _SHORTEST_ACTION
        ]
        found = await together([self._actions(turn, hour) for hour in hours])
        for hour, actions in zip(hours, found, strict=True):
            self._items = with_actions(self._items, hour, actions)

    async def _actions(self, turn: Turn, hour: PlanItem) -> Sequence[PlanItem]:
        n = min(_MOST_ACTIONS, hour.length // _SHORTEST_ACTION)
        question = turn.prompt("actions", n=n, what=hour.what, start=clock(hour.start), end=clock(min(hour.end, DAY - 1)))
        what = f"actions/{turn.moment.day}/{hour.start}"
        try:
            lines = await turn.list(question, n, given=self.given, notes=self._here(turn), what=what)
        except AnswerFailed:
            return ()
        return read_items(lines, start=hour.start, end=hour.end)

    def _as_section(self, turn: Turn, minute: int) -> Section:
        label = turn.texts.label(self, turn.agent)
        return Section(label=label, text=self._shown(turn, minute), kind="plan", component=self.name)

    # --- what happens to it ---

    def _settle(self, turn: Turn, minute: int) -> None:
        after = settled(self._items, minute)
        for ended in ended_now(self._items, after):
            turn.measure("plan_item", ended)
        self._items = after

    async def observe(self, observation: Observation) -> None:
        """Note what may change the plan."""
        if self.revises and observation.how != "own" and self.worth(observation):
            news = (observation.speaker, one_line(observation.text)[:_LONGEST_NEWS])
            self._news = [*self._news, news][-_MOST_NEWS:]

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Cross out the item at hand when it was refused; note that something was done in its time."""
        own = [event for event in events if event.actor == attempt.actor]
        if any(event.kind == "act" for event in own):
            self._items = acted(self._items, self._minute)
        reasons = [event.text for event in own if event.kind == "refusal"]
        if reasons:
            self._items = refused(self._items, self._minute, reasons[-1])

    async def react(self, turn: Turn) -> None:
        """Ask whether the news changes the plan, and change it."""
        told, self._news = self._news, []
        news = [text if speaker is None else _said(turn, speaker, text) for speaker, text in told]
        minute = int(turn.moment.seconds_of_day // 60)
        is_open = self._day == turn.moment.day and any(item.end > minute and not item.ended for item in self._items)
        if not news or not is_open:
            return
        self._settle(turn, minute)
        label, text = turn.prompt("news"), "\n".join(news)
        notes = [self._as_section(turn, minute), Section(label=label, text=text, kind="observation", component=self.name)]
        options = turn.prompts("changes")
        chosen = await turn.choose(
            turn.prompt("is_changed"), options, given=self.given, notes=notes, unsure=0, what=f"changed/{minute}"
        )
        if chosen.index == 0:
            turn.measure("plan", "kept")
            return
        asked = [self._reason(turn, notes, news, minute), self._rest(turn, notes, minute if chosen.index == 2 else None)]
        reason, rest = cast("tuple[str, tuple[PlanItem, ...]]", await together(asked))
        if chosen.index == 2 and rest:
            self._items, self._has_hours = revised(self._items, minute, rest, reason), False
            turn.measure("plan", "revised")
            planned = "; ".join(item.what for item in rest)
            turn.memory.add(turn.prompt("remembered_change", what=planned, reason=reason), kind="plan")
        elif chosen.index == 1 and at_hand(self._items, minute) is not None:
            self._items = dropped(self._items, minute, reason)
            turn.measure("plan", "dropped")
        else:
            turn.measure("plan", "kept")

    async def _reason(self, turn: Turn, notes: Sequence[Section], news: Sequence[str], minute: int) -> str:
        """Why the plan changes; the latest news where no answer can be used."""
        try:
            told = await turn.text(turn.prompt("why"), given=self.given, notes=notes, max_tokens=60, what=f"why/{minute}")
        except AnswerFailed:
            return news[-1]
        return one_line(told) or news[-1]

    async def _rest(self, turn: Turn, notes: Sequence[Section], minute: int | None) -> tuple[PlanItem, ...]:
        """The rest of the day, planned anew; nothing where no answer can be used."""
        if minute is None:
            return ()
        question = turn.prompt("question", n=self.items)
        try:
            lines = await turn.list(
                question, self.items, given=self.given, notes=[*notes, *self._here(turn)], what=f"anew/{minute}"
            )
        except AnswerFailed:
            return ()
        return read_items(lines, start=minute)

    # --- its state ---

    def state(self) -> dict[str, JsonValue]:
        """The day, its items as a tree, the minute of the last turn, and news that hasn't been thought about."""
        items: list[JsonValue] = []
        items.extend(item.as_json() for item in self._items)
        news: list[JsonValue] = []
        news.extend([speaker, text] for speaker, text in self._news)
        return {"day": self._day, "items": items, "has_hours": self._has_hours, "minute": self._minute, "news": news}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        held: Any = state
        self._day, self._has_hours, self._minute = held["day"], held["has_hours"], held["minute"]
        self._items = tuple(PlanItem.from_json(item) for item in held["items"])
        self._news = [(speaker, text) for speaker, text in held["news"]]


def _said(turn: Turn, speaker: str, words: str) -> str:
    return turn.texts.text("observation", "said", speaker=speaker, words=quote(words))
