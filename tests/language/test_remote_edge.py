"""The edge to somebody's server: pace, prefix order, time limits; through a chat model that speaks the OpenAI form."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from gamemaster import Agent, Price, RunBudget, Simulation
from gamemaster.components import Constant, Observations
from gamemaster.language import Answer, InPrefixOrder, Limited, Paced, Request, Usage, load_model
from gamemaster.language.in_prefix_order import prefix_groups
from gamemaster.language.paced import Pace
from gamemaster.testing import HashEmbedder
from gamemaster.words import BadInput, ModelError, Section

# --- pace ---


def test_requests_start_no_faster_than_they_may_and_in_order() -> None:
    pace = Pace(requests_per_minute=60)
    assert [pace.wait(0.0) for _ in range(4)] == [0.0, 1.0, 2.0, 3.0]
    assert pace.wait(10.0) == 0.0
    assert pace.wait(10.5) == 0.5


def test_a_burst_may_start_at_once() -> None:
    pace = Pace(requests_per_minute=60, burst=3)
    assert [pace.wait(0.0) for _ in range(5)] == [0.0, 0.0, 0.0, 1.0, 2.0]


def test_tokens_put_off_what_comes_after() -> None:
    pace = Pace(tokens_per_minute=600)
    assert pace.wait(0.0) == 0.0
    pace.spent(Usage(prompt_tokens=80, answer_tokens=20), 2.0)
    assert pace.wait(2.0) == pytest.approx(10.0)
    assert pace.wait(12.0) == 0.0


@given(st.lists(st.floats(0, 300), min_size=1, max_size=60), st.floats(1, 600), st.integers(1, 5))
def test_no_minute_has_more_than_it_may(times: list[float], limit: float, burst: int) -> None:
    pace, starts = Pace(requests_per_minute=limit, burst=burst), list[float]()
    for now in sorted(times):
        starts.append(now + pace.wait(now))
    assert starts == sorted(starts)
    for first in starts:
        assert sum(first <= each < first + 60 - 1e-6 for each in starts) <= limit + burst + 1


@pytest.mark.parametrize("options", [{"requests_per_minute": 0}, {"tokens_per_minute": -1}, {"burst": 0}])
def test_a_pace_that_is_none_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match=next(iter(options))):
        Pace(**options)


# --- prefix order ---


class Noting:
    """Notes in which order requests begin and end."""

    name, deterministic = "noting", False
    fingerprint: Mapping[str, str] = {}

    def __init__(self, fails: str = "") -> None:
        self.log: list[str] = []
        self.fails = fails

    async def answer(self, request: Request) -> Answer:
        self.log.append(f"begin {request.key.what}")
        await asyncio.sleep(0.001)
        self.log.append(f"end {request.key.what}")
        if request.key.what == self.fails:
            raise ModelError("gone")
        return Answer(text=request.key.what)


def long(text: str) -> Section:
    return Section(label="World", text=text * 500, changes="shared")


def test_one_of_each_group_goes_first_and_the_others_follow_when_it_is_answered(ask: Any) -> None:
    inner = Noting()
    model = InPrefixOrder(Limited(inner, concurrent=64), shared=400)
    requests = [
        ask.text(f"{what}?", long(text), key=ask.key(what))
        for what, text in (("b2", "B"), ("a1", "A"), ("b1", "B"), ("a2", "A"), ("c1", "C"))
    ]

    async def main() -> list[Answer]:
        return await asyncio.gather(*(model.answer(each) for each in requests))

    answers = asyncio.run(main())
    assert [each.text for each in answers] == ["b2", "a1", "b1", "a2", "c1"]
    begun = [each.removeprefix("begin ") for each in inner.log if each.startswith("begin")]
    assert begun[:3] == ["a1", "b1", "c1"] or set(begun[:3]) == {"a1", "b1", "c1"}
    assert inner.log.index("end a1") < inner.log.index("begin a2")
    assert inner.log.index("end b1") < inner.log.index("begin b2")


def test_a_first_one_that_fails_holds_nobody_up(ask: Any) -> None:
    model = InPrefixOrder(Noting(fails="a1"), shared=400)
    requests = [ask.text(f"{what}?", long("A"), key=ask.key(what)) for what in ("a1", "a2", "a3")]

    async def main() -> list[Any]:
        return await asyncio.gather(*(model.answer(each) for each in requests), return_exceptions=True)

    results = asyncio.run(main())
    assert isinstance(results[0], ModelError)
    assert [each.text for each in results[1:]] == ["a2", "a3"]


@given(st.lists(st.text("ab", max_size=8), max_size=30), st.integers(1, 5))
def test_groups_hold_each_text_once_and_begin_alike(texts: list[str], shared: int) -> None:
    groups = prefix_groups(texts, shared)
    assert sorted(at for group in groups for at in group) == list(range(len(texts)))
    for group in groups:
        if len(group) > 1:
            assert len({texts[at][:shared] for at in group}) == 1
    beginnings = [texts[group[0]][:shared] for group in groups if len(texts[group[0]]) >= shared]
    assert len(beginnings) == len(set(beginnings))


# --- a server that speaks the OpenAI form ---


class Server(ThreadingHTTPServer):
    """Answers every chat with its number of messages; notes what it was sent."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.bodies: list[dict[str, Any]] = []
        self.failing = 0
        self.finish = "stop"
        self.lock = threading.Lock()


class Handler(BaseHTTPRequestHandler):
    @property
    def notes(self) -> Server:
        assert isinstance(self.server, Server)
        return self.server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.notes.lock:
            self.notes.bodies.append(body)
            fails = self.notes.failing > 0
            self.notes.failing -= fails
        reply = {
            "choices": [{"message": {"role": "assistant", "content": "I wave."}, "finish_reason": self.notes.finish}],
            "usage": {"prompt_tokens": 50, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 40}},
        }
        data = json.dumps(reply).encode()
        self.send_response(503 if fails else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Chat(BaseChatModel):
    """A chat model of a server's, as small as can be."""

    url: str
    model_name: str = "tiny"
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None

    @property
    def _llm_type(self) -> str:
        return "chat"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        roles = {"human": "user", "system": "system", "ai": "assistant"}
        body = {"model": self.model_name, "messages": [{"role": roles[each.type], "content": each.content} for each in messages]}
        body |= {"temperature": self.temperature, "max_tokens": self.max_tokens, "seed": self.seed, "stop": stop}
        request = urllib.request.Request(self.url, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request) as response:
                held = json.load(response)
        except urllib.error.HTTPError as error:
            error.close()
            raise
        choice, usage = held["choices"][0], held["usage"]
        message = AIMessage(
            content=choice["message"]["content"],
            response_metadata={"finish_reason": choice["finish_reason"]},
            usage_metadata={
                "input_tokens": usage["prompt_tokens"],
                "output_tokens": usage["completion_tokens"],
                "total_tokens": usage["prompt_tokens"] + usage["completion_tokens"],
                "input_token_details": {"cache_read": usage["prompt_tokens_details"]["cached_tokens"]},
            },
        )
        return ChatResult(generations=[ChatGeneration(message=message)])


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def chat(server: Server, **options: Any) -> Any:
    host, port = server.server_address[:2]
    price = {"price": {"prompt": 2.0, "reused": 1.0, "generated": 10.0}}
    return load_model(Chat(url=f"http://{host}:{port}/v1/chat/completions", metadata=price), **options)


def crowd(model: Any, count: int = 6) -> Simulation:
    agents = [
        Agent(f"Agent {n}", [Constant("The square is wide. " * 100, changes="shared"), Observations()]) for n in range(count)
    ]
    return Simulation(agents, model=model, embedder=HashEmbedder())


def test_a_run_by_way_of_a_server_counts_tokens_and_what_was_reused(server: Server) -> None:
    run = crowd(chat(server, in_prefix_order=True)).run(1)
    assert {event.text for event in run.events} == {f"Agent {n}: I wave." for n in range(6)}
    assert run.cost["prompt_tokens"] == 300
    assert run.cost["reused_tokens"] == 240
    assert len(server.bodies) == 6
    assert all(body["messages"][0]["role"] == "system" for body in server.bodies)
    assert len({body["seed"] for body in server.bodies}) == 6


def test_money_is_counted_by_the_models_own_price_through_the_wrappers(server: Server) -> None:
    run = crowd(chat(server, in_prefix_order=True, concurrent=1)).run(9, budget=RunBudget(money=0.0005))
    assert run.status == "stopped"
    assert "money" in run.stopped_by
    assert len(server.bodies) < 9 * 6
    with pytest.raises(BadInput, match="price"):
        crowd(load_model(Chat(url="http://127.0.0.1:9/"))).run(1, budget=RunBudget(money=1))
    assert Price(prompt=2.0, generated=10.0)


def test_what_failed_on_the_way_is_asked_again_and_the_run_knows_nothing_of_it(server: Server, monkeypatch: Any) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("gamemaster.language.retried.asyncio.sleep", sleep)
    server.failing = 2
    run = crowd(chat(server), count=1).run(1)
    assert [event.text for event in run.events] == ["Agent 0: I wave."]
    assert len(server.bodies) == 3
    assert len(run.calls()) == 1


def test_a_content_refusal_is_counted_and_never_becomes_speech(server: Server) -> None:
    server.finish = "content_filter"
    run = crowd(chat(server), count=20)
    run.max_failures = 1.0
    done = run.run(1)
    assert {event.kind for event in done.events} == {"failure"}
    assert done.failures
    assert all("wave" not in each.text for each in done.observations())


def test_no_answer_in_time_is_a_model_that_cannot_be_asked(ask: Any) -> None:
    class Sleepy(Chat):
        async def _agenerate(self, *args: Any, **kwargs: Any) -> ChatResult:
            await asyncio.sleep(30)
            raise AssertionError

    model = load_model(Sleepy(url=""), timeout=0.01)
    with pytest.raises(ModelError, match=r"no answer within 0\.01 s"):
        asyncio.run(model.answer(ask.text()))
    with pytest.raises(BadInput, match="timeout=0"):
        load_model(Sleepy(url=""), timeout=0)


def test_paced_waits_without_a_poll(ask: Any) -> None:
    slept: list[float] = []

    async def main() -> None:
        model = Paced(Noting(), requests_per_minute=60_000)
        original = asyncio.sleep

        async def sleep(seconds: float) -> None:
            slept.append(seconds)
            await original(0)

        asyncio.sleep = sleep  # type: ignore[assignment]
        try:
            await asyncio.gather(*(model.answer(ask.text(key=ask.key(str(n)))) for n in range(5)))
        finally:
            asyncio.sleep = original  # type: ignore[assignment]

    asyncio.run(main())
    assert len([each for each in slept if each != 0.001]) == 4
