"""A file that appears when it is whole: until then what stood under its name stays."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from gamemaster.words import MemoryInputError

__all__ = ["write_whole"]


def write_whole(path: str | Path, write: Callable[[BinaryIO], None]) -> None:
    """Have `write` fill a new file, and put it in the place of `path`; after the call it survives a power loss.

    Raises: MemoryInputError when it can't be written; an older file is then as it was, as after any error of `write`.
    """
    target = Path(path)
    part = target.with_name(target.name + ".part")
    try:
        try:
            with part.open("wb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise MemoryInputError(f"The memories can't be written to {target}: {reason}. Give another path.") from error
