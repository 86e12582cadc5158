"""LanguageModelSuite: the rules of a language model.

Two ideas stand behind the rules. An answer is usable in the form that was asked for, or it says that it failed; nothing
between. And an answer follows from its request alone: not from who else asks, what was asked before, or which random
numbers others drew. Whether an answer is any good is not looked at.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, Literal, cast, get_args

from pydantic import BaseModel

from gamemaster.language import Answer, Finish, LanguageModel, Request, Usage, together
from gamemaster.testing.conformance import ConformanceSuite, does_not_apply, expect, rule
from gamemaster.testing.global_randomness import unmoved_by_global_randomness
from gamemaster.testing.sample_requests import (
    HOSTILE,
    OPTIONS,
    Impossible,
    Purchase,
    Report,
    assorted,
    choice,
    filled,
    text,
    under_key,
)
from gamemaster.words import ModelError

__all__ = ["LanguageModelSuite"]

_ODD_OPTIONS = ("Buy", "Buy two", 'Say "no"', "b) walk", "Ja, später", "{name}")


class LanguageModelSuite(ConformanceSuite[LanguageModel]):
    """The rules of `gamemaster.language.LanguageModel`; define `make`.

    `too_weak_for` names the kinds of requests of which the model isn't expected to answer even an easy one usably: a tiny
    model with random weights may never write an object. `many` is how many are asked at once to see that all are answered.
    """

    too_weak_for: ClassVar[frozenset[Literal["text", "choice", "object"]]] = frozenset()
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

    # --- answers have the form that was asked for, or have failed ---

    @rule
    async def test_easy_requests_are_answered(self) -> None:
        """Of some easy requests of each kind, at least one gets a usable answer."""
        model = self.make()
        for kind, requests in {
            "text": [text(f"easy/{at}", call=call) for at, call in enumerate(("What does Ann do next?", "Who is Bob?"))],
            "choice": [choice("easy/0"), choice("easy/1", ("Yes.", "No."))],
            "object": [filled("easy/2"), filled("easy/3", name="Bob")],
        }.items():
            if kind not in self.too_weak_for:
                failures = [(await _answer(model, each)).failure for each in requests]
                expect(None in failures, f"every {kind} failed: {failures}")

    @rule
    async def test_text_is_text(self) -> None:
        """Words come as a text that isn't blank, with neither an index nor a value."""
        model = self.make()
        for request in (text("text/0"), text("text/1", "Bob", temperature=1.0), text("text/2", prefix="Ann ")):
            answer = await _answer(model, request)
            said: Any = answer.text
            if answer.failure is None:
                expect(isinstance(said, str) and said.strip(), f"the text {said!r}")
                expect(answer.index is None and answer.value is None, f"index {answer.index!r} and value {answer.value!r}")

    @rule
    async def test_choice_is_an_option(self) -> None:
        """A choice has the place of one of its options, however many and however odd they are."""
        model = self.make()
        for at, options in enumerate((("Yes",), OPTIONS, _ODD_OPTIONS, tuple(f"Option {n}" for n in range(30)))):
            answer = await _answer(model, choice(f"choice/{at}", options))
            if answer.failure is None:
                index: Any = answer.index
                expect(type(index) is int and 0 <= index < len(options), f"the index {index!r} of {len(options)} options")

    @rule
    async def test_probabilities_are_probabilities(self) -> None:
        """A choice has no probabilities, or one from 0 to 1 for each option, which sum to 1."""
        model = self.make()
        for at, options in enumerate((("Yes",), OPTIONS, _ODD_OPTIONS)):
            answer = await _answer(model, choice(f"probable/{at}", options))
            given = answer.probabilities
            if given is not None and answer.failure is None:
                expect(isinstance(given, tuple) and len(given) == len(options), f"{given!r} for {len(options)} options")
                expect(all(0 <= each <= 1 for each in given) and abs(sum(given) - 1) < 1e-3, f"{given!r}")

    @rule
    async def test_object_fits_its_schema(self) -> None:
        """An object's value is made of JSON values, and the schema accepts it."""
        model = self.make()
        schemas: tuple[type[BaseModel], ...] = (Purchase, Report)
        for schema in schemas:
            answer = await _answer(model, filled(f"object/{schema.__name__}", schema))
            if answer.failure is None:
                expect(isinstance(answer.value, Mapping), f"the value {answer.value!r}")
                value = dict(cast("Mapping[str, Any]", answer.value))
                expect(json.loads(json.dumps(value, allow_nan=False)) == value, f"a value that is no JSON: {value!r}")
                schema.model_validate(value)

    @rule
    async def test_failure_is_stated(self) -> None:
        """How an answer ended is one of the known words; one that failed says why, and has no index and no value."""
        model = self.make()
        answers = [await _answer(model, request) for request in assorted("stated")]
        with suppress(Exception):  # whether it raises here is another rule's business
            answers.append(await _answer(model, filled("stated/impossible", Impossible)))
        for answer in answers:
            failure: Any = answer.failure
            expect(answer.finish in get_args(Finish), f"finish = {answer.finish!r}; it is one of {get_args(Finish)}")
            expect(failure is None or (isinstance(failure, str) and failure.strip()), f"failure = {failure!r}")
            if failure is None:
                expect(answer.finish in ("stop", "length"), f"finish = {answer.finish!r} without a failure")
            else:
                expect(answer.index is None and answer.value is None, f"failed, with {answer.index!r} and {answer.value!r}")

    @rule
    async def test_nothing_is_invented(self) -> None:
        """Where no value is right the answer is a failure: neither a made-up value nor an exception."""
        answer = await _answer(self.make(), filled("impossible", Impossible))
        expect(answer.failure is not None, f"{answer.value!r} for a schema that refuses everything")

    @rule
    async def test_hostile_text_is_only_text(self) -> None:
        """Special tokens, templates, broken JSON, control characters and the like raise nothing, wherever they stand."""
        model = self.make()
        for at, hostile in enumerate(HOSTILE):
            requests: list[Request] = [
                text(f"hostile/{at}", note=hostile, call=f"What of {hostile}?"),
                choice(f"hostile/{at}/choice", ("Yes", f"No: {hostile}"), note=hostile),
                filled(f"hostile/{at}/object", note=hostile, call=hostile),
            ]
            for request in requests:
                try:
                    await _answer(model, request)
                except Exception as error:
                    expect(False, f"{type(error).__name__}: {error} on {hostile!r} in a {type(request).__name__}")

    @rule
    async def test_long_prompt_is_answered_or_refused(self) -> None:
        """A prompt of 20,000 characters gets an answer, or a ModelError that says that it is too long."""
        note = "\n".join(f"[{n // 60:02d}:{n % 60:02d}] Bob sold bread number {n} at the market." for n in range(400))
        try:
            await _answer(self.make(), text("long", note=note))
        except ModelError as error:
            expect(str(error), "a ModelError without a word")

    @rule
    async def test_stop_ends_the_text(self) -> None:
        """A text ends before the first of the request's stop strings."""
        model = self.make()
        whole = (await _answer(model, text("stop/none"))).text
        middle = len(whole) // 2
        for at, stop in enumerate((whole[middle : middle + 1], whole[middle : middle + 3], " ", "e")):
            if stop:
                answer = await _answer(model, text(f"stop/{at}", stop=(stop,)))
                expect(answer.failure is not None or stop not in answer.text, f"{stop!r} in {answer.text!r}")

    @rule
    async def test_max_tokens_are_kept(self) -> None:
        """A text has no more tokens than asked for, as the model itself counts them."""
        model = self.make()
        count = cast("Callable[[str], int] | None", getattr(model, "count_tokens", None))
        counted = False
        for most in (1, 4, 12):
            answer = await _answer(model, text(f"most/{most}", max_tokens=most))
            expect(answer.usage.answer_tokens <= most, f"{answer.usage.answer_tokens} tokens where {most} were allowed")
            counted = counted or count is not None or answer.usage.answer_tokens > 0
            # A part of a character is shown as U+FFFD, which takes more tokens than the part did.
            if count is not None and answer.failure is None and "\ufffd" not in answer.text:
                expect(count(answer.text) <= most, f"{count(answer.text)} tokens where {most} were allowed: {answer.text!r}")
        if not counted:
            does_not_apply("The model counts no tokens.")

    @rule
    async def test_prefix_is_not_repeated(self) -> None:
        """A text goes on from the request's answer prefix and doesn't begin with it once more."""
        model = self.make()
        for at, prefix in enumerate(("Ann goes to", "I think that ")):
            answer = await _answer(model, text(f"prefix/{at}", prefix=prefix))
            expect(answer.failure is not None or not answer.text.startswith(prefix.strip()), f"{answer.text!r} after {prefix!r}")

    @rule
    async def test_usage_is_counted(self) -> None:
        """What an answer cost is in whole numbers from 0 on, with no more tokens reused than the prompt has."""
        model = self.make()
        for request in assorted("usage"):
            usage: Any = (await _answer(model, request)).usage
            expect(isinstance(usage, Usage), f"usage = {usage!r}")
            counts = (usage.prompt_tokens, usage.answer_tokens, usage.reused_tokens, usage.asked)
            expect(all(type(each) is int and each >= 0 for each in counts), f"{usage!r}")
            expect(usage.reused_tokens <= usage.prompt_tokens and usage.asked <= 1, f"{usage!r}")

    # --- an answer follows from its request ---

    @rule
    async def test_same_request_same_answer(self) -> None:
        """A request asked again at once gets the same answer, of a model that says it is deterministic."""
        model = self._deterministic()
        for request in assorted("again"):
            _expect_same(await _answer(model, request), await _answer(model, request), f"{request.key} asked twice")

    @rule
    async def test_key_changes_nothing(self) -> None:
        """Who asks, for which component and under what name, is not part of what is asked."""
        model = self._deterministic()
        for request in assorted("key"):
            other: Any = replace(request, key=replace(request.key, step=9, component="plan", what="other", index=3))
            _expect_same(await _answer(model, request), await _answer(model, other), "under two call keys")

    @rule
    async def test_greedy_ignores_the_seed(self) -> None:
        """At temperature 0 the seed makes no difference."""
        model = self._deterministic()
        for request in (text("seed"), choice("seed/choice"), filled("seed/object")):
            first = await _answer(model, request)
            for seed in (0, 12, 2**63 - 1):
                again = await _answer(model, under_key(request, f"{request.key.what}/{seed}", seed=seed))
                _expect_same(first, again, f"with the seeds {request.seed} and {seed}")

    @rule
    async def test_past_requests_change_nothing(self) -> None:
        """What was asked before makes no difference: the model remembers nothing."""
        for request in (text("past"), choice("past/choice"), filled("past/object")):
            first = await _answer(self._deterministic(), request)
            model = self.make()
            for before in (text("before", "Bob"), choice("before/choice", name="Bob"), filled("before/object", name="Bob")):
                await _answer(model, before)
            _expect_same(first, await _answer(model, request), "at first, and after other requests")

    @rule
    async def test_company_changes_nothing(self) -> None:
        """What is asked at the same time, and in which order, makes no difference."""
        requests = assorted("company")
        alone = [await _answer(self._deterministic(), each) for each in requests]
        for order in (requests, requests[::-1], requests[3:] + requests[:3]):
            model = self.make()
            answers = await together([_answer(model, each) for each in order])
            for request, answer in zip(order, answers, strict=True):
                _expect_same(alone[requests.index(request)], answer, f"{request.key} alone and among {len(order)}")

    @rule
    async def test_many_at_once_are_answered(self) -> None:
        """As many requests as are asked at once are all answered."""
        model = self.make()
        answers = await together([_answer(model, choice(f"many/{n}", name=f"Agent {n}")) for n in range(self.many)])
        expect(len(answers) == self.many, f"{len(answers)} answers to {self.many} requests")

    @rule
    async def test_cancelling_one_harms_no_other(self) -> None:
        """When somebody stops waiting for an answer, all others still get theirs."""
        model = self.make()
        tasks = [asyncio.ensure_future(_answer(model, text(f"cancel/{n}", name=f"Agent {n}"))) for n in range(6)]
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
            return [_content(await _answer(model, request)) for request in assorted("random")]

        unmoved_by_global_randomness(lambda: self.run(answers()), "answering")

    def _deterministic(self) -> LanguageModel:
        model = self.make()
        if not model.deterministic:
            does_not_apply(f"{model.name} does not promise the same answers again.")
        return model


async def _answer(model: LanguageModel, request: Request) -> Answer:
    answer: Any = await model.answer(request)
    expect(isinstance(answer, Answer), f"{answer!r} where an Answer was due")
    return answer


def _content(answer: Answer) -> tuple[Any, ...]:
    """All but what it cost: a repeat may be free."""
    value = None if answer.value is None else json.dumps(dict(answer.value), sort_keys=True, default=repr)
    return (answer.text, answer.index, answer.probabilities, value, answer.finish, answer.failure, answer.reasoning)


def _expect_same(one: Answer, other: Answer, when: str) -> None:
    expect(_content(one) == _content(other), f"{when}: {_content(one)}, then {_content(other)}")
