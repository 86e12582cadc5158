"""Budget, Limited, Retried and Once: what reaches the model inside, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from gamemaster.language import (
    GREEDY,
    Answer,
    Budget,
    LanguageModel,
    LastingModelError,
    Limited,
    Once,
    Request,
    Retried,
    Sampling,
    Usage,
)
from gamemaster.words import BadInput, BudgetSpent, ModelError


class Slow:
    """A model whose answers come when they are let go, and that notes what happens."""

    name = "slow"
    deterministic = False
    fingerprint: Mapping[str, str] = {"revision": "1"}

    def __init__(self, answer: Callable[[Request], Answer] | None = None, turns: int = 1) -> None:
        self.asked: list[Request] = []
        self.at_once = 0
        self.most = 0
        self._answer = answer or (
            lambda request: Answer(text=f"{request.key.what}", usage=Usage(prompt_tokens=3, answer_tokens=2))
        )
        self._turns = turns

    def count_tokens(self, text: str) -> int:
        return 3

    async def answer(self, request: Request) -> Answer:
        self.asked.append(request)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            for _ in range(self._turns):
                await asyncio.sleep(0)
            return self._answer(request)
        finally:
            self.at_once -= 1


def run_all(model: Any, requests: list[Request]) -> list[Answer | BaseException]:
    async def main() -> list[Answer | BaseException]:
        return await asyncio.gather(*(model.answer(request) for request in requests), return_exceptions=True)

    return asyncio.run(main())


WRAPPERS: list[Callable[[Any], Any]] = [Budget, Limited, Retried, Once, lambda model: Budget(Once(Limited(Retried(model))))]


@pytest.mark.parametrize("wrap", WRAPPERS)
def test_every_wrapper_goes_by_the_models_name_and_passes_its_answers_on(wrap: Callable[[Any], Any], ask: Any) -> None:
    inner = Slow()
    model = wrap(inner)
    assert isinstance(wrap(inner), LanguageModel)
    assert (model.name, model.deterministic, model.fingerprint) == ("slow", False, {"revision": "1"})
    assert model.count_tokens("one two") == 3
    request = ask.text()
    assert run_all(model, [request]) == [Answer(text="act", usage=Usage(prompt_tokens=3, answer_tokens=2))]
    assert inner.asked == [request]


@pytest.mark.parametrize("wrap", WRAPPERS)
def test_a_wrapper_counts_no_tokens_where_the_model_does_not(wrap: Callable[[Any], Any]) -> None:
    class Plain:
        name, deterministic = "plain", True
        fingerprint: Mapping[str, str] = {}

        async def answer(self, request: Request) -> Answer:
            return Answer(text="yes")

    model = wrap(Plain())
    assert not hasattr(model, "count_tokens")


# Budget


def test_budget_of_calls_holds_with_all_asked_at_once(ask: Any) -> None:
    inner = Slow()
    model = Budget(inner, calls=3)
    results = run_all(model, [ask.text(key=ask.key(f"q{n}")) for n in range(10)])
    assert [type(each) for each in results] == [Answer] * 3 + [BudgetSpent] * 7
    assert len(inner.asked) == 3
    assert (model.spent_calls, model.spent_tokens) == (3, 15)
    with pytest.raises(BudgetSpent, match=r"budget of 3 calls for slow is spent: 3 calls and 15 tokens so far"):
        asyncio.run(model.answer(ask.text()))


def test_budget_of_tokens_is_never_exceeded_and_what_was_set_aside_comes_back(ask: Any) -> None:
    inner = Slow()
    model = Budget(inner, tokens=50)  # each costs at most 3 + 16, and in fact 5
    results = run_all(model, [ask.text(key=ask.key(f"q{n}"), sampling=Sampling(max_tokens=16)) for n in range(10)])
    # After seven 35 are spent, and 15 left are less than what the eighth may cost.
    assert [type(each) for each in results] == [Answer] * 7 + [BudgetSpent] * 3
    assert [request.key.what for request in inner.asked] == [f"q{n}" for n in range(7)]
    assert inner.most == 2
    assert model.spent_tokens == 35


def test_budget_without_a_counter_estimates_the_prompt(ask: Any) -> None:
    class Uncounted(Slow):
        count_tokens = None  # type: ignore[assignment]

    inner = Uncounted()
    model = Budget(inner, tokens=100)
    result = run_all(model, [ask.text("word " * 100, sampling=Sampling(max_tokens=1))])
    assert isinstance(result[0], BudgetSpent)
    assert inner.asked == []


def test_budget_finds_the_counter_inside_a_wrapper_that_hides_it(ask: Any) -> None:
    class Hiding:
        def __init__(self, model: Any) -> None:
            self.model = model
            self.name, self.deterministic, self.fingerprint = "hiding", True, {}

        async def answer(self, request: Request) -> Answer:
            return await self.model.answer(request)

    request = ask.text("word " * 100, sampling=Sampling(max_tokens=1))
    assert isinstance(run_all(Budget(Hiding(Slow()), tokens=4), [request])[0], Answer)
    assert isinstance(run_all(Budget(Hiding(Slow()), tokens=3), [request])[0], BudgetSpent)


def test_budget_does_not_count_repeats_and_takes_up_what_was_spent(ask: Any) -> None:
    repeat = Answer(text="yes", usage=Usage(asked=0))
    model = Budget(Slow(lambda _: repeat), calls=2, spent_calls=1)
    assert run_all(model, [ask.text()]) == [repeat]
    assert run_all(model, [ask.text()]) == [repeat]
    assert model.spent_calls == 1
    assert isinstance(run_all(Budget(Slow(), calls=2, spent_calls=2), [ask.text()])[0], BudgetSpent)


def test_budget_gives_back_what_a_failed_or_cancelled_request_had_set_aside(ask: Any) -> None:
    outcome: list[Any] = [ModelError("down"), Answer(text="yes")]

    def answer(_: Request) -> Answer:
        first = outcome.pop(0)
        if isinstance(first, Exception):
            raise first
        return first

    model = Budget(Slow(answer), calls=1)
    assert isinstance(run_all(model, [ask.text()])[0], ModelError)
    assert run_all(model, [ask.text()]) == [Answer(text="yes")]

    async def cancel() -> Any:
        model = Budget(Slow(turns=5), calls=1)
        first, second, third = (asyncio.create_task(model.answer(ask.text(key=ask.key(what)))) for what in "abc")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        second.cancel()
        first.cancel()
        return await asyncio.gather(first, second, third, return_exceptions=True)

    results = asyncio.run(cancel())
    assert [type(each) for each in results] == [asyncio.CancelledError, asyncio.CancelledError, Answer]


def test_budget_lets_go_of_a_place_cancelled_as_it_was_given(ask: Any) -> None:
    async def main() -> Budget:
        def answer(request: Request) -> Answer:
            asyncio.get_running_loop().call_soon(second.cancel)  # before the second wakes up to find its place given
            return Answer(text="", usage=Usage(asked=0))

        model = Budget(Slow(answer, turns=3), calls=1)
        first, second = (asyncio.create_task(model.answer(ask.text(key=ask.key(what)))) for what in "ab")
        await asyncio.gather(first, second, return_exceptions=True)
        assert second.cancelled()
        model.model = Slow()
        return model

    model = asyncio.run(main())
    assert isinstance(asyncio.run(asyncio.wait_for(model.answer(ask.text()), 5)), Answer)


def test_budget_lets_nobody_past_who_came_later(ask: Any) -> None:
    inner = Slow(turns=3)
    model = Budget(inner, tokens=30)
    # The second has to wait for the first; the third would fit in beside the first.
    results = run_all(model, [ask.text(key=ask.key(f"q{n}"), sampling=Sampling(max_tokens=n)) for n in (15, 20, 2)])
    assert [request.key.what for request in inner.asked] == ["q15", "q20", "q2"]
    assert [type(each) for each in results] == [Answer] * 3


@pytest.mark.parametrize("bounds", [{"tokens": -1}, {"calls": -5}])
def test_budget_refuses_a_bound_below_nothing(bounds: dict[str, int]) -> None:
    with pytest.raises(BadInput, match="must be at least 0"):
        Budget(Slow(), **bounds)


# Limited


def test_limited_asks_so_many_at_a_time_in_order_of_arrival(ask: Any) -> None:
    inner = Slow(turns=3)
    results = run_all(Limited(inner, concurrent=4), [ask.text(key=ask.key(f"q{n:02d}")) for n in range(21)])
    assert inner.most == 4
    assert [request.key.what for request in inner.asked] == [f"q{n:02d}" for n in range(21)]
    assert [each.text for each in results if isinstance(each, Answer)] == [f"q{n:02d}" for n in range(21)]


def test_limited_serves_one_event_loop_after_another(ask: Any) -> None:
    inner = Slow(turns=2)
    model = Limited(inner, concurrent=1)
    for _ in range(3):
        run_all(model, [ask.text() for _ in range(5)])
    assert (len(inner.asked), inner.most) == (15, 1)


def test_limited_refuses_to_ask_nothing() -> None:
    with pytest.raises(BadInput, match="at least 1"):
        Limited(Slow(), concurrent=0)


# Retried


def failing(times: int, error: Exception) -> Slow:
    left = [times]

    def answer(_: Request) -> Answer:
        if left[0] > 0:
            left[0] -= 1
            raise error
        return Answer(text="at last")

    return Slow(answer)


@pytest.mark.parametrize("times", [0, 1, 3])
def test_retried_asks_again_until_it_is_answered(times: int, ask: Any) -> None:
    inner = failing(times, ModelError("down"))
    results = run_all(Retried(inner, tries=4, first_wait=0.0), [ask.text()])
    assert results == [Answer(text="at last")]
    assert len(inner.asked) == times + 1


@pytest.mark.parametrize("tries", [1, 2, 4])
def test_retried_gives_up_with_the_last_error(tries: int, ask: Any) -> None:
    inner = failing(9, ModelError("down"))
    results = run_all(Retried(inner, tries=tries, first_wait=0.0), [ask.text()])
    assert isinstance(results[0], ModelError)
    assert len(inner.asked) == tries


@pytest.mark.parametrize(
    ("error", "asked"), [(ValueError("a bug"), 1), (LastingModelError("too long"), 1), (ConnectionResetError("gone"), 3)]
)
def test_retried_repeats_what_failed_on_the_way_and_nothing_else(error: Exception, asked: int, ask: Any) -> None:
    inner = failing(9, error)
    results = run_all(Retried(inner, tries=3, first_wait=0.0, also=(OSError,)), [ask.text()])
    assert results == [error]
    assert len(inner.asked) == asked


def test_retried_stops_at_an_error_that_lasts_after_one_that_did_not(ask: Any) -> None:
    errors: list[Exception] = [ModelError("down"), LastingModelError("no such model"), ModelError("down")]

    def answer(_: Request) -> Answer:
        raise errors.pop(0)

    results = run_all(Retried(Slow(answer), tries=9, first_wait=0.0), [ask.text()])
    assert isinstance(results[0], LastingModelError)


def test_retried_takes_a_bad_answer_for_an_answer(ask: Any) -> None:
    bad = Answer(text="?", failure="no option")
    inner = Slow(lambda _: bad)
    assert run_all(Retried(inner), [ask.choice("a", "b")]) == [bad]
    assert len(inner.asked) == 1


def test_retried_waits_longer_each_time_and_not_all_alike(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        if seconds:
            slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", noted)
    for seed in (0, 500):
        run_all(Retried(failing(9, ModelError("down")), tries=6, first_wait=1.0, longest_wait=5.0), [ask.text(seed=seed)])
    assert slept[:5] == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert slept[5:] == pytest.approx([each * (1 - 500 / 3027) for each in slept[:5]])


# Once


def test_once_asks_equal_requests_in_flight_once(ask: Any) -> None:
    inner = Slow()
    requests = [ask.text(key=ask.key(f"q{n}")) for n in range(5)]
    results = run_all(Once(inner), requests)
    assert len(inner.asked) == 1
    assert [each.text for each in results if isinstance(each, Answer)] == ["q0"] * 5
    usages = [each.usage for each in results if isinstance(each, Answer)]
    assert usages == [Usage(prompt_tokens=3, answer_tokens=2)] + [Usage(asked=0)] * 4


def test_once_remembers_within_a_step_only(ask: Any) -> None:
    inner = Slow()
    model = Once(inner)
    for asked in (1, 1, 2):
        if asked == 2:
            model.new_step()
        run_all(model, [ask.text()])
        assert len(inner.asked) == asked


def test_once_tells_requests_apart_by_all_that_may_change_the_answer(ask: Any) -> None:
    def different() -> list[Request]:
        return [
            ask.text(),
            ask.text(seed=8),
            ask.text("What does Bob do?"),
            ask.text(prompt=ask.prompt(name="Bob")),
            ask.text(sampling=Sampling(temperature=0.5)),
            ask.text(sampling=GREEDY),
            ask.text(answer_prefix="Ann"),
            ask.choice("a", "b", call="What does Ann do?"),
            ask.choice("b", "a", call="What does Ann do?"),
            ask.choice("a", "b", call="What does Ann do?", unsure=1),
        ]

    inner = Slow(turns=4)
    run_all(Once(inner), different() + different())
    assert len(inner.asked) == len(different())


def test_once_greedy_requests_are_equal_whatever_their_seeds(ask: Any) -> None:
    inner = Slow()
    run_all(Once(inner), [ask.text(seed=seed, sampling=GREEDY) for seed in range(5)])
    assert len(inner.asked) == 1


def test_once_does_not_remember_failed_answers(ask: Any) -> None:
    inner = Slow(lambda _: Answer(text="?", failure="unreadable"))
    model = Once(inner)
    run_all(model, [ask.text()])
    run_all(model, [ask.text()])
    assert len(inner.asked) == 2


def test_once_shares_an_error_and_then_asks_anew(ask: Any) -> None:
    inner = failing(1, ModelError("down"))
    model = Once(inner)
    assert [type(each) for each in run_all(model, [ask.text()] * 3)] == [ModelError] * 3
    assert run_all(model, [ask.text()]) == [Answer(text="at last")]


def test_once_the_next_one_asks_when_the_first_is_cancelled(ask: Any) -> None:
    inner = Slow(turns=5)
    model = Once(inner)

    async def main() -> list[Any]:
        tasks = [asyncio.create_task(model.answer(ask.text())) for _ in range(4)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[2].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(main())
    assert [type(each).__name__ for each in results] == ["CancelledError", "Answer", "CancelledError", "Answer"]
    assert len(inner.asked) == 2
