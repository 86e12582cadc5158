"""LangChainModel: any LangChain chat model object as a language model.

Choices and objects are asked for in words and read by `parse_answer`, not through the chat model's own structured output:
its forms differ from provider to provider, it raises where an answer is bad, and some repair answers silently, while here
an answer that can't be read is a failure on record. What it does not do: batch, retry, stream, or count tokens before it
asks.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from gamemaster.language.limited import Slots
from gamemaster.language.paced import Pace
from gamemaster.language.request import Answer, Finish, Request, Usage
from gamemaster.language.retried import LastingModelError
from gamemaster.language.strict_json import without_surrogates
from gamemaster.language.structured import instructions, parse_answer
from gamemaster.words import BadInput, ModelError

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage

__all__ = ["LangChainModel"]

# What providers' classes call the same thing.
_NAMES_OF_MAX_TOKENS = ("max_tokens", "max_output_tokens", "num_predict", "max_new_tokens")
_CUT_OFF = {"length", "max_tokens", "model_length"}
_REFUSED = {"content_filter", "refusal", "safety", "blocklist", "prohibited_content", "recitation", "guardrail_intervened"}
# What no second try will mend: a malformed request, a wrong key, no such model.
_LASTING_STATUS = {400, 401, 403, 404, 405, 413, 422}


class LangChainModel:
    """Asks a LangChain chat model: the prompt's system part as its system message, the rest as the human's.

    `concurrent` requests are under way at a time. A request's temperature, top_p, top_k, token limit and seed are set
    where the chat model's class has a field for them, its stop strings always; with `sampling=False` the object's own
    settings stand, for models that refuse to be told. `reasoning_tokens` is added to every token limit, for models that
    count their thinking in it. With `requests_per_minute` and `tokens_per_minute` requests start no faster than that, in
    order of arrival; one that takes longer than `timeout` seconds has failed, as if the provider could not be reached.

    It promises no determinism; a run with it can be replayed from its record. `answer` raises ModelError when the
    chat model raised: the provider could not be reached or would not serve the request.
    """

    def __init__(
        self,
        chat_model: BaseChatModel,
        *,
        name: str | None = None,
        concurrent: int = 8,
        sampling: bool = True,
        reasoning_tokens: int = 0,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
        timeout: float | None = None,
    ) -> None:
        if timeout is not None and not timeout > 0:
            raise BadInput(f"timeout={timeout!r}; it is a number of seconds above 0, or None for no limit.")
        self._pace = Pace(requests_per_minute=requests_per_minute, tokens_per_minute=tokens_per_minute)
        self._timeout = timeout
        self._chat_model = chat_model
        self._fields = frozenset(type(chat_model).model_fields)
        self._slots = Slots(concurrent)
        self._sampling = sampling
        self._reasoning_tokens = reasoning_tokens
        served = getattr(chat_model, "model_name", None) or getattr(chat_model, "model", None)
        self._served = served if isinstance(served, str) else ""
        self._name = name or ":".join(part for part in ("langchain", type(chat_model).__name__, self._served) if part)

    @property
    def name(self) -> str:
        return self._name

    @property
    def metadata(self) -> Mapping[str, Any]:
        """What the chat model's `metadata` say; a run counts money by {"price": {"prompt": 2.5, "generated": 10}} in it."""
        return cast("Mapping[str, Any]", self._chat_model.metadata or {})

    @property
    def deterministic(self) -> bool:
        return False

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """Class, model name and versions; no keys, addresses or other settings of the chat model."""
        kind = type(self._chat_model)
        out = {"class": f"{kind.__module__}.{kind.__qualname__}", "model": self._served}
        for package in ("langchain_core", kind.__module__.partition(".")[0]):
            version = getattr(sys.modules.get(package), "__version__", None)
            if isinstance(version, str):
                out[package] = version
        return out

    async def answer(self, request: Request) -> Answer:
        """The chat model's answer. Raises: ModelError for whatever the chat model raised."""
        messages = _messages(request)
        stop = list(request.sampling.stop) if self._sampling and request.sampling.stop else None
        async with self._slots.here():
            loop = asyncio.get_running_loop()
            if (wait := self._pace.wait(loop.time())) > 0:
                await asyncio.sleep(wait)
            try:
                async with asyncio.timeout(self._timeout):
                    message = await self._set_up(request).ainvoke(messages, stop=stop)
            except TimeoutError as error:
                took = f"no answer within {self._timeout:g} s" if self._timeout is not None else "it timed out"
                raise ModelError(f"{self._name} could not be asked ({request.key}): {took}.") from error
            except Exception as error:
                lasting = isinstance(error, TypeError | NotImplementedError | ImportError) or _status(error) in _LASTING_STATUS
                kind = LastingModelError if lasting else ModelError
                raise kind(f"{self._name} could not be asked ({request.key}): {type(error).__name__}: {error}") from error
        answer = _answer(request, message)
        self._pace.spent(answer.usage, loop.time())
        return answer

    def _set_up(self, request: Request) -> BaseChatModel:
        if not self._sampling:
            return self._chat_model
        sampling = request.sampling
        wanted: dict[str, Any] = {"temperature": sampling.temperature, "seed": request.seed % 2**31}
        if sampling.top_p < 1:
            wanted["top_p"] = sampling.top_p
        if sampling.top_k:
            wanted["top_k"] = sampling.top_k
        for field in _NAMES_OF_MAX_TOKENS:
            if field in self._fields:
                wanted[field] = sampling.max_tokens + self._reasoning_tokens
                break
        known = {field: value for field, value in wanted.items() if field in self._fields}
        return self._chat_model.model_copy(update=known) if known else self._chat_model


def _messages(request: Request) -> list[BaseMessage]:
    from langchain_core.messages import HumanMessage, SystemMessage

    system, user = without_surrogates(request.prompt.system), without_surrogates(request.prompt.user)
    form = without_surrogates(instructions(request))
    human = HumanMessage(f"{user}\n\n{form}" if form else user)
    return [SystemMessage(system), human] if system else [human]


def _answer(request: Request, message: AIMessage) -> Answer:
    counted: Mapping[str, Any] = cast("Mapping[str, Any]", message.usage_metadata or {})
    usage = Usage(
        prompt_tokens=counted.get("input_tokens", 0),
        answer_tokens=counted.get("output_tokens", 0),
        reused_tokens=counted.get("input_token_details", {}).get("cache_read", 0) or 0,
    )
    return parse_answer(request, str(message.text), finish=_finish(message), reasoning=_reasoning(message), usage=usage)


def _finish(message: AIMessage) -> Finish:
    told = cast("Mapping[str, Any]", message.response_metadata)
    if message.additional_kwargs.get("refusal"):
        return "refused"
    for field in ("finish_reason", "stop_reason", "done_reason"):
        reason = str(told.get(field) or "").lower()
        if reason in _REFUSED:
            return "refused"
        if reason in _CUT_OFF:
            return "length"
    return "stop"


def _reasoning(message: AIMessage) -> str:
    blocks = cast("list[Mapping[str, Any]]", message.content_blocks)
    return "\n".join(str(block.get("reasoning") or "") for block in blocks if block.get("type") == "reasoning").strip()


def _status(error: Exception) -> int | None:
    """The HTTP status that a provider's error carries, under whichever of the usual names."""
    for holder in (error, getattr(error, "response", None)):
        for field in ("status_code", "code", "status"):
            value = getattr(holder, field, None)
            if isinstance(value, int) and not isinstance(value, bool):
                return value
    return None
