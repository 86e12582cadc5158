"""A file system for SQLite that tells of every operation before it is made, and can make it fail, or be the last.

SQLite's own default VFS does the work. Its table of functions is copied, and the ones that change files are replaced by
Python callbacks; the way SQLite tests itself, with no C compiler. It needs a `sqlite3` module that loads the library
dynamically; `available` says whether it does.
"""

from __future__ import annotations

import _sqlite3
import ctypes
from collections.abc import Callable
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from typing import Any

OK, NO_MEMORY, FULL, CANT_OPEN = 0, 7, 13, 14
READ_ERROR, WRITE_ERROR, SYNC_ERROR, TRUNCATE_ERROR, DELETE_ERROR = (10 | kind << 8 for kind in (1, 3, 4, 6, 10))

_Close = CFUNCTYPE(c_int, c_void_p)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)
_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)


class _Methods(ctypes.Structure):
    _fields_ = [
        ("iVersion", c_int),
        ("xClose", c_void_p),
        ("xRead", c_void_p),
        ("xWrite", c_void_p),
        ("xTruncate", c_void_p),
        ("xSync", c_void_p),
        *[(f"more{n}", c_void_p) for n in range(13)],
    ]


class _File(ctypes.Structure):
    _fields_ = [("pMethods", POINTER(_Methods))]


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        ("xOpen", c_void_p),
        ("xDelete", c_void_p),
        *[(f"more{n}", c_void_p) for n in range(14)],
    ]


def _library() -> Any:
    try:
        library = ctypes.CDLL(_sqlite3.__file__)
        library.sqlite3_vfs_find.restype = c_void_p
        library.sqlite3_vfs_find.argtypes = [c_char_p]
        library.sqlite3_vfs_register.argtypes = [c_void_p, c_int]
        library.sqlite3_vfs_unregister.argtypes = [c_void_p]
    except (OSError, AttributeError):
        return None
    return library


available = _library() is not None

Hook = Callable[[str, str], int]
"""Told the operation (open, write, sync, truncate, delete) and the file's ending; gives OK or the error to fail with."""

_CREATES = 0x4
# A connection that was not closed calls them when it is collected.
_ALIVE: list[object] = []


class FaultyVfs:
    """Make it the default with `installed`; connections opened meanwhile use it, and must be closed before it ends."""

    def __init__(self, hook: Hook) -> None:
        self.hook = hook
        _ALIVE.append(self)
        self._library = _library()
        found = self._library.sqlite3_vfs_find(None)
        self._real = ctypes.cast(found, POINTER(_Vfs))
        self._methods: dict[int, _Methods] = {}
        self._names: dict[int, str] = {}
        self._kept: list[Any] = []
        self._vfs = _Vfs()
        ctypes.memmove(ctypes.byref(self._vfs), self._real, ctypes.sizeof(_Vfs))
        self._vfs.zName = b"faulty"
        self._vfs.pNext = None
        self._open_real = _Open(self._real.contents.xOpen)
        self._delete_real = _Delete(self._real.contents.xDelete)
        self._vfs.xOpen = self._callback(_Open(self._open))
        self._vfs.xDelete = self._callback(_Delete(self._delete))

    @contextmanager
    def installed(self) -> Any:
        self._library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1)
        try:
            yield self
        finally:
            self._library.sqlite3_vfs_register(self._real, 1)
            self._library.sqlite3_vfs_unregister(ctypes.byref(self._vfs))

    def _callback(self, function: Any) -> int:
        self._kept.append(function)
        return ctypes.cast(function, c_void_p).value or 0

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: Any) -> int:
        ending = "temporary" if not name else (ctypes.string_at(name).decode().rpartition("run.sqlite")[2] or "main")
        if flags & _CREATES and (failed := self.hook("open", ending)):
            ctypes.cast(file, POINTER(_File)).contents.pMethods = None  # nothing to close
            return failed
        result = self._open_real(ctypes.addressof(self._real.contents), name, file, flags, out)
        opened = ctypes.cast(file, POINTER(_File)).contents
        if result == OK and opened.pMethods:
            self._names[file] = ending
            opened.pMethods = ctypes.pointer(self._wrapped(ctypes.addressof(opened.pMethods.contents)))
        return result

    def _wrapped(self, address: int) -> _Methods:
        if address in self._methods:
            return self._methods[address]
        real = _Methods.from_address(address)
        copy = _Methods()
        ctypes.memmove(ctypes.byref(copy), address, ctypes.sizeof(_Methods))
        write, truncate, sync = _Write(real.xWrite), _Truncate(real.xTruncate), _Sync(real.xSync)
        self._kept += [write, truncate, sync]
        copy.xWrite = self._callback(
            _Write(lambda file, data, size, at: self._told("write", file) or write(file, data, size, at))
        )
        copy.xTruncate = self._callback(_Truncate(lambda file, size: self._told("truncate", file) or truncate(file, size)))
        copy.xSync = self._callback(_Sync(lambda file, flags: self._told("sync", file) or sync(file, flags)))
        self._methods[address] = copy
        return copy

    def _told(self, operation: str, file: int) -> int:
        return self.hook(operation, self._names.get(file, "other"))

    def _delete(self, vfs: int, name: bytes, sync: int) -> int:
        return self.hook("delete", name.decode().rpartition("run.sqlite")[2]) or self._delete_real(
            ctypes.addressof(self._real.contents), name, sync
        )
