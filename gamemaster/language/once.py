"""Once: equal requests are asked once.

Many agents ask the same thing in the same words: what time of day it is a good time for, how weighty an event was that
all of them saw. Two requests are equal when the prompt, what is wanted and the sampling are, and either they are greedy
or their seeds are equal too; the answer then is equal by the model's own promise. Who asks is not part of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import replace

from gamemaster.language.model import LanguageModel
from gamemaster.language.request import Answer, ChoiceRequest, ObjectRequest, Request, Usage
from gamemaster.language.wrapper import Wrapper

__all__ = ["Once"]

_REPEATED = Usage(asked=0)


class _Asked:
    """A request that has reached the model, and those who wait for its answer."""

    __slots__ = ("answer", "request", "waiting")

    def __init__(self, request: Request) -> None:
        self.request = request
        self.answer: Answer | None = None
        self.waiting: list[asyncio.Future[Answer | None]] = []


class Once(Wrapper):
    """Asks `model` each distinct request once a step; a repeat gets the same answer, at no tokens (`usage.asked` is 0).

    A request equal to one in flight waits for that one's answer. Answers are remembered until `new_step()`; failed ones
    are not, because whoever asks again wants to know anew. When the first of several equal requests is cancelled, the
    next one asks; when it fails with an error, all of them do. Which of several is the first is a matter of timing.
    """

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(model)
        # By their words, which are quick to hash; the few of the same words are then compared in full.
        self._asked: dict[Hashable, list[_Asked]] = {}

    def new_step(self) -> None:
        """Forget everything asked so far."""
        self._asked.clear()

    async def answer(self, request: Request) -> Answer:
        """The answer, asked for or repeated."""
        prompt = request.prompt
        seed = request.seed if request.sampling.temperature else None
        words = (prompt.call, prompt.name, seed, *[section.text for section in prompt.sections])
        while True:
            same = self._asked.setdefault(words, [])
            asked = next((each for each in same if _equal(each.request, request)), None)
            if asked is None:
                asked = _Asked(request)
                same.append(asked)
                return await self._ask(asked, same)
            answer = asked.answer
            if answer is None:
                place: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
                asked.waiting.append(place)
                answer = await place
            if answer is not None:
                return replace(answer, usage=_REPEATED)

    async def _ask(self, asked: _Asked, same: list[_Asked]) -> Answer:
        try:
            answer = await self.model.answer(asked.request)
        except BaseException as error:
            same.remove(asked)
            for place in asked.waiting:
                if place.done():
                    continue
                if isinstance(error, Exception):
                    place.set_exception(error)
                else:
                    place.set_result(None)  # the first of these to wake up asks in turn
            raise
        if answer.failure is None:
            asked.answer = answer
        else:
            same.remove(asked)
        for place in asked.waiting:
            if not place.done():
                place.set_result(answer)
        asked.waiting.clear()
        return answer


def _equal(first: Request, second: Request) -> bool:
    """Whether the answer to one is the answer to the other, given that the seeds don't tell them apart."""
    if type(first) is not type(second) or first.sampling != second.sampling:
        return False
    if isinstance(first, ChoiceRequest) and isinstance(second, ChoiceRequest):
        if (first.options, first.unsure) != (second.options, second.unsure):
            return False
    elif isinstance(first, ObjectRequest) and isinstance(second, ObjectRequest) and first.schema is not second.schema:
        return False
    return first.answer_prefix == second.answer_prefix and first.prompt == second.prompt
