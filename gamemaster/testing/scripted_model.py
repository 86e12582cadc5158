"""ScriptedModel: a language model that answers as a test wants it to.

It stands in for a model in tests of agents, components and worlds: no weights, no waiting, the same answers every time,
and a record of what was asked. It says nothing about how a real model would answer.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias, cast

from pydantic import BaseModel

from gamemaster.language import Answer, Batcher, ChoiceRequest, ObjectRequest, Request, TextRequest, Usage, parse_answer
from gamemaster.language.minimal_object import minimal_object
from gamemaster.words import BadInput, CallKey, Draws

__all__ = ["Scripted", "ScriptedModel"]

Scripted: TypeAlias = "str | int | float | Mapping[str, Any] | BaseModel | Answer | Exception | None"
"""What a rule may give: see `ScriptedModel`."""


class ScriptedModel:
    """Answers by a rule, from a list, or by itself.

    `rule(request)` gives one of:

    - a text: the words for a text; for a choice or an object it is read as a model's words would be, so that
      "no idea" is a failed answer;
    - a whole number: the place of an option, counted from 0;
    - a mapping or a pydantic instance: the object, checked by the schema;
    - an `Answer`: as it is; an exception: raised, as by a model that can't be reached;
    - None: what the model answers by itself, which depends on the request's seed alone: any of the options, the
      smallest object that the schema allows, a short text that names agent and call.

    `answers` are handed out one by one, to the requests that wait at the same time in the order of their keys; one too
    many is an error. `delay` is how long an answer takes, in seconds, or a function that says so for each request.

    `requests` are those answered so far, `rounds` the number of batches that they came in (requests that wait for each
    other's answers are in different ones), `most_at_once` the largest number in flight. With `batched=False` each is
    answered at once, without a turn of the event loop, and counts as a round.
    """

    def __init__(
        self,
        rule: Callable[[Request], Scripted] | None = None,
        *,
        answers: Iterable[Scripted] | None = None,
        delay: float | Callable[[Request], float] = 0.0,
        batched: bool = True,
        name: str = "scripted",
    ) -> None:
        if rule is not None and answers is not None:
            raise BadInput("A scripted model was given a rule and a list of answers; give one of them.")
        self.requests: list[Request] = []
        self.rounds = 0
        self.most_at_once = 0
        self._name = name
        self._rule = rule
        self._answers = None if answers is None else list(answers)
        self._given = 0
        self._delay = delay
        self._in_flight = 0
        self._batcher = Batcher[Request, Answer](self._answer_all, name=name) if batched else None

    @property
    def name(self) -> str:
        return self._name

    @property
    def deterministic(self) -> bool:
        return True

    @property
    def fingerprint(self) -> Mapping[str, str]:
        return {"model": "scripted"}

    def count_tokens(self, text: str) -> int:
        """The number of words."""
        return len(text.split())

    def asked(self, *, who: str | None = None, component: str | None = None, what: str | None = None) -> list[Request]:
        """The requests so far whose keys have these parts."""
        wanted = {"who": who, "component": component, "what": what}
        return [
            request
            for request in self.requests
            if all(value is None or getattr(request.key, part) == value for part, value in wanted.items())
        ]

    async def answer(self, request: Request) -> Answer:
        """The scripted answer. Raises: what the rule gives or raises as an exception; BadInput for one that can't be."""
        self._in_flight += 1
        self.most_at_once = max(self.most_at_once, self._in_flight)
        try:
            if self._batcher is None:
                answer = self._answer_all([request])[0]
                if isinstance(answer, BaseException):
                    raise answer
            else:
                answer = await self._batcher.submit(request)
            delay = self._delay if isinstance(self._delay, float | int) else self._delay(request)
            if delay:
                await asyncio.sleep(delay)
            return answer
        finally:
            self._in_flight -= 1

    def _answer_all(self, requests: list[Request]) -> list[Answer | BaseException]:
        self.rounds += 1
        out: dict[int, Answer | BaseException] = {}
        for place in sorted(range(len(requests)), key=lambda each: _order(requests[each].key)):
            request = requests[place]
            self.requests.append(request)
            try:
                out[place] = self._scripted(request)
            except Exception as error:
                out[place] = error
        return [out[place] for place in range(len(requests))]

    def _scripted(self, request: Request) -> Answer:
        if self._answers is not None:
            if self._given == len(self._answers):
                raise BadInput(f"The scripted model has {self._given} answers and was asked for one more: {request.key}.")
            given = self._answers[self._given]
            self._given += 1
        else:
            given = None if self._rule is None else self._rule(request)
        usage = Usage(prompt_tokens=self.count_tokens(request.prompt.text))
        return _answer(request, given, usage) if given is not None else self._by_itself(request, usage)

    def _by_itself(self, request: Request, usage: Usage) -> Answer:
        seed = request.seed if request.sampling.temperature else 0
        chance = Draws(seed)
        if isinstance(request, ChoiceRequest):
            return _chosen(request, chance.randrange(len(request.options)), usage)
        if isinstance(request, ObjectRequest):
            try:
                value = minimal_object(request.schema, chance)
            except BadInput as error:  # what a model can't do is data
                return Answer(text="", failure=str(error), finish="unparsable", usage=usage)
            return _answer(request, value, usage)
        call = " ".join(request.prompt.call.split())
        words = f"{request.prompt.name} answers {chance.randrange(10_000):04d} to: {call}"
        return parse_answer(request, " ".join(words.split()[: request.sampling.max_tokens]), usage=usage)


def _order(key: CallKey) -> tuple[int, str, str, str, int]:
    return (key.step, key.who, key.component, key.what, key.index)


def _chosen(request: ChoiceRequest, index: int, usage: Usage) -> Answer:
    if not 0 <= index < len(request.options):
        raise BadInput(f"The script gives {index} for {request.key}, which has the options 0 to {len(request.options) - 1}.")
    return Answer(text=request.options[index], index=index, usage=usage)


def _answer(request: Request, given: Scripted, usage: Usage) -> Answer:
    if isinstance(given, Exception):
        raise given
    if isinstance(given, Answer):
        return given
    if isinstance(given, BaseModel):
        given = given.model_dump(mode="json", by_alias=True, round_trip=True)
    if isinstance(given, str):
        return parse_answer(request, given, usage=usage)
    if isinstance(given, int) and not isinstance(given, bool) and isinstance(request, ChoiceRequest):
        return _chosen(request, given, usage)
    if isinstance(given, Mapping) and isinstance(request, ObjectRequest):
        return parse_answer(request, json.dumps(dict(cast("Mapping[str, Any]", given))), usage=usage)
    if isinstance(given, int | float) and isinstance(request, TextRequest):
        return parse_answer(request, str(given), usage=usage)
    raise BadInput(f"The script gives {given!r} for {request.key}, a {type(request).__name__}, which it can't answer.")
