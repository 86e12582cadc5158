"""HuggingFaceModel: a local Hugging Face model that answers a crowd in batches.

Requests become jobs in token ids; the engine (see `local`) computes those that are asked at the same time together, each
distinct prefix once, and keeps prefixes for the next step. Objects are held to their schema while they are written. It
generates with its own loop rather than with `generate()`, because tokens are drawn by each request's own seed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, get_args

import numpy

from gamemaster.language.batching import Batcher, outside_work
from gamemaster.language.hugging_face_loading import load_folder, model_folder
from gamemaster.language.local.backend import AnyEngine, Backend, make_engine
from gamemaster.language.local.grammar import Grammar, Grammars
from gamemaster.language.local.job import ChoiceJob, Job, Outcome, TextJob
from gamemaster.language.request import Answer, ChoiceRequest, ObjectRequest, Request, Usage
from gamemaster.language.retried import LastingModelError
from gamemaster.language.structured import instructions, parse_answer
from gamemaster.language.token_draw import gumbel_noise
from gamemaster.language.token_text import Thinking, TokenText
from gamemaster.words import BadInput, prompt_texts

__all__ = ["HuggingFaceModel"]

_PLACES = 3


class HuggingFaceModel:
    """The causal language model `name`: a folder, or a name on the Hugging Face hub (from its cache, or fetched).

    Chat models get the prompt in their template, base models as plain text; `chat` says which it is. Special tokens in a
    prompt's text are plain text to the model. With `thinking`, a model that can think first does, "low" or "high" where
    it knows more and less; its token limits then hold for thoughts and answer together, and an `answer_prefix` is asked
    for in words, as it can't stand before thoughts. Choices are made without thoughts.

    Texts and objects are generated, greedily or drawn by the request's seed; an object is held to its schema where the
    package llguidance is there. A choice is the option with the highest probability: of its tokens and of the end of the
    answer after them, summed as logarithms, with `per_token` their mean; the probabilities of the answer are these, made
    to sum to 1, to three places. At a temperature above 0 the option is drawn from them.

    At most `rows` answers are written at a time, at most `tokens` tokens computed in a pass; `prefixes` bytes are kept for
    prefixes of prompts beyond those in use. The defaults suit a CPU and a GPU of middling size.

    `backend` says what writes texts: the library's own engine ("own"), or transformers' paged batching ("paged"), which has
    its own again wherever it can't be used, with a warning that says why. "auto" is "own" everywhere, as nothing measured so
    far speaks for the other. The answers are the same.

    The weights are loaded here, in safetensors only, and no code of the repository is run. See `load_folder` for device,
    dtype, `max_memory` and `offload_folder`. Raises: BadInput when there is no such model or it can't be loaded; `answer`
    raises LastingModelError for a prompt that is longer than the model's context, ModelError when the computation fails.
    """

    def __init__(
        self,
        name: str | Path,
        *,
        dtype: str | None = None,
        device: str | None = None,
        max_memory: Mapping[int | str, int | str] | None = None,
        offload_folder: str | Path | None = None,
        chat: bool | None = None,
        thinking: Thinking = False,
        revision: str | None = None,
        per_token: bool = False,
        rows: int | None = None,
        tokens: int | None = None,
        prefixes: int | None = None,
        backend: Backend = "auto",
    ) -> None:
        for option, value in (("rows", rows), ("tokens", tokens), ("prefixes", prefixes)):
            if value is not None and value < (0 if option == "prefixes" else 1):
                raise BadInput(f"hf:{name} is given {option}={value}; it must be at least {0 if option == 'prefixes' else 1}.")
        if thinking not in (False, True, "low", "high"):
            raise BadInput(f'hf:{name} is given thinking={thinking!r}; it is False, True, "low" or "high".')
        if backend not in get_args(Backend):
            raise BadInput(f'hf:{name} is given backend={backend!r}; it is "auto", "own" or "paged".')
        self._name = f"hf:{name}"
        self._loaded = load_folder(
            model_folder(str(name), revision=revision),
            dtype=dtype,
            device=device,
            max_memory=max_memory,
            offload_folder=offload_folder,
        )
        self._tokens = TokenText(self._loaded.tokenizer, chat=chat, thinking=thinking)
        model = self._loaded.model
        self._ends = _end_tokens(model, self._loaded.tokenizer)
        settings = model.config.get_text_config()
        self._limit = cast("int | None", getattr(settings, "max_position_embeddings", None))
        vocabulary = int(model.get_output_embeddings().weight.shape[0])
        if len(self._loaded.tokenizer) > int(model.get_input_embeddings().weight.shape[0]):
            raise BadInput(
                f"The tokenizer of {self._name} has {len(self._loaded.tokenizer):,} tokens and its model knows "
                f"{int(model.get_input_embeddings().weight.shape[0]):,}; they don't belong together."
            )
        self._grammars = Grammars(self._loaded.tokenizer, vocabulary, self._ends)
        self._per_token = per_token
        self.engine: AnyEngine = make_engine(
            self._name, model, self._ends, backend=backend, rows=rows, tokens=tokens, prefixes=prefixes
        )
        self._fingerprint: Mapping[str, str] | None = None
        self._begin: Batcher[Job, Future[Outcome]] = Batcher(self._begun, name=self._name, order=1)

    @property
    def name(self) -> str:
        return self._name

    @property
    def deterministic(self) -> bool:
        """In float32, where a batch changes the last bits of the logits and so, in practice, no answer."""
        return self._loaded.dtype == "float32"

    @property
    def fingerprint(self) -> Mapping[str, str]:
        """Digest of weights and settings, dtype, device, versions; the first look reads all the weights."""
        if self._fingerprint is None:
            self._fingerprint = self._loaded.fingerprint()
        return self._fingerprint

    @property
    def statistics(self) -> Mapping[str, float]:
        """What the engine did so far, in sum.

        Tokens (prompt, of them reused, computed, padded, answer), batches and rows of each kind, seconds (queued is the sum
        over requests; prefill, choices and decode are the engine's own), and bytes: of prefixes that are kept, and of memory
        at its most (on a GPU what was allocated there, else of the process).
        """
        found = dict(self.engine.statistics)
        found["most_memory_bytes"] = _most_memory(on_gpu=self._loaded.on_gpu)
        return found

    def count_tokens(self, text: str) -> int:
        """The number of tokens of `text`."""
        return self._tokens.count(text)

    async def answer(self, request: Request) -> Answer:
        """The model's answer, computed with what else is asked at the same time."""
        job = self._job(request)
        future = await self._begin.submit(job)
        with outside_work():
            outcome = await asyncio.wrap_future(future)
        if isinstance(request, ChoiceRequest):
            return self._chosen(request, job, outcome)
        return self._said(request, job, outcome)

    def _begun(self, jobs: list[Job]) -> list[Future[Outcome]]:
        futures: list[Future[Outcome]] = [Future() for _ in jobs]
        self.engine.submit_all(list(zip(jobs, futures, strict=True)))
        return futures

    def _job(self, request: Request) -> Job:
        choosing = isinstance(request, ChoiceRequest)
        # A prefix would stand before the thoughts of a model that thinks first: it is then told in words what to begin with.
        goes_on = choosing or self._tokens.thought_ends is None
        form = _options_form(request) if choosing else instructions(_without_prefix(request) if goes_on else request)
        user = f"{request.prompt.user}\n\n{form}" if form else request.prompt.user
        prefix = request.answer_prefix if goes_on else ""
        ids = tuple(self._tokens.prompt(request.prompt.system, user, prefix, at_once=choosing))
        options = (
            tuple(tuple(self._tokens.option(option, request.answer_prefix)) for option in request.options)
            if isinstance(request, ChoiceRequest)
            else ()
        )
        needed = len(ids) + max(map(len, options), default=0)
        if self._limit is not None and needed >= self._limit:
            raise LastingModelError(
                f"{request.key.who}'s prompt for {request.key.component} has {needed:,} tokens ({request.key}), and "
                f"{self._name} can read {self._limit:,}. Lower the budgets of the agent's components, or take a model with a "
                "longer context."
            )
        if isinstance(request, ChoiceRequest):
            return ChoiceJob(ids=ids, options=options)
        sampling = request.sampling
        room = sampling.max_tokens if self._limit is None else min(sampling.max_tokens, self._limit - len(ids))
        return TextJob(
            ids=ids,
            seed=request.seed,
            sampling=sampling,
            room=room,
            stops=self._stops(sampling.stop),
            grammar=self._grammar(request, prefix) if isinstance(request, ObjectRequest) else None,
            begins=self._tokens.thought_ends,
        )

    def _grammar(self, request: ObjectRequest, prefix: str) -> Grammar | None:
        """What the object is held to; None where it can't be, and is read as it comes."""
        if not self._grammars.available:
            return None
        try:
            grammar = self._grammars.of_schema(request.schema.model_json_schema())
        except BadInput as error:
            raise BadInput(f"{request.key.who}, {request.key.component} ({request.key}): {error}") from None
        return grammar.after(prefix, self._tokens.plain) if prefix.strip() else grammar

    def _stops(self, stops: Sequence[str]) -> Callable[[list[int]], bool] | None:
        wanted = [stop for stop in stops if stop]
        if not wanted:
            return None
        # A token may be a single byte of a character; the last one may bring more than the stop string's end.
        tail = max(len(stop.encode()) for stop in wanted) + 4
        thought = self._tokens.thought_ends

        def ended(out: list[int]) -> bool:
            if thought is not None:  # what is thought is not the answer yet
                if thought not in out:
                    return False
                out = out[len(out) - out[::-1].index(thought) :]
            said = self._tokens.text(out[-tail:])
            return any(stop in said for stop in wanted)

        return ended

    def _said(self, request: Request, job: Job, outcome: Outcome) -> Answer:
        text = self._tokens.text(outcome.tokens)
        if self._tokens.opens_thinking() and not text.startswith("<think>"):
            text = f"<think>{text}"
        return parse_answer(request, text, finish=outcome.finish, usage=_usage(job, outcome))

    def _chosen(self, request: ChoiceRequest, job: Job, outcome: Outcome) -> Answer:
        assert isinstance(job, ChoiceJob)
        values = numpy.array(outcome.scores)
        if self._per_token:
            values = values / numpy.array([len(option) + bool(self._ends) for option in job.options])
        weights = numpy.exp(values - values.max())
        # The last bits of the scores depend on the batch; what goes on record should not.
        probabilities = tuple(round(float(weight), _PLACES) for weight in weights / weights.sum())
        if request.sampling.temperature:
            places = numpy.arange(len(values), dtype=numpy.uint64)
            values = values / request.sampling.temperature + gumbel_noise(request.seed, 0, places)
        index = int(values.argmax())
        return Answer(text=request.options[index], index=index, probabilities=probabilities, usage=_usage(job, outcome))


def _most_memory(*, on_gpu: bool) -> float:
    if on_gpu:
        import torch

        return float(sum(torch.cuda.max_memory_allocated(device) for device in range(torch.cuda.device_count())))
    try:
        import resource
    except ImportError:  # not on Windows
        return 0.0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most if sys.platform == "darwin" else most * 1024)


def _usage(job: Job, outcome: Outcome) -> Usage:
    return Usage(
        prompt_tokens=len(job.ids),
        answer_tokens=outcome.counted,
        reused_tokens=outcome.reused,
        queued=outcome.queued,
        worked=outcome.worked,
        rows=outcome.rows,
    )


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
