"""Task: a job inside the engine, with all who wait for its outcome and what was done of it so far."""

from __future__ import annotations

import time
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any

from gamemaster.language.local.job import ChoiceJob, Job, Outcome
from gamemaster.language.local.option_tree import OptionTree, option_tree
from gamemaster.language.local.prefix_tree import Node
from gamemaster.language.local.slab import KeysAndValues

__all__ = ["Task"]


class Task:
    """A job that was taken on; `end` is the token that ends an option, None where a model has none."""

    __slots__ = ("begun", "end", "futures", "job", "matcher", "out", "queued", "reused", "rows", "tree")

    def __init__(self, job: Job, end: int | None) -> None:
        self.job = job
        self.futures: list[Future[Outcome]] = []
        self.out: list[int] = []
        self.matcher: Any = None
        self.tree: OptionTree | None = None
        if isinstance(job, ChoiceJob):
            self.tree = option_tree(job.options, end)
        elif job.grammar is not None and job.begins is None:
            self.matcher = job.grammar.matcher()
        self.end: Node[KeysAndValues] | None = None
        self.reused = 0
        self.rows = 1
        self.queued = time.perf_counter()
        self.begun = 0.0

    @property
    def known(self) -> tuple[int, ...]:
        """The tokens that the next pass stands on; `last` comes after them."""
        return (*self.job.ids, *self.out)[:-1]

    @property
    def last(self) -> int:
        return self.out[-1] if self.out else self.job.ids[-1]

    @property
    def length(self) -> int:
        """The tokens of prompt and answer so far."""
        return len(self.job.ids) + len(self.out)

    @property
    def unwanted(self) -> bool:
        """Whether all who asked have stopped waiting."""
        return all(future.cancelled() for future in self.futures)

    def tell(self, outcome: Outcome | BaseException) -> None:
        """Hand the outcome, or what kept it from being, to all who still wait."""
        for future in self.futures:
            with suppress(InvalidStateError):
                if isinstance(outcome, BaseException):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)
