"""HuggingFaceModel: a local Hugging Face model, one request at a time.

Each request is computed by itself, so an answer can't depend on what else is asked. It generates with its own loop
rather than with `generate()`, because tokens are drawn by the request's own seed (see token_draw). It does not batch,
share prefixes between prompts, or hold objects to their schema while they are written: an object that does not parse is a
failed answer.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import numpy
from numpy.typing import NDArray

from gamemaster.language.batching import outside_work
from gamemaster.language.hugging_face_loading import load_folder, model_folder
from gamemaster.language.request import Answer, ChoiceRequest, Finish, Request, Usage
from gamemaster.language.retried import LastingModelError
from gamemaster.language.structured import instructions, parse_answer
from gamemaster.language.token_draw import draw_token, gumbel_noise
from gamemaster.language.token_text import TokenText
from gamemaster.words import ModelError, prompt_texts

__all__ = ["HuggingFaceModel"]


class HuggingFaceModel:
    """The causal language model `name`: a folder, or a name on the Hugging Face hub (from its cache, or fetched).

    Chat models get the prompt in their template, base models as plain text; `chat` says which it is. Special tokens in a
    prompt's text are plain text to the model. With `thinking`, a model that can think first does; its token limits then
    hold for thoughts and answer together.

    Texts and objects are generated, greedily or drawn by the request's seed. A choice is the option with the highest
    probability: of its tokens and of the end of the answer after them, summed as logarithms; the probabilities of the
    answer are these, made to sum to 1. At a temperature above 0 the option is drawn from them.

    The weights are loaded here, in safetensors only, and no code of the repository is run. See `load_folder` for device
    and dtype. Raises: BadInput when there is no such model or it can't be loaded; `answer` raises LastingModelError for
    a prompt that is longer than the model's context, ModelError when the computation fails.
    """

    def __init__(
        self,
        name: str | Path,
        *,
        dtype: str | None = None,
        device: str | None = None,
        chat: bool | None = None,
        thinking: bool = False,
        revision: str | None = None,
    ) -> None:
        self._name = f"hf:{name}"
        self._loaded = load_folder(model_folder(str(name), revision=revision), dtype=dtype, device=device)
        self._tokens = TokenText(self._loaded.tokenizer, chat=chat, thinking=thinking)
        self._torch: Any = import_module("torch")
        self._ends = _end_tokens(self._loaded.model, self._loaded.tokenizer)
        settings = self._loaded.model.config.get_text_config()
        self._limit = cast("int | None", getattr(settings, "max_position_embeddings", None))
        self._takes = frozenset(inspect.signature(self._loaded.model.forward).parameters)
        self._fingerprint: Mapping[str, str] | None = None
        self._engine = ThreadPoolExecutor(1, thread_name_prefix="hugging-face-model")

    @property
    def name(self) -> str:
        return self._name

    @property
    def deterministic(self) -> bool:
        """On the CPU always, as requests are computed one by one; on a GPU in float32."""
        return not self._loaded.on_gpu or self._loaded.dtype == "float32"

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """Digest of weights and settings, dtype, device, versions; the first look reads all the weights."""
        if self._fingerprint is None:
            self._fingerprint = self._loaded.fingerprint()
        return self._fingerprint

    def count_tokens(self, text: str) -> int:
        """The number of tokens of `text`."""
        return self._tokens.count(text)

    async def answer(self, request: Request) -> Answer:
        """The model's answer, computed in the engine's thread when it is this request's turn."""
        with outside_work():
            return await asyncio.get_running_loop().run_in_executor(self._engine, self._answer, request)

    def _answer(self, request: Request) -> Answer:
        choosing = isinstance(request, ChoiceRequest)
        form = _options_form(request) if choosing else instructions(_without_prefix(request))
        user = f"{request.prompt.user}\n\n{form}" if form else request.prompt.user
        ids = self._tokens.prompt(request.prompt.system, user, request.answer_prefix)
        if self._limit is not None and len(ids) >= self._limit:
            raise LastingModelError(
                f"{request.key.who}'s prompt for {request.key.component} has {len(ids):,} tokens ({request.key}), and "
                f"{self._name} can read {self._limit:,}. Lower the budgets of the agent's components, or take a model with a "
                "longer context."
            )
        try:
            with self._torch.inference_mode():
                return self._choose(request, ids) if choosing else self._generate(request, ids)
        except RuntimeError as error:  # out of memory, among others
            raise ModelError(f"{self._name} failed at {request.key}: {error}") from error

    def _generate(self, request: Request, ids: list[int]) -> Answer:
        sampling = request.sampling
        room = sampling.max_tokens if self._limit is None else min(sampling.max_tokens, self._limit - len(ids))
        out: list[int] = []
        finish: Finish = "length"
        cache, logits = self._forward(ids, None, 0)
        while len(out) < room:
            token = draw_token(logits[-1], sampling, seed=request.seed, position=len(out))
            if token in self._ends:
                finish = "stop"
                break
            out.append(token)
            if sampling.stop and any(stop in self._tokens.text(out) for stop in sampling.stop if stop):
                finish = "stop"
                break
            if len(out) < room:
                cache, logits = self._forward([token], cache, len(ids) + len(out) - 1)
        text = self._tokens.text(out)
        if self._tokens.opens_thinking() and not text.startswith("<think>"):
            text = f"<think>{text}"
        usage = Usage(prompt_tokens=len(ids), answer_tokens=len(out))
        return parse_answer(request, text, finish=finish, usage=usage)

    def _choose(self, request: ChoiceRequest, ids: list[int]) -> Answer:
        end = self._ends[:1]
        cache, first = self._forward(ids, None, 0)
        scores: list[float] = []
        counted = 0
        for option in request.options:
            tokens = [*self._tokens.option(option, request.answer_prefix), *end]
            counted += len(tokens)
            if len(tokens) > 1:
                # A cache grows by what is computed on it; each option goes on from the prompt alone.
                _, rest = self._forward(tokens[:-1], copy.deepcopy(cache), len(ids))
                logits = numpy.concatenate([first[-1:], rest])
            else:
                logits = first[-1:]
            scores.append(float(_log_softmax(logits)[numpy.arange(len(tokens)), tokens].sum()))
        values = numpy.array(scores)
        weights = numpy.exp(values - values.max())
        probabilities = tuple(float(weight) for weight in weights / weights.sum())
        if request.sampling.temperature:
            places = numpy.arange(len(scores), dtype=numpy.uint64)
            values = values / request.sampling.temperature + gumbel_noise(request.seed, 0, places)
        index = int(values.argmax())
        usage = Usage(prompt_tokens=len(ids), answer_tokens=counted)
        return Answer(text=request.options[index], index=index, probabilities=probabilities, usage=usage)

    def _forward(self, ids: Sequence[int], cache: Any, past: int) -> tuple[Any, NDArray[numpy.float64]]:
        """The cache after `ids`, which come after `past` others, and the logits after each of them; after a prompt, the last."""
        torch, model = self._torch, self._loaded.model
        length = past + len(ids)
        given: dict[str, Any] = {
            "input_ids": torch.tensor([list(ids)], device=model.device),
            "attention_mask": torch.ones((1, length), dtype=torch.long, device=model.device),
        }
        if "position_ids" in self._takes:  # a few architectures count positions by the mask alone
            given["position_ids"] = torch.arange(past, length, device=model.device)[None]
        if cache is None and "logits_to_keep" in self._takes:
            given["logits_to_keep"] = 1
        out = model(**given, past_key_values=cache, use_cache=True)
        return out.past_key_values, out.logits[0].float().cpu().numpy().astype(numpy.float64)


def _options_form(request: ChoiceRequest) -> str:
    options = "\n".join(f"- {option}" for option in request.options)
    return prompt_texts(request.prompt.language).text("answer", "choice", options=options)


def _without_prefix(request: Request) -> Request:
    """The model does go on from the prefix, and need not be told to."""
    return replace(request, answer_prefix="") if request.answer_prefix else request


def _end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """The tokens that end an answer; first the tokenizer's own."""
    given = cast("int | list[int] | None", model.generation_config.eos_token_id)
    ends = [cast("int | None", tokenizer.eos_token_id), *(given if isinstance(given, list) else [given])]
    return [each for each in dict.fromkeys(ends) if each is not None]


def _log_softmax(logits: NDArray[numpy.float64]) -> NDArray[numpy.float64]:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - numpy.log(numpy.exp(shifted).sum(axis=-1, keepdims=True))
