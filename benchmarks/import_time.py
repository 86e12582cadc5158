"""What `import gamemaster` takes, in a process of its own, and whether something heavy comes along."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.measurement import Measurement, at_most

__all__ = ["import_time"]

_HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "langchain_core", "pandas", "matplotlib")
_MOST_SECONDS = 1.0

_MEASURE = """
import json, sys, time
before, started = set(sys.modules), time.perf_counter()
{statement}
seconds = time.perf_counter() - started
print(json.dumps([seconds, sorted(set(sys.modules) - before)]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Import:
    seconds: float
    loaded: list[str]


def import_time(quick: bool) -> Iterator[Measurement]:
    """Seconds of an import, the best of five processes, and how many heavy packages it loads."""
    for statement in ("import gamemaster", "from gamemaster import *"):
        found = [_measured(statement) for _ in range(1 if quick else 5)]
        loaded = found[0].loaded
        yield Measurement(
            what=statement,
            value=min(each.seconds for each in found),
            unit="s",
            target=at_most(_MOST_SECONDS),
            note=f"{len(loaded)} modules; wall clock",
        )
        heavy = [name for name in _HEAVY if name in loaded]
        yield Measurement(
            what=f"{statement}: heavy packages loaded",
            value=len(heavy),
            unit="packages",
            target=at_most(0),
            note=f"of {', '.join(_HEAVY)}" if not heavy else f"namely {', '.join(heavy)}",
        )


def _measured(statement: str) -> _Import:
    code = _MEASURE.format(statement=statement)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds, loaded = json.loads(done.stdout)
    return _Import(seconds=seconds, loaded=loaded)
