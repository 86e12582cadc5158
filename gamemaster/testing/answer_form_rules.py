"""AnswerFormRules: the part of the language model suite that looks at answers one by one.

The one idea: an answer is usable in the form that was asked for, or it says that it failed; nothing between, and no
exception for what merely can't be answered well.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Literal, cast, get_args

from pydantic import BaseModel

from gamemaster.language import Answer, Finish, LanguageModel, Request, Usage
from gamemaster.testing.conformance import ConformanceSuite, does_not_apply, expect, rule
from gamemaster.testing.sample_requests import HOSTILE, OPTIONS, Impossible, Purchase, Report, assorted, choice, filled, text
from gamemaster.words import ModelError

__all__ = ["AnswerFormRules", "answer_to"]

_ODD_OPTIONS = ("Buy", "Buy two", 'Say "no"', "b) walk", "Ja, später", "{name}")


class AnswerFormRules(ConformanceSuite[LanguageModel]):
    """The rules of what stands in an answer; `LanguageModelSuite` has them all."""

    too_weak_for: ClassVar[frozenset[Literal["text", "choice", "object"]]] = frozenset()

    @rule
    async def test_easy_requests_are_answered(self) -> None:
        """Of some easy requests of each kind, at least one gets a usable answer."""
        model = self.make()
        for kind, requests in {
            "text": [text("easy/0"), text("easy/1", "Bob"), text("easy/2", call="Who is Bob?")],
            "choice": [choice("easy/3"), choice("easy/4", ("Yes.", "No."))],
            "object": [filled("easy/5"), filled("easy/6", name="Bob")],
        }.items():
            if kind not in self.too_weak_for:
                failures = [(await answer_to(model, each)).failure for each in requests]
                expect(None in failures, f"every {kind} failed: {failures}")

    @rule
    async def test_text_is_text(self) -> None:
        """Words come as a text that isn't blank, with neither an index nor a value."""
        model = self.make()
        for request in (text("text/0"), text("text/1", "Bob", temperature=1.0), text("text/2", prefix="Ann ")):
            answer = await answer_to(model, request)
            said: Any = answer.text
            if answer.failure is None:
                expect(isinstance(said, str) and said.strip(), f"the text {said!r}")
                expect(answer.index is None and answer.value is None, f"index {answer.index!r} and value {answer.value!r}")

    @rule
    async def test_choice_is_an_option(self) -> None:
        """A choice has the place of one of its options, however many and however odd they are."""
        model = self.make()
        for at, options in enumerate((("Yes",), OPTIONS, _ODD_OPTIONS, tuple(f"Option {n}" for n in range(30)))):
            answer = await answer_to(model, choice(f"choice/{at}", options))
            if answer.failure is None:
                index: Any = answer.index
                expect(type(index) is int and 0 <= index < len(options), f"the index {index!r} of {len(options)} options")

    @rule
    async def test_probabilities_are_probabilities(self) -> None:
        """A choice has no probabilities, or one from 0 to 1 for each option, which sum to 1."""
        model = self.make()
        for at, options in enumerate((("Yes",), OPTIONS, _ODD_OPTIONS)):
            answer = await answer_to(model, choice(f"probable/{at}", options))
            given = answer.probabilities
            if given is not None and answer.failure is None:
                expect(type(given) is tuple and len(given) == len(options), f"{given!r} for {len(options)} options")
                expect(all(0 <= each <= 1 for each in given) and abs(sum(given) - 1) < 1e-3, f"{given!r}")

    @rule
    async def test_object_fits_its_schema(self) -> None:
        """An object's value is made of JSON values, and the schema accepts it."""
        model = self.make()
        schemas: tuple[type[BaseModel], ...] = (Purchase, Report)
        for schema in schemas:
            answer = await answer_to(model, filled(f"object/{schema.__name__}", schema))
            if answer.failure is None:
                expect(isinstance(answer.value, Mapping), f"the value {answer.value!r}")
                value = dict(cast("Mapping[str, Any]", answer.value))
                expect(json.loads(json.dumps(value, allow_nan=False)) == value, f"a value that is no JSON: {value!r}")
                schema.model_validate(value)

    @rule
    async def test_failure_is_stated(self) -> None:
        """How an answer ended is one of the known words; one that failed says why, and has no index and no value."""
        model = self.make()
        answers = [await answer_to(model, request) for request in assorted("stated")]
        with suppress(Exception):  # whether it raises here is another rule's business
            answers.append(await answer_to(model, filled("stated/impossible", Impossible)))
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
        answer = await answer_to(self.make(), filled("impossible", Impossible))
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
                    await answer_to(model, request)
                except Exception as error:
                    expect(False, f"{type(error).__name__}: {error} on {hostile!r} in a {type(request).__name__}")

    @rule
    async def test_long_prompt_is_answered_or_refused(self) -> None:
        """A prompt of 20,000 characters gets an answer, or a ModelError that says that it is too long."""
        note = "\n".join(f"[{n // 60:02d}:{n % 60:02d}] Bob sold bread number {n} at the market." for n in range(400))
        try:
            await answer_to(self.make(), text("long", note=note))
        except ModelError as error:
            expect(str(error), "a ModelError without a word")

    @rule
    async def test_stop_ends_the_text(self) -> None:
        """A text ends before the first of the request's stop strings."""
        model = self.make()
        whole = (await answer_to(model, text("stop/none"))).text
        middle = len(whole) // 2
        for at, stop in enumerate((whole[middle : middle + 1], whole[middle : middle + 3], " ", "e")):
            if stop:
                answer = await answer_to(model, text(f"stop/{at}", stop=(stop,)))
                expect(answer.failure is not None or stop not in answer.text, f"{stop!r} in {answer.text!r}")

    @rule
    async def test_max_tokens_are_kept(self) -> None:
        """A text has no more tokens than asked for, as the model itself counts them."""
        model = self.make()
        count = cast("Callable[[str], int] | None", getattr(model, "count_tokens", None))
        counted = False
        for most in (1, 4, 12):
            answer = await answer_to(model, text(f"most/{most}", max_tokens=most))
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
            answer = await answer_to(model, text(f"prefix/{at}", prefix=prefix))
            expect(answer.failure is not None or not answer.text.startswith(prefix.strip()), f"{answer.text!r} after {prefix!r}")

    @rule
    async def test_usage_is_counted(self) -> None:
        """What an answer cost is in whole numbers from 0 on, with no more tokens reused than the prompt has."""
        model = self.make()
        for request in assorted("usage"):
            usage: Any = (await answer_to(model, request)).usage
            expect(isinstance(usage, Usage), f"usage = {usage!r}")
            counts = (usage.prompt_tokens, usage.answer_tokens, usage.reused_tokens, usage.asked)
            expect(all(type(each) is int and each >= 0 for each in counts), f"{usage!r}")
            expect(usage.reused_tokens <= usage.prompt_tokens and usage.asked <= 1, f"{usage!r}")


async def answer_to(model: LanguageModel, request: Request) -> Answer:
    """The model's answer. Raises: AssertionError for what is no Answer."""
    answer: Any = await model.answer(request)
    expect(isinstance(answer, Answer), f"{answer!r} where an Answer was due")
    return answer
