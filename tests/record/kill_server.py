"""A warm process that forks a child for each line of JSON that it reads, and says how the child ended.

Forking is sound here: the server imports everything and then does nothing else, so it has one thread, no event loop and
no open database; the child opens its own. It refuses to fork when there is a second thread.

A line: {"kind": "trial" | "market", "folder", "log", "concurrent", "kill": N or null, "only": [operations], "count": path}.
The child kills itself with SIGKILL at the N-th tick; a tick is each operation of SQLite on a file, each point of the
writer, each request and each answer handed on; `only` says which count. The number of ticks passed goes to `count`.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import gamemaster.simulation.running
from gamemaster.testing import ScriptedModel
from tests.record import trial_run
from tests.record.faulty_vfs import OK, FaultyVfs
from tests.simulation.market import build_market, market_rule

MARKET_STEPS = 3
# What a run loads late, or each child would.
LOADED = (importlib.import_module("faiss"), gamemaster.simulation.running)


def child(job: dict[str, Any]) -> None:
    passed = 0
    lock = threading.Lock()

    def tick(what: str) -> None:
        nonlocal passed
        if job["only"] and what.split("/")[0] not in job["only"]:
            return
        with lock:
            passed += 1
            if passed == job["kill"]:
                os.kill(os.getpid(), signal.SIGKILL)

    def hook(operation: str, file: str) -> int:
        tick(f"{operation}/{file}")
        return OK

    log = trial_run.Log(Path(job["log"]))
    folder = Path(job["folder"])
    with FaultyVfs(hook).installed():
        if job["kind"] == "trial":
            asyncio.run(trial_run.walk(folder, log=log, concurrent=job["concurrent"], tick=tick))
        else:
            market(folder, log, job["concurrent"], tick)
    if job.get("count"):
        Path(job["count"]).write_text(str(passed))


def market(folder: Path, log: trial_run.Log, concurrent: int, tick: Any) -> None:
    def rule(request: Any) -> Any:
        log.write(f"ask {request.key}")
        tick("model")
        return market_rule(request)

    resume = (folder / "run.sqlite").exists()
    run = build_market(model=ScriptedModel(rule)).run(MARKET_STEPS, archive=folder, resume=resume, concurrent=concurrent)
    run.close()


def main() -> None:
    for line in sys.stdin:
        if len(os.listdir("/proc/self/task")) > 1:
            print(json.dumps({"error": "the server has a second thread"}), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(json.loads(line))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"status": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
