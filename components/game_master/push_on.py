"""PushOn: now and then something small happens that moves a story on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field

from gamemaster.components.game_master.thought_chain import Matter, Outcome, Thought
from gamemaster.words import DefinitionError, JsonValue, Turn, one_line

__all__ = ["PushOn"]


class _Happening(BaseModel):
    model_config = ConfigDict(extra="forbid")

    event: Annotated[str, MaxLen(300)] = Field("", description="what happens of itself, in one sentence; empty for nothing")


class PushOn(Thought):
    """Every `every` steps at most, something happens besides one attempt of the step, the first.

    Written `events` happen in their order, with no question to the model, and when they are used up nothing does. Without any
    the model is asked once; it may answer that nothing happens.
    """

    version = 1

    def __init__(self, events: Sequence[str] = (), *, every: int = 3, name: str = "push_on") -> None:
        if every < 1:
            raise DefinitionError(f"PushOn(every={every}); it is a number of steps, at least 1.")
        if isinstance(events, str):
            raise DefinitionError(f"PushOn({events!r}); give a list of sentences.")
        self.events = tuple(events)
        self.every = every
        self.name = name
        self._last = 0
        self._next = 0
        self._beside = ""
        self._event: str | None = None

    def begin(self, matter: Matter, turn: Turn) -> None:
        """Have it happen beside this attempt when it is time and no other attempt of the step was first."""
        if turn.step - self._last >= self.every:
            self._last, self._beside, self._event = turn.step, matter.attempt.id, None

    async def think(self, matter: Matter, turn: Turn) -> Matter:
        """The matter with what happens besides."""
        if matter.attempt.id != self._beside:
            return matter
        if self._event is None:  # an attempt that is grounded once more in its step has the same beside it
            self._event = self._written() if self.events else await self._asked(matter, turn)
        event = self._event
        if not event:
            return matter
        return replace(matter.and_settled(turn.prompt("besides", event=event)), besides=event)

    def mend(self, outcome: Outcome, matter: Matter, turn: Turn) -> Outcome:
        """The outcome with what happens besides at its end, unless it tells of it already."""
        if not matter.besides or matter.besides in outcome.text:
            return outcome
        return replace(outcome, text=f"{outcome.text} {matter.besides}".strip()) if outcome.text else outcome

    def _written(self) -> str:
        if self._next >= len(self.events):
            return ""
        self._next += 1
        return one_line(self.events[self._next - 1])

    async def _asked(self, matter: Matter, turn: Turn) -> str:
        others = ", ".join(matter.others)
        question = turn.prompt("push_on", others=others) if others else turn.prompt("push_on_alone")
        event = one_line((await turn.fill(question, _Happening, notes=matter.notes(turn), what=self.name)).event)
        return "" if matter.repeats(event) else event

    def state(self) -> dict[str, JsonValue]:
        """When something happened last, and how many of the written events have."""
        return {"last": self._last, "next": self._next}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        last, following = state["last"], state["next"]
        assert isinstance(last, int) and isinstance(following, int)
        self._last, self._next = last, following
