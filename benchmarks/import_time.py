"""What `import gamemaster` takes, in a process of its own, and whether something heavy comes along."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.measurement import Measurement, at_most

__all__ = ["import_time"]

HEAVY = ("torch", "transformers", "sentence_transformers", "faiss", "langchain_core", "pandas", "matplotlib")
_MOST_SECONDS = 1.0

_IMPORT = """
import json, sys, time
before, started = set(sys.modules), time.perf_counter()
{statement}
seconds = time.perf_counter() - started
print(json.dumps({{"seconds": seconds, "loaded": sorted(set(sys.modules) - before)}}))
"""

_STATEMENTS = {
    "import gamemaster": "import gamemaster",
    "every public name of gamemaster": "from gamemaster import *",
}


def import_time(quick: bool) -> Iterator[Measurement]:
    """Seconds of the import, the best of five processes, and the number of heavy packages that it loads."""
    for what, statement in _STATEMENTS.items():
        found = [_measured(statement) for _ in range(1 if quick else 5)]
        loaded = found[0]["loaded"]
        yield Measurement(
            what=what,
            value=min(each["seconds"] for each in found),
            unit="s",
            target=at_most(_MOST_SECONDS),
            note=f"{len(loaded)} modules; wall clock",
        )
        heavy = [name for name in HEAVY if name in loaded]
        yield Measurement(
            what=f"heavy packages loaded by it ({', '.join(HEAVY[:3])} …)",
            value=float(len(heavy)),
            unit="packages",
            target=at_most(0),
            note=", ".join(heavy),
        )


def _measured(statement: str) -> dict[str, object]:
    code = _IMPORT.format(statement=statement)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)
