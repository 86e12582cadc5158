"""Strange files: what may not lie in a run's folder, because opening the run would then touch files elsewhere.

An archive may come from anyone. A link in the place of the database, of its log or of the lock would have SQLite, or
whoever locks, write to what it points to; and a journal that names a super-journal (ours never do) would have SQLite
delete that file.
"""

from __future__ import annotations

from pathlib import Path

from gamemaster.words import ArchiveDamaged, ArchiveError

__all__ = ["refuse_strange"]

_FILES = ("run.sqlite", "run.sqlite-wal", "run.sqlite-shm", "run.sqlite-journal", "run.lock")
_LARGE = 2**30
# What a journal that names a super-journal ends with (sqlite.org/fileformat2.html, "The Rollback Journal").
_SUPER_JOURNAL = bytes.fromhex("d9d505f920a163d7")


def _is_hollow(path: Path) -> bool:
    """Whether it is a file of holes, which would fill disk or memory once it is copied or read."""
    if not path.is_file():
        return False
    held = path.stat()
    return held.st_size > _LARGE and getattr(held, "st_blocks", held.st_size) * 512 < held.st_size // 100


def refuse_strange(folder: Path) -> None:
    """Raises: ArchiveDamaged for a link, or anything else that is no plain file, where a run has its files."""
    try:
        for name in _FILES:
            path = folder / name
            if path.is_symlink():
                raise ArchiveDamaged(
                    f"{path} is a link to {path.readlink()}; a run's files lie in its own folder. Copy it there."
                )
            if _is_hollow(path):
                raise ArchiveDamaged(
                    f"{path} says that it has {path.stat().st_size:,} bytes, and hardly holds any. Take it away."
                )
            if path.exists() and not path.is_file():
                raise ArchiveDamaged(f"{path} is no plain file, so the folder is not opened. Take it away.")
        journal = folder / "run.sqlite-journal"
        if journal.exists() and journal.stat().st_size >= len(_SUPER_JOURNAL):
            with journal.open("rb") as stream:
                stream.seek(-len(_SUPER_JOURNAL), 2)
                if stream.read() == _SUPER_JOURNAL:
                    raise ArchiveDamaged(f"{journal} names a file elsewhere, which SQLite would delete. It is none of a run's.")
    except OSError as error:
        raise ArchiveError(f"{folder} can't be read: {error.strerror}.") from error
