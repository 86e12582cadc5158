"""The folder of a new run: one that holds none yet."""

from __future__ import annotations

import re
from pathlib import Path

from gamemaster.words import BadInput

__all__ = ["new_folder"]

_NAMELESS = re.compile(r"[^\w.-]+")


def new_folder(name: str, seed: int | str, *, runs: Path | None = None) -> Path:
    """Make `runs/NAME-SEED`, or, when it is taken, the first of `runs/NAME-SEED-2`, `-3` … that isn't.

    Raises: BadInput when it can't be made.
    """
    runs = Path("runs") if runs is None else runs
    stem = f"{_NAMELESS.sub('_', name)}-{seed}"
    number = 1
    while True:
        folder = runs / (stem if number == 1 else f"{stem}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            if not runs.is_dir():
                raise BadInput(f"{runs} is no folder, so no run can be put into it; name another place with --out.") from None
            number += 1
        except OSError as error:
            raise BadInput(f"The folder {folder} can't be made: {error.strerror}. Name another place with --out.") from None
        else:
            return folder
