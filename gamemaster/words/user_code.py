"""user_code: the place of an error in code that a user wrote.

The one idea: whoever calls a user's function says where it belongs, so that its exception becomes one message that names the
place. What gamemaster raises on purpose has its message already and passes through.
"""

from __future__ import annotations

from types import TracebackType

from gamemaster.words.errors import GamemasterError, StepFailed

__all__ = ["user_code"]


class user_code:
    """Within it an exception of a user's code becomes a StepFailed at `place`, with the exception as its cause.

    A class, since it stands around every call of a world's code and a generator would cost three times as much.
    """

    __slots__ = ("_place",)

    def __init__(self, place: str) -> None:
        self._place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if isinstance(error, Exception) and not isinstance(error, GamemasterError):
            raise StepFailed(f"{type(error).__name__}: {error}", place=self._place) from error
