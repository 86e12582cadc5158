"""Paced: no more than so many requests and tokens a minute, for services that count them.

The one idea: each request is given the moment at which it may start, and sleeps until then; nothing is polled. What an
answer has cost in tokens is known when it comes, and puts off those after it.
"""

from __future__ import annotations

import asyncio
import math

from gamemaster.language.model import LanguageModel
from gamemaster.language.request import Answer, Request, Usage
from gamemaster.language.wrapper import Wrapper
from gamemaster.words import BadInput

__all__ = ["Pace", "Paced"]


class Pace:
    """When the next request may start; one for all that share a limit, times in seconds of a clock that only goes forward.

    `burst` requests may start at once after a pause. Raises: BadInput for limits that are not above 0.
    """

    def __init__(
        self, *, requests_per_minute: float | None = None, tokens_per_minute: float | None = None, burst: int = 1
    ) -> None:
        for what, limit in (("requests_per_minute", requests_per_minute), ("tokens_per_minute", tokens_per_minute)):
            if limit is not None and not 0 < limit < math.inf:
                raise BadInput(f"{what}={limit!r}; it must be a number above 0, or None for no limit.")
        if burst < 1:
            raise BadInput(f"burst={burst!r}; it must be at least 1.")
        self._gap = 0.0 if requests_per_minute is None else 60.0 / requests_per_minute
        self._token = 0.0 if tokens_per_minute is None else 60.0 / tokens_per_minute
        self._ahead = self._gap * (burst - 1)
        self._next = -math.inf
        self._paid = -math.inf

    @property
    def is_free(self) -> bool:
        """Whether there is no limit at all."""
        return not (self._gap or self._token)

    def wait(self, now: float) -> float:
        """How long the request that asks now has to wait; it is then taken as started."""
        start = max(now, self._next - self._ahead, self._paid)
        self._next = max(self._next, start) + self._gap
        return start - now

    def spent(self, usage: Usage, now: float) -> None:
        """Count the tokens of an answer."""
        if self._token:
            self._paid = max(self._paid, now) + self._token * (usage.prompt_tokens + usage.answer_tokens)


class Paced(Wrapper):
    """Asks `model` at most `requests_per_minute` and `tokens_per_minute`; requests start in order of arrival.

    The tokens of an answer are counted when it has come, so that those under way may go a little beyond. It changes when
    an answer comes, never which. Raises: BadInput for limits that are not above 0.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        burst: int = 1,
    ) -> None:
        super().__init__(model)
        self._pace = Pace(requests_per_minute=requests_per_minute, tokens_per_minute=tokens_per_minute, burst=burst)

    async def answer(self, request: Request) -> Answer:
        """The model's answer, asked for when it may be."""
        loop = asyncio.get_running_loop()
        if (wait := self._pace.wait(loop.time())) > 0:
            await asyncio.sleep(wait)
        answer = await self.model.answer(request)
        self._pace.spent(answer.usage, loop.time())
        return answer
