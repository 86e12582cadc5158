"""Budget: a bound on the calls and tokens that a model may cost.

The one idea: what a request may cost at the most is set aside before it is asked, and the rest given back when its
answer is there. So the bound holds with any number of requests in flight. It knows no prices.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import cast

from gamemaster.language.model import LanguageModel
from gamemaster.language.request import Answer, Request
from gamemaster.language.wrapper import Wrapper
from gamemaster.words import BadInput, BudgetSpent

__all__ = ["Budget"]

# Where the model does not count tokens itself: fewer characters to a token than usual, so that the estimate is high.
_CHARACTERS_A_TOKEN = 3


class Budget(Wrapper):
    """Asks `model` no more than `calls` times and for no more than `tokens` of prompts and answers together.

    `tokens` is held as well as prompts can be counted beforehand: exactly where the model has `count_tokens`, roughly
    where not. A request that may go beyond what is left waits for those in flight, in order of arrival; when none is
    left in flight it is not asked. What a repeat or an answer from the record cost (`usage.asked == 0`) is not counted.

    `spent_calls` and `spent_tokens` say what was used so far; give them again to go on with a budget.

    Raises: BadInput for a bound below 0; `answer` raises BudgetSpent, before asking.
    """

    def __init__(
        self,
        model: LanguageModel,
        *,
        tokens: int | None = None,
        calls: int | None = None,
        spent_tokens: int = 0,
        spent_calls: int = 0,
    ) -> None:
        super().__init__(model)
        for what, bound in (("tokens", tokens), ("calls", calls)):
            if bound is not None and bound < 0:
                raise BadInput(f"The budget has {what}={bound}; it must be at least 0, or None for no bound.")
        self.tokens = tokens
        self.calls = calls
        self.spent_tokens = spent_tokens
        self.spent_calls = spent_calls
        self._count = _counter(model)
        self._in_flight = 0
        self._reserved = 0
        self._queue: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def answer(self, request: Request) -> Answer:
        """The model's answer. Raises: BudgetSpent when asking might cost more than is left."""
        cost = self._most(request) if self.tokens is not None else 0
        if self._queue or not self._fits(cost):
            await self._wait(cost)
        else:
            self._reserve(cost)
        try:
            answer = await self.model.answer(request)
        except BaseException:
            self._settle(cost)
            raise
        usage = answer.usage
        if usage.asked:
            self.spent_calls += 1
            self.spent_tokens += usage.prompt_tokens + usage.answer_tokens
        self._settle(cost)
        return answer

    def _most(self, request: Request) -> int:
        prompt = request.prompt
        if self._count is None:
            count = (len(prompt.system) + len(prompt.user)) // _CHARACTERS_A_TOKEN + 1
        else:
            count = self._count(prompt.text)
        return count + request.sampling.max_tokens

    def _fits(self, cost: int) -> bool:
        if self.calls is not None and self.spent_calls + self._in_flight >= self.calls:
            return False
        return self.tokens is None or self.spent_tokens + self._reserved + cost <= self.tokens

    def _reserve(self, cost: int) -> None:
        self._in_flight += 1
        self._reserved += cost

    def _settle(self, cost: int) -> None:
        self._in_flight -= 1
        self._reserved -= cost
        if self._queue:
            self._admit()

    async def _wait(self, cost: int) -> None:
        if not self._in_flight and not self._queue:
            raise self._spent()
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((cost, place))
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled() and place.exception() is None:
                self._settle(cost)  # let in and cancelled in the same turn of the loop
            raise

    def _admit(self) -> None:
        while self._queue:
            cost, place = self._queue[0]
            if place.done():
                self._queue.popleft()
            elif self._fits(cost):
                self._queue.popleft()
                self._reserve(cost)
                place.set_result(None)
            elif self._in_flight:
                return
            else:
                self._queue.popleft()
                place.set_exception(self._spent())

    def _spent(self) -> BudgetSpent:
        bounds = [f"{bound:,} {what}" for bound, what in ((self.calls, "calls"), (self.tokens, "tokens")) if bound is not None]
        return BudgetSpent(
            f"The budget of {' and '.join(bounds)} for {self.name} is spent: {self.spent_calls:,} calls and "
            f"{self.spent_tokens:,} tokens so far, and the next request might go beyond it. Give a larger budget to go on."
        )


def _counter(model: LanguageModel) -> Callable[[str], int] | None:
    """The count of tokens of the model inside all wrappers, whether or not each passes it on."""
    inner: object | None = model
    while inner is not None:
        count = getattr(inner, "count_tokens", None)
        if count is not None:
            return cast("Callable[[str], int]", count)
        inner = getattr(inner, "model", None)
    return None
