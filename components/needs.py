"""Needs: what the agent lacks, how badly, and which of it presses most.

The one idea: levels rise with simulated time and fall by deeds, so that an agent that has eaten is not hungry, whatever its
prompt said an hour ago.

Source: Maslow 1943 for the default set; Wang et al. 2023, Humanoid Agents, for needs that fall behind with time and are met
by activities. Departures: time is continuous, and what an activity does for a need is declared, or judged for the agent's
own deeds alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, cast

from annotated_types import Len
from pydantic import BaseModel, Field, create_model

from gamemaster.components.happening import Happening, Rules, check_rules, ruled
from gamemaster.components.happenings import Happenings
from gamemaster.components.need import Need, Relief, levels_after, maslow, most_pressing, relieved
from gamemaster.components.room import lines_within
from gamemaster.words import AnswerFailed, Attempt, Component, DefinitionError, Event, JsonValue, Observation, Section, Turn

__all__ = ["Needs"]

_MOST_NEEDS = 12
_MOST_DEEDS = 8
_WORST_ANSWER = 10


class Needs(Component):
    """What the agent needs: a level from 0 to 1 for each need, and the one that presses most.

    `needs` are the default set after Maslow unless you give your own: `[Need(name="hunger", rise=0.1), ...]`. They rise by
    simulated time, from second 0 on. `rules` say what the agent's own deeds do about them: `{"eat_supper": Relief(need=
    "hunger", by=0.7)}` by action, tag or kind of event, or a function of a `Happening`. With `asks` (by default where there
    are no rules) the model is asked instead, in one question for all deeds of a step, how far each need was met, 0 to 10.

    The prompt names the pressing need when it is above `pressing`, and then the levels in words, the highest first. What a
    need is called there is the prompt text `needs.<name>`, where there is one, or else its name.

    Measures: `need: <name>` (0 .. 1, in each step in which the agent took part) and `pressing_need` (its name).
    """

    changes = "always"
    kind = "other"

    def __init__(
        self,
        needs: Sequence[Need] | None = None,
        *,
        rules: Rules[Relief] | None = None,
        asks: bool | None = None,
        pressing: float = 0.5,
        given: Sequence[Component] = (),
        name: str = "needs",
        budget: int = 120,
    ) -> None:
        own = maslow() if needs is None else tuple(needs)
        names = [need.name for need in own]
        if not 1 <= len(own) <= _MOST_NEEDS or len(set(names)) < len(names):
            raise DefinitionError(f"The component {name!r} has the needs {names}; give 1 to {_MOST_NEEDS}, no two of one name.")
        if not 0 <= pressing < 1:
            raise DefinitionError(f"The component {name!r} has pressing={pressing}; it is at least 0 and below 1.")
        check_rules(rules or {}, Relief, name=name)
        self.needs = own
        self.rules: Rules[Relief] = rules if rules is not None else {}
        self.asks = rules is None if asks is None else asks
        self.pressing = pressing
        self.given = tuple(given)
        self.name = name
        self.budget = budget
        self._happenings = Happenings()
        self._levels = {need.name: float(need.start) for need in own}
        self._at = 0.0
        if not callable(self.rules):
            for key, each in self.rules.items():
                for relief in [each] if isinstance(each, Relief) else each:
                    self._known(relief, f"rule {key!r}")

    def levels(self, time: float) -> dict[str, float]:
        """The level of each need at a moment, in simulated seconds."""
        return levels_after(self.needs, self._levels, time - self._at)

    # --- the prompt ---

    async def context(self, turn: Turn) -> str:
        """The pressing need, then each need with its level in words."""
        levels = self.levels(turn.time)
        words = turn.prompts("levels")
        lines: list[str] = []
        first = most_pressing(self.needs, levels, self.pressing)
        if first is not None:
            lines.append(turn.prompt("pressing", need=self._called(turn, first)))
        for need in sorted(self.needs, key=lambda need: -levels[need.name]):
            level = words[min(len(words) - 1, int(levels[need.name] * len(words)))]
            lines.append(turn.prompt("one", need=self._called(turn, need), level=level))
        return lines_within(lines, self.budget)

    def _called(self, turn: Turn, need: Need) -> str:
        file = turn.texts.file_of(self)
        return turn.texts.text(file, need.name) if turn.texts.has(file, need.name) else need.name

    # --- what happens ---

    async def observe(self, observation: Observation) -> None:
        """Note what may have been done."""
        self._happenings.notice(observation)

    async def after_action(self, attempt: Attempt, events: Sequence[Event]) -> None:
        """Note which action it was."""
        self._happenings.mind(attempt, events)

    async def react(self, turn: Turn) -> None:
        """Let time pass, and take off what the agent's deeds did about its needs."""
        happened = self._happenings.take(turn)
        self._levels, self._at = self.levels(turn.time), float(turn.time)
        for happening in happened:
            if happening.actor == turn.agent:
                for relief in ruled(self.rules, happening, Relief):
                    self._relieve(self._known(relief, "rule"))
        deeds = [each for each in happened if each.actor == turn.agent and each.kind not in ("speech", "refusal", "failure")]
        if self.asks and deeds:
            await self._judge(turn, deeds[-_MOST_DEEDS:])
        for name, level in self._levels.items():
            turn.measure(f"need: {name}", round(level, 6))
        first = most_pressing(self.needs, self._levels, self.pressing)
        turn.measure("pressing_need", None if first is None else first.name)

    async def _judge(self, turn: Turn, deeds: Sequence[Happening]) -> None:
        texts = [self._called(turn, need) for need in self.needs]
        lines = "\n".join(each.line(turn.texts) for each in deeds)
        notes = [Section(label=turn.prompt("done"), text=lines, kind="observation", component=self.name)]
        question = turn.prompt("question", needs="\n".join(f"{at}. {text}" for at, text in enumerate(texts, 1)), n=len(texts))
        try:
            told = await turn.fill(question, _schema(len(texts)), given=self.given, notes=notes, max_tokens=100, what="met")
        except AnswerFailed:
            return
        for need, met in zip(self.needs, cast("list[int]", cast(Any, told).met), strict=True):
            self._relieve(Relief(need=need.name, by=met / _WORST_ANSWER))

    def _relieve(self, relief: Relief) -> None:
        self._levels[relief.need] = relieved(self._levels[relief.need], relief.by)

    def _known(self, relief: Relief, where: str) -> Relief:
        if relief.need not in self._levels:
            known = ", ".join(self._levels)
            raise DefinitionError(f"The component {self.name!r}, {where}: there is no need {relief.need!r}; there is: {known}.")
        return relief

    # --- its state ---

    def state(self) -> dict[str, JsonValue]:
        """The levels, as of when, and what was noticed and not thought about."""
        return {"levels": dict(self._levels), "at": self._at, "noticed": self._happenings.as_json()}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        held: Any = state
        self._levels = {name: float(level) for name, level in held["levels"].items()}
        self._at = float(held["at"])
        self._happenings.restore(held["noticed"])


@lru_cache(maxsize=16)
def _schema(n: int) -> type[BaseModel]:
    """A list of `n` whole numbers from 0 to 10."""
    met: Any = Annotated[int, Field(ge=0, le=_WORST_ANSWER)]
    several: Any = Annotated[list[met], Len(n, n)]
    return create_model("Met", met=(several, ...))
