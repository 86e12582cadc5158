"""Parts: what a game master's steps are made of, and how each is asked.

The one idea: a part may be any object with the one method of its protocol. Whatever goes wrong in it has a name and a place,
and a model that gives it no usable answer is no reason to end a run.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from gamemaster.agent import Thinking
from gamemaster.words import AnswerFailed, Attempt, Component, Event, GamemasterError, Grounding, Turn
from gamemaster.world import OfferedAction

__all__ = ["Grounds", "Judges", "Narrates", "Scheduling", "as_component", "ask_part"]

Result = TypeVar("Result")


class Grounds(Protocol):
    """The part that says what an attempt in words is."""

    async def ground(self, attempt: Attempt, offers: Sequence[OfferedAction], sees: str, turn: Turn) -> Grounding: ...


class Judges(Protocol):
    """The part that says why an attempt can't be; empty when it can."""

    async def judge(self, attempt: Attempt, sees: str, turn: Turn) -> str: ...


class Narrates(Protocol):
    """The part that tells an event in words."""

    async def narrate(self, event: Event, turn: Turn) -> str: ...


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


class _Unnamed(Component):
    """Stands for a part that is no component of its own, so that its questions have a name."""

    def __init__(self, part: Any) -> None:
        self.name = type(part).__name__
