"""PlainEngine: jobs one by one, for models whose state can't be put together from parts.

Recurrent and hybrid models, and those that count positions by a mask of their own form, keep what they have read in ways of
their own. Each of their requests is computed by itself, with the cache that transformers makes for the model.
"""

from __future__ import annotations

import copy
import inspect
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from threading import Lock
from typing import Any

from gamemaster.language.device_turns import turns_on
from gamemaster.language.local.drawing import draw_tokens
from gamemaster.language.local.grammar import masked
from gamemaster.language.local.job import ChoiceJob, Job, Outcome, TextJob
from gamemaster.language.local.runner import device_of, devices_of
from gamemaster.language.local.task import Task
from gamemaster.words import ModelError

__all__ = ["PlainEngine"]


class PlainEngine:
    """Computes jobs with `model`, a transformers causal language model, in the order in which they come."""

    def __init__(self, model: Any, ends: Sequence[int]) -> None:
        self.model = model
        self.ends = frozenset(ends)
        self.end = ends[0] if ends else None
        self.totals: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)
        self._torch: Any = import_module("torch")
        self._device: Any = device_of(model)
        self._turns = turns_on(*devices_of(model))
        self._takes = frozenset(inspect.signature(model.forward).parameters)
        # Purely recurrent models apply a mask to the tokens at hand, and a longer one spoils what goes on from a cache.
        self._cache_name = "past_key_values" if "past_key_values" in self._takes else "cache_params"
        self._tasks: dict[tuple[object, ...], Task] = {}
        self._guard = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="local-model")

    @property
    def statistics(self) -> dict[str, float]:
        """What it did so far, in sum."""
        return {**self.totals, **{f"{name}_seconds": seconds for name, seconds in self.seconds.items()}}

    def submit_all(self, jobs: Sequence[tuple[Job, Future[Outcome]]]) -> None:
        """Take jobs on; their futures get the outcomes. Equal ones that wait or are under way are computed once."""
        for job, future in jobs:
            with self._guard:
                self.totals["requests"] += 1
                task = self._tasks.get(job.same)
                if task is not None:
                    self.totals["repeats"] += 1
                    task.futures.append(future)
                    continue
                task = self._tasks[job.same] = Task(job, None)
                task.futures.append(future)
            self._thread.submit(self._work, task)

    def _work(self, task: Task) -> None:
        with self._guard:
            if task.unwanted:
                self._tasks.pop(task.job.same)
                self.totals["cancelled"] += 1
                return
        start = time.perf_counter()
        outcome: Outcome | ModelError
        try:
            with self._torch.inference_mode():
                outcome = self._choice(task.job) if isinstance(task.job, ChoiceJob) else self._text(task.job)
        except Exception as error:
            outcome = ModelError(f"The local model failed: {type(error).__name__}: {error}")
            outcome.__cause__ = error
        queued, worked = start - task.queued, time.perf_counter() - start
        with self._guard:
            self._tasks.pop(task.job.same)
            self.totals["prompt_tokens"] += len(task.job.ids)
            self.totals["plain_batches"] += 1
            self.totals["plain_rows"] += 1
            self.seconds["queued"] += queued
            self.seconds["plain"] += worked
        if isinstance(outcome, Outcome):
            outcome = replace(outcome, queued=queued, worked=worked, rows=1)
        task.tell(outcome)

    def _text(self, job: TextJob) -> Outcome:
        out: list[int] = []
        matcher = job.grammar.matcher() if job.grammar is not None and job.begins is None else None
        cache, logits = self._forward(list(job.ids), None, 0)
        while True:
            last = masked(logits[:, -1].float(), [matcher])
            token = draw_tokens(last, [job.sampling], [job.seed], [len(out)])[0]
            if token in self.ends:
                return Outcome(tokens=tuple(out), counted=len(out))
            out.append(token)
            self.totals["answer_tokens"] += 1
            if matcher is not None:
                matcher.consume_token(token)
                if matcher.is_stopped():
                    return Outcome(tokens=tuple(out), counted=len(out))
            elif job.grammar is not None and token == job.begins:
                matcher = job.grammar.matcher()
            if job.stops is not None and job.stops(out):
                return Outcome(tokens=tuple(out), counted=len(out))
            if len(out) >= job.room:
                return Outcome(tokens=tuple(out), finish="length", counted=len(out))
            cache, logits = self._forward([token], cache, len(job.ids) + len(out) - 1)

    def _choice(self, job: ChoiceJob) -> Outcome:
        cache, first = self._forward(list(job.ids), None, 0)
        scores: list[float] = []
        counted = 0
        for option in job.options:
            tokens = [*option, *([] if self.end is None else [self.end])]
            counted += len(tokens)
            rows = [first[0, -1]]
            # A cache grows by what is computed on it; each option goes on from the prompt alone. Token by token, as
            # recurrent models go on from a state by one token rightly and by several not.
            state = copy.deepcopy(cache) if len(tokens) > 1 else None
            for place, token in enumerate(tokens[:-1]):
                state, logits = self._forward([token], state, len(job.ids) + place)
                rows.append(logits[0, -1])
            logs = self._torch.log_softmax(self._torch.stack(rows).double(), dim=-1)
            scores.append(float(sum(logs[place, token] for place, token in enumerate(tokens))))
        return Outcome(scores=tuple(scores), counted=counted)

    def _forward(self, ids: Sequence[int], cache: Any, past: int) -> tuple[Any, Any]:
        torch = self._torch
        length = past + len(ids)
        given: dict[str, Any] = {
            "input_ids": torch.tensor([list(ids)], device=self._device),
        }
        if self._cache_name == "past_key_values":
            given["attention_mask"] = torch.ones((1, length), dtype=torch.long, device=self._device)
        if "position_ids" in self._takes:  # a few architectures count positions by the mask alone
            given["position_ids"] = torch.arange(past, length, device=self._device)[None]
        if cache is None and "logits_to_keep" in self._takes:
            given["logits_to_keep"] = 1
        with self._turns:
            out = self.model(**given, **({self._cache_name: cache} if cache is not None else {}), use_cache=True)
        return getattr(out, self._cache_name), out.logits
