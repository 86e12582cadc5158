"""Part checks: whether something is a part of a game master, and whether what a part answers is an answer.

The one idea: parts are what users bring. One that can't be asked is refused when the game master is made, and one that answers
something else is told so by name, before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from gamemaster.words import ActionCall, Attempt, DefinitionError, Grounding, one_line

__all__ = [
    "calls_of_part",
    "check_function",
    "check_name",
    "check_part",
    "grounding_of_part",
    "names_of",
    "reason_of",
    "text_of_part",
]


def check_name(name: str) -> None:
    """Raises: DefinitionError for a game master's name that is no text on one line."""
    if not isinstance(name, str) or not name or name != one_line(name):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise DefinitionError(f"A game master's name is {name!r}; it must be a text on one line, with no blanks around it.")


def check_part(owner: str, what: str, part: Any, method: str) -> None:
    """Raises: DefinitionError for a class, or an object without the coroutine `method`; None is no part, and fine."""
    if part is not None and (isinstance(part, type) or not callable(getattr(part, method, None))):
        raise DefinitionError(f"{owner} has {what}={part!r}; give an object with a coroutine `{method}`.")


def check_function(owner: str, what: str, function: Any, *, otherwise: str = "") -> None:
    """Raises: DefinitionError for what can't be called, and for a class; `otherwise` is what could be given besides."""
    if function is not None and (isinstance(function, type) or not callable(function)):
        raise DefinitionError(f"{owner} has {what}={function!r}; give a function{otherwise}.")


def grounding_of_part(answer: Any, attempt: Attempt) -> Grounding:
    """The grounding, as that of this attempt. Raises: DefinitionError for what is none."""
    if not isinstance(answer, Grounding):
        raise DefinitionError(f"`ground` answered {answer!r} to {attempt.actor}'s attempt; it answers with a Grounding.")
    return answer if answer.attempt_id == attempt.id else replace(answer, attempt_id=attempt.id)


def calls_of_part(answer: Any) -> Sequence[ActionCall]:
    """The actions that a part proposes. Raises: DefinitionError for what are none."""
    calls = cast("Sequence[Any]", answer)
    if not isinstance(answer, list | tuple) or not all(isinstance(each, ActionCall) for each in calls):
        raise DefinitionError(f"`propose` answered {answer!r}; it answers with a list of ActionCalls, empty for nothing more.")
    return calls


def names_of(answer: Any, where: str) -> Iterable[str]:
    """The names. Raises: DefinitionError for a text, and for what holds none."""
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        raise DefinitionError(f"{where} returned {answer!r}; it returns a list or set of names.")
    return cast("Iterable[str]", answer)


def reason_of(answer: Any, where: str) -> str | None:
    """Why all is over, None when it isn't. Raises: DefinitionError for anything but a text or None; True is no reason."""
    if answer is not None and not isinstance(answer, str):
        raise DefinitionError(f"{where} returned {answer!r}; it returns why it is over, or None.")
    return answer


def text_of_part(answer: Any, method: str) -> str:
    """The text. Raises: DefinitionError for what is none."""
    if not isinstance(answer, str):
        raise DefinitionError(f"`{method}` answered {answer!r}; it answers with a text.")
    return answer
