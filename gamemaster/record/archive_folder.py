"""ArchiveFolder: the folder of a run on disk: its file, its lock, and how connections to it are opened.

The file appears under its name only when it is whole, so a folder holds either a run or none. The lock stands beside it
and is the operating system's: it goes with the process that held it, however that ends.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from gamemaster.record.limits import restrict
from gamemaster.record.migration import migrate, tables_of
from gamemaster.record.network_folder import network_file_system
from gamemaster.record.schema import APPLICATION_ID, FORMAT, TABLES
from gamemaster.record.strange_files import refuse_strange
from gamemaster.record.table import READ_ERRORS
from gamemaster.words import ArchiveDamaged, ArchiveError, ArchiveInUse

__all__ = ["ArchiveFolder", "open_memory"]

_FILE = "run.sqlite"
_LOCK = "run.lock"
_LOGS = ("-wal", "-journal")
# How long a reader or writer waits for the short moments in which SQLite locks the whole file.
_PATIENCE = 20.0


class ArchiveFolder:
    """One folder. `lock` must be held by whoever writes."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self.file = self.path / _FILE
        # Not bound to a thread: a run may be closed by another than the one that opened it.
        self._lock = FileLock(self.path / _LOCK, timeout=0, thread_local=False)

    def create(self, fill: Callable[[sqlite3.Connection], None]) -> None:
        """Make the folder and an empty run in it, `fill`ed; the lock is then held.

        Raises: ArchiveInUse when it holds a run already; ArchiveError when it can't be made.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"The folder {self.path} can't be made: {error.strerror}. Give another with --out.") from error
        if self.file.exists():
            raise ArchiveInUse(
                f"{self.path} already holds a run. Go on with it: gamemaster resume {self.path}. "
                "Or give the new run another folder with --out."
            )
        self.lock()
        try:
            self._make(fill)
        except BaseException:
            self.unlock()
            raise

    def lock(self) -> None:
        """Become the one who writes.

        Raises: ArchiveInUse when another does.
        """
        refuse_strange(self.path)
        try:
            self._lock.acquire()
        except Timeout:
            raise ArchiveInUse(
                f"{self._who_writes()} is writing to {self.path}. "
                "Wait until it ends, or give the new run another folder with --out."
            ) from None
        except OSError as error:
            raise ArchiveError(f"{self.path} can't be written to: {error.strerror}. Copy the folder to where it can.") from error

    def unlock(self) -> None:
        """Let others write."""
        self._lock.release()

    def _who_writes(self) -> str:
        """The process that holds the lock, as it put itself on record."""
        try:
            connection = self.connect(write=False)
            try:
                (held,) = connection.execute("SELECT value FROM meta WHERE key = 'writer'").fetchone()
            finally:
                connection.close()
            writer = json.loads(held)
            here = "" if writer["host"] == socket.gethostname() else f" on {writer['host']}"
            return f"Another process ({int(writer['pid'])}{here})"
        except (ArchiveError, sqlite3.Error, ValueError, TypeError, KeyError):  # it has just begun
            return "Another process"

    @property
    def network(self) -> str | None:
        """The kind of network file system that the folder lies on, None on any other."""
        return network_file_system(self.path)

    def connect(self, *, write: bool) -> sqlite3.Connection:
        """A connection, after checks that the file is an archive of a known form.

        Raises: ArchiveError for a folder or file that is none, or newer; ArchiveDamaged for one that can't be read.
        """
        self.check_there()
        try:
            connection = self._open(write=write)
        except OSError as error:
            raise ArchiveError(f"{self.file} can't be read: {error.strerror}.") from error
        except READ_ERRORS as error:
            raise ArchiveDamaged(
                f"{self.file} can't be opened as a run archive: {error}. `gamemaster verify {self.path} --salvage OUT` "
                "writes what is whole of it into a new folder."
            ) from error
        return connection

    def settle(self, connection: sqlite3.Connection) -> None:
        """Put all that was written into the one file, so that it can be copied and read anywhere, and close."""
        try:
            connection.execute("PRAGMA busy_timeout=0")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode=DELETE")
        except (sqlite3.Error, MemoryError):  # somebody reads, or the disk is full: the log beside the file holds the rest
            pass
        finally:
            connection.close()

    def check_there(self) -> None:
        """Raises: ArchiveError where there is no run, or something strange lies beside it."""
        if not self.path.exists():
            raise ArchiveError(f"There is no folder {self.path}. Give the folder of a run, as in `gamemaster show DIR`.")
        if not self.path.is_dir():
            raise ArchiveError(f"{self.path} is no folder. Give the folder of a run, which holds {_FILE}.")
        refuse_strange(self.path)
        if not self.file.is_file():
            raise ArchiveError(f"{self.path} holds no run: {_FILE} is missing. Give the folder of a run.")

    def _open(self, *, write: bool) -> sqlite3.Connection:
        name = self.file.resolve().as_uri()
        connection = _connect(f"{name}?mode={'rw' if write else 'ro'}")
        try:
            try:
                version = self._check(connection)
            except sqlite3.OperationalError as error:
                if write or getattr(error, "sqlite_errorcode", 0) & 0xFF not in (
                    sqlite3.SQLITE_CANTOPEN,
                    sqlite3.SQLITE_READONLY,
                ):
                    raise
                connection.close()
                if any(self.file.with_name(_FILE + ending).exists() for ending in _LOGS):
                    connection = _recovered(self.file)
                else:
                    # On a disk that can't be written to, SQLite can't make the index of a log, and needs none without a log.
                    connection = _connect(f"{name}?mode=ro&immutable=1")
                version = self._check(connection)
            if write:
                _make_durable(connection, log=self.network is None)
                if version < FORMAT:
                    migrate(connection, version)
                    self._check(connection)
            else:
                if version < FORMAT:
                    connection = _brought_forward(connection, version)
                    self._check(connection)
                connection.execute("PRAGMA query_only=ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _check(self, connection: sqlite3.Connection) -> int:
        """The version of its format."""
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise ArchiveError(f"{self.file} is a database, but no run archive. Give the folder of a run.")
        if version > FORMAT:
            raise ArchiveError(
                f"{self.file} has the archive format {version}; this gamemaster reads up to {FORMAT}. "
                "Upgrade it: pip install -U gamemaster."
            )
        found = dict(connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))
        # Triggers and views are code, and an archive may come from anyone: it holds our tables as we make them, or is refused.
        if found != tables_of(version):
            raise ArchiveDamaged(f"{self.file} does not hold the tables of archive format {version}. It was changed or damaged.")
        return int(version)

    def _make(self, fill: Callable[[sqlite3.Connection], None]) -> None:
        new = self.path / f"{_FILE}.new"
        try:
            for leftover in self.path.glob(f"{_FILE}.new*"):
                leftover.unlink()
            connection = _connect(new.resolve().as_uri() + "?mode=rwc")
            try:
                connection.execute("PRAGMA page_size=8192")  # measured: 15 % cheaper than 4096 with prompts of 1 kB
                connection.execute("PRAGMA synchronous=FULL")
                _make_tables(connection, fill)
            finally:
                connection.close()
            os.replace(new, self.file)
            _sync_folder(self.path)
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(f"A run can't be written to {self.path}: {error}. Give another folder with --out.") from error


def open_memory(fill: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
    """A connection to a database of its own in memory, `fill`ed."""
    connection = _connect("file::memory:?mode=memory")
    _make_tables(connection, fill)
    return connection


def _make_tables(connection: sqlite3.Connection, fill: Callable[[sqlite3.Connection], None]) -> None:
    connection.execute("BEGIN")  # one, or each table would be an fsync
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={FORMAT}")
    for table in TABLES:
        connection.execute(table.create)
    fill(connection)
    connection.execute("COMMIT")


def _connect(uri: str) -> sqlite3.Connection:
    # Readers may be handed from thread to thread (a run shown in a notebook); SQLite itself is built for that.
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_PATIENCE, check_same_thread=False)
    try:
        restrict(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_durable(connection: sqlite3.Connection, *, log: bool) -> None:
    """`log`: with a write-ahead log, which needs memory that all who use the file share."""
    connection.execute(f"PRAGMA journal_mode={'WAL' if log else 'DELETE'}")
    connection.execute("PRAGMA synchronous=FULL")  # what is committed survives a power cut too


def _recovered(file: Path) -> sqlite3.Connection:
    """A temporary database with what the file and its log hold, where reading them in place would have to write.

    So it is after a kill in the short moment in which the log is put away, and where the folder can't be written to.
    """
    with tempfile.TemporaryDirectory(prefix="gamemaster-read-") as place:
        copy = Path(place) / _FILE
        for ending in ("", *_LOGS):
            if (there := file.with_name(_FILE + ending)).exists():
                shutil.copyfile(there, copy.with_name(_FILE + ending))
        connection, recovered = _connect(f"{copy.as_uri()}?mode=rw"), _connect("")
        try:
            connection.backup(recovered)
        except BaseException:
            recovered.close()
            raise
        finally:
            connection.close()
    return recovered


def _brought_forward(connection: sqlite3.Connection, version: int) -> sqlite3.Connection:
    """A temporary database with all that this one of an older format holds, of the present one. Closes the older one."""
    copy = _connect("")
    try:
        connection.backup(copy)
        migrate(copy, version)
    except BaseException:
        copy.close()
        raise
    finally:
        connection.close()
    return copy


def _sync_folder(path: Path) -> None:
    if os.name != "posix":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
