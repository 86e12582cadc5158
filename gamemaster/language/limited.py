"""Limited: no more than so many requests at a time, for models behind a service with limits of its own."""

from __future__ import annotations

import asyncio

from gamemaster.language.model import LanguageModel
from gamemaster.language.request import Answer, Request
from gamemaster.language.wrapper import Wrapper
from gamemaster.words import BadInput

__all__ = ["Limited", "Slots"]


class Limited(Wrapper):
    """Asks `model` at most `concurrent` requests at a time; the others wait in order of arrival.

    A local model batches by itself and is better left unlimited. Raises: BadInput for `concurrent` below 1.
    """

    def __init__(self, model: LanguageModel, *, concurrent: int = 64) -> None:
        super().__init__(model)
        self._slots = Slots(concurrent)

    async def answer(self, request: Request) -> Answer:
        """The model's answer, once it is this request's turn."""
        async with self._slots.here():
            return await self.model.answer(request)


class Slots:
    """`count` slots in each event loop: a semaphore belongs to one loop, and a model outlives it."""

    def __init__(self, count: int) -> None:
        if count < 1:
            raise BadInput(f"{count} requests at a time were allowed; it must be at least 1.")
        self.count = count
        self._semaphores: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}

    def here(self) -> asyncio.Semaphore:
        """The slots of the running loop, first come first served."""
        loop = asyncio.get_running_loop()
        semaphore = self._semaphores.get(loop)
        if semaphore is None:
            self._semaphores = {each: held for each, held in self._semaphores.items() if not each.is_closed()}
            semaphore = self._semaphores[loop] = asyncio.Semaphore(self.count)
        return semaphore
