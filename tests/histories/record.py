"""Records the harbour with this version, as SQL text beside this file: python -m tests.histories.record.

To be done once for a format, with the version that is released; what is there already is not written again.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from pathlib import Path

from gamemaster import __version__
from gamemaster.record.schema import FORMAT
from tests.histories.harbour import STEPS, build_harbour


def main() -> int:
    """Write the file, and say where."""
    target = Path(__file__).with_name(f"{__version__}-format-{FORMAT}.sql")
    if target.exists():
        print(f"{target} is there already; remove it first if that version was never released.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        build_harbour().run(STEPS, archive=Path(folder) / "run").close()
        connection = sqlite3.connect(Path(folder) / "run/run.sqlite")
        head = [
            f"PRAGMA {name}={connection.execute(f'PRAGMA {name}').fetchone()[0]};" for name in ("application_id", "user_version")
        ]
        target.write_text("\n".join([*head, *connection.iterdump(), ""]), encoding="utf-8")
        connection.close()
    print(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
