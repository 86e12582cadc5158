"""PagedEngine: texts by transformers' paged batching, everything else by the own engine.

What comes together is primed: each beginning that several of its prompts share is computed first (see `priming`), and they are
begun once it is known. Choices, texts that are held to a grammar or are too long for the pages go to the own engine; and so
does what the paged loop breaks off, whatever the reason. The answers are the same either way, so nobody need know.
"""

from __future__ import annotations

import time
import warnings
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from threading import Condition, Thread

from gamemaster.language.local.engine import Engine
from gamemaster.language.local.job import Job, Outcome, TextJob
from gamemaster.language.local.paged import PAGE, PagedLoop, PagedRow
from gamemaster.language.local.priming import beginnings
from gamemaster.language.local.task import Task
from gamemaster.language.request import Finish, Sampling

__all__ = ["PagedEngine"]

_GREEDY = Sampling(temperature=0)
Asked = tuple[Job, Future[Outcome]]


@dataclass(slots=True, kw_only=True, eq=False)
class _Arrival:
    """Texts that came together: what is still to be computed before them, level by level."""

    levels: list[list[tuple[int, ...]]]
    primes: list[PagedRow]
    tasks: list[Task]


class PagedEngine:
    """Computes jobs with `loop`, and with `own` what is not for it."""

    def __init__(self, own: Engine, loop: PagedLoop) -> None:
        self.own = own
        self.loop = loop
        own.runner.turns = loop.turns
        self.totals: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)
        self._inbox: deque[Asked] = deque()
        self._wake = Condition()
        self._tasks: dict[tuple[object, ...], Task] = {}
        self._arrivals: list[_Arrival] = []
        self._rows: dict[Task, PagedRow] = {}
        self._thread: Thread | None = None
        self._broken = False

    @property
    def statistics(self) -> Mapping[str, float]:
        """What both did so far, in sum."""
        found = dict(self.own.statistics)
        seconds = {f"{name}_seconds": value for name, value in self.seconds.items()}
        for name, value in {**self.totals, **seconds, "computed_tokens": self.loop.computed, "passes": self.loop.passes}.items():
            found[name] = found.get(name, 0) + value
        return found

    def submit_all(self, jobs: Sequence[Asked]) -> None:
        """Take jobs on, to be begun together; their futures get the outcomes."""
        paged = [each for each in jobs if self._is_paged(each[0])]
        own = [each for each in jobs if not self._is_paged(each[0])]
        if own:
            self.own.submit_all(own)
        if not paged:
            return
        with self._wake:
            self._inbox.extend(paged)
            if self._thread is None:
                self._thread = Thread(target=self._run, name="paged-model", daemon=True)
                self._thread.start()
            self._wake.notify()

    def _is_paged(self, job: Job) -> bool:
        return not self._broken and isinstance(job, TextJob) and job.grammar is None and self.loop.fits(len(job.ids) + job.room)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._inbox and not self._tasks:
                    self._wake.wait()
                arrived = list(self._inbox)
                self._inbox.clear()
            try:
                self._admit(arrived)
                self._prime()
                self._step()
            except Exception as error:
                self._give_up(error)

    def _admit(self, arrived: Sequence[Asked]) -> None:
        fresh: list[Task] = []
        for job, future in arrived:
            task = self._tasks.get(job.same)
            if task is None:
                task = self._tasks[job.same] = Task(job, None)
                fresh.append(task)
            else:
                self.totals["repeats"] += 1
            task.futures.append(future)
            self.totals["requests"] += 1
        if fresh:
            levels = beginnings([task.job.ids for task in fresh], PAGE) if self.loop.shares else []
            self._arrivals.append(_Arrival(levels=levels, primes=[], tasks=fresh))

    def _prime(self) -> None:
        """Begin what is ready to be: the next level of beginnings, or, when all are known, the texts themselves."""
        for arrival in list(self._arrivals):
            if not all(row.ended for row in arrival.primes):
                continue
            if arrival.levels:
                # A page counts as known when a request goes on after it: hence two tokens.
                arrival.primes = [PagedRow(ids=ids, room=2, sampling=_GREEDY, seed=0) for ids in arrival.levels.pop(0)]
                for row in arrival.primes:
                    self.loop.add(row)
                continue
            self._arrivals.remove(arrival)
            for task in arrival.tasks:
                assert isinstance(task.job, TextJob)
                job = task.job
                task.begun = time.perf_counter()
                self.totals["prompt_tokens"] += len(job.ids)
                row = self._rows[task] = PagedRow(ids=job.ids, room=job.room, sampling=job.sampling, seed=job.seed)
                self.loop.add(row)

    def _step(self) -> None:
        for task in [task for task in self._rows if task.unwanted]:
            self.loop.drop(self._rows.pop(task))
            self._tasks.pop(task.job.same, None)
            self.totals["cancelled"] += 1
        start = time.perf_counter()
        took_part = self.loop.step()
        self.seconds["paged"] += time.perf_counter() - start
        self.totals["paged_batches"] += 1
        self.totals["paged_rows"] += took_part
        for task, row in list(self._rows.items()):
            assert isinstance(task.job, TextJob)
            task.rows = max(task.rows, took_part)
            if row.error is not None:
                raise RuntimeError(row.error)
            ended = bool(row.out) and row.out[-1] in self.own.ends
            tokens = row.out[:-1] if ended else row.out
            if not ended and task.job.stops is not None and task.job.stops(tokens):
                ended = True
                if not row.ended:
                    self.loop.drop(row)
            if ended or row.ended:
                self._finish(task, row, tokens, "stop" if ended else "length")

    def _finish(self, task: Task, row: PagedRow, tokens: Sequence[int], finish: Finish) -> None:
        self._rows.pop(task)
        self._tasks.pop(task.job.same, None)
        reused = max(0, len(row.ids) - row.computed)
        queued, worked = task.begun - task.queued, time.perf_counter() - task.begun
        self.totals["reused_tokens"] += reused
        self.totals["answer_tokens"] += len(tokens)
        self.seconds["queued"] += queued
        task.tell(
            Outcome(
                tokens=tuple(tokens),
                finish=finish,
                counted=len(tokens),
                reused=reused,
                queued=queued,
                worked=worked,
                rows=task.rows,
            )
        )

    def _give_up(self, error: Exception) -> None:
        """Leave the paged loop for good, and have the own engine do what was under way from its beginning."""
        self._broken = True
        under_way = [(task.job, future) for task in self._tasks.values() for future in task.futures]
        with self._wake:
            under_way += self._inbox
            self._inbox.clear()
        self._tasks.clear()
        self._arrivals.clear()
        self._rows.clear()
        self.loop.close()
        self.own.submit_all([each for each in under_way if not each[1].cancelled()])
        # Where warnings are errors, one raised here would end the thread.
        with suppress(RuntimeWarning):
            warnings.warn(
                f"Paged batching broke off ({type(error).__name__}: {error}); the local model goes on with its own engine.",
                RuntimeWarning,
                stacklevel=2,
            )
