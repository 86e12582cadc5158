"""Engine: one thread that computes what many ask for, as few forward passes as it takes.

What waits is laid into the prefix tree; what isn't known of it is computed level by level, each distinct run of tokens once,
however many prompts begin with it. Choices are then scored in one pass; texts join the batch that is being decoded, at any
time, and leave it when they end. When memory does not suffice the batch is halved and what was begun goes on.

Answers do not depend on any of this, but for the last bits of the logits (see docs/design/local_models.md).
"""

from __future__ import annotations

import time
import warnings
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from threading import Condition, Thread
from typing import Any

from gamemaster.language.local.drawing import draw_tokens
from gamemaster.language.local.grammar import masked
from gamemaster.language.local.job import ChoiceJob, Job, Outcome, TextJob
from gamemaster.language.local.planning import batches, unready
from gamemaster.language.local.prefix_tree import Node, PrefixTree
from gamemaster.language.local.runner import Runner
from gamemaster.language.local.slab import KeysAndValues, Slab
from gamemaster.language.local.task import Task
from gamemaster.words import ModelError

__all__ = ["Engine"]


class Engine:
    """Computes jobs with `runner`; `ends` are the tokens that end an answer, the first of them that of an option.

    `rows` is the most rows of a decoding batch, `tokens` the most tokens of a forward pass, `prefixes` the bytes that known
    prefixes may take beyond what the step at hand needs. Jobs are begun in the order in which they come, choices before
    texts.
    """

    def __init__(self, runner: Runner, ends: Sequence[int], *, rows: int = 16, tokens: int = 4096, prefixes: int = 2**30) -> None:
        self.runner = runner
        self.ends = frozenset(ends)
        self.end = ends[0] if ends else None
        self.rows = rows
        self.tokens = tokens
        self.tree: PrefixTree[KeysAndValues] = PrefixTree(prefixes, longest=min(tokens, 2048))
        self.totals: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)
        self._torch: Any = import_module("torch")
        self._inbox: deque[tuple[Job, Future[Outcome]]] = deque()
        self._wake = Condition()
        self._tasks: dict[tuple[object, ...], Task] = {}
        self._waiting: list[Task] = []
        self._slab: Slab | None = None
        self._active: list[Task | None] = []
        self._thread: Thread | None = None
        self._told = False

    # --- from any thread ---

    @property
    def statistics(self) -> dict[str, float]:
        """What it did so far, in sum: tokens, batches and rows of each kind, passes, seconds, bytes of kept prefixes."""
        runner = self.runner
        return {
            **self.totals,
            "computed_tokens": runner.tokens,
            "padded_tokens": runner.padded,
            "passes": runner.passes,
            "prefix_bytes": self.tree.size,
            **{f"{name}_seconds": seconds for name, seconds in self.seconds.items()},
        }

    def submit(self, job: Job) -> Future[Outcome]:
        """The outcome to come of a job."""
        future: Future[Outcome] = Future()
        self.submit_all([(job, future)])
        return future

    def submit_all(self, jobs: Sequence[tuple[Job, Future[Outcome]]]) -> None:
        """Give the engine several jobs at once, so that they are begun together."""
        with self._wake:
            self._inbox.extend(jobs)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="local-model", daemon=True)
                self._thread.start()
            self._wake.notify()

    # --- the thread ---

    def _run(self) -> None:
        with self._torch.inference_mode():
            while True:
                with self._wake:
                    while not self._inbox and not self._waiting and self._slab is None:
                        self._wake.wait()
                    arrived = list(self._inbox)
                    self._inbox.clear()
                self._admit(arrived)
                self._guarded(self._step)

    def _admit(self, arrived: Sequence[tuple[Job, Future[Outcome]]]) -> None:
        for job, future in arrived:
            task = self._tasks.get(job.same)
            if task is None:
                try:
                    task = Task(job, self.end)
                except Exception as error:  # of the grammar engine
                    future.set_exception(_told(error))
                    continue
                self._tasks[job.same] = task
                self._waiting.append(task)
            else:
                self.totals["repeats"] += 1
            task.futures.append(future)
            self.totals["requests"] += 1

    def _guarded(self, step: Callable[[], None]) -> None:
        """Do `step`; with too little memory again in smaller batches, and with any other error tell those concerned."""
        failed: Exception | None = None
        try:
            step()
        except Exception as error:
            failed = error
        if failed is None:
            return
        if _is_out_of_memory(failed) and max(self.rows, self.tokens // 64) > 1:
            failed = None  # its traceback holds the tensors of the pass
            self._shrink()
        else:
            self._fail(failed)

    def _shrink(self) -> None:
        self.rows, self.tokens = max(1, self.rows // 2), max(64, self.tokens // 2)
        self.tree.longest = min(self.tree.longest, self.tokens)
        self.totals["halved"] += 1
        self._restart()
        self.tree.clear()
        if self._torch.cuda.is_available():
            self._torch.cuda.empty_cache()
        if not self._told:
            self._told = True
            # Where warnings are errors, one raised here would end the thread, and nobody would ever be answered.
            with suppress(RuntimeWarning):
                warnings.warn(
                    f"Memory did not suffice for a batch; the local model goes on with at most {self.rows} rows and "
                    f"{self.tokens:,} tokens at a time, and halves again where need be.",
                    RuntimeWarning,
                    stacklevel=2,
                )

    def _restart(self) -> None:
        """Put what is being decoded back among what waits, in front and with what it has said so far."""
        begun = [each for each in self._active if each is not None]
        self._active, self._slab = [], None
        self._waiting[:0] = begun
        for task in self._waiting:
            self._release(task)

    def _release(self, task: Task) -> None:
        if task.end is not None:
            self.tree.release(task.end)
            task.end = None

    def _fail(self, error: Exception) -> None:
        self._restart()
        failed, self._waiting = self._waiting, []
        for task in failed:
            self._tasks.pop(task.job.same, None)
            task.tell(_told(error))

    def _step(self) -> None:
        self._forget()
        room = self.rows - sum(each is not None for each in self._active)
        texts = [each for each in self._waiting if isinstance(each.job, TextJob)][: max(0, room)]
        choices = [each for each in self._waiting if isinstance(each.job, ChoiceJob)]
        if texts or choices:
            self._prepare([*choices, *texts])
        if choices:
            self._score(choices)
        if texts:
            self._join(texts)
        if self._slab is not None:
            self._decode()
        self.tree.trim()

    def _forget(self) -> None:
        """Let go of what nobody waits for any more."""
        gone = {each for each in (*self._waiting, *self._active) if each is not None and each.unwanted}
        if not gone:
            return
        for task in gone:
            self._release(task)
            self._tasks.pop(task.job.same, None)
        self._waiting = [each for each in self._waiting if each not in gone]
        self._active = [None if each in gone else each for each in self._active]
        self.totals["cancelled"] += len(gone)
        if self._slab is not None:
            self._leave()

    # --- prefixes ---

    def _prepare(self, tasks: Sequence[Task]) -> None:
        """Compute what isn't known of the tasks' prompts, each distinct run once, those that others stand on first."""
        start = time.perf_counter()
        ends: list[Node[KeysAndValues]] = []
        for task in tasks:
            if task.end is None:
                task.end = self.tree.lay(task.known)
            ends.append(task.end)
        self._count_reused(tasks, start)
        while level := unready(ends):
            for batch in batches(level, lambda node: len(node.tokens), tokens=self.tokens, rows=max(1, self.rows * 4)):
                self._compute(batch)
        self.seconds["prefill"] += time.perf_counter() - start

    def _count_reused(self, tasks: Sequence[Task], now: float) -> None:
        """Of a run that several prompts begin with, the first is said to compute it; what is begun anew counts once."""
        seen: set[int] = set()
        for task in tasks:
            path = task.end.path if task.end is not None else []
            if not task.begun:
                task.begun = now
                task.reused = sum(len(node.tokens) for node in path if node.kept is not None or id(node) in seen)
                self.totals["prompt_tokens"] += len(task.job.ids)
                self.totals["reused_tokens"] += task.reused
            seen.update(map(id, path))

    def _compute(self, nodes: Sequence[Node[KeysAndValues]]) -> None:
        before = [node.path[:-1] for node in nodes]
        starts = [sum(len(each.tokens) for each in path) for path in before]
        first = max(starts)
        slab = self.runner.slab(len(nodes), first + max(len(node.tokens) for node in nodes))
        for row, path in enumerate(before):
            slab.load(row, _runs(path))
        slab.filled = first
        self.runner.advance(slab, [node.tokens for node in nodes], starts, logits=False)
        for row, node in enumerate(nodes):
            self.tree.keep(node, slab.take(row, first, len(node.tokens)))
        self._batch("prefill", len(nodes))

    # --- choices ---

    def _score(self, tasks: Sequence[Task]) -> None:
        start = time.perf_counter()
        for batch in batches(tasks, _score_length, tokens=self.tokens * 4, rows=max(1, self.rows * 2)):
            paths = [task.end.path if task.end is not None else [] for task in batch]
            lengths = [sum(len(each.tokens) for each in path) for path in paths]
            trees = [task.tree for task in batch if task.tree is not None]
            slab = self.runner.slab(len(batch), max(lengths) + 1 + max(len(tree.tokens) for tree in trees))
            for row, path in enumerate(paths):
                slab.load(row, _runs(path))
            scores = self.runner.score(slab, [task.last for task in batch], trees, lengths)
            self._batch("choices", len(batch))
            # At once, not after the last batch: should that one fail, these are done.
            done = set(batch)
            self._waiting = [each for each in self._waiting if each not in done]
            for task, each, tree in zip(batch, scores, trees, strict=True):
                task.rows = len(batch)
                self.totals["scored_tokens"] += len(tree.tokens)
                self._finish(task, Outcome(scores=tuple(each), counted=len(tree.tokens)))
        self.seconds["choices"] += time.perf_counter() - start

    # --- texts ---

    def _join(self, tasks: Sequence[Task]) -> None:
        """Give waiting texts rows of the batch that is being decoded."""
        paths = [task.end.path if task.end is not None else [] for task in tasks]
        longest = max([sum(len(each.tokens) for each in path) for path in paths], default=0)
        if self._slab is None:
            self._slab = self.runner.slab(len(tasks), longest + 64)
            self._active = []
        else:
            self._slab.add_rows(len(tasks))
        self._slab.reserve(longest + 1)
        first = len(self._active)
        for row, path in enumerate(paths):
            self._slab.load(first + row, _runs(path))
        self._active.extend(tasks)
        joined = set(tasks)
        self._waiting = [each for each in self._waiting if each not in joined]
        for task in tasks:  # the slab has a copy
            self._release(task)

    def _decode(self) -> None:
        """One token for each row, and the rows that end."""
        assert self._slab is not None
        start = time.perf_counter()
        rows = self._active
        tokens = [[] if task is None else [task.last] for task in rows]
        starts = [0 if task is None else task.length - 1 for task in rows]
        logits = self.runner.advance(self._slab, tokens, starts)
        self._batch("decode", sum(task is not None for task in rows))
        live = [(row, task) for row, task in enumerate(rows) if task is not None]
        for _, task in live:
            task.rows = max(task.rows, len(live))
        jobs = [task.job for _, task in live if isinstance(task.job, TextJob)]
        chosen = logits[self._torch.tensor([row for row, _ in live], device=logits.device)]
        chosen = masked(chosen, [task.matcher for _, task in live])
        drawn = draw_tokens(
            chosen, [job.sampling for job in jobs], [job.seed for job in jobs], [len(task.out) for _, task in live]
        )
        for (row, task), job, token in zip(live, jobs, drawn, strict=True):
            try:
                outcome = self._heard(task, job, token)
            except Exception as error:  # of this row's grammar or stop strings: no other row's concern
                outcome = _told(error)
            if outcome is not None:
                self._active[row] = None
                self._finish(task, outcome)
        self._leave()
        self.seconds["decode"] += time.perf_counter() - start

    def _heard(self, task: Task, job: TextJob, token: int) -> Outcome | None:
        """Take in a row's next token; its outcome when it has ended."""
        ended = token in self.ends
        if not ended:
            task.out.append(token)
            self.totals["answer_tokens"] += 1
        if task.matcher is not None:
            task.matcher.consume_token(token)
            if task.matcher.is_error():
                raise ModelError(f"the grammar of an answer broke off: {task.matcher.get_error()}")
            ended = ended or bool(task.matcher.is_stopped())
        elif job.grammar is not None and token == job.begins:
            task.matcher = job.grammar.matcher()
        if ended or (job.stops is not None and job.stops(task.out)):
            return Outcome(tokens=tuple(task.out), finish="stop", counted=len(task.out))
        if len(task.out) >= job.room:
            return Outcome(tokens=tuple(task.out), finish="length", counted=len(task.out))
        return None

    def _leave(self) -> None:
        """Let the rows go that have ended, when it is worth the moving; and columns that nobody needs."""
        assert self._slab is not None
        kept = [row for row, task in enumerate(self._active) if task is not None]
        if not kept:
            self._slab, self._active = None, []
            return
        if len(kept) < len(self._active) and (self._waiting or self._inbox or 4 * len(kept) <= 3 * len(self._active)):
            self._slab.keep_rows(kept)
            self._active = [self._active[row] for row in kept]
        longest = max(task.length for task in self._active if task is not None)
        if self._slab.filled > longest + max(32, longest // 4):
            self._slab.pack()

    # --- ends ---

    def _finish(self, task: Task, outcome: Outcome | ModelError) -> None:
        self._release(task)
        self._tasks.pop(task.job.same, None)
        if isinstance(outcome, ModelError):
            task.tell(outcome)
            return
        queued, worked = task.begun - task.queued, time.perf_counter() - task.begun
        self.seconds["queued"] += queued
        task.tell(replace(outcome, reused=task.reused, queued=queued, worked=worked, rows=task.rows))

    def _batch(self, kind: str, rows: int) -> None:
        self.totals[f"{kind}_batches"] += 1
        self.totals[f"{kind}_rows"] += rows


def _runs(path: Sequence[Node[KeysAndValues]]) -> list[KeysAndValues]:
    return [node.kept for node in path if node.kept is not None]


def _score_length(task: Task) -> int:
    return len(task.job.ids) + (len(task.tree.tokens) if task.tree is not None else 0)


def _told(error: Exception) -> ModelError:
    """What those who wait are told of an error."""
    if isinstance(error, ModelError):
        return error
    told = ModelError(f"The local model failed: {type(error).__name__}: {error}")
    told.__cause__ = error
    return told


def _is_out_of_memory(error: Exception) -> bool:
    """Devices say it in many ways: a class of torch's own, Python's, or words alone."""
    text = f"{type(error).__name__} {error}".lower()
    return isinstance(error, MemoryError) or any(
        words in text for words in ("out of memory", "outofmemory", "can't allocate memory", "not enough memory")
    )
