"""A disk that fails: one call that touches a folder, or that one and all after it, raises an error of the system."""

import builtins
import errno
import fcntl
import io
import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from unittest import mock

_BY_PATH = (
    "open", "mkdir", "rmdir", "unlink", "remove", "rename", "replace", "link", "symlink", "truncate", "chmod", "utime",
    "stat", "lstat", "listdir", "scandir", "fsync", "fdatasync", "ftruncate", "read", "write",
)  # fmt: skip
"""Functions of `os` whose first argument is a path or an open file's number."""


class FailingDisk:
    """Within it call number `at` (from 1) that touches `folder` fails with `error`, and with `for_ever` all after it.

    `calls` counts them, `failed` says which was the first to fail, empty when none was.
    """

    def __init__(self, folder: Path, at: int, error: int = errno.EIO, for_ever: bool = False) -> None:
        self.calls = 0
        self.failed = ""
        self._folder = str(folder)
        self._at = at
        self._error = error
        self._for_ever = for_ever
        self._patches = ExitStack()

    def __enter__(self) -> Self:
        for name in _BY_PATH:
            if hasattr(os, name):
                self._patch(os, name, self._by_path(name, getattr(os, name)))
        self._patch(fcntl, "flock", self._locking(fcntl.flock))
        self._patch(mmap, "mmap", self._by_path("mmap", mmap.mmap))
        # Files are opened by either name of the same function.
        for module in (builtins, io):
            self._patch(module, "open", self._opening(io.open))
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()

    def touch(self, what: str, path: object) -> None:
        """Count a call. Raises OSError when it is to fail."""
        self.calls += 1
        if self.calls == self._at or (self._for_ever and self.calls > self._at):
            name = os.path.relpath(str(path), self._folder)
            self.failed = self.failed or f"{what} {name}: {errno.errorcode[self._error]}"
            raise OSError(self._error, os.strerror(self._error), str(path))

    def _patch(self, module: Any, name: str, replacement: Callable[..., Any]) -> None:
        self._patches.enter_context(mock.patch.object(module, name, replacement))

    def _inside(self, path: object, folder: int | None = None) -> str | None:
        """The path as text where it is in the folder: a path, or the number of an open file."""
        if isinstance(path, int):
            text = _path_of(path)
        elif isinstance(path, str | bytes | os.PathLike):
            text = os.fsdecode(path)
            if folder is not None:
                text = f"{_path_of(folder)}/{text}"
        else:
            return None
        return text if text == self._folder or text.startswith(self._folder + "/") else None

    def _by_path(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            folder = named.get("dir_fd", named.get("src_dir_fd"))
            found = [self._inside(argument, folder) for argument in arguments[: _paths(name)]]
            path = next((path for path in found if path), None)
            if path:
                self.touch(name, path)
            return function(*arguments, **named)

        return called

    def _locking(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A lock may be refused; giving it back never fails."""
        by_path = self._by_path("flock", function)

        def called(number: int, operation: int) -> None:
            (function if operation == fcntl.LOCK_UN else by_path)(number, operation)

        return called

    def _opening(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def called(file: Any, *arguments: Any, **named: Any) -> Any:
            path = None if isinstance(file, int) else self._inside(file)
            if path:
                self.touch("open", path)
            opened = function(file, *arguments, **named)
            return _File(opened, path, self) if path else opened

        return called


class _File:
    """An open file each of whose calls may fail, since a full disk shows where it is written."""

    def __init__(self, file: Any, path: str, disk: FailingDisk) -> None:
        self._file = file
        self._path = path
        self._disk = disk

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._file)

    def read(self, *arguments: Any) -> Any:
        self._disk.touch("read", self._path)
        return self._file.read(*arguments)

    def readinto(self, buffer: Any) -> Any:
        self._disk.touch("read", self._path)
        return self._file.readinto(buffer)

    def write(self, data: Any) -> Any:
        self._disk.touch("write", self._path)
        return self._file.write(data)

    def flush(self) -> None:
        if self._file.writable():
            self._disk.touch("flush", self._path)
        self._file.flush()

    def close(self) -> None:
        """Close it in any case; what was still to be written may not have been."""
        if not self._file.closed:
            writes = self._file.writable()
            self._file.close()
            if writes:
                self._disk.touch("close", self._path)


def _paths(name: str) -> int:
    """How many of a function's arguments are paths or open files."""
    return 2 if name in ("rename", "replace", "link", "symlink") else 1


def _path_of(number: int) -> str:
    """The path of an open file, empty where the system does not tell."""
    try:
        return _readlink(f"/proc/self/fd/{number}")
    except OSError:
        return ""


_readlink = os.readlink
