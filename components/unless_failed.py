"""unless_failed: a question that may fail without taking the others with it."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

from gamemaster.words import AnswerFailed

__all__ = ["unless_failed"]

Result = TypeVar("Result")


async def unless_failed(question: Coroutine[Any, Any, Result]) -> Result | None:
    """The answer, or None where the model gave no usable one: the failure is on record, and the others go on."""
    try:
        return await question
    except AnswerFailed:
        return None
