"""Retried: asks again when a model could not be reached.

It repeats what failed on the way, never what was answered badly: an answer that can't be parsed is an answer, goes on
record, and whoever asked asks again under another key.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gamemaster.language.model import LanguageModel
from gamemaster.language.request import Answer, Request
from gamemaster.language.wrapper import Wrapper
from gamemaster.words import BadInput, ModelError

if TYPE_CHECKING:
    from tenacity import RetryCallState

__all__ = ["LastingModelError", "Retried"]


class LastingModelError(ModelError):
    """A model can't be asked this, and asking again would not help: a prompt too long, a wrong key, a missing model."""


class Retried(Wrapper):
    """Asks `model` up to `tries` times while it raises `ModelError` or one of the exception types in `also`.

    Waits `first_wait` seconds before the second try, twice as long before each further one, never longer than
    `longest_wait`, and up to a third less, by the request's seed, so that many that failed together don't come back
    together. A `LastingModelError` is raised at once; after the last try, the last error.

    Raises: BadInput for `tries` below 1.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        tries: int = 4,
        first_wait: float = 1.0,
        longest_wait: float = 30.0,
        also: tuple[type[Exception], ...] = (),
    ) -> None:
        super().__init__(model)
        if tries < 1:
            raise BadInput(f"A request was to be tried {tries} times; it must be at least once.")
        self.tries = tries
        self.first_wait = first_wait
        self.longest_wait = longest_wait
        self._transient: tuple[type[Exception], ...] = (ModelError, *also)

    async def answer(self, request: Request) -> Answer:
        """The model's answer, of the first try that got one."""
        try:
            return await self.model.answer(request)
        except self._transient as error:
            if self.tries == 1 or isinstance(error, LastingModelError):
                raise
            failed = error
        return await self._again(request, failed)

    async def _again(self, request: Request, failed: Exception) -> Answer:
        from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt

        def wait(state: RetryCallState) -> float:
            longest = min(self.longest_wait, self.first_wait * 2 ** (state.attempt_number - 1))
            return longest * (1 - (request.seed % 1009) / 3027)

        def transient(error: BaseException) -> bool:
            return isinstance(error, self._transient) and not isinstance(error, LastingModelError)

        # The first try is over; it is told to the library as one that failed, so that a try that works costs nothing.
        told = False
        async for attempt in AsyncRetrying(
            sleep=asyncio.sleep, stop=stop_after_attempt(self.tries), wait=wait, retry=retry_if_exception(transient), reraise=True
        ):
            with attempt:
                if not told:
                    told = True
                    raise failed
                return await self.model.answer(request)
        raise AssertionError("unreachable: the loop ends by an answer or an error")
