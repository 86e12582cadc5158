"""Parts: what a game master's steps are made of, and how each is asked.

The one idea: a part may be any object with the one method of its protocol. Whatever goes wrong in it has a name and a place,
and a model that gives it no usable answer is no reason to end a run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from gamemaster.agent import Thinking
from gamemaster.words import ActionCall, AnswerFailed, Attempt, Component, Event, GamemasterError, Grounding, JsonValue, Turn
from gamemaster.world import OfferedAction

__all__ = [
    "Consulting",
    "Ending",
    "EndsWhen",
    "Grounds",
    "Judges",
    "Narrates",
    "Proposes",
    "Scheduling",
    "as_component",
    "ask_part",
]

Result = TypeVar("Result")


class Grounds(Protocol):
    """The part that says what an attempt in words is."""

    async def ground(self, attempt: Attempt, offers: Sequence[OfferedAction], sees: str, turn: Turn) -> Grounding: ...


class Judges(Protocol):
    """The part that says why an attempt can't be; empty when it can."""

    async def judge(self, attempt: Attempt, sees: str, turn: Turn) -> str: ...


class Proposes(Protocol):
    """The part that says what follows from an act beyond what the world computed.

    `offers` are the world's actions that are the game master's to choose, with their domains as the world stands; what is
    proposed goes through the same checks as all actions, in the order given.
    """

    async def propose(self, event: Event, offers: Sequence[OfferedAction], turn: Turn) -> Sequence[ActionCall]: ...


class Narrates(Protocol):
    """The part that tells an event in words.

    If it has a coroutine `view(event, name, turn) -> str` too, each who noticed the event is told it in these words.
    """

    async def narrate(self, event: Event, turn: Turn) -> str: ...


class EndsWhen(Protocol):
    """The part that is asked at the end of each step in which something happened why all is over; None when it isn't."""

    async def over(self, latest: str, turn: Turn) -> str | None: ...


async def ask_part(thinking: Thinking, part: Any, question: Callable[[Turn], Awaitable[Result]], otherwise: Result) -> Result:
    """What a part answers; `otherwise` when the model gave it no usable answer. An error in it names its place."""
    component = as_component(part)
    try:
        return await question(thinking.turn(component))
    except AnswerFailed:
        return otherwise
    except GamemasterError as error:
        raise thinking.named(error, component) from error.__cause__
    except Exception as error:
        raise thinking.failed(component, error) from error


def as_component(part: Any) -> Component:
    """The part itself when it is a component, else one that bears its class's name."""
    return part if isinstance(part, Component) else _Unnamed(part)


class Scheduling(Component):
    """Stands for the game master as a schedule asks it."""

    name = "scheduling"


class Consulting(Component):
    """Stands for the game master as it asks the tools that the world's actions are mounted from."""

    name = "mounted tools"


class Ending(Component):
    """Stands for the part that says when all ends, and holds what it said last, so that a resumed run knows it."""

    version = 1

    def __init__(self, part: Any) -> None:
        self.part = part
        self.name = part.name if isinstance(part, Component) else type(part).__name__
        self.reason: str | None = None

    def state(self) -> dict[str, JsonValue]:
        """Why all is over, and the part's own state."""
        own = self.part.state() if isinstance(self.part, Component) else {}
        return {"reason": self.reason, "part": own}

    def restore(self, state: dict[str, JsonValue]) -> None:
        """Take up what `state()` gave."""
        reason, own = state["reason"], state["part"]
        self.reason = None if reason is None else str(reason)
        if isinstance(self.part, Component) and isinstance(own, dict):
            self.part.restore(own)


class _Unnamed(Component):
    """Stands for a part that is no component of its own, so that its questions have a name."""

    def __init__(self, part: Any) -> None:
        self.name = type(part).__name__
