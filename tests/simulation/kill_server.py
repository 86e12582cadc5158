"""Forks a process for each job that it is given, which runs the village and kills itself where it is told.

A job is a line of JSON on standard input: {"folder", "log", "steps", "concurrent", "at", "points", "resume"}. The process
kills itself at the `at`-th of the `points` that it passes: the names of Archive.on_point, and "ask" for a request that
reaches the model. Each request that reaches the model is a line of `log`. What is printed for a job is the process's exit
status (minus the signal's number for a kill) and how many of the points it passed if it wasn't killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from gamemaster.record import Archive
from gamemaster.testing import ScriptedModel
from tests.simulation.village import build_village, village_rule


class Points:
    """Counts what is passed, and kills this process at the `at`-th."""

    def __init__(self, names: list[str], at: int) -> None:
        self.names, self.at, self.passed = frozenset(names), at, 0
        self._lock = threading.Lock()

    def __call__(self, name: str) -> None:
        if name not in self.names:
            return
        with self._lock:
            self.passed += 1
            if self.passed == self.at:
                os.kill(os.getpid(), signal.SIGKILL)


def run(job: dict[str, Any]) -> int:
    """Run or resume the village; how many points were passed."""
    points = Points(job["points"], job["at"])
    start = Archive._start

    def started(self: Archive, folder: Any) -> None:
        self.on_point = points
        start(self, folder)

    Archive._start = started
    log = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def rule(request: Any) -> Any:
        os.write(log, f"{request.key}\n".encode())
        points("ask")
        return village_rule(request)

    model = ScriptedModel(rule, delay=lambda request: 0.0003 * (request.seed % 3))
    build_village(model).run(job["steps"], archive=Path(job["folder"]), resume=job["resume"], concurrent=job["concurrent"])
    return points.passed


def forked(job: dict[str, Any]) -> tuple[int, int]:
    """Do it in a process of its own: its exit status, and the points it passed."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.write(writing, str(run(job)).encode())
            status = 0
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        passed = pipe.read()
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), int(passed or 0)


if __name__ == "__main__":
    for line in sys.stdin:
        print(*forked(json.loads(line)), flush=True)
