"""Any LangChain chat model answers requests: LangChain's own fakes, and one of ours that notes what it is asked."""

from __future__ import annotations

import asyncio
from typing import Any, Literal

import pytest
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import BaseModel

from gamemaster.language import Answer, LanguageModel, LastingModelError, Request, Sampling, Usage, load_model
from gamemaster.language.langchain_model import LangChainModel
from gamemaster.words import ModelError, Section, UnknownName

ASKED: list[dict[str, Any]] = []


class Noting(BaseChatModel):
    """A chat model with the fields of a provider's that notes messages and settings."""

    model_name: str = "noting-1"
    temperature: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    reply: Any = "fine"
    metadata_of_reply: Any = None
    error: Any = None
    gate: Any = None

    @property
    def _llm_type(self) -> str:
        return "noting"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise NotImplementedError

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        settings = {"temperature": self.temperature, "max_tokens": self.max_tokens, "seed": self.seed, "stop": stop, **kwargs}
        ASKED.append({"messages": [(each.type, each.content) for each in messages], "settings": settings})
        if self.gate is not None:
            await self.gate.acquire()
        if self.error is not None:
            raise self.error
        message = AIMessage(content=self.reply, **(self.metadata_of_reply or {}))
        return ChatResult(generations=[ChatGeneration(message=message)])


@pytest.fixture(autouse=True)
def asked() -> list[dict[str, Any]]:
    ASKED.clear()
    return ASKED


class Offer(BaseModel):
    item: Literal["apples", "bread"]
    count: int


def one(model: LanguageModel, request: Request) -> Answer:
    return asyncio.run(model.answer(request))


PERSONA = Section(label="Who you are", text="Ann is a baker.", changes="own")
NEWS = Section(label="News", text="It rains.")


def test_langchains_own_fakes_answer(ask: Any) -> None:
    generic = load_model(GenericFakeChatModel(messages=iter([AIMessage(content="Ann sleeps."), AIMessage(content="b")])))
    assert one(generic, ask.text(sampling=Sampling(stop=("\n",)))).text == "Ann sleeps."
    assert one(generic, ask.choice("Buy", "Refuse")).index == 1
    listed = load_model(FakeListChatModel(responses=['{"item": "bread", "count": 2}', "two loaves"]))
    assert one(listed, ask.object(Offer)).value == {"item": "bread", "count": 2}
    assert one(listed, ask.object(Offer)).failure
    assert listed.name == "langchain:FakeListChatModel"


def test_it_is_a_language_model_that_names_what_it_wraps() -> None:
    model = LangChainModel(Noting())
    assert isinstance(model, LanguageModel)
    assert (model.name, model.deterministic) == ("langchain:Noting:noting-1", False)
    assert model.fingerprint["model"] == "noting-1"
    assert set(model.fingerprint) >= {"class", "model", "langchain_core"}
    assert LangChainModel(Noting(), name="mine").name == "mine"


def test_the_prompt_is_a_system_and_a_human_message(ask: Any, asked: list[dict[str, Any]]) -> None:
    model = LangChainModel(Noting())
    one(model, ask.text("What now?", PERSONA, NEWS))
    one(model, ask.text("What now?"))
    assert [each["messages"] for each in asked] == [
        [("system", "# Who you are\nAnn is a baker."), ("human", "# News\nIt rains.\n\nWhat now?")],
        [("human", "What now?")],
    ]


def test_forms_and_prefixes_are_told_in_words(ask: Any, asked: list[dict[str, Any]]) -> None:
    model = LangChainModel(Noting(reply="Refuse"))
    assert one(model, ask.choice("Buy", "Refuse")).index == 1
    one(model, ask.object(Offer))
    one(model, ask.text(answer_prefix="Ann is"))
    told = [each["messages"][-1][1] for each in asked]
    assert told[0] == "Buy?\n\nAnswer with exactly one of these options, and with nothing else:\na) Buy\nb) Refuse"
    assert "JSON schema" in told[1]
    assert told[2].endswith("Ann is")


def test_sampling_reaches_the_model_where_it_has_fields_for_it(ask: Any, asked: list[dict[str, Any]]) -> None:
    sampling = Sampling(temperature=0.5, max_tokens=20, top_p=0.9, top_k=5, stop=("END",))
    chat = Noting()
    one(LangChainModel(chat), ask.text(sampling=sampling, seed=2**31 + 5))
    one(LangChainModel(chat, reasoning_tokens=1000), ask.text(sampling=sampling))
    one(LangChainModel(chat, sampling=False), ask.text(sampling=sampling))
    assert [each["settings"] for each in asked] == [
        {"temperature": 0.5, "max_tokens": 20, "seed": 5, "stop": ["END"]},
        {"temperature": 0.5, "max_tokens": 1020, "seed": 7, "stop": ["END"]},
        {"temperature": None, "max_tokens": None, "seed": None, "stop": None},
    ]
    assert chat.temperature is None


def test_usage_reasoning_and_the_way_it_ended_are_taken_from_the_message(ask: Any) -> None:
    usage = {"input_tokens": 10, "output_tokens": 4, "total_tokens": 14, "input_token_details": {"cache_read": 8}}
    chat = Noting(
        reply=[{"type": "reasoning", "reasoning": "It is late."}, {"type": "text", "text": "Ann sleeps."}],
        metadata_of_reply={"usage_metadata": usage, "response_metadata": {"finish_reason": "length"}},
    )
    answer = one(LangChainModel(chat), ask.text())
    assert answer == Answer(
        text="Ann sleeps.",
        reasoning="It is late.",
        finish="length",
        usage=Usage(prompt_tokens=10, answer_tokens=4, reused_tokens=8),
    )
    inline = Noting(reply="ok", metadata_of_reply={"additional_kwargs": {"reasoning_content": "hm"}})
    assert one(LangChainModel(inline), ask.text()).reasoning == "hm"


@pytest.mark.parametrize(
    "told",
    [
        {"response_metadata": {"finish_reason": "content_filter"}},
        {"response_metadata": {"finish_reason": "SAFETY"}},
        {"response_metadata": {"stop_reason": "refusal"}},
        {"additional_kwargs": {"refusal": "I can't help with that."}},
    ],
)
def test_a_refusal_by_the_provider_is_a_failed_answer(told: dict[str, Any], ask: Any) -> None:
    answer = one(LangChainModel(Noting(reply="Buy", metadata_of_reply=told)), ask.choice("Buy", "Refuse"))
    assert (answer.finish, answer.index) == ("refused", None)
    assert answer.failure


class Rejected(Exception):
    status_code = 401


@pytest.mark.parametrize(
    ("error", "kind"),
    [(ConnectionError("no route"), ModelError), (Rejected("bad key"), LastingModelError), (TypeError("odd"), LastingModelError)],
)
def test_what_the_chat_model_raises_is_a_model_error_that_names_the_request(error: Exception, kind: type, ask: Any) -> None:
    with pytest.raises(
        ModelError, match=r"langchain:Noting:noting-1 could not be asked \(step 1, Ann, actor, act #0\)"
    ) as caught:
        one(LangChainModel(Noting(error=error)), ask.text())
    assert type(caught.value) is kind
    assert caught.value.__cause__ is error


def test_so_many_are_asked_at_a_time(ask: Any, asked: list[dict[str, Any]]) -> None:
    async def main() -> list[int]:
        gate = asyncio.Semaphore(0)
        model = LangChainModel(Noting(gate=gate), concurrent=3)
        tasks = [asyncio.create_task(model.answer(ask.text(f"{n}?"))) for n in range(7)]
        seen: list[int] = []
        for _ in range(5):
            for _ in range(100):
                await asyncio.sleep(0)
            seen.append(len(asked))
            gate.release()
        for _ in range(2):
            gate.release()
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(main()) == [3, 4, 5, 6, 7]


def test_a_chat_model_that_only_answers_blocking_is_asked_off_the_loop(ask: Any) -> None:
    class Blocking(Noting):
        def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
            return ChatResult(generations=[ChatGeneration(message=AIMessage(content=f"{len(messages)} heard"))])

        async def _agenerate(
            self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **_: Any
        ) -> ChatResult:
            return await BaseChatModel._agenerate(self, messages, stop)

    assert one(LangChainModel(Blocking()), ask.text("What now?", PERSONA)).text == "2 heard"


def test_an_option_that_there_is_none_of_is_named() -> None:
    with pytest.raises(UnknownName, match=r"no option of a LangChain chat model 'concurent'. Did you mean 'concurrent'"):
        load_model(Noting(), concurent=3)


def test_a_chat_models_metadata_tell_its_price() -> None:
    price = {"price": {"prompt": 2.5, "generated": 10.0}}
    priced = load_model(FakeListChatModel(responses=["a"], metadata=price))
    assert getattr(priced, "metadata", {})["price"] == price["price"]
    assert "price" not in getattr(load_model(FakeListChatModel(responses=["a"])), "metadata", {})
