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


class Once(Wrapper):
    """Asks `model` each distinct request once a step; a repeat gets the same answer, at no tokens (`usage.asked` is 0).

    A request equal to one in flight waits for that one's answer. Answers are remembered until `new_step()`; failed ones
    are not, because whoever asks again wants to know anew. When the first of several equal requests is cancelled, the
    next one asks; when it fails with an error, all of them do.
    """

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(model)
        self._answers: dict[Hashable, Answer] = {}
        self._waiting: dict[Hashable, list[asyncio.Future[Answer | None]]] = {}

    def new_step(self) -> None:
        """Forget all answers; requests in flight are still shared."""
        self._answers.clear()

    async def answer(self, request: Request) -> Answer:
        """The answer, asked for or repeated."""
        same = _identity(request)
        while True:
            known = self._answers.get(same)
            if known is not None:
                return replace(known, usage=_REPEATED)
            if same not in self._waiting:
                return await self._ask(same, request)
            place: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
            self._waiting[same].append(place)
            shared = await place
            if shared is not None:
                return replace(shared, usage=_REPEATED)

    async def _ask(self, same: Hashable, request: Request) -> Answer:
        self._waiting[same] = []
        try:
            answer = await self.model.answer(request)
        except Exception as error:
            for place in self._waiting.pop(same):
                if not place.done():
                    place.set_exception(error)
            raise
        except BaseException:
            for place in self._waiting.pop(same):
                if not place.done():
                    place.set_result(None)  # the first of these to wake up asks in turn
            raise
        if answer.failure is None:
            self._answers[same] = answer
        for place in self._waiting.pop(same):
            if not place.done():
                place.set_result(answer)
        return answer


def _identity(request: Request) -> Hashable:
    """What two equal requests have in common, and no others."""
    seed = None if request.sampling.temperature == 0 else request.seed
    if isinstance(request, ChoiceRequest):
        wanted: Hashable = (request.options, request.unsure)
    elif isinstance(request, ObjectRequest):
        wanted = request.schema
    else:
        wanted = None
    return (type(request), request.prompt, wanted, request.sampling, request.answer_prefix, seed)
