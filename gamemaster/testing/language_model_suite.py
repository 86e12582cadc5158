"""LanguageModelSuite: the rules of a language model.

Two ideas stand behind the rules. An answer is usable in the form that was asked for, or it says that it failed
(`AnswerFormRules`). And an answer follows from its request alone: not from who else asks, what was asked before, or which
random numbers others drew. Whether an answer is any good is not looked at.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from gamemaster.language import Answer, LanguageModel, Request, together
from gamemaster.testing.answer_form_rules import AnswerFormRules, answer_to
from gamemaster.testing.conformance import does_not_apply, expect, rule
from gamemaster.testing.global_randomness import unmoved_by_global_randomness
from gamemaster.testing.sample_requests import assorted, choice, filled, reseeded, text

__all__ = ["LanguageModelSuite"]


class LanguageModelSuite(AnswerFormRules):
    """The rules of `gamemaster.language.LanguageModel`; define `make`.

    `too_weak_for` names the kinds of requests of which the model isn't expected to answer even an easy one usably: a tiny
    model with random weights may never write an object. `many` is how many are asked at once to see that all are answered.
    """

    many: ClassVar[int] = 64

    # --- what it says of itself ---

    @rule
    async def test_name_is_one_line(self) -> None:
        """Its name is a text on one line that isn't empty, the same for every object that `make` gives."""
        name: Any = self.make().name
        expect(isinstance(name, str) and name.strip() and name.splitlines() == [name], f"the name {name!r}")
        expect(self.make().name == name, f"the names {name!r} and {self.make().name!r}")

    @rule
    async def test_deterministic_is_stated(self) -> None:
        """It says by True or False whether the same request always gets the same answer."""
        stated: Any = self.make().deterministic
        expect(isinstance(stated, bool), f"deterministic = {stated!r}")

    @rule
    async def test_fingerprint_pins_it(self) -> None:
        """Its fingerprint maps texts to texts, is the same at each look, and the same for objects made alike."""
        model = self.make()
        first: Any = model.fingerprint
        expect(isinstance(first, Mapping), f"a fingerprint of type {type(first).__name__}")
        wrong = {key: value for key, value in first.items() if not (isinstance(key, str) and isinstance(value, str))}
        expect(not wrong, f"entries that are not texts: {wrong!r}")
        await model.answer(text("fingerprint"))
        for other, which in ((model.fingerprint, "after an answer"), (self.make().fingerprint, "of another made alike")):
            expect(dict(other) == dict(first), f"{dict(first)!r}, and {which} {dict(other)!r}")

    # --- an answer follows from its request ---

    @rule
    async def test_same_request_same_answer(self) -> None:
        """A request asked again at once gets the same answer, of a model that says it is deterministic."""
        model = self._deterministic()
        for request in assorted("again"):
            _expect_same(await answer_to(model, request), await answer_to(model, request), f"{request.key} asked twice")

    @rule
    async def test_key_changes_nothing(self) -> None:
        """Who asks, for which component and under what name, is not part of what is asked."""
        model = self._deterministic()
        for request in assorted("key"):
            other: Any = replace(request, key=replace(request.key, component="plan", what=f"other/{request.key.what}", index=3))
            _expect_same(await answer_to(model, request), await answer_to(model, other), "under two call keys")

    @rule
    async def test_greedy_ignores_the_seed(self) -> None:
        """At temperature 0 the seed makes no difference."""
        model = self._deterministic()
        requests: list[Request] = [text("seed"), choice("seed/choice"), filled("seed/object")]
        for request in requests:
            first = await answer_to(model, request)
            for seed in (0, 12, 2**63 - 1):
                again = await answer_to(model, reseeded(request, seed))
                _expect_same(first, again, f"with the seeds {request.seed} and {seed}")

    @rule
    async def test_past_requests_change_nothing(self) -> None:
        """What was asked before makes no difference: the model remembers nothing."""
        for request in (text("past"), choice("past/choice"), filled("past/object")):
            first = await answer_to(self._deterministic(), request)
            model = self.make()
            for before in (text("before", "Bob"), choice("before/choice", name="Bob"), filled("before/object", name="Bob")):
                await answer_to(model, before)
            _expect_same(first, await answer_to(model, request), "at first, and after other requests")

    @rule
    async def test_company_changes_nothing(self) -> None:
        """What is asked at the same time, and in which order, makes no difference."""
        requests = assorted("company")
        alone = [await answer_to(self._deterministic(), each) for each in requests]
        for order in (requests, requests[::-1]):
            model = self.make()
            answers = await together([answer_to(model, each) for each in order])
            for request, answer in zip(order, answers, strict=True):
                _expect_same(alone[requests.index(request)], answer, f"{request.key} alone and among {len(order)}")

    @rule
    async def test_many_at_once_are_answered(self) -> None:
        """As many requests as are asked at once are all answered."""
        model = self.make()
        answers = await together([answer_to(model, choice(f"many/{n}", name=f"Agent {n}")) for n in range(self.many)])
        expect(len(answers) == self.many, f"{len(answers)} answers to {self.many} requests")

    @rule
    async def test_cancelling_one_harms_no_other(self) -> None:
        """When somebody stops waiting for an answer, all others still get theirs."""
        model = self.make()
        tasks = [asyncio.ensure_future(answer_to(model, text(f"cancel/{n}", name=f"Agent {n}"))) for n in range(6)]
        await asyncio.sleep(0)
        gone = tasks[::3]
        for task in gone:
            task.cancel()
        left = await asyncio.gather(*(task for task in tasks if task not in gone), return_exceptions=True)
        await asyncio.gather(*gone, return_exceptions=True)
        wrong = [each for each in left if isinstance(each, BaseException)]
        expect(not wrong, f"{wrong[:1]!r} for a request beside one that was cancelled")

    @rule
    def test_global_randomness_is_left_alone(self) -> None:
        """It neither reads nor moves the process's random streams."""
        self._deterministic()

        async def answers() -> list[tuple[Any, ...]]:
            model = self.make()
            return [_content(await answer_to(model, request)) for request in assorted("random")]

        unmoved_by_global_randomness(lambda: self.run(answers()), "answering")

    def _deterministic(self) -> LanguageModel:
        model = self.make()
        if not model.deterministic:
            does_not_apply(f"{model.name} does not promise the same answers again.")
        return model


def _content(answer: Answer) -> tuple[Any, ...]:
    """All but what it cost: a repeat may be free."""
    value = None if answer.value is None else json.dumps(dict(answer.value), sort_keys=True, default=repr)
    return (answer.text, answer.index, answer.probabilities, value, answer.finish, answer.failure, answer.reasoning)


def _expect_same(one: Answer, other: Answer, when: str) -> None:
    expect(_content(one) == _content(other), f"{when}: {_content(one)}, then {_content(other)}")
