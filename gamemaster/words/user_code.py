"""user_code: the place of an error in code that a user wrote.

The one idea: whoever calls a user's function says where it belongs, so that its exception becomes one message that names the
place. What gamemaster raises on purpose has its message already and passes through.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from gamemaster.words.errors import GamemasterError, StepFailed

__all__ = ["user_code"]


@contextmanager
def user_code(place: str) -> Generator[None]:
    """Within it an exception of a user's code becomes a StepFailed at `place`, with the exception as its cause."""
    try:
        yield
    except GamemasterError:
        raise
    except Exception as error:
        raise StepFailed(f"{type(error).__name__}: {error}", place=place) from error
