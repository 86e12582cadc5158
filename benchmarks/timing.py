"""CPU time: what a call costs in all threads of this process, the best of several tries.

CPU seconds, because others use the machine too; the best, because nothing makes code quicker than it is. The garbage
collector stays on, as it is in a run, and starts from an empty list of what is to be looked through.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

__all__ = ["best_cpu_seconds", "cpu_seconds"]


def cpu_seconds(call: Callable[[], object]) -> float:
    """The CPU seconds of one call."""
    gc.collect()
    started = time.process_time()
    call()
    return time.process_time() - started


def best_cpu_seconds(make: Callable[[], Callable[[], object]], *, tries: int) -> float:
    """The least CPU seconds of `tries` calls; each is made anew by `make`, whose own time isn't counted."""
    return min(cpu_seconds(make()) for _ in range(tries))
