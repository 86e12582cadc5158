"""InPrefixOrder: requests reach a server so that those which begin alike follow each other.

The one idea: a server with a prefix cache (vLLM, SGLang, llama.cpp) computes the common beginning of prompts once, if it has
seen it before the others come. A simulation knows all that will be asked at once; so it asks one of each group that begins
alike first, and the others when that one has been answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from gamemaster.language.batching import Batcher, outside_work
from gamemaster.language.model import LanguageModel
from gamemaster.language.request import Answer, Request
from gamemaster.language.wrapper import Wrapper
from gamemaster.words import BadInput

__all__ = ["InPrefixOrder", "prefix_groups"]


class InPrefixOrder(Wrapper):
    """Asks `model` what is asked at once in the order of the prompts, one of each group first.

    A group are prompts whose first `shared` characters or more are the same (the default is some 250 tokens, what is worth
    waiting for). Of a group the first goes ahead alone; when it is answered, or has failed, the others go in their order.
    Which answer comes to which request doesn't depend on it. Put it outside of a limit on concurrency.
    Raises: BadInput for `shared` below 1.
    """

    def __init__(self, model: LanguageModel, *, shared: int = 1000) -> None:
        super().__init__(model)
        if shared < 1:
            raise BadInput(f"shared={shared!r}; it is a number of characters, at least 1.")
        self.shared = shared
        self._gather: Batcher[Request, _Place] = Batcher(self._placed, name=f"{model.name} in prefix order", order=1)

    async def answer(self, request: Request) -> Answer:
        """The model's answer, asked for when it is this one's turn."""
        place = await self._gather.submit(request)
        with outside_work():
            if place.first is not None:
                await place.first.wait()
            try:
                return await self.model.answer(request)
            finally:
                place.answered.set()

    def _placed(self, requests: list[Request]) -> Sequence[_Place]:
        places: list[_Place | None] = [None] * len(requests)
        for group in prefix_groups([_text(each) for each in requests], self.shared):
            first: asyncio.Event | None = None
            for at in group:
                own = places[at] = _Place(first, asyncio.Event())
                first = first or own.answered
        return [each for each in places if each is not None]


@dataclass(frozen=True, slots=True)
class _Place:
    """A request's turn: after `first` of its group has been answered; None for the first itself."""

    first: asyncio.Event | None
    answered: asyncio.Event


def prefix_groups(texts: Sequence[str], shared: int) -> list[list[int]]:
    """The places of `texts` in groups that begin with the same `shared` characters, each in the order of the texts.

    Texts that are shorter stand alone. Ties are in order of place; groups in the order of their texts.
    """
    order = sorted(range(len(texts)), key=lambda at: (texts[at], at))
    groups: list[list[int]] = []
    for at in order:
        text = texts[at]
        last = texts[groups[-1][0]] if groups else ""
        if groups and len(text) >= shared and text[:shared] == last[:shared]:
            groups[-1].append(at)
        else:
            groups.append([at])
    return groups


def _text(request: Request) -> str:
    return request.prompt.text
