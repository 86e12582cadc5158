"""Whole files: several files that appear when all of them are whole, and none of them before.

Each is written under another name in the same folder, flushed to disk and then put in its place; after an error nothing is
left of any, and what stood there stays.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, TypeAlias

from gamemaster.words import BadInput

__all__ = ["Fill", "write_files"]

Fill: TypeAlias = Callable[[BinaryIO], None]


def write_files(files: Sequence[tuple[Path, Fill]], *, force: bool = False) -> None:
    """Write each file with what fills it; folders that are missing directly above are made for several files, not for one.

    Raises: BadInput when one is there already and `force` isn't set, or can't be written.
    """
    for path, _ in files:
        _check(path, force=force)
    made = _folder(files)
    parts: list[tuple[Path, Path]] = []
    try:
        for path, fill in files:
            part = path.with_name(f".{path.name}.part")
            parts.append((part, path))
            try:
                with part.open("wb") as stream:
                    fill(stream)
                    stream.flush()
                    os.fsync(stream.fileno())
            except OSError as error:
                raise _unwritten(path, error) from error
        for part, path in parts:
            _check(path, force=force)
            try:
                part.replace(path)
            except OSError as error:
                raise _unwritten(path, error) from error
    except BaseException:
        for part, _ in parts:
            _remove(part)
        if made is not None:
            _remove_folder(made)
        raise


def _folder(files: Sequence[tuple[Path, Fill]]) -> Path | None:
    """Make the folder that several files go into; it, where it was made here."""
    folder = files[0][0].parent
    if len(files) == 1 or folder.exists():
        return None
    try:
        folder.mkdir()
    except OSError as error:
        raise _unwritten(folder, error) from error
    return folder


def _check(path: Path, *, force: bool) -> None:
    if path.is_dir():
        raise BadInput(f"{path} is a folder; name a file in it.")
    if path.exists() and not force:
        raise BadInput(f"{path} is there already; name another file, or take --force (force=True) to replace it.")


def _unwritten(path: Path, error: OSError) -> BadInput:
    return BadInput(f"{path} can't be written: {error.strerror or error}. Name another place.")


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:  # what went wrong first is to be told
        return


def _remove_folder(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return
